//! What is kept of exchanges that are over: counts and sums, so that a run may be as long as it likes.

use std::fmt;
use std::time::Duration;

use super::exchange::Exchange;
use crate::views::milliseconds;

/// The counts of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    sent: u32,
    answered: u32,
    least: Option<Duration>,
    most: Option<Duration>,
    sum: Duration,
}

impl Totals {
    /// An exchange is over.
    pub(super) fn count(&mut self, one: &Exchange) {
        self.sent += 1;
        let Some((at, ..)) = &one.answer else { return };
        let time = at.saturating_duration_since(one.sent_at);
        self.answered += 1;
        self.least = Some(self.least.map_or(time, |least| least.min(time)));
        self.most = Some(self.most.map_or(time, |most| most.max(time)));
        self.sum = self.sum.saturating_add(time);
    }

    pub(super) fn are_all_answered(&self) -> bool {
        self.answered == self.sent
    }
}

/// After several packets: how many were answered, and how long that took.
impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sent, {} answered", self.sent, self.answered)?;
        if let (Some(least), Some(mean), Some(most)) =
            (self.least, self.sum.checked_div(self.answered), self.most)
        {
            let [least, mean, most] = [least, mean, most].map(milliseconds);
            write!(f, "; least {least} ms, mean {mean} ms, most {most} ms")?;
        }
        writeln!(f)
    }
}
