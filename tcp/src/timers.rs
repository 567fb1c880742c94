//! The timers of a connection, each a moment or nothing. The caller of the connection looks at the earliest.
//!
//! Tested in `tests/clauses.rs` and `tests/recovery.rs`.

use std::time::Instant;

/// When each thing is due.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timers {
    /// Something sent was not acknowledged in time: RFC 6298 §5.
    pub retransmission: Option<Instant>,
    /// The window is closed: time to ask whether it still is (RFC 9293 §3.8.6.1).
    pub persist: Option<Instant>,
    /// An ACK has waited long enough for data to ride on (RFC 9293 §3.8.6.3).
    pub delayed_ack: Option<Instant>,
    /// TIME-WAIT is over, or an abandoned FIN-WAIT-2.
    pub time_wait: Option<Instant>,
}

impl Timers {
    /// The earliest of the four.
    pub fn earliest(&self) -> Option<Instant> {
        [self.retransmission, self.persist, self.delayed_ack, self.time_wait].into_iter().flatten().min()
    }

    /// Stops all four.
    pub fn stop(&mut self) {
        *self = Timers::default();
    }
}

/// Whether `timer` has run out; if so it is stopped.
pub(crate) fn ran_out(timer: &mut Option<Instant>, now: Instant) -> bool {
    let due = timer.is_some_and(|due| due <= now);
    if due {
        *timer = None;
    }
    due
}
