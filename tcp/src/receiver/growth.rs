//! A receive buffer that grows with the path: where a whole window arrives in a round trip, and the user reads it as
//! fast, the window is what holds the sender back, and is doubled (RFC 9293 §3.8.6 leaves the size open; RFC 7323 §2.3
//! makes room for it in the shift).
//!
//! ```text
//!    a window's worth arrives
//!      in about a round trip, and was read ──▶ the sender waits for us: twice as much
//!      in many, or lies unread             ──▶ it does not: as before
//! ```

use std::time::{Duration, Instant};

use crate::receiver::Receiver;
use crate::seq::SeqNumber;

/// What is measured until the next window's worth has arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    /// The buffer does not grow beyond this.
    limit: usize,
    /// When the window began that is being filled, and where it ends.
    window: Option<(Instant, SeqNumber)>,
}

impl Growth {
    pub(super) fn new(limit: usize) -> Growth {
        Growth { limit, window: None }
    }
}

impl Receiver {
    /// Text has arrived, and a round trip takes `srtt`, as far as the sender of this side knows.
    pub(crate) fn grow(&mut self, now: Instant, srtt: Option<Duration>) {
        let Some(srtt) = srtt.filter(|_| self.buffer < self.growth.limit) else { return };
        let next = (now, self.rcv.nxt + self.rcv.wnd);
        let Some((since, end)) = self.growth.window else {
            self.growth.window = Some(next);
            return;
        };
        if self.rcv.nxt.before(end) {
            return;
        }
        let quick = now.saturating_duration_since(since) <= 2 * srtt;
        let is_read = self.incoming.unread() < self.buffer / 2;
        if quick && is_read {
            self.buffer = self.buffer.saturating_mul(2).min(self.growth.limit);
        }
        self.growth.window = Some((now, self.rcv.nxt + self.rcv.wnd));
    }
}
