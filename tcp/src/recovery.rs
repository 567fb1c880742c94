//! Noticing that something was lost, and sending it again: duplicate ACKs (RFC 5681 §3.2), partial ACKs (RFC 6582),
//! and the timer (RFC 6298 §5).
//!
//! ```text
//!            third duplicate ACK                       timer
//!    OPEN ───────────────────────▶ FAST RECOVERY ─────────────▶ AFTER TIMEOUT ◀── timer ── OPEN
//!     ▲                                  │ everything sent before is acknowledged │
//!     └──────────────────────────────────┴────────────────────────────────────────┘
//! ```
//!
//! The first two duplicate ACKs each let one new segment go (RFC 3042), so that even a small window brings forth a third.
//!
//! Left out, for later: reading the peer's SACK blocks (RFC 6675), RACK-TLP (RFC 8985), noticing that a timeout was
//! spurious (RFC 5682).
//!
//! Tested in `tests/recovery.rs` step by step, and through `tests/streams.rs` over lossy paths.

use std::time::Instant;

use crate::connection::Connection;
use crate::seq::SeqNumber;

/// The loss recovery variables of a connection.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// What is going on.
    pub phase: Phase,
    /// `recover`: recovery ends when everything up to here is acknowledged (RFC 6582 §3).
    pub recover: SeqNumber,
    /// Duplicate ACKs in a row.
    pub duplicate_acks: u32,
    /// What is to be sent again: from this number up to (not including) that.
    pub resend: Option<(SeqNumber, SeqNumber)>,
    /// Why, for the note beside the packet.
    pub why: String,
    /// How often in a row the timer has run out.
    pub timeouts: u32,
}

/// What loss recovery is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is known to be lost.
    Open,
    /// A segment was lost, those after it arrive: the ACKs keep the clock.
    FastRecovery,
    /// The timer ran out: everything in flight is taken for lost and goes out again, in slow start.
    AfterTimeout,
}

impl Recovery {
    pub(crate) fn new(iss: SeqNumber) -> Recovery {
        Recovery {
            phase: Phase::Open,
            recover: iss,
            duplicate_acks: 0,
            resend: None,
            why: String::new(),
            timeouts: 0,
        }
    }
}

/// How far beyond the congestion window new data may go: RFC 3042, limited transmit.
pub(crate) fn limited_transmit(c: &Connection) -> u32 {
    if c.recovery.phase == Phase::Open { c.recovery.duplicate_acks.min(2) * c.snd.mss } else { 0 }
}

/// A duplicate ACK arrived: RFC 5681 §3.2, with the guard of RFC 6582 §3.2 step 2.
pub(crate) fn on_duplicate_ack(c: &mut Connection) {
    c.recovery.duplicate_acks += 1;
    if c.recovery.phase == Phase::FastRecovery {
        c.congestion.inflate();
        return;
    }
    // ACKs that a retransmission after a timeout calls forth are no sign of a new loss.
    if c.recovery.duplicate_acks != 3 || !c.snd.una.after(c.recovery.recover) {
        return;
    }
    c.congestion.halve(c.snd.in_flight());
    c.congestion.enter_fast_recovery();
    c.recovery.phase = Phase::FastRecovery;
    c.recovery.recover = c.snd.nxt;
    resend_first(c, "fast retransmit, 3 duplicate ACKs");
}

/// `acked` numbers were newly acknowledged; `snd.una` has moved already.
pub(crate) fn on_new_ack(c: &mut Connection, now: Instant, acked: u32, window_was_full: bool) {
    c.recovery.duplicate_acks = 0;
    c.recovery.timeouts = 0;
    c.rtt.end_back_off();
    let all_recovered = c.snd.una.at_or_after(c.recovery.recover);
    match c.recovery.phase {
        Phase::FastRecovery if all_recovered => {
            c.congestion.leave_fast_recovery();
            c.recovery.phase = Phase::Open;
            // A loss right behind this one may be taken up at once.
            c.recovery.recover = c.snd.una.back(1);
        }
        Phase::FastRecovery => {
            c.congestion.deflate(acked);
            resend_first(c, "retransmission, a partial ACK shows the next gap");
        }
        Phase::AfterTimeout => {
            c.congestion.acknowledged(acked);
            if all_recovered {
                c.recovery.phase = Phase::Open;
            }
        }
        Phase::Open if window_was_full => c.congestion.acknowledged(acked),
        Phase::Open => {}
    }
    if let Some((next, end)) = c.recovery.resend {
        let next = next.latest(c.snd.una);
        c.recovery.resend = next.before(end).then_some((next, end));
    }
    // RFC 6298 §5.2 and §5.3.
    c.timers.retransmission = (c.snd.in_flight() > 0).then(|| now + c.rtt.rto());
}

/// The retransmission timer ran out: RFC 6298 §5.4 to §5.6, RFC 5681 §3.1.
pub(crate) fn on_timeout(c: &mut Connection, now: Instant) {
    let waited = c.rtt.rto();
    c.recovery.timeouts += 1;
    if !c.state.is_synchronized() {
        c.congestion.syn_was_lost();
    } else {
        if c.recovery.timeouts == 1 {
            c.congestion.halve(c.snd.in_flight());
        }
        c.congestion.timed_out();
    }
    c.rtt.back_off();
    c.recovery.phase = Phase::AfterTimeout;
    c.recovery.recover = c.snd.nxt;
    c.recovery.duplicate_acks = 0;
    c.recovery.resend = Some((c.snd.una, c.snd.nxt));
    c.recovery.why = format!(
        "retransmission {}, timer ran out after {}",
        c.recovery.timeouts,
        seconds(waited.as_secs_f64())
    );
    c.timers.retransmission = Some(now + c.rtt.rto());
}

fn resend_first(c: &mut Connection, why: &str) {
    c.rtt.stop_timing();
    c.recovery.resend = Some((c.snd.una, c.snd.una + 1));
    c.recovery.why = why.into();
}

fn seconds(value: f64) -> String {
    if value < 1.0 { format!("{:.0} ms", value * 1e3) } else { format!("{value:.1} s") }
}
