//! What a relay is told to do, and the words that say it: `delay=20ms`, `loss-to-left=2%`, `right:data:12:drop`.

mod words;

use std::time::Duration;

use super::rule::Rule;
use super::side::Side;
use crate::wire::Wire;

pub use words::WORDS;

/// What a relay does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What happens to all frames that leave by the left side.
    pub to_left: OneWay,
    /// What happens to all frames that leave by the right side.
    pub to_right: OneWay,
    /// The seed of all chances.
    pub seed: u64,
    /// When it ends. `None`: when somebody ends it.
    pub lasts: Option<Duration>,
    /// What happens to single frames.
    pub rules: Vec<Rule>,
}

/// What happens to the frames that go one way.
#[derive(Debug, Clone, PartialEq)]
pub struct OneWay {
    /// Delay, rate, queue, loss.
    pub wire: Wire,
    /// How likely a frame is marked, 0 to 1: congestion experienced (RFC 3168 §5), if its sender can take marks.
    pub mark: f64,
    /// How likely a frame is held back before it enters the wire, 0 to 1.
    pub late: f64,
    /// How long it is held back then.
    pub late_by: Duration,
}

impl Default for OneWay {
    /// Frames pass at once. The devices see to the MTU; a frame has a header besides.
    fn default() -> OneWay {
        OneWay { wire: Wire::default().mtu(1 << 16), mark: 0.0, late: 0.0, late_by: Duration::ZERO }
    }
}

impl Default for Plan {
    /// Frames pass at once, both ways.
    fn default() -> Plan {
        let (to_left, to_right) = (OneWay::default(), OneWay::default());
        Plan { to_left, to_right, seed: 1, lasts: None, rules: Vec::new() }
    }
}

impl Plan {
    pub(super) fn way(&self, to: Side) -> &OneWay {
        match to {
            Side::Left => &self.to_left,
            Side::Right => &self.to_right,
        }
    }
}
