//! Packets in pieces at a host: what came is put together, and what is too large leaves in pieces. RFC 1122 §3.3.2:
//! "The IP layer MUST implement reassembly of IP datagrams."
//!
//! Left out: the ICMP error that says that pieces did not come in time. Tested in `tests/services.rs` and
//! `tests/probing.rs`.

use std::time::Instant;

use barewire_packet::build::fragments;
use barewire_packet::ip::{Defragmenter, Fragments, IpPacket};
use barewire_packet::transit::Transit;

/// Packets that wait for their pieces.
#[derive(Default)]
pub(super) struct Pieces {
    /// When the first piece came: the others count from there.
    begun: Option<Instant>,
    waiting: Defragmenter,
}

impl Pieces {
    /// The packet that this piece makes whole, if it does.
    pub(super) fn add(&mut self, now: Instant, piece: &Transit) -> Option<Transit> {
        let time = now.saturating_duration_since(*self.begun.get_or_insert(now));
        let piece = IpPacket::parse(piece.bytes()).ok()?;
        match self.waiting.receive(time, &piece) {
            Fragments::Whole { packet } => Transit::parse(packet).ok(),
            _ => None,
        }
    }
}

/// The packet, or its pieces if it is larger than the MTU.
pub(super) fn of(packet: Vec<u8>, identification: u16, mtu: usize) -> Vec<Vec<u8>> {
    // Each piece has the header of its own; that of IPv6 has 8 bytes more for its place in the packet.
    let header = if packet.first().is_some_and(|byte| byte >> 4 == 4) { 20 } else { 48 };
    match packet.len() > mtu {
        true => fragments(&packet, identification, mtu.saturating_sub(header)),
        false => vec![packet],
    }
}
