//! One direction of a wire: when a packet comes out at the other end, once, twice, or never.

use std::time::{Duration, Instant};

use super::{Lost, Wire};
use crate::dice::Dice;
use crate::later::bounded;

const BITS_PER_BYTE: u128 = 8;
const NANOSECONDS: u128 = 1_000_000_000;

/// The state of one direction.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    /// When the last bit of the last packet will have left the queue.
    busy_until: Option<Instant>,
    /// What that moment lacks to the exact one, in nanoseconds divided by the rate. So no rounding adds up.
    remainder: u64,
    /// When the last packet that was not held back arrives.
    last_arrival: Option<Instant>,
    in_burst: bool,
    dice: Dice,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It arrives.
    Arrives {
        /// The moment at which its last bit is there.
        at: Instant,
        /// When it arrives once more.
        again: Option<Instant>,
        /// Whether it was held back, so that later ones may overtake it.
        held_back: bool,
        /// Whether one of its bits was inverted.
        corrupted: bool,
    },
    /// It does not arrive.
    Lost(Lost),
}

impl Lane {
    pub(crate) fn new(dice: Dice) -> Lane {
        Lane { busy_until: None, remainder: 0, last_arrival: None, in_burst: false, dice }
    }

    /// The wire went down: nothing waits any more.
    pub(crate) fn clear(&mut self) {
        (self.busy_until, self.last_arrival) = (None, None);
    }

    /// Sends a packet into the lane at `now`. A bit of it may change on the way.
    pub(crate) fn pass(&mut self, wire: &Wire, now: Instant, packet: &mut [u8]) -> Passage {
        if packet.len() > wire.mtu {
            return Passage::Lost(Lost::TooBig { mtu: wire.mtu });
        }
        let left = match self.leave_queue(wire, now, packet.len()) {
            Ok(left) => left,
            Err(lost) => return Passage::Lost(lost),
        };
        if let Some(lost) = wire.loss.strikes(&mut self.in_burst, &mut self.dice) {
            return Passage::Lost(lost);
        }
        let corrupted = self.dice.chance(wire.corrupt);
        if corrupted {
            let bit = self.dice.roll() as usize % (8 * packet.len()).max(1);
            if let Some(byte) = packet.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
        }
        let (at, held_back) = self.arrive(wire, left);
        let again = self.dice.chance(wire.duplicate).then(|| self.arrive(wire, left).0);
        Passage::Arrives { at, again, held_back, corrupted }
    }

    /// When the packet's last bit has left, if the queue has room for it.
    fn leave_queue(&mut self, wire: &Wire, now: Instant, size: usize) -> Result<Instant, Lost> {
        let Some(rate) = wire.rate.map(|rate| rate.max(1)) else { return Ok(now) };
        let start = match self.busy_until.filter(|busy| *busy > now) {
            Some(busy) => busy,
            None => {
                self.remainder = 0;
                now
            }
        };
        let waiting = (start - now).as_nanos() * u128::from(rate) + u128::from(self.remainder);
        let waiting = usize::try_from(waiting.div_ceil(BITS_PER_BYTE * NANOSECONDS)).unwrap_or(usize::MAX);
        // A packet that finds the queue empty is sent, however large it is.
        if waiting > 0 && waiting.saturating_add(size) > wire.queue {
            return Err(Lost::QueueFull { waiting });
        }
        let takes = size as u128 * BITS_PER_BYTE * NANOSECONDS + u128::from(self.remainder);
        let (takes, remainder) = (takes / u128::from(rate), takes % u128::from(rate));
        let left = start + Duration::from_nanos(u64::try_from(takes).unwrap_or(u64::MAX));
        (self.busy_until, self.remainder) = (Some(left), remainder as u64);
        Ok(left)
    }

    /// When a packet that left at `left` arrives, and whether it was held back.
    fn arrive(&mut self, wire: &Wire, left: Instant) -> (Instant, bool) {
        let (delay, jitter) = (bounded(wire.delay), bounded(wire.jitter));
        let jitter = if jitter.is_zero() { jitter } else { jitter.mul_f64(self.dice.fraction()) };
        let arrival = left + delay + jitter;
        if self.dice.chance(wire.reorder) {
            let longest = (delay * 4).max(Duration::from_millis(1));
            return (arrival + longest.mul_f64(self.dice.fraction()), true);
        }
        let arrival = self.last_arrival.map_or(arrival, |last| last.max(arrival));
        self.last_arrival = Some(arrival);
        (arrival, false)
    }
}
