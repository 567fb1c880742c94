//! What became of the frames that came to a relay. None is lost without being counted.

use std::fmt;

use barewire_dissect::count;

use super::side::Side;

/// What became of the frames that came, each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Of those that go to the left.
    pub to_left: Fates,
    /// Of those that go to the right.
    pub to_right: Fates,
}

/// What became of the frames that go one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fates {
    /// They came in at the other side.
    pub came: u64,
    /// They were sent on.
    pub sent: u64,
    /// There is one more of each: by a rule, or by chance.
    pub doubled: u64,
    /// They were marked (ECN).
    pub marked: u64,
    /// They were held back, so that later ones could overtake them.
    pub held: u64,
    /// A rule dropped them.
    pub dropped: u64,
    /// The wire lost them by chance.
    pub lost: u64,
    /// They found the queue full.
    pub queue_full: u64,
    /// They were larger than the wire carries.
    pub too_big: u64,
    /// There was no room: too many frames were on the way.
    pub no_room: u64,
}

impl Fates {
    /// How many were lost, for whatever reason.
    pub fn all_lost(&self) -> u64 {
        self.dropped + self.lost + self.queue_full + self.too_big + self.no_room
    }

    /// How many are on the way.
    pub fn under_way(&self) -> u64 {
        self.came + self.doubled - self.sent - self.all_lost()
    }
}

impl Tally {
    pub(super) fn of(&mut self, to: Side) -> &mut Fates {
        match to {
            Side::Left => &mut self.to_left,
            Side::Right => &mut self.to_right,
        }
    }
}

/// What happened, in one line; what did not happen is left out.
impl fmt::Display for Fates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} came, {} sent on", count(self.came), count(self.sent))?;
        let rest = [
            (self.dropped, "dropped by a rule"),
            (self.lost, "lost by chance"),
            (self.queue_full, "lost to a full queue"),
            (self.too_big, "too large"),
            (self.no_room, "without room"),
            (self.doubled, "sent twice"),
            (self.held, "held back"),
            (self.marked, "marked"),
            (self.under_way(), "still on the way"),
        ];
        rest.iter()
            .filter(|(how_many, _)| *how_many > 0)
            .try_for_each(|(how_many, what)| write!(f, ", {} {what}", count(*how_many)))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "to the right: {}", self.to_right)?;
        write!(f, "to the left:  {}", self.to_left)
    }
}
