//! What stands at the end of a path: a state machine with four of the verbs. Its events are its own business.

use std::time::Instant;

/// A host of the simulation: a state machine with the verbs of every core of this workspace.
pub trait Node: Send {
    /// An IP packet arrived at the host.
    fn receive(&mut self, now: Instant, packet: &[u8]);
    /// The next IP packet to send, if any. Asked until it gives none.
    fn transmit(&mut self, now: Instant) -> Option<Vec<u8>>;
    /// When to call `on_deadline`, if ever.
    fn deadline(&self) -> Option<Instant>;
    /// Does what is due by `now`.
    fn on_deadline(&mut self, now: Instant);
}
