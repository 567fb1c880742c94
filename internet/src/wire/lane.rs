//! One direction of a wire: when a packet comes out at the other end, once, twice, or never.

use std::time::{Duration, Instant};

use super::{Lost, Wire};
use crate::dice::Dice;

/// The state of one direction.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    /// When the last packet will have left the queue.
    busy_until: Option<Instant>,
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
        /// When.
        at: Instant,
        /// When it arrives once more.
        again: Option<Instant>,
        /// Whether it was held back, so that later ones may overtake it.
        held_back: bool,
    },
    /// It does not arrive.
    Lost(Lost),
}

impl Lane {
    pub(crate) fn new(dice: Dice) -> Lane {
        Lane { busy_until: None, last_arrival: None, in_burst: false, dice }
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
        if self.dice.chance(wire.corrupt) {
            let bit = self.dice.roll() as usize % (8 * packet.len()).max(1);
            if let Some(byte) = packet.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
        }
        let (at, held_back) = self.arrive(wire, left);
        let again = self.dice.chance(wire.duplicate).then(|| self.arrive(wire, left).0);
        Passage::Arrives { at, again, held_back }
    }

    /// When the packet's last bit has left, if the queue has room for it.
    fn leave_queue(&mut self, wire: &Wire, now: Instant, size: usize) -> Result<Instant, Lost> {
        let Some(rate) = wire.rate.filter(|rate| *rate > 0) else { return Ok(now) };
        let start = self.busy_until.map_or(now, |busy| busy.max(now));
        let waiting = start.saturating_duration_since(now).as_nanos() * u128::from(rate) / 8_000_000_000;
        let waiting = usize::try_from(waiting).unwrap_or(usize::MAX);
        // A packet that finds the queue empty is sent, however large it is.
        if waiting > 0 && waiting.saturating_add(size) > wire.queue {
            return Err(Lost::QueueFull { waiting });
        }
        let left = start + Duration::from_nanos((size as u64).saturating_mul(8_000_000_000) / rate);
        self.busy_until = Some(left);
        Ok(left)
    }

    /// When a packet that left at `left` arrives, and whether it was held back.
    fn arrive(&mut self, wire: &Wire, left: Instant) -> (Instant, bool) {
        let jitter =
            if wire.jitter.is_zero() { Duration::ZERO } else { wire.jitter.mul_f64(self.dice.fraction()) };
        let arrival = left + wire.delay + jitter;
        if self.dice.chance(wire.reorder) {
            let longest = (wire.delay * 4).max(Duration::from_millis(1));
            return (arrival + longest.mul_f64(self.dice.fraction()), true);
        }
        let arrival = self.last_arrival.map_or(arrival, |last| last.max(arrival));
        self.last_arrival = Some(arrival);
        (arrival, false)
    }
}
