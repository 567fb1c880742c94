//! How many packets met which fate: every packet that was sent is delivered, under way, or lost for a reason.
//!
//! Tested in `tests/wire.rs`, and against taps in `tests/random.rs`.

use std::fmt;

use crate::wire::Lost;

/// How many packets met which fate so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Sent by nodes.
    pub sent: u64,
    /// Handed to a node.
    pub delivered: u64,
    /// Lost by chance, alone or in a burst.
    pub lost: u64,
    /// Lost because a queue was full.
    pub queue_full: u64,
    /// Lost because they were larger than the MTU of a wire.
    pub too_big: u64,
    /// Lost because a wire was down, or was not there, or because a node was off.
    pub down: u64,
    /// Lost because nobody read the packets that waited at a link.
    pub unread: u64,
    /// Doubled on a wire: how many there are more of.
    pub duplicated: u64,
    /// Held back, so that later ones could overtake them.
    pub reordered: u64,
    /// Arrived with a bit inverted, or were on their way so.
    pub corrupted: u64,
    /// Delivered to a node, which dropped them.
    pub dropped: u64,
}

impl Counters {
    /// How many are under way, in a queue or on a wire.
    pub fn under_way(&self) -> u64 {
        self.sent + self.duplicated - self.delivered - self.all_lost()
    }

    /// How many were lost on wires.
    pub fn all_lost(&self) -> u64 {
        self.lost + self.queue_full + self.too_big + self.down + self.unread
    }

    pub(crate) fn count(&mut self, lost: Lost) {
        *match lost {
            Lost::Random | Lost::Burst | Lost::Taken => &mut self.lost,
            Lost::QueueFull { .. } => &mut self.queue_full,
            Lost::TooBig { .. } => &mut self.too_big,
            Lost::Down | Lost::Off | Lost::NoWire => &mut self.down,
            Lost::Unread { .. } => &mut self.unread,
        } += 1;
    }
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sent, {} delivered, {} lost", self.sent, self.delivered, self.all_lost())?;
        write!(f, ", {} dropped by a node, {} under way", self.dropped, self.under_way())
    }
}
