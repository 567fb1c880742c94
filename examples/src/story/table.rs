//! The conversations and hosts seen so far, under one numbering.

use std::net::SocketAddr;
use std::time::Duration;

use super::conversation::{Asked, Conversation, Outcome, Spoken, Transport};
use super::hosts::Hosts;
use super::row::ConversationId;

/// Conversations in the order of their first frames, and the hosts between which they go.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) conversations: Vec<Conversation>,
    pub(super) hosts: Hosts,
}

impl Table {
    /// Adds a conversation that begins now.
    pub(super) fn begin(
        &mut self,
        transport: Transport,
        stream: usize,
        ends: [SocketAddr; 2],
        start: Duration,
    ) -> ConversationId {
        let hosts = self.hosts.of(ends[0], ends[1]);
        self.conversations.push(Conversation {
            transport,
            stream,
            ends,
            client_known: false,
            hosts,
            spoken: Spoken::default(),
            frames: [0; 2],
            bytes: [0; 2],
            not_kept: 0,
            start,
            end: start,
            retransmissions: [0; 2],
            copies: 0,
            lost: 0,
            outcome: Outcome::Datagrams,
            dns: Asked::default(),
        });
        ConversationId(self.conversations.len() - 1)
    }

    pub(super) fn get(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(id.0)
    }

    pub(super) fn get_mut(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        self.conversations.get_mut(id.0)
    }
}

impl Conversation {
    /// Counts a frame that goes `way`: 0 to the server, 1 to the client.
    pub(super) fn count(&mut self, way: usize, time: Duration, bytes: u64) {
        self.frames[way] += 1;
        self.bytes[way] += bytes;
        self.end = self.end.max(time);
    }

    /// Client and server change places: the packets say that it is so.
    pub(super) fn turn_round(&mut self) {
        self.ends.reverse();
        self.hosts.reverse();
        self.frames.reverse();
        self.bytes.reverse();
        self.retransmissions.reverse();
    }
}
