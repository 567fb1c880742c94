//! A firewall: ordered rules, and the first one that matches decides; otherwise the default does.
//!
//! It filters what a router passes on, as the `forward` chain of nftables does; what is for the router itself it does
//! not see. Rules are lines of text ([`Rule`] has the words):
//!
//! ```
//! use barewire_internet::Router;
//! use barewire_internet::firewall::Firewall;
//!
//! let firewall = Firewall::parse("
//!     state established,related accept
//!     state invalid drop
//!     from 192.168.1.0/24 tcp 443 accept       # browsing
//!     to 203.0.113.80 tcp 5432 reject reset    # the database: not from here
//!     icmp echo-request accept
//!     default drop
//! ")?;
//! let router = Router::new().with(Box::new(firewall));
//! # let _ = router;
//! # Ok::<(), barewire_internet::firewall::RuleError>(())
//! ```
//!
//! A firewall is stateful if one of its rules asks for a [`State`]; only then it keeps a table of connections. A
//! connection is known from the moment its first packet was accepted.
//!
//! What `tests/boxes_live.rs` saw of nftables 1.0.6 on Linux 6.18 with the same 600 packets:
//!
//! | rule | Linux | ours |
//! |---|---|---|
//! | `tcp dport 5432 drop`, and the other conditions above | first match wins | the same |
//! | `reject` | 3/3; 1/4 in IPv6 | the same |
//! | `reject with icmpx admin-prohibited` | 3/13; 1/1 | the same: `reject prohibited` |
//! | `reject with tcp reset` | RST where an ACK expects it, else RST+ACK; nothing for a RST | the same |
//! | `ct state new` without SYN | an ACK opens a connection (`tcp_loose`); no other segment does | the same |
//! | `ct state invalid` | SYN+FIN, SYN+RST, no flags, FIN without ACK, SYN+ACK of the client, wrong sum | the same |
//! | a reset before an answer | the connection is forgotten at once | the same |
//! | a SYN after both have closed | is a new connection | the same |
//! | a SYN after a reset | passes, and is believed when it is answered | the same |
//! | a FIN that one end sends twice | counts for both ends | the same |
//! | both ends open at once (RFC 9293 §3.5) | is followed | the same |
//! | a segment after the window | invalid | established: numbers are not looked at |
//! | `ct state related` | ICMP errors about a connection, either way; others are invalid | the same |
//! | an echo reply without its request | invalid | the same |
//! | silence over the timer, then a packet from inside; from outside | accepted again; rejected | the same |
//!
//! Left out: the chains `input` and `output`, jumps, sets, logging, rate limits. Tested in `tests/firewall.rs`, and
//! live against nftables in `tests/boxes_live.rs`.

mod action;
mod note;
mod rule;
mod rule_error;
mod text;
mod words;

use std::sync::Arc;
use std::time::Instant;

use barewire_packet::transit::Transit;

use crate::node::{Attachment, Port};
use crate::router::{Decision, Middlebox};
use crate::table::Table;
use crate::tracking::{State, Timers, Tracking};

pub use action::{Action, With};
pub use note::FirewallNote;
pub use rule::Rule;
pub use rule_error::{RuleError, WrongRule};

use rule::Subject;

/// How many connections a firewall knows at the most, as on Linux (`nf_conntrack_max`). A packet that would open
/// another one is dropped.
pub const MOST_CONNECTIONS: usize = 262_144;

/// A firewall in a router.
pub struct Firewall {
    rules: Vec<Counted>,
    default: Counted,
    /// Whether a rule asks for a state.
    is_stateful: bool,
    tracking: Tracking,
    /// The names of the wires at the ports of the router.
    wires: Vec<String>,
}

/// A rule, and what it decided so far.
struct Counted {
    rule: Arc<Rule>,
    packets: u64,
    bytes: u64,
}

impl Counted {
    fn new(rule: Rule) -> Counted {
        Counted { rule: Arc::new(rule), packets: 0, bytes: 0 }
    }
}

impl Firewall {
    /// A firewall without rules: every packet meets the default.
    pub fn new(default: Action) -> Firewall {
        let tracking = Tracking::new(Timers::linux(), true, MOST_CONNECTIONS);
        Firewall {
            rules: Vec::new(),
            default: Counted::new(Rule::always(default)),
            is_stateful: false,
            tracking,
            wires: Vec::new(),
        }
    }

