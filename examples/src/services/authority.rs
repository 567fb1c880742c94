//! An authoritative DNS server: the core of `barewire-dns` at the UDP port of a host.
//!
//! Left out: TCP, and so answers that are too long for a datagram, and transfers. Tested in `tests/authorities.rs`.

use std::sync::Arc;
use std::time::Instant;

use barewire_dns::authority;
use barewire_dns::stub::Protocol;

use super::program::{Arrived, Program, Sockets};

/// The port of DNS.
const PORT: u16 = 53;

/// Answers from its zones.
pub struct Authority {
    server: Arc<authority::Authority>,
}

impl Authority {
    /// A host's server. Zones never change, so that many hosts can share them.
    pub fn new(server: Arc<authority::Authority>) -> Authority {
        Authority { server }
    }
}

impl Program for Authority {
    fn datagram(&mut self, _: Instant, sockets: &mut Sockets, datagram: &Arrived<'_>) -> bool {
        if datagram.local.port() != PORT {
            return false;
        }
        for reply in self.server.answer(datagram.payload, Protocol::Udp) {
            sockets.send_datagram(datagram.local, datagram.remote, &reply, None);
        }
        true
    }
}
