//! What BBR's model is filtered with: rounds, and the largest value of a window (draft §5.5.1, §5.5.3).

use super::sample::Sample;

/// Round trips, as packets count them: one ends when a segment is acknowledged that was sent after it began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rounds {
    pub(super) count: u64,
    /// The ACK at hand has ended a round.
    pub(super) start: bool,
    /// What had been delivered when this one began.
    next_round_delivered: u64,
    pub(super) since_probe_up: u64,
}

impl Rounds {
    /// UpdateRound(). An ACK without a rate does not say when its segment was sent: there the sender's own count helps.
    pub(super) fn update(&mut self, sample: &Sample) {
        let ended = match sample.delivery_rate {
            0 => sample.round_ended,
            _ => sample.prior_delivered >= self.next_round_delivered,
        };
        self.start = ended;
        if self.start {
            self.begin(sample.total_delivered);
            self.count += 1;
            self.since_probe_up = self.since_probe_up.saturating_add(1);
        }
    }

    /// StartRound(): it ends with what is sent from now on.
    pub(super) fn begin(&mut self, delivered: u64) {
        self.next_round_delivered = delivered;
    }
}

/// The largest value of the last while, in two halves: the half that is filled now, and the one before. Time is
/// anything that counts up. Where no value comes, the old ones stay.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WindowedMax {
    /// When this half began.
    began: u64,
    this: u64,
    before: u64,
}

impl WindowedMax {
    pub(super) fn get(&self) -> u64 {
        self.this.max(self.before)
    }

    /// A value of the time `now`, where a half lasts `half`.
    pub(super) fn update(&mut self, value: u64, now: u64, half: u64) {
        if now.saturating_sub(self.began) >= half.max(1) {
            *self = WindowedMax { began: now, this: 0, before: self.this };
        }
        self.this = self.this.max(value);
    }
}
