//! The windows of our TCP as comments beside packets: what `fetch --cwnd` draws, and `read --cwnd` from the file.
//!
//! A packet has such a comment if something has moved since the last one of its connection. What a timer changes stands
//! beside the next packet. Tested in `tests/cwnd.rs`.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use barewire_tcp::Variables;
use barewire_tcp::packet::{Packet, Payload};

use crate::story::Windows;

/// What was said last of each connection, by its ends.
#[derive(Debug, Default)]
pub(super) struct Beside {
    last: BTreeMap<[SocketAddr; 2], Windows>,
}

impl Beside {
    /// What to say beside a packet after which the variables of a connection are these. `None`: it is a packet of
    /// another connection, or nothing has moved.
    pub(super) fn comment(&mut self, packet: &[u8], variables: &Variables) -> Option<String> {
        let (ends, windows) = ([variables.local, variables.remote], Windows::of(variables));
        if self.last.get(&ends) == Some(&windows) || !is_between(packet, ends) {
            return None;
        }
        self.last.insert(ends, windows);
        Some(windows.to_string())
    }
}

/// Whether a packet goes from one of these ends to the other.
fn is_between(packet: &[u8], [a, b]: [SocketAddr; 2]) -> bool {
    let Ok(packet) = Packet::parse(packet) else { return false };
    let Payload::Tcp(segment) = &packet.payload else { return false };
    let header = &packet.ip.header;
    let from = SocketAddr::new(header.source(), segment.source_port);
    let to = SocketAddr::new(header.destination(), segment.destination_port);
    [from, to] == [a, b] || [to, from] == [a, b]
}
