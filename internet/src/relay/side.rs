//! The two sides of a relay.

/// A side of a relay: a frame that comes in at one leaves by the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The first device.
    Left,
    /// The second one.
    Right,
}

impl Side {
    /// Both, in the order of their numbers.
    pub const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// The other one.
    pub fn other(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }

    /// The side that these words name: `left` or `right`.
    pub(super) fn read(word: &str) -> Result<Side, String> {
        match word {
            "left" => Ok(Side::Left),
            "right" => Ok(Side::Right),
            other => Err(format!("{other} is neither left nor right")),
        }
    }
}
