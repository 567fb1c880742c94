//! A NAT: many inside hosts share an external address. A box for a [`Router`](crate::Router).
//!
//! ```text
//!   inside                the router                                           outside
//!   192.168.1.42:52341 ─▶ route ─▶ outgoing: the source is 203.0.113.5:40001 ─▶ 198.51.100.80:80
//!   192.168.1.42:52341 ◀─ route ◀─ incoming: the destination is the inside's ◀─ 198.51.100.80:80
//! ```
//!
//! What it does is data, a [`Config`], with two presets: by the RFCs (4787 for UDP, 5382 for TCP, 5508 for ICMP), and
//! as Linux does it with `masquerade`, which keeps few of those rules.
//!
//! ```
//! use std::time::Instant;
//! use barewire_internet::nat::{Config, Nat, Protocol};
//! use barewire_internet::{Router, Topology, Wire};
//! use barewire_packet::{build, link::Link};
//!
//! let mut plan = Topology::new(Instant::now(), 1);
//! plan.link("laptop", "192.168.1.42/24");
//! let nat = Nat::new(Config::rfc(), &["203.0.113.5"])
//!     .forward_port(Protocol::Tcp, 8080, "192.168.1.42:80".parse()?);
//! let router = Router::new().with(Box::new(nat));
//! plan.node("home", &["192.168.1.1/24", "203.0.113.5/24"], Box::new(router));
//! plan.link("server", "203.0.113.80/24");
//! plan.wire("laptop", "home", Wire::ms(1));
//! plan.wire("home", "server", Wire::ms(8));
//! let world = plan.build()?;
//! let question = build::datagram("192.168.1.42:52341", "203.0.113.80:53", b"who is it?");
//! world.link("laptop")?.send(&question)?;
//! let seen = world.link("server")?.receive(None)?.expect("it arrives");
//! assert_eq!(seen[12..16], [203, 0, 113, 5], "the source is the external address");
//! let sessions = &world.tables("home")?[1];
//! assert_eq!(sessions.rows[0][0], "192.168.1.42:52341");
//! assert_eq!(sessions.rows[0][5], "299 s");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What the RFCs want, what Linux does, and what this does
//!
//! "Linux" is kernel 6.18 with `masquerade` and no filter, "open" is what no RFC rules. Tests check every cell of the
//! last three columns, against Linux itself in a network namespace.
//!
#![doc = include_str!("nat/table.md")]
//!
//! # Reading order
//!
//! `config` (what can be chosen), `outward`, `inward` and `errors` (what happens to a packet), `session` and
//! [`tracking`] (how long a mapping lives), `sessions` (how it is found).
//!
//! # Left out
//!
//! IPv6: packets of version 6 pass unchanged (there is no NAT66 or NPTv6, RFC 6296). Pools of several external
//! addresses (RFC 4787 REQ-2): the first of a port is used. Gateways for single protocols (REQ-10). Windows of TCP.
//! Protocols besides TCP, UDP and ICMP. Linux's early drop of unanswered sessions.
//!
//! Tested in `tests/nat/`: by requirement (`udp.rs`, `tcp.rs`, `icmp.rs`), by random traffic (`random.rs`), and with
//! the same packets as Linux's conntrack (`linux.rs`, `live.rs`).

mod classes;
mod config;
mod ends;
mod errors;
mod expired;
mod forwards;
mod fragments;
mod held;
mod inward;
mod note;
mod outward;
mod ports;
mod session;
mod sessions;
mod side;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Instant;

use barewire_packet::icmp::Version;
use barewire_packet::transit::Transit;

use crate::dice::Dice;
use crate::node::{Attachment, Port};
use crate::router::{Decision, Middlebox};
use crate::table::Table;
use crate::tracking::{self, Passage};
use ends::{Ends, v4};
use forwards::Forwards;
use fragments::{Fragments, Pieces};
use held::HeldSyns;
use session::Session;
use sessions::{Id, Sessions};
use side::Side;

pub use classes::{LINUX_CLASSES, PortClass, RFC_CLASSES};
pub use config::{Config, Filtering, Hairpin, Invalid, Mapping, Unsolicited};
pub use ends::Protocol;
pub use expired::Expired;
pub use note::{Fate, NatNote};

pub use crate::tracking::Timers;

/// A NAT.
pub struct Nat {
    config: Config,
    /// The names of wires and the addresses that are outside.
    named: Vec<String>,
    /// The external address of each port that is outside.
    outside: BTreeMap<Port, Ipv4Addr>,
    forwards: Forwards,
    sessions: Sessions,
    held: HeldSyns,
    fragments: Fragments,
    dice: Dice,
}

impl Nat {
    /// A NAT whose outside is where these wires are (`"home-isp"`), or these addresses of the router (`"203.0.113.5"`).
    /// All other ports are inside. A name that fits no port makes no port outside, which its table says.
    pub fn new(config: Config, outside: &[&str]) -> Nat {
        Nat {
            dice: Dice::new(config.seed, 0),
            sessions: Sessions::new(config.most_sessions),
            config,
            named: outside.iter().map(|name| (*name).to_owned()).collect(),
            outside: BTreeMap::new(),
            forwards: Forwards::default(),
            held: HeldSyns::default(),
            fragments: Fragments::default(),
        }
    }

    /// The same NAT with an external port that leads to an inside socket for good.
    pub fn forward_port(mut self, protocol: Protocol, port: u16, to: SocketAddrV4) -> Nat {
        self.forwards.set(protocol, port, to);
        self
    }

