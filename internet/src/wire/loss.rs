//! How a wire loses packets, and why one was lost.

use std::fmt;

use barewire_dissect::count;

use crate::dice::Dice;

/// How a wire loses packets, besides those that do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Loss {
    /// It loses none.
    #[default]
    None,
    /// Each packet with this probability, 0 to 1, whatever happened to the one before.
    Random(f64),
    /// In bursts, by the model of Gilbert and Elliott: a wire is in a good state or in a bad one, and each packet may
    /// change it.
    Bursts {
        /// How likely a packet ends the good state.
        enter: f64,
        /// How likely a packet ends the bad state: a burst has 1 / `leave` packets on average.
        leave: f64,
        /// How likely a packet is lost in the bad state. In the good state none is.
        lost: f64,
    },
}

impl Loss {
    /// Decides about one packet. `in_burst` is the state of the wire between packets.
    pub(super) fn strikes(self, in_burst: &mut bool, dice: &mut Dice) -> Option<Lost> {
        match self {
            Loss::None => None,
            Loss::Random(probability) => dice.chance(probability).then_some(Lost::Random),
            Loss::Bursts { enter, leave, lost } => {
                *in_burst ^= dice.chance(if *in_burst { leave } else { enter });
                (*in_burst && dice.chance(lost)).then_some(Lost::Burst)
            }
        }
    }
}

/// Why a wire lost a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lost {
    /// By chance.
    Random,
    /// By chance, while the wire was in its bad state.
    Burst,
    /// The queue had no room.
    QueueFull {
        /// How many bytes waited in it.
        waiting: usize,
    },
    /// It is larger than the wire's MTU.
    TooBig {
        /// The MTU, in bytes.
        mtu: usize,
    },
    /// The wire was down when it was sent, or went down while it was under way.
    Down,
    /// The node that sent it, or was to get it, is switched off.
    Off,
    /// A node sent it by a port that has no wire.
    NoWire,
    /// An experiment took it away.
    Taken,
    /// A link is driven from outside, and as many packets wait there as it holds.
    Unread {
        /// How many packets wait.
        waiting: usize,
    },
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lost::Random => f.write_str("lost at random"),
            Lost::Burst => f.write_str("lost in a burst"),
            Lost::QueueFull { waiting } => {
                write!(f, "lost: the queue was full, {} bytes waited", count(*waiting as u64))
            }
            Lost::TooBig { mtu } => write!(f, "lost: larger than the MTU of {mtu} bytes"),
            Lost::Down => f.write_str("lost: the wire was down"),
            Lost::Off => f.write_str("lost: the node was switched off"),
            Lost::Taken => f.write_str("taken away, as asked"),
            Lost::NoWire => f.write_str("lost: no wire is plugged in there"),
            Lost::Unread { waiting } => {
                write!(f, "lost: {} packets wait that nobody has read", count(*waiting as u64))
            }
        }
    }
}
