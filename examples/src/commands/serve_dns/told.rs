//! What `-v` prints: a line for each query.

use std::net::SocketAddr;

use barewire_dns::Message;
use barewire_dns::stub::Protocol;

use crate::commands::output::print;

/// Whether queries are told of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) verbose: bool,
}

impl Told {
    /// Tells of a query and its replies: how many messages and bytes, and the first of them.
    pub(super) fn query(self, client: SocketAddr, transport: Protocol, query: &[u8], replies: &Replies) {
        if self.verbose {
            // A reader of the lines may go away; the server goes on.
            let _ = print(&format!("{}\n", line(client, transport, query, replies)));
        }
    }
}

/// What was sent.
#[derive(Debug, Default)]
pub(super) struct Replies {
    first: Option<Vec<u8>>,
    messages: usize,
    bytes: usize,
}

impl Replies {
    /// One reply.
    pub(super) fn of(message: &[u8]) -> Replies {
        let mut replies = Replies::default();
        replies.add(message);
        replies
    }

    pub(super) fn add(&mut self, message: &[u8]) {
        self.first.get_or_insert_with(|| message.to_vec());
        self.messages += 1;
        self.bytes += message.len();
    }
}

fn line(client: SocketAddr, transport: Protocol, query: &[u8], replies: &Replies) -> String {
    let asked = match Message::parse(query) {
        Ok(message) => message.summary(),
        Err(refused) => refused.to_string(),
    };
    let reply = replies.first.as_deref().and_then(|reply| Message::parse(reply).ok());
    let said = match (reply, replies.messages) {
        (None, _) => "no reply".to_owned(),
        (Some(reply), 1) => format!("{}, {} bytes", reply.summary(), replies.bytes),
        (Some(_), messages) => format!("{messages} messages, {} bytes", replies.bytes),
    };
    format!("{client} {transport}: {asked} -> {said}")
}