    /// A packet of a known session. `None`: there is none of this number.
    fn follow(&mut self, now: Instant, id: Id, from: Side, packet: &Transit) -> Option<(Session, Passage)> {
        let Nat { sessions, config, .. } = self;
        let followed = sessions.follow(id, |session| session.follow(now, from, packet, config));
        if let Some((_, Passage::Ends | Passage::Over)) = followed {
            sessions.remove(id);
        }
        followed
    }

    /// Whether a packet of no session may make one: a TCP segment only where it opens a connection, unless the NAT
    /// learns of connections midway.
    fn may_open(&self, packet: &Transit) -> bool {
        packet.tcp_flags().is_none_or(|flags| tracking::first(flags, self.config.learn_midway).is_some())
    }

    /// The external socket of a mapping that needs no session of this peer.
    fn mapped_to(&self, Ends { protocol, ours, .. }: Ends, external: Ipv4Addr) -> Option<SocketAddrV4> {
        let forwarded = self.forwards.outside(protocol, ours).map(|port| SocketAddrV4::new(external, port));
        forwarded.or_else(|| self.sessions.mapped_to((protocol, ours), external))
    }

    /// A fragment after the first. `needed`: it must not pass as it is. `hops`: how many routers to count if it waits.
    fn later_fragment(&mut self, now: Instant, packet: &mut Transit, needed: bool, hops: u8) -> Decision {
        let Some(pieces) = Pieces::of(packet) else { return Decision::Pass };
        if self.fragments.follow(now, pieces, packet) || !needed {
            return Decision::Pass;
        }
        let mut waits = packet.clone();
        (0..hops).for_each(|_| waits.count_hop());
        let kept = waits.hops_left() > 0 && self.fragments.keep(now, pieces, &waits);
        drop(NatNote::FragmentBeforeFirst { kept })
    }

    /// Remembers what became of a packet, if it is the first of several pieces.
    fn remember(&mut self, now: Instant, before: Option<Pieces>, packet: &Transit, decision: &Decision) {
        if let (Some(pieces), Decision::Pass | Decision::Noted(_)) = (before, decision) {
            self.fragments.remember(now, pieces, packet);
        }
    }
}

/// The packet ends here, silently.
fn drop(note: NatNote) -> Decision {
    Decision::Drop(Box::new(note))
}

/// The packet goes on, and there is something to say.
fn noted(note: NatNote) -> Decision {
    Decision::Noted(Box::new(note))
}

impl Middlebox for Nat {
    fn attach(&mut self, port: Port, attachment: &Attachment) {
        let own = || attachment.addresses.iter().filter_map(|own| v4(own.address));
        let is_named = |name: &String| *name == attachment.wire || own().any(|own| *name == own.to_string());
        if self.named.iter().any(is_named)
            && let Some(external) = own().next()
        {
            self.outside.insert(port, external);
        }
    }

    fn incoming(&mut self, now: Instant, port: Port, packet: &mut Transit) -> Decision {
        let external = v4(packet.destination()).filter(|to| self.outside.values().any(|own| own == to));
        let Some(external) = external else { return Decision::Pass };
        self.sessions.expire(now);
        if !packet.starts() {
            return self.later_fragment(now, packet, true, 1);
        }
        let pieces = Pieces::of(packet);
        let decision = match self.outside.contains_key(&port) {
            false => self.hairpin(now, external, packet),
            true if packet.is_icmp_error() => self.error_inward(packet),
            true => self.inward(now, packet),
        };
        self.remember(now, pieces, packet, &decision);
        decision
    }

    fn outgoing(&mut self, now: Instant, port: Port, packet: &mut Transit) -> Decision {
        let external = self.outside.get(&port).copied();
        // What the router itself says, or a hairpin, has its external address already.
        if packet.version() == Version::V6 || v4(packet.source()) == external {
            return Decision::Pass;
        }
        self.sessions.expire(now);
        if !packet.starts() {
            // The router has counted this hop already.
            return self.later_fragment(now, packet, external.is_some(), 0);
        }
        let pieces = Pieces::of(packet);
        let decision = match packet.is_icmp_error() {
            true => self.error_outward(now, external, packet),
            false => self.outward(now, external, packet),
        };
        self.remember(now, pieces, packet, &decision);
        decision
    }

    fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.held.answer(now).or_else(|| self.fragments.ready())
    }

    fn deadline(&self) -> Option<Instant> {
        self.held.deadline()
    }

    fn tables(&self, now: Instant) -> Vec<Table> {
        let row = |(session, until): (&Session, Instant)| {
            let left = until.saturating_duration_since(now).as_secs();
            let sockets = [session.inside, session.outside, session.peer].map(|socket| socket.to_string());
            let rest = [session.protocol.to_string(), session.conversation.to_string(), format!("{left} s")];
            sockets.into_iter().chain(rest).collect()
        };
        let rows = self.sessions.sorted(now).into_iter().map(row).collect();
        let title = if self.outside.is_empty() {
            "sessions of a NAT without an outside"
        } else {
            "sessions of the NAT"
        };
        let columns = vec!["inside", "outside", "peer", "protocol", "state", "expires in"];
        let sessions = Table { title: title.to_owned(), columns, rows };
        std::iter::once(sessions).chain(self.forwards.table()).collect()
    }
}
