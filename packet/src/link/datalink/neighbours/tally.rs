//! What was thrown away, and why.

use std::fmt;

/// How many packets and frames were thrown away, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Packets whose neighbour does not answer.
    pub unreachable: u64,
    /// Packets and answers for which there was no room.
    pub no_room: u64,
    /// Packets to ourselves, or to a network that no router of ours leads to.
    pub no_way: u64,
    /// Frames that came for somebody else, or carry something else than IP and ARP.
    pub not_for_us: u64,
    /// Messages of ARP and neighbor discovery that break a rule.
    pub refused: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { unreachable, no_room, no_way, not_for_us, refused } = self;
        write!(f, "{unreachable} to a neighbour that does not answer, {no_room} without room, ")?;
        write!(f, "{no_way} without a way, {not_for_us} for somebody else, {refused} refused")
    }
}
