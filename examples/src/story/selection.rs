//! Which conversations of a capture to show.

use std::collections::HashSet;
use std::net::IpAddr;

use super::Story;
use super::conversation::{Conversation, Transport};
use super::row::{ConversationId, Row};
use super::table::Table;
use super::tally::Uncounted;

/// A choice of conversations. An empty one chooses all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// These, by transport and number, and the DNS exchanges that led to them.
    pub streams: Vec<(Transport, usize)>,
    /// Those in which this address is an end.
    pub host: Option<IpAddr>,
    /// Those in which this port is an end.
    pub port: Option<u16>,
}

impl Selection {
    /// Whether everything is chosen.
    pub fn is_everything(&self) -> bool {
        *self == Selection::default()
    }

    /// Whether it chooses the conversation by what is known of it.
    pub fn holds(&self, conversation: &Conversation) -> bool {
        let stream = (conversation.transport, conversation.stream);
        (self.streams.is_empty() || self.streams.contains(&stream))
            && self.host.is_none_or(|host| conversation.ends.iter().any(|end| end.ip() == host))
            && self.port.is_none_or(|port| conversation.ends.iter().any(|end| end.port() == port))
    }

    /// Whether a row may turn out to be wanted. DNS comes before the connection that it is for, so it is kept until the
    /// end.
    pub(super) fn may_hold(&self, table: &Table, row: &Row) -> bool {
        let conversation = row.conversation.and_then(|id| table.get(id));
        self.is_everything() || conversation.is_some_and(|one| self.holds(one) || one.is_dns())
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