    /// Reads rules, one a line, and a line such as `default drop`; without that line the default is to accept. What
    /// follows a `#` is a comment.
    ///
    /// # Errors
    /// [`RuleError`]: a line cannot be read.
    pub fn parse(text: &str) -> Result<Firewall, RuleError> {
        let text::Rules { rules, default } = text::rules(text)?;
        Ok(rules.into_iter().fold(Firewall::new(default), Firewall::rule))
    }

    /// The same firewall with one more rule, after those it has.
    pub fn rule(mut self, rule: Rule) -> Firewall {
        self.is_stateful |= rule.asks_for_state();
        self.rules.push(Counted::new(rule));
        self
    }

    /// The same firewall with other timers for its connections.
    pub fn timers(mut self, timers: Timers) -> Firewall {
        self.tracking.timers = timers;
        self
    }

    /// The same firewall, which takes a TCP segment in the middle of an unknown connection for a new one, or does not.
    /// Linux does (`nf_conntrack_tcp_loose`), and so does this one unless told otherwise.
    pub fn loose(mut self, loose: bool) -> Firewall {
        self.tracking.loose = loose;
        self
    }

    /// The same firewall, which knows at most this many connections.
    pub fn most_connections(mut self, most: usize) -> Firewall {
        self.tracking = Tracking::new(self.tracking.timers, self.tracking.loose, most);
        self
    }

    fn wire(&self, port: Port) -> &str {
        self.wires.get(port.0).map_or("", String::as_str)
    }

    /// The number of the first rule that matches, from 1 on. `None` stands for the default.
    fn find(&self, subject: &Subject<'_>) -> Option<usize> {
        self.rules.iter().position(|counted| counted.rule.matches(subject)).map(|index| index + 1)
    }

    /// Counts a packet for a rule, or for the default.
    fn count(&mut self, number: Option<usize>, packet: &Transit) -> Arc<Rule> {
        let counted = match number {
            Some(number) => &mut self.rules[number - 1],
            None => &mut self.default,
        };
        counted.packets += 1;
        counted.bytes += packet.bytes().len() as u64;
        Arc::clone(&counted.rule)
    }
}

impl Middlebox for Firewall {
    fn attach(&mut self, port: Port, attachment: &Attachment) {
        self.wires.resize(self.wires.len().max(port.0 + 1), String::new());
        self.wires[port.0].clone_from(&attachment.wire);
    }

    fn forward(&mut self, now: Instant, from: Port, to: Port, packet: &Transit) -> Decision {
        let state = self.is_stateful.then(|| self.tracking.look(now, packet)).flatten();
        let (comes_in, leaves) = (self.wire(from), self.wire(to));
        let number = self.find(&Subject { packet, comes_in, leaves, state });
        let rule = self.count(number, packet);
        let action = rule.action();
        if action == Action::Accept && state == Some(State::New) && !self.tracking.open(now, packet) {
            return Decision::Drop(Box::new(FirewallNote::TableFull));
        }
        let note = Box::new(FirewallNote::Decided { number, rule, state });
        match action {
            Action::Accept => Decision::Noted(note),
            Action::Drop => Decision::Drop(note),
            Action::Reject(answer) => Decision::Reject(answer.into(), note),
        }
    }

    fn tables(&self, now: Instant) -> Vec<Table> {
        let numbered = self.rules.iter().enumerate().map(|(index, rule)| ((index + 1).to_string(), rule));
        let all = numbered.chain(std::iter::once(("default".to_owned(), &self.default)));
        let row = |(number, counted): (String, &Counted)| {
            let Counted { rule, packets, bytes } = counted;
            vec![number, rule.to_string(), packets.to_string(), bytes.to_string()]
        };
        let rules = Table {
            title: "rules".to_owned(),
            columns: vec!["number", "rule", "packets", "bytes"],
            rows: all.map(row).collect(),
        };
        match self.is_stateful {
            true => vec![rules, self.tracking.table(now)],
            false => vec![rules],
        }
    }
}
