//! The states of BBR, how fast and how much each sends (draft §5.6.1, the table), and the dice.

use super::super::controller::Phase;

/// A state of the draft's §5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Doubles the rate each round until the bandwidth stops growing.
    Startup,
    /// Empties the queue that Startup made.
    Drain,
    /// ProbeBW_DOWN: a little slower than the path, so that a queue drains.
    Down,
    /// ProbeBW_CRUISE: as fast as the path.
    Cruise,
    /// ProbeBW_REFILL: fills the path for a round, so that Up meets no empty one.
    Refill,
    /// ProbeBW_UP: faster than the path, to see whether there is more.
    Up,
    /// Little in flight, to see the round trip of an empty path.
    ProbeRtt,
}

/// By how much a state multiplies the bandwidth and the BDP, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gains {
    /// The pacing rate, from the bandwidth.
    pub(super) pacing: u64,
    /// The window, from the BDP.
    pub(super) window: u64,
}

impl State {
    /// The columns "Pacing Gain" and "Cwnd Gain". 2.77 is 4·ln 2: the least that doubles the rate each round.
    pub(super) fn gains(self) -> Gains {
        let (pacing, window) = match self {
            State::Startup => (277, 200),
            State::Drain => (50, 200),
            State::Down => (90, 200),
            State::Cruise | State::Refill => (100, 200),
            State::Up => (125, 225),
            State::ProbeRtt => (100, 50),
        };
        Gains { pacing, window }
    }

    /// IsInAProbeBWState(): one of the four of the cycle.
    pub(super) fn is_probe_bw(self) -> bool {
        matches!(self, State::Down | State::Cruise | State::Refill | State::Up)
    }

    /// IsProbingBW(): losses show where the path ends, and not that it became narrower.
    pub(super) fn accelerates(self) -> bool {
        matches!(self, State::Startup | State::Refill | State::Up)
    }

    pub(super) fn phase(self) -> Phase {
        match self {
            State::Startup => Phase::Startup,
            State::Drain => Phase::Drain,
            State::ProbeRtt => Phase::ProbeRtt,
            State::Down | State::Cruise | State::Refill | State::Up => Phase::ProbeBandwidth,
        }
    }
}

/// What the ACKs of now say about the last probe for bandwidth: they come a round after the sending (§2.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AckPhase {
    /// They say nothing.
    Init,
    /// The path is being filled.
    Refilling,
    /// The probe is on its way, and its first ACK has not come.
    ProbeStarting,
    /// They are of the probe.
    ProbeFeedback,
    /// The probe is over, and its last ACKs come.
    ProbeStopping,
}

/// So many percent of a volume or a rate.
pub(super) fn percent(of: u64, percent: u64) -> u64 {
    u64::try_from(u128::from(of) * u128::from(percent) / 100).unwrap_or(u64::MAX)
}

/// Numbers that look random, from a seed (xorshift, 32 bits).
#[derive(Debug, Clone, Copy)]
pub(super) struct Random(u32);

impl Random {
    pub(super) fn new(seed: u32) -> Random {
        // Zero would only ever give zero.
        Random(seed | 1)
    }

    /// A number from 0 to `below` − 1.
    pub(super) fn below(&mut self, below: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        // The upper half of the product: the lower bits of such a generator are its worst.
        ((u64::from(self.0) * u64::from(below)) >> 32) as u32
    }
}
