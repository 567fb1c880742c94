//! Timeouts: what a connection does when a timer has run out (RFC 9293 §3.10.8).
//!
//! | timer | whose |
//! |---|---|
//! | retransmission, tail probe, reordering, window probe, pacing | the sender's: `sender/timer.rs` |
//! | delayed ACK | the receiver's |
//! | keep-alive, 2MSL | here |
//!
//! Tested in `tests/clauses` and `tests/recovery.rs`.

use std::time::Instant;

use crate::connection::event::{ConnectionEvent, SoftError};
use crate::fast_open::Learned;
use crate::sender::TimedOut;
use crate::state::{Cause, State};
use crate::tcb::Tcb;

/// The earliest of the timers.
pub(crate) fn deadline(c: &Tcb) -> Option<Instant> {
    [c.sender.deadline(), c.receiver.deadline(), c.time_wait, keep_alive(c)].into_iter().flatten().min()
}

/// When to ask a silent peer. While something is in flight its own timers do.
fn keep_alive(c: &Tcb) -> Option<Instant> {
    let settings = c.config.keep_alive?;
    let asks = c.state().is_synchronized() && c.state() != State::TimeWait && c.sender.flight().is_empty();
    c.silence.deadline(settings).filter(|_| asks)
}

/// RFC 7413 §4.1.3.1: a server that never answered may stand after something that drops Fast Open.
fn opening_failed(c: &Tcb, now: Instant) -> Option<Learned> {
    let learned = Learned { now, cookie: None, mss: None, text_refused: false, syn_was_lost: true };
    c.fast_open.is_tried().then_some(learned)
}

/// Does what is due by `now`.
pub(crate) fn on_deadline(c: &mut Tcb, now: Instant) {
    c.receiver.on_deadline(now);
    match c.sender.on_deadline(now) {
        TimedOut::NotYet => {}
        TimedOut::Unanswered => c.report(SoftError::Unanswered),
        TimedOut::GiveUp if c.state().is_synchronized() => c.end(Cause::End, ConnectionEvent::TimedOut),
        TimedOut::GiveUp => {
            c.fast_open.learned = opening_failed(c, now);
            c.end_unmade(ConnectionEvent::TimedOut);
        }
    }
    if let Some(settings) = c.config.keep_alive
        && keep_alive(c).is_some_and(|due| due <= now)
        && !c.silence.ask(now, settings)
    {
        c.end(Cause::End, ConnectionEvent::TimedOut);
    }
    if c.time_wait.is_some_and(|due| due <= now) {
        // The timer also ends a FIN-WAIT-2 whose user has gone.
        let cause = if c.state() == State::TimeWait { Cause::TwoMsl } else { Cause::End };
        c.end(cause, ConnectionEvent::Closed);
    }
}
