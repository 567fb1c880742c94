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

use crate::seq::SeqNumber;
use crate::variables::ReceiveVariables;

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

    /// Text has arrived, a round trip takes `srtt`, and `unread` bytes of a buffer of `size` wait for their reader.
    /// Gives the size that the buffer should have.
    pub(super) fn size(
        &mut self,
        now: Instant,
        srtt: Duration,
        rcv: &ReceiveVariables,
        unread: usize,
        size: usize,
    ) -> usize {
        let (since, end) = *self.window.get_or_insert((now, rcv.nxt + rcv.wnd));
        if size >= self.limit || rcv.nxt.before(end) {
            return size;
        }
        self.window = Some((now, rcv.nxt + rcv.wnd));
        let quick = now.saturating_duration_since(since) <= 2 * srtt;
        if quick && unread < size / 2 { size.saturating_mul(2).min(self.limit) } else { size }
    }
}
