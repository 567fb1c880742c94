//! Which conversations of a capture to show.

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::Story;
use super::conversation::{Conversation, Transport};
use super::host::HostId;
use super::row::{ConversationId, Row};
use super::table::Table;
use super::tally::Uncounted;

/// A choice of conversations. An empty one chooses all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// These, by transport and number, and the DNS exchanges that led to them.
    pub streams: Vec<(Transport, usize)>,
    /// Those in which one of these addresses is an end.
    pub hosts: Vec<IpAddr>,
    /// Those in which one of these ports is an end.
    pub ports: Vec<u16>,
}

impl Selection {
    /// Whether everything is chosen.
    pub fn is_everything(&self) -> bool {
        *self == Selection::default()
    }

    /// Whether it chooses the conversation by what is known of it.
    pub fn holds(&self, conversation: &Conversation) -> bool {
        let stream = (conversation.transport, conversation.stream);
        let has_end = |wanted: &dyn Fn(&SocketAddr) -> bool| conversation.ends.iter().any(wanted);
        (self.streams.is_empty() || self.streams.contains(&stream))
            && (self.hosts.is_empty() || has_end(&|end| self.hosts.contains(&end.ip())))
            && (self.ports.is_empty() || has_end(&|end| self.ports.contains(&end.port())))
    }

    /// What was chosen and is not there. A choice that finds nothing would else look like a capture with nothing in it.
    pub fn missing(&self, story: &Story) -> Vec<Missing> {
        let numbers = self.streams.iter().filter_map(|(transport, number)| {
            let there = story.conversations.iter().filter(|one| one.transport == *transport).count();
            (*number >= there).then_some(Missing::Stream { transport: *transport, number: *number, there })
        });
        let alone = |choice: Selection| !story.conversations.iter().any(|one| choice.holds(one));
        let of_host = |host| alone(Selection { hosts: vec![host], ..Selection::default() });
        let of_port = |port| alone(Selection { ports: vec![port], ..Selection::default() });
        let hosts = self.hosts.iter().copied().filter(|host| of_host(*host)).map(Missing::Host);
        let ports = self.ports.iter().copied().filter(|port| of_port(*port)).map(Missing::Port);
        let mut missing: Vec<Missing> = numbers.chain(hosts).chain(ports).collect();
        if missing.is_empty() && !self.is_everything() && alone(self.clone()) {
            missing.push(Missing::Together);
        }
        missing
    }

    /// Whether a row may turn out to be wanted. DNS comes before the connection that it is for, so it is kept until the
    /// end.
    pub(super) fn may_hold(&self, table: &Table, row: &Row) -> bool {
        let conversation = row.conversation.and_then(|id| table.get(id));
        self.is_everything() || conversation.is_some_and(|one| self.holds(one) || one.is_dns())
    }

    /// The hosts of the rows that are left; None where everything was chosen.
    pub(super) fn drawn_hosts(&self, story: &Story) -> Option<HashSet<HostId>> {
        let hosts = || story.rows.iter().flat_map(|row| [row.from, row.to]).collect();
        (!self.is_everything()).then(hosts)
    }

    /// Takes the rows out that were not chosen. The conversations all stay, so that numbers stay what they are.
    pub(super) fn apply(&self, story: &mut Story) {
        if self.is_everything() {
            return;
        }
        let mut chosen: HashSet<ConversationId> =
            story.numbered().filter(|(_, one)| self.holds(one)).map(|(id, _)| id).collect();
        story.pages.retain(|page| page.tcp.iter().chain(&page.dns).any(|id| chosen.contains(id)));
        let of_connections = story.pages.iter().filter(|page| !page.tcp.is_empty());
        chosen.extend(of_connections.flat_map(|page| &page.dns));
        story.exchanges.retain(|exchange| chosen.contains(&exchange.conversation));
        let Story { rows, tally, .. } = story;
        rows.retain(|row| {
            let keep = row.conversation.is_some_and(|id| chosen.contains(&id));
            if !keep {
                tally.drop_row(row.frame, Uncounted::NotChosen);
            }
            keep
        });
    }
}

/// A choice that finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No conversation has this number.
    Stream {
        /// What carries it.
        transport: Transport,
        /// The number that was chosen.
        number: usize,
        /// How many there are: their numbers count from 0.
        there: usize,
    },
    /// No conversation has this address at an end.
    Host(IpAddr),
    /// No conversation has this port at an end.
    Port(u16),
    /// Each choice finds something, and no conversation fits all of them.
    Together,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Missing::Stream { transport, number, there } => {
                let name = transport.name();
                write!(f, "there is no {name} {number}: ")?;
                match there {
                    0 => write!(f, "the capture has no conversation over {}", name.to_uppercase()),
                    1 => write!(f, "the only one is {name} 0"),
                    _ => write!(f, "the numbers are 0 to {}", there - 1),
                }
            }
            Missing::Host(host) => write!(f, "no conversation has the address {host}"),
            Missing::Port(port) => write!(f, "no conversation has the port {port}"),
            Missing::Together => f.write_str("no conversation fits all that was chosen"),
        }
    }
}
