//! Which connection a packet belongs to, and whether it fits there: what a stateful firewall knows (Linux: conntrack).
//!
//! ```text
//!   no connection, may open one ──▶ new          ICMP error about a connection ──▶ related
//!   one that was answered ────────▶ established  neither ─────────────────────▶ invalid
//! ```
//!
//! TCP is followed by its flags ([`TcpState`] has the names), UDP and ICMP queries by timers ([`Timers`]). Each of
//! these ends a connection that is silent. A NAT follows its sessions by the same table of TCP and the same timers, and
//! finds out in the same way what an ICMP error is about. The table of connections is the firewall's, and is bounded.
//!
//! Reading order: `tcp` (the table), `history` (what Linux remembers beside it), `timers`, `conversation` (all three
//! put together), `flow` (which conversation a packet belongs to), and this file (the connections of a firewall).
//!
//! Left out: TCP's sequence numbers (Linux calls a segment outside of the window invalid, and here it is established);
//! fragments after the first, which have no ports and so no state; errors about protocols without ports. Tested in
//! `tests/firewall.rs` and `tests/nat/`, and with the same packets as Linux's conntrack in `tests/boxes_live.rs` and
//! `tests/nat/live.rs`.

mod conversation;
mod flow;
mod history;
mod tcp;
mod timers;

use std::fmt;
use std::time::Instant;

use barewire_dissect::Direction;
use barewire_packet::checksum::Verdict;
use barewire_packet::transit::{Flow, TCP, Transit};

use crate::later::later;
use crate::table::Table;
use crate::timed::Timed;

pub use tcp::TcpState;
pub use timers::Timers;

pub(crate) use conversation::{Conversation, Passage};
pub(crate) use flow::{flow, query_direction};
pub(crate) use tcp::first;

/// How a packet stands to the connections that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// It may open a connection, or the connection that it opened was not answered yet.
    New,
    /// It belongs to a connection with packets both ways.
    Established,
    /// It is an ICMP error about a connection.
    Related,
    /// It belongs to no connection and cannot open one, or it is damaged.
    Invalid,
}

impl State {
    /// Each state, and its name in rules and tables.
    pub const NAMES: [(State, &'static str); 4] = [
        (State::New, "new"),
        (State::Established, "established"),
        (State::Related, "related"),
        (State::Invalid, "invalid"),
    ];
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = State::NAMES.iter().find(|(state, _)| state == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

/// A connection, or what stands for one.
struct Connection {
    /// As the packet went that opened it.
    original: Flow,
    conversation: Conversation,
}

impl Connection {
    fn direction(&self, flow: Flow, packet: &Transit) -> Direction {
        match flow::is_icmp(packet) {
            true => query_direction(packet),
            false if flow == self.original => Direction::ToServer,
            false => Direction::ToClient,
        }
    }
}

/// The table of connections.
pub(crate) struct Tracking {
    pub(crate) timers: Timers,
    /// Whether a TCP segment in the middle of an unknown connection opens it here (Linux: `tcp_loose`).
    pub(crate) loose: bool,
    connections: Timed<Flow, Connection>,
}

impl Tracking {
    /// An empty table for at most `most` connections.
    pub(crate) fn new(timers: Timers, loose: bool, most: usize) -> Tracking {
        Tracking { timers, loose, connections: Timed::new(most) }
    }

    /// How a packet stands, and what follows for its connection. `None`: it is a fragment after the first.
    pub(crate) fn look(&mut self, now: Instant, packet: &Transit) -> Option<State> {
        while self.connections.expire(now).is_some() {}
        if !packet.starts() {
            return None;
        }
        if packet.fragment().is_none() && matches!(packet.verdict(), Verdict::Wrong { .. }) {
            return Some(State::Invalid);
        }
        if packet.is_icmp_error() {
            let known = flow(packet).is_some_and(|about| self.knows(about));
            return Some(if known { State::Related } else { State::Invalid });
        }
        Some(flow::of_connection(packet).map_or(State::Invalid, |flow| self.follow(now, flow, packet)))
    }

    /// How a packet stands to the connection of its flow, and where that stands after it.
    fn follow(&mut self, now: Instant, flow: Flow, packet: &Transit) -> State {
        let key = flow::key(flow);
        let Some(connection) = self.connections.get_mut(&key) else { return self.may_open(packet) };
        let direction = connection.direction(flow, packet);
        let passage = connection.conversation.follow(now, direction, packet, &self.timers);
        let answered = connection.conversation.answered() || direction == Direction::ToClient;
        match passage {
            Passage::Invalid => return State::Invalid,
            Passage::Passes(None) => {}
            Passage::Passes(Some(silence)) => self.connections.keep_until(key, later(now, silence)),
            Passage::Ends => drop(self.connections.remove(&key)),
            // A rule decides whether there is another connection.
            Passage::Over | Passage::Reopens(_) => {
                self.connections.remove(&key);
                return self.may_open(packet);
            }
        }
        if answered { State::Established } else { State::New }
    }

    /// A packet that was new may pass: from now on its connection is known. False: the table is full.
    pub(crate) fn open(&mut self, now: Instant, packet: &Transit) -> bool {
        let Some(original) = flow::of_connection(packet) else { return true };
        let key = flow::key(original);
        let is_known = self.connections.get(&key).is_some();
        if is_known || self.may_open(packet) != State::New {
            return true;
        }
        let mut conversation = Conversation::new(now, packet.protocol());
        match conversation.follow(now, Direction::ToServer, packet, &self.timers) {
            Passage::Passes(Some(silence)) => {
                self.connections.insert(key, Connection { original, conversation }, later(now, silence))
            }
            _ => true,
        }
    }

    /// Whether a flow belongs to a connection, whichever way it goes.
    fn knows(&self, flow: Flow) -> bool {
        [flow, flow.reversed()].iter().any(|flow| self.connections.get(&flow::key(*flow)).is_some())
    }

    /// What a packet without a connection is.
    fn may_open(&self, packet: &Transit) -> State {
        let opens = match packet.protocol() {
            TCP => packet.tcp_flags().and_then(|flags| first(flags, self.loose)).is_some(),
            _ if flow::is_icmp(packet) => query_direction(packet) == Direction::ToServer,
            _ => true,
        };
        if opens { State::New } else { State::Invalid }
    }

    /// The connections, to be looked at.
    pub(crate) fn table(&self, now: Instant) -> Table {
        let row = |(_, connection, until): (Flow, &Connection, Instant)| {
            let Flow { protocol, source, destination } = connection.original;
            let state = connection.conversation.to_string();
            let left = format!("{} s", (until - now).as_secs());
            let protocol = barewire_packet::ip::protocol_name(protocol).to_string();
            vec![protocol, source.to_string(), destination.to_string(), state, left]
        };
        Table {
            title: "connections".to_owned(),
            columns: vec!["protocol", "from", "to", "state", "ends in"],
            rows: self.connections.sorted(now).into_iter().map(row).collect(),
        }
    }
}
