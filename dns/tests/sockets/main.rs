//! The blocking driver over real sockets on 127.0.0.1 and ::1, against small servers in threads.

mod peers;
#[path = "../../../examples/tests/live/port.rs"]
mod port;
mod tcp;
mod together;
mod udp;

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dns::driver::{Direction, Tap};
use barewire_dns::stub::Protocol;

/// What a tap saw: which way, over what, the local end, the remote one, and the bytes.
#[derive(Default)]
struct Seen(Vec<(Direction, Protocol, SocketAddr, SocketAddr, Vec<u8>)>);

impl Tap for Seen {
    fn message(
        &mut self,
        _: Instant,
        direction: Direction,
        protocol: Protocol,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
    ) {
        self.0.push((direction, protocol, local, remote, bytes.to_vec()));
    }
}
