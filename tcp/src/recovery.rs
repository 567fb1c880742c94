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
//! The first two duplicate ACKs each let one new segment go (RFC 3042), so that even a small window causes a third.
//!
//! Left out, for later: reading the peer's SACK blocks (RFC 6675), RACK-TLP (RFC 8985), noticing that a timeout was
//! spurious (RFC 5682).
//!
//! Tested in `tests/recovery.rs` step by step, and through `tests/streams.rs` over lossy paths.

pub mod variables;

use std::time::Instant;

use crate::note::SentNote;
use crate::recovery::variables::Phase;
use crate::tcb::Tcb;

/// How far beyond the congestion window new data may go: RFC 3042, limited transmit.
pub(crate) fn limited_transmit(c: &Tcb) -> u32 {
    if c.recovery.phase == Phase::Open { c.recovery.duplicate_acks.min(2) * c.snd.mss } else { 0 }
}

/// A duplicate ACK arrived: RFC 5681 §3.2, with the guard of RFC 6582 §3.2 step 2.
pub(crate) fn on_duplicate_ack(c: &mut Tcb) {
    c.recovery.duplicate_acks += 1;
    if c.recovery.phase == Phase::FastRecovery {
        c.congestion.inflate();
        return;
    }
    // Duplicate ACKs caused by our own retransmissions after a timeout do not mean that something new was lost.
    if c.recovery.duplicate_acks != 3 || !c.snd.una.after(c.recovery.recover) {
        return;
    }
    c.congestion.halve(c.snd.in_flight());
    c.congestion.enter_fast_recovery();
    c.recovery.phase = Phase::FastRecovery;
    c.recovery.recover = c.snd.nxt;
    resend_first(c, SentNote::FastRetransmission);
}

/// `acked` numbers were newly acknowledged; `snd.una` has moved already.
pub(crate) fn on_new_ack(c: &mut Tcb, now: Instant, acked: u32, window_was_full: bool) {
    c.recovery.duplicate_acks = 0;
    c.recovery.timeouts = 0;
    c.rtt.end_back_off();
    c.recovery.acknowledged(c.snd.una);
    let all_recovered = c.snd.una.at_or_after(c.recovery.recover);
    match c.recovery.phase {
        Phase::FastRecovery if all_recovered => {
            c.congestion.leave_fast_recovery();
            c.recovery.phase = Phase::Open;
            // A loss right after this one may be taken up at once.
            c.recovery.recover = c.snd.una.back(1);
        }
        Phase::FastRecovery => {
            c.congestion.deflate(acked);
            resend_first(c, SentNote::PartialAck);
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
    // RFC 6298 §5.2 and §5.3.
    c.timers.retransmission = (c.snd.in_flight() > 0).then(|| now + c.rtt.rto());
}

/// The retransmission timer ran out: RFC 6298 §5.4 to §5.6, RFC 5681 §3.1.
pub(crate) fn on_timeout(c: &mut Tcb, now: Instant) {
    let after = c.rtt.rto();
    c.recovery.timeouts += 1;
    if !c.state().is_synchronized() {
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
    let why = SentNote::TimerRanOut { times: c.recovery.timeouts, after };
    c.recovery.resend_range(c.snd.una, c.snd.nxt, Some(why));
    c.timers.retransmission = Some(now + c.rtt.rto());
}

/// Sends the first segment again. What is in flight gives no sample of the round trip any more (Karn).
fn resend_first(c: &mut Tcb, why: SentNote) {
    c.rtt.stop_timing();
    c.recovery.resend_first(why);
}
