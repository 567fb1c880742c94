//! What can change while a world runs.

use std::time::Duration;

use crate::prefix::Prefix;
use crate::wire::Wire;

/// A change to a world: now, or at a moment that is noted beforehand.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The wire of this name goes down. What is under way on it, or waits for it, is lost; it is counted as such at the
    /// moment when it would have arrived.
    Down(String),
    /// The wire of this name is up again.
    Up(String),
    /// The wire of this name becomes another one, both ways: its delay, its loss, its MTU. A new cost counts when the
    /// routers converge.
    Wire(String, Wire),
    /// The node of this name is switched off: it neither sends nor receives, and none of its deadlines comes.
    Off(String),
    /// The node of this name is switched on again, as it was.
    On(String),
    /// The node of this name announces that it leads to a prefix.
    Announce {
        /// The node.
        node: String,
        /// What it announces.
        prefix: Prefix,
        /// How long the news takes from one router to the next.
        each_hop: Duration,
    },
    /// The node of this name announces a prefix no longer.
    Withdraw {
        /// The node.
        node: String,
        /// What it announced.
        prefix: Prefix,
        /// How long the news takes from one router to the next.
        each_hop: Duration,
    },
    /// All routers find the cheapest ways again, without the wires that are down and the nodes that are off. Until then
    /// they use the old ones.
    Converge,
}
