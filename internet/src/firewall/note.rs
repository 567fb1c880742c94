//! What a firewall says beside a packet.

use std::fmt;
use std::sync::Arc;

use super::action::Action;
use super::rule::Rule;
use crate::tracking::State;

/// What a firewall decided about a packet, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirewallNote {
    /// A rule decided, or the default.
    Decided {
        /// Which rule, counted from 1. `None`: the default.
        number: Option<usize>,
        /// The rule.
        rule: Arc<Rule>,
        /// The state of the packet, where states are kept.
        state: Option<State>,
    },
    /// The packet would open a connection, and the table of connections is full.
    TableFull,
}

impl fmt::Display for FirewallNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FirewallNote::Decided { number, rule, state } = self else {
            return f.write_str("dropped: the table of connections is full");
        };
        f.write_str(match rule.action() {
            Action::Accept => "accepted",
            Action::Drop => "dropped",
            Action::Reject(_) => "rejected",
        })?;
        match (number, state) {
            (None, _) => f.write_str(" by default"),
            (_, Some(state)) if rule.asks_for_state() && *state != State::New => write!(f, ": {state}"),
            (Some(number), _) if rule.conditions.is_empty() => write!(f, " by rule {number}"),
            (Some(number), _) => write!(f, " by rule {number}: {}", rule.conditions),
        }
    }
}
