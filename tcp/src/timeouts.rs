//! Timeouts: what a connection does when a timer has run out (RFC 9293 §3.10.8).
//!
//! Tested in `tests/clauses.rs` and `tests/recovery.rs`.

use std::time::Instant;

use crate::connection::event::ConnectionEvent;
use crate::recovery;
use crate::state::{Cause, State};
use crate::tcb::Tcb;
use crate::timers::ran_out;

/// Does what is due by `now`.
pub(crate) fn on_deadline(c: &mut Tcb, now: Instant) {
    if ran_out(&mut c.timers.retransmission, now) {
        retransmission(c, now);
    }
    if ran_out(&mut c.timers.persist, now) {
        persist(c);
    }
    if ran_out(&mut c.timers.delayed_ack, now) {
        c.ack.owe();
    }
    if ran_out(&mut c.timers.time_wait, now) {
        // The timer also ends a FIN-WAIT-2 whose user has gone.
        let cause = if c.state() == State::TimeWait { Cause::TwoMsl } else { Cause::End };
        c.end(cause, ConnectionEvent::Closed);
    }
}

/// Something sent was not acknowledged in time. A peer that has not answered often enough is given up (§3.8.3).
fn retransmission(c: &mut Tcb, now: Instant) {
    let synchronized = c.state().is_synchronized();
    let limit = if synchronized { c.config.retries } else { c.config.syn_retries };
    if c.recovery.timeouts < limit {
        return recovery::on_timeout(c, now);
    }
    let in_handshake = c.passive && !synchronized;
    c.end(Cause::End, if in_handshake { ConnectionEvent::BackToListen } else { ConnectionEvent::TimedOut });
}

/// The window is still closed. Probes go on for as long as the peer answers them: RFC 9293 §3.8.6.1.
fn persist(c: &mut Tcb) {
    if c.recovery.timeouts >= c.config.retries {
        c.end(Cause::End, ConnectionEvent::TimedOut);
        return;
    }
    c.recovery.timeouts += 1;
    c.probe_now = true;
}
