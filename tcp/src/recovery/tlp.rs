//! The tail loss probe: when the last segments of a flight are lost, nothing comes back that could show it. So before
//! the retransmission timer runs out, one segment is sent to provoke an ACK (RFC 8985 §7).
//!
//! ```text
//!    we send   1   2   3 (lost)               3'             the timer would run out
//!    ──────────┼───┼───┼──────────────────────┼───────────────────────┼──▶
//!    ACKs              1   2    2 round trips │ the probe   └ its ACK: all is well,
//!                                                             or SACK shows the gap
//! ```
//!
//! Tested in `tests/loss_detection.rs`.

use std::time::{Duration, Instant};

use crate::seq::SeqNumber;

/// TLP.max_ack_delay: how long the peer may hold back the ACK of a single segment (RFC 8985 §7.2).
const MOST_ACK_DELAY: Duration = Duration::from_millis(200);

/// The variables of the probe, and its timer: RFC 8985 §5.3 and §5.4.
#[derive(Debug, Clone, Copy, Default)]
pub struct TailProbe {
    /// When the next probe is due.
    pub(crate) deadline: Option<Instant>,
    /// The probe is due now.
    pub(crate) is_due: bool,
    /// TLP.end_seq: an ACK from here on answers the probe that is out.
    answered_at: Option<SeqNumber>,
    /// TLP.is_retrans: the probe was sent before.
    was_sent_before: bool,
    /// A round trip was measured since the last probe.
    has_sample: bool,
}

/// What an ACK says about the probe that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing, or that all is well.
    Nothing,
    /// The probe repaired a loss that nobody has noticed: the path is congested (RFC 8985 §7.4.2).
    RepairedALoss,
}

// book: timeout
/// How long to wait for an ACK before the probe (RFC 8985 §7.2, TLP_calc_PTO).
pub(crate) fn timeout(srtt: Option<Duration>, single_segment: bool) -> Duration {
    match srtt {
        Some(srtt) if single_segment => 2 * srtt + MOST_ACK_DELAY,
        Some(srtt) => 2 * srtt,
        None => Duration::from_secs(1),
    }
}
// book: end

impl TailProbe {
    /// Whether a probe is out and not answered.
    pub(crate) fn is_out(&self) -> bool {
        self.answered_at.is_some()
    }

    /// Whether a probe may leave (§7.3): none is out, and a round trip was measured since the last one. Else probes
    /// could go on for ever without a sample, where a path has become longer.
    pub(crate) fn may_leave(&self) -> bool {
        !self.is_out() && self.has_sample
    }

    /// A round trip was measured.
    pub(crate) fn measured(&mut self) {
        self.has_sample = true;
    }

    /// No probe is wanted any more: there is something else to do.
    pub(crate) fn cancel(&mut self) {
        self.deadline = None;
        self.is_due = false;
    }

    /// The probe has left.
    pub(crate) fn sent(&mut self, nxt: SeqNumber, was_sent_before: bool) {
        self.cancel();
        self.answered_at = Some(nxt);
        self.was_sent_before = was_sent_before;
        self.has_sample = false;
    }

    /// RFC 8985 §7.4.2, TLP_process_ack. `duplicate`: the ACK reports something that came twice;
    /// `is_plain_duplicate`: it acknowledges and reports nothing new.
    pub(crate) fn answered(&mut self, ack: SeqNumber, duplicate: bool, is_plain_duplicate: bool) -> Answer {
        let Some(end) = self.answered_at.filter(|end| ack.at_or_after(*end)) else { return Answer::Nothing };
        if !self.was_sent_before || duplicate {
            self.answered_at = None;
        } else if ack.after(end) {
            self.answered_at = None;
            return Answer::RepairedALoss;
        } else if is_plain_duplicate {
            // Both the segment and its probe have arrived.
            self.answered_at = None;
        }
        Answer::Nothing
    }
}
