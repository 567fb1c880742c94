//! Proportional rate reduction: how much may leave while losses are repaired (RFC 6937).
//!
//! The window has to shrink from what was in flight to the new threshold. Halving it at once would silence the
//! sender for half a round trip, and then send in a burst. Here, for all that is delivered, a part is sent:
//!
//! ```text
//!    sent in this repair          ssthresh
//!    ───────────────────── = ─────────────────────      while the pipe is fuller than ssthresh;
//!    delivered in it          in flight at its start    then slow start up to ssthresh
//! ```
//!
//! Tested in `tests/loss_detection.rs`, with both examples of RFC 6937 §3.1.

/// The variables of RFC 6937 §3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prr {
    /// RecoverFS: what was in flight when the repair began.
    flight_then: u32,
    /// prr_delivered.
    delivered: u64,
    /// prr_out.
    out: u64,
    /// sndcnt: how much may leave now.
    allowance: u32,
}

impl Prr {
    /// A repair begins, with `flight` bytes in flight.
    pub(crate) fn begin(&mut self, flight: u32) {
        *self = Prr { flight_then: flight.max(1), ..Prr::default() };
    }

    // book: delivered
    /// An ACK delivered bytes. PRR-SSRB, the variant that RFC 6937 §3 recommends.
    pub(crate) fn delivered(&mut self, bytes: u32, pipe: u32, ssthresh: u32, smss: u32) {
        // exercise: tcp10
        // instead: let _ = (bytes, smss);
        // instead: self.allowance = ssthresh.saturating_sub(pipe); // RFC 6675 alone: the window is cut at once.
        self.delivered += u64::from(bytes);
        let allowed = if pipe > ssthresh {
            // CEIL: the share is rounded up to a whole segment, as in the figures of §3.1.
            let smss = u64::from(smss.max(1));
            let share =
                (self.delivered * u64::from(ssthresh)).div_ceil(u64::from(self.flight_then) * smss) * smss;
            share.saturating_sub(self.out)
        } else {
            let limit = self.delivered.saturating_sub(self.out).max(u64::from(bytes)) + u64::from(smss);
            u64::from(ssthresh - pipe).min(limit)
        };
        self.allowance = allowed.min(u64::from(u32::MAX)) as u32;
        // exercise: end
    }
    // book: end

    /// How much may leave now.
    pub(crate) fn allowance(&self) -> u32 {
        self.allowance
    }

    /// Bytes have left.
    pub(crate) fn sent(&mut self, bytes: u32) {
        self.out += u64::from(bytes);
        self.allowance = self.allowance.saturating_sub(bytes);
    }
}
