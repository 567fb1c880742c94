//! A question on its way to one server.

use std::time::Instant;

use super::task::TaskId;
use crate::exchange::Exchange;
use crate::name::Name;
use crate::question::Question;

/// An exchange, and what it is for.
pub(super) struct Flight {
    pub(super) exchange: Exchange,
    pub(super) task: TaskId,
    /// What was sent; the name may be shortened.
    pub(super) sent: Question,
    pub(super) shortened: bool,
    /// The zone for which the server is asked.
    pub(super) zone: Name,
    pub(super) server: Name,
    /// The step of the task's trace.
    pub(super) step: usize,
    /// When it is to be woken; as it stands among the timers.
    pub(super) wake: Option<Instant>,
}
