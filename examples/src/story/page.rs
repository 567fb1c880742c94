//! Which conversations belong together: the names that were asked for a connection, the attempts before it, and itself.
//!
//! What ties them is what the packets say. A DNS exchange belongs to a connection whose server's address it answered,
//! and with it go the exchanges about the same name just before (A without an answer, then AAAA). A connection that
//! nobody answered belongs to the next one of the same client to the same port: it was an attempt. An exchange that an
//! earlier page has waited for is not waited for again, unless it went on after that.

mod names;

use super::Story;
use super::conversation::{Conversation, Transport};
use super::row::{ConversationId, Row};
use names::Names;

/// The conversations of one page, in the order of their first packets: by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// DNS exchanges.
    pub dns: Vec<ConversationId>,
    /// TCP connections; the last one carried the page, if one did.
    pub tcp: Vec<ConversationId>,
}

impl Page {
    /// Whether the row is a packet of this page.
    pub fn holds(&self, row: &Row) -> bool {
        self.is_tcp(row) || row.conversation.is_some_and(|id| self.dns.binary_search(&id).is_ok())
    }

    /// Whether the row is a packet of a TCP connection of this page.
    pub fn is_tcp(&self, row: &Row) -> bool {
        row.conversation.is_some_and(|id| self.tcp.binary_search(&id).is_ok())
    }

    /// Whether the server of the last connection answered the SYN.
    pub fn is_answered(&self, story: &Story) -> bool {
        let last = self.tcp.last().and_then(|id| story.conversations.get(id.0));
        last.is_some_and(|conversation| !conversation.outcome.is_unanswered())
    }

    /// Whether some of its packets have no row, because there were more than are kept.
    pub(super) fn is_cut(&self, story: &Story) -> bool {
        let conversations = self.dns.iter().chain(&self.tcp).filter_map(|id| story.conversations.get(id.0));
        conversations.into_iter().any(|conversation| conversation.not_kept > 0)
    }
}

/// The pages of a story: one for each TCP connection that was answered, and one for what is left over. A connection of
/// which nobody can tell who the client is has no page.
pub(super) fn pages(story: &Story) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for (id, conversation) in story.numbered() {
        if conversation.transport != Transport::Tcp || conversation.is_dns() || !conversation.client_known {
            continue;
        }
        let attempt = pages.last().is_some_and(|page| is_attempt_before(story, page, conversation));
        match pages.last_mut() {
            Some(page) if attempt => page.tcp.push(id),
            _ => pages.push(Page { dns: Vec::new(), tcp: vec![id] }),
        }
    }
    let mut names = Names::of(story);
    for page in &mut pages {
        page.dns = names.before(&page.tcp);
    }
    if pages.is_empty() {
        let dns: Vec<ConversationId> =
            story.numbered().filter(|(_, one)| one.is_dns()).map(|(id, _)| id).collect();
        if !dns.is_empty() {
            pages.push(Page { dns, tcp: Vec::new() });
        }
    }
    pages
}

/// Whether the last connection of `page` was an attempt that came to nothing before `next` was tried.
fn is_attempt_before(story: &Story, page: &Page, next: &Conversation) -> bool {
    let last = page.tcp.last().and_then(|id| story.conversations.get(id.0));
    last.is_some_and(|last| {
        last.outcome.is_unanswered()
            && last.ends[1].port() == next.ends[1].port()
            && (last.hosts[0] == next.hosts[0] || last.ends[0].is_ipv4() != next.ends[0].is_ipv4())
    })
}
