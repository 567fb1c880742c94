//! Sequence numbers: 32 bits that wrap, and an order that wraps with them (RFC 9293 §3.4).
//!
//! There is no `<` here. An order on a circle is not transitive (a before b, b before c, and c before a is possible),
//! so the comparisons have names of their own. They hold for numbers less than 2^31 apart. Live numbers are: the
//! largest window is 2^30 (RFC 7323 §2.3).
//!
//! Tested in `tests/seq.rs`: the laws of the order, at every place of the circle.

use std::fmt;
use std::ops::{Add, AddAssign};

use barewire_dissect::Show;

/// The number of a byte in one direction of a connection. SYN and FIN take a number each, like a byte.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SeqNumber(pub u32);

impl SeqNumber {
    // book: before
    /// `self < other` on the circle.
    #[inline]
    pub fn before(self, other: SeqNumber) -> bool {
        // exercise: tcp01
        // instead: self.0 < other.0
        (self.0.wrapping_sub(other.0) as i32) < 0
        // exercise: end
    }
    // book: end

    /// `self =< other` on the circle.
    #[inline]
    pub fn at_or_before(self, other: SeqNumber) -> bool {
        !other.before(self)
    }

    /// `self > other` on the circle.
    #[inline]
    pub fn after(self, other: SeqNumber) -> bool {
        other.before(self)
    }

    /// `self >= other` on the circle.
    #[inline]
    pub fn at_or_after(self, other: SeqNumber) -> bool {
        !self.before(other)
    }

    /// How many numbers lie from `earlier` up to this one, counted forward around the circle.
    #[inline]
    pub fn since(self, earlier: SeqNumber) -> u32 {
        self.0.wrapping_sub(earlier.0)
    }

    /// The number `count` steps back.
    #[inline]
    pub fn back(self, count: u32) -> SeqNumber {
        SeqNumber(self.0.wrapping_sub(count))
    }

    /// Whether this number is one of the `length` numbers that start at `first`.
    #[inline]
    pub fn within(self, first: SeqNumber, length: u32) -> bool {
        self.since(first) < length
    }

    /// The later of the two.
    #[inline]
    pub fn latest(self, other: SeqNumber) -> SeqNumber {
        if self.before(other) { other } else { self }
    }
}

impl Add<u32> for SeqNumber {
    type Output = SeqNumber;

    #[inline]
    fn add(self, count: u32) -> SeqNumber {
        SeqNumber(self.0.wrapping_add(count))
    }
}

impl AddAssign<u32> for SeqNumber {
    #[inline]
    fn add_assign(&mut self, count: u32) {
        *self = *self + count;
    }
}

impl fmt::Display for SeqNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SeqNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seq {}", self.0)
    }
}

impl Show for SeqNumber {
    fn show(&self) -> String {
        self.to_string()
    }
}
