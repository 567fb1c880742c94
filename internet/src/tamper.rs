//! A hand on a packet: somebody takes it away, holds it back, or inverts one of its bits, at one node and on purpose.
//!
//! A wire does such things by chance; here an experiment chooses the packet. Tested in `tests/tamper.rs`.

use std::time::Duration;

use barewire_packet::link::Way;

/// What is done to a packet. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tampering {
    /// These bits of it are inverted; bit 0 is the highest one of the first byte. Bits that it does not have do not
    /// count.
    pub flip: Vec<usize>,
    /// It arrives so much later. Others may overtake it.
    pub delay: Option<Duration>,
    /// It is taken away, and counted as lost on its wire.
    pub drop: bool,
}

/// Decides what is done to the packets of a node.
pub trait Tamper: Send {
    /// A packet that the node sent, which its capture points have seen; or one that is about to reach it, which they
    /// have not seen. `unread`: how many packets wait at the node to be read, where it is driven from outside. Called
    /// while the world is busy, so it must not call the world.
    fn packet(&mut self, way: Way, unread: usize, packet: &[u8]) -> Tampering;
}

/// Inverts a bit, if the packet has it.
pub(crate) fn flip(packet: &mut [u8], bit: usize) {
    if let Some(byte) = packet.get_mut(bit / 8) {
        *byte ^= 0x80 >> (bit % 8);
    }
}
