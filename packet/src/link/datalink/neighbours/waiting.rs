//! Packets that wait until a neighbour has answered (RFC 1122 §2.3.2.2, RFC 4861 §7.2.2).

use std::collections::VecDeque;
use std::net::IpAddr;

/// How many packets wait, for all neighbours together. One more takes the place of the oldest.
pub(super) const MOST: usize = 64;

/// The packets, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    packets: VecDeque<(IpAddr, Vec<u8>)>,
}

impl Waiting {
    /// Keeps a packet for a neighbour. False: an older one was given up for it.
    pub(super) fn push(&mut self, neighbour: IpAddr, packet: &[u8]) -> bool {
        let is_full = self.packets.len() >= MOST;
        if is_full {
            self.packets.pop_front();
        }
        self.packets.push_back((neighbour, packet.to_vec()));
        !is_full
    }

    /// Takes out all that waits for a neighbour.
    pub(super) fn take(&mut self, neighbour: IpAddr) -> Vec<Vec<u8>> {
        let (taken, left): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.packets).into_iter().partition(|(of, _)| *of == neighbour);
        self.packets = left;
        taken.into_iter().map(|(_, packet)| packet).collect()
    }
}
