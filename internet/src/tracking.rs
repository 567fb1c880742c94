//! Which connection a packet belongs to, and whether it fits there: what a stateful firewall knows (Linux: conntrack).
//!
//! ```text
//!   no connection, may open one ──▶ new          ICMP error about a connection ──▶ related
//!   one that was answered ────────▶ established  neither ─────────────────────▶ invalid
//! ```
//!
//! TCP is followed by its flags ([`TcpPhase`]), UDP and ICMP queries by timers ([`Timers`]). Each of these ends a
//! connection that is silent. The table is bounded.
//!
//! Left out: TCP's sequence numbers (Linux calls a segment outside of the window invalid, and here it is established);
//! fragments after the first, which have no ports and so no state; errors about protocols without ports. Tested in
//! `tests/firewall.rs`, and live in `tests/boxes_live.rs`.

mod tcp;
mod timers;

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_dissect::Direction;
use barewire_packet::checksum::Verdict;
use barewire_packet::icmp;
use barewire_packet::transit::{Flow, TCP, TcpFlags, Transit};
use barewire_packet::udp;

use crate::table::Table;
use crate::timed::Timed;

pub use tcp::TcpPhase;
pub use timers::Timers;

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
    since: Instant,
    replied: bool,
    /// Where a TCP connection stands.
    tcp: Option<TcpPhase>,
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
            let known = packet.quoted_flow().is_some_and(|about| self.knows(now, about));
            return Some(if known { State::Related } else { State::Invalid });
        }
        Some(flow(packet).map_or(State::Invalid, |flow| self.follow(now, flow, packet)))
    }

    /// How a packet stands to the connection of its flow, and where that stands after it.
    fn follow(&mut self, now: Instant, flow: Flow, packet: &Transit) -> State {
        let key = key(flow);
        if let Some(flags) = packet.tcp_flags() {
            self.forget_if_it_opens_again(now, flow, flags);
        }
        let Some(connection) = self.connections.get_mut(now, &key) else { return self.may_open(packet) };
        let direction = match is_icmp(packet) {
            true => query_direction(packet.payload()),
            false if flow == connection.original => Direction::ToServer,
            false => Direction::ToClient,
        };
        if let Some(phase) = connection.tcp {
            match packet.tcp_flags().and_then(|flags| phase.next(direction, flags)) {
                Some(next) => connection.tcp = Some(next),
                None => return State::Invalid,
            }
        }
        let is_refused = connection.tcp == Some(TcpPhase::Closed) && !connection.replied;
        connection.replied |= direction == Direction::ToClient;
        let (replied, age) = (connection.replied, now - connection.since);
        let silence = self.timers.of(flow.protocol, connection.tcp, replied, age);
        // As on Linux, what is reset before it was answered is forgotten at once.
        self.connections.keep_until(key, if is_refused { now } else { now + silence });
        if replied { State::Established } else { State::New }
    }

    /// A packet that was new may pass: from now on its connection is known. False: the table is full.
    pub(crate) fn open(&mut self, now: Instant, packet: &Transit) -> bool {
        let Some(original) = flow(packet) else { return true };
        let is_known = self.connections.get(now, &key(original)).is_some();
        if is_known || self.may_open(packet) != State::New {
            return true;
        }
        let tcp = packet.tcp_flags().and_then(|flags| TcpPhase::first(flags, self.loose));
        let until = now + self.timers.of(original.protocol, tcp, false, Duration::ZERO);
        let connection = Connection { original, since: now, replied: false, tcp };
        self.connections.insert(key(original), connection, until)
    }

    /// Whether a flow belongs to a connection, whichever way it goes.
    fn knows(&self, now: Instant, flow: Flow) -> bool {
        [flow, flow.reversed()].iter().any(|flow| self.connections.get(now, &key(*flow)).is_some())
    }

    /// A SYN on a connection that is over begins another one: of either end after both have closed, of the client after
    /// a reset.
    fn forget_if_it_opens_again(&mut self, now: Instant, flow: Flow, flags: TcpFlags) {
        let Some(connection) = self.connections.get(now, &key(flow)) else { return };
        let may = match connection.tcp {
            Some(TcpPhase::TimeWait) => true,
            Some(TcpPhase::Closed) => flow == connection.original,
            _ => false,
        };
        if may && TcpPhase::first(flags, false).is_some() {
            self.connections.remove(&key(flow));
        }
    }

    /// What a packet without a connection is.
    fn may_open(&self, packet: &Transit) -> State {
        let opens = match packet.protocol() {
            TCP => packet.tcp_flags().and_then(|flags| TcpPhase::first(flags, self.loose)).is_some(),
            _ if is_icmp(packet) => query_direction(packet.payload()) == Direction::ToServer,
            _ => true,
        };
        if opens { State::New } else { State::Invalid }
    }

    /// The connections, to be looked at.
    pub(crate) fn table(&self, now: Instant) -> Table {
        let row = |(_, connection, until): (Flow, &Connection, Instant)| {
            let Flow { protocol, source, destination } = connection.original;
            let state = match connection.tcp {
                Some(phase) => phase.to_string(),
                None if connection.replied => "answered".to_owned(),
                None => "not answered".to_owned(),
            };
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

/// What both directions of a flow have in common. The flow of an ICMP query is that of its request already.
fn key(flow: Flow) -> Flow {
    match flow.protocol {
        icmp::PROTOCOL | icmp::PROTOCOL_V6 => flow,
        _ => flow.min(flow.reversed()),
    }
}

/// Which way an ICMP query goes. Both of its ends have the same identifier, so the type tells.
fn query_direction(message: &[u8]) -> Direction {
    match message.first() {
        Some(0 | 14 | 16 | 18 | 129) => Direction::ToClient,
        _ => Direction::ToServer,
    }
}

fn is_icmp(packet: &Transit) -> bool {
    matches!(packet.protocol(), icmp::PROTOCOL | icmp::PROTOCOL_V6)
}

/// The flow of a packet. Protocols without ports have one flow between two hosts; a reply to an ICMP query belongs to
/// the flow of its request.
fn flow(packet: &Transit) -> Option<Flow> {
    let has_ports = is_icmp(packet) || matches!(packet.protocol(), TCP | udp::PROTOCOL);
    if is_icmp(packet) && query_direction(packet.payload()) == Direction::ToClient {
        return packet.flow().map(Flow::reversed);
    }
    packet.flow().or_else(|| {
        let end = |address| SocketAddr::new(address, 0);
        let (source, destination) = (end(packet.source()), end(packet.destination()));
        (!has_ports).then_some(Flow { protocol: packet.protocol(), source, destination })
    })
}
