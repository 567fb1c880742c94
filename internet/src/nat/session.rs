//! A session: one conversation through the NAT, and how long it lives.

use std::net::SocketAddrV4;
use std::time::Instant;

use barewire_dissect::Direction;
use barewire_packet::transit::Transit;

use super::config::Config;
use super::ends::{Ends, Protocol};
use super::side::Side;
use crate::later::later;
use crate::tracking::{Conversation, Passage};

/// One inside socket and one peer. All sessions of a socket that has one external port are its mapping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Session {
    pub(super) protocol: Protocol,
    pub(super) inside: SocketAddrV4,
    pub(super) outside: SocketAddrV4,
    pub(super) peer: SocketAddrV4,
    pub(super) opener: Side,
    pub(super) conversation: Conversation,
    /// When a packet last kept it alive.
    pub(super) last: Instant,
}

impl Session {
    /// A session before its first packet.
    pub(super) fn new(
        protocol: Protocol,
        (inside, outside, peer): (SocketAddrV4, SocketAddrV4, SocketAddrV4),
        opener: Side,
        now: Instant,
    ) -> Session {
        let conversation = Conversation::new(now, protocol.number());
        Session { protocol, inside, outside, peer, opener, conversation, last: now }
    }

    /// The ends of its packets on their way out.
    pub(super) fn there(&self) -> Ends {
        Ends { protocol: self.protocol, ours: self.inside, peer: self.peer }
    }

    /// The ends of its packets as they come back.
    pub(super) fn back(&self) -> Ends {
        Ends { protocol: self.protocol, ours: self.outside, peer: self.peer }
    }

    /// A packet of the session comes from a side. What that means, and until when the session lives now; `None`: as
    /// long as before.
    pub(super) fn follow(
        &mut self,
        now: Instant,
        from: Side,
        packet: &Transit,
        config: &Config,
    ) -> (Passage, Option<Instant>) {
        let direction = if from == self.opener { Direction::ToServer } else { Direction::ToClient };
        let passage = self.conversation.follow(now, direction, packet, &config.timers);
        let silence = passage.silence().filter(|_| self.is_kept_by(from, config));
        self.last = silence.map_or(self.last, |_| now);
        (passage, silence.map(|silence| later(now, silence)))
    }

    /// RFC 4787 REQ-6: packets from inside keep a mapping alive; those from outside may. TCP segments always do.
    fn is_kept_by(&self, from: Side, config: &Config) -> bool {
        let is_wanted = from == self.opener || from == Side::Inside;
        is_wanted || self.protocol == Protocol::Tcp || config.inbound_refresh
    }
}
