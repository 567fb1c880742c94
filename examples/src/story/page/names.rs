//! The DNS exchanges of a story, so that each page finds its own without a walk over all of them.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use crate::story::Story;
use crate::story::host::HostId;
use crate::story::row::ConversationId;

/// The DNS exchanges, each list in the order of the capture.
pub(super) struct Names<'a> {
    story: &'a Story,
    /// By an address in their answers, of this client's and of everybody's.
    answering: HashMap<(Option<HostId>, IpAddr), VecDeque<ConversationId>>,
    /// By who asked for which name. Those that a page has taken are no longer there.
    asking: HashMap<(HostId, &'a str), VecDeque<ConversationId>>,
    /// When a page had waited for an exchange: what was answered before that, no later page has waited for.
    waited: HashMap<ConversationId, Duration>,
}

impl<'a> Names<'a> {
    pub(super) fn of(story: &'a Story) -> Names<'a> {
        let (answering, asking, waited) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut names = Names { story, answering, asking, waited };
        for (id, exchange) in story.numbered().filter(|(_, one)| one.is_dns()) {
            for address in &exchange.dns.addresses {
                for client in [Some(exchange.hosts[0]), None] {
                    names.answering.entry((client, *address)).or_default().push_back(id);
                }
            }
            for name in &exchange.dns.names {
                names.asking.entry((exchange.hosts[0], name)).or_default().push_back(id);
            }
        }
        names
    }

    /// The exchanges that led to the connections of a page. Pages are to be asked for in their order.
    pub(super) fn before(&mut self, connections: &[ConversationId]) -> Vec<ConversationId> {
        let story = self.story;
        let Some(&first) = connections.first() else { return Vec::new() };
        let ends = connections.iter().filter_map(|id| story.conversations.get(id.0));
        let ends = ends.map(|one| (one.hosts[0], one.ends[1].ip()));
        let Some(tied) = ends.filter_map(|(client, server)| self.led_to(client, server, first)).max() else {
            return Vec::new();
        };
        let mut before = vec![tied];
        if let Some(exchange) = story.conversations.get(tied.0) {
            for name in &exchange.dns.names {
                let Some(alike) = self.asking.get_mut(&(exchange.hosts[0], name.as_str())) else { continue };
                before.extend(alike.drain(..alike.partition_point(|id| *id < first)));
            }
        }
        before.retain(|id| !is_over(story, &self.waited, *id));
        before.sort();
        before.dedup();
        let start = story.conversations.get(first.0).map(|one| one.start).unwrap_or_default();
        self.waited.extend(before.iter().map(|id| (*id, start)));
        before
    }

    /// The exchange that led a client to a server. It is one of its own, if it has one: a resolver on the way asks for
    /// the same name. A client may have asked from another address, that of its other IP version.
    fn led_to(
        &mut self,
        client: HostId,
        server: IpAddr,
        connection: ConversationId,
    ) -> Option<ConversationId> {
        let own = self.last_answer((Some(client), server), connection);
        own.or_else(|| self.last_answer((None, server), connection))
    }

    /// The last exchange before a connection that answered with this address, and that no page has waited for.
    fn last_answer(
        &mut self,
        answering: (Option<HostId>, IpAddr),
        connection: ConversationId,
    ) -> Option<ConversationId> {
        let exchanges = self.answering.get_mut(&answering)?;
        let end = exchanges.partition_point(|id| *id < connection);
        let over = |id: &&ConversationId| is_over(self.story, &self.waited, **id);
        let passed = exchanges.range(..end).rev().take_while(over).count();
        // No page after this one waits for them either.
        exchanges.drain(end - passed..end);
        exchanges.range(..end - passed).next_back().copied()
    }
}

/// Whether all of an exchange was waited for by an earlier page.
fn is_over(story: &Story, waited: &HashMap<ConversationId, Duration>, id: ConversationId) -> bool {
    let end = story.conversations.get(id.0).map(|one| one.end);
    waited.get(&id).is_some_and(|until| end.is_none_or(|end| end <= *until))
}
