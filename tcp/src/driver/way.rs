//! Whose packet it was that could not leave, because the system knows no way for it
//! ([`barewire_packet::link::route::is_missing`]).
//!
//! Tested in `tests/background.rs`.

use std::net::SocketAddr;

use crate::packet::{Packet, Payload};

/// Between which ends a packet of ours was to go, if it carries a segment.
pub(super) fn ends(packet: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let packet = Packet::parse(packet).ok()?;
    let Payload::Tcp(segment) = packet.payload else { return None };
    let local = SocketAddr::new(packet.ip.header.source(), segment.source_port);
    let remote = SocketAddr::new(packet.ip.header.destination(), segment.destination_port);
    Some((local, remote))
}
