//! A session: one conversation through the NAT, and how long it lives.

use std::net::SocketAddrV4;
use std::time::Instant;

use barewire_packet::transit::{TcpFlags, Transit};

use super::config::Config;
use super::ends::{Ends, Protocol};
use super::history::History;
use super::side::Side;
use super::tracking::{Sender, State, Step};

/// One inside socket and one peer. All sessions of a socket that has one external port are its mapping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Session {
    pub(super) protocol: Protocol,
    pub(super) inside: SocketAddrV4,
    pub(super) outside: SocketAddrV4,
    pub(super) peer: SocketAddrV4,
    pub(super) opener: Side,
    /// Only TCP has one.
    pub(super) state: State,
    /// Whether the side that did not open has spoken.
    pub(super) answered: bool,
    history: History,
    born: Instant,
    pub(super) last: Instant,
    pub(super) expires: Instant,
}

/// What a packet of a session comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passage {
    Passes,
    /// It passes, and ends the session.
    Ends,
    /// The session is over, and the packet is one of no session.
    Over,
    /// It does not belong to the session.
    Invalid,
}

impl Session {
    /// A session before its first packet.
    pub(super) fn new(
        protocol: Protocol,
        (inside, outside, peer): (SocketAddrV4, SocketAddrV4, SocketAddrV4),
        opener: Side,
        now: Instant,
    ) -> Session {
        let (state, answered) = (State::None, false);
        let (born, last, expires) = (now, now, now);
        let history = History::default();
        Session { protocol, inside, outside, peer, opener, state, answered, history, born, last, expires }
    }

    /// The ends of its packets on their way out.
    pub(super) fn there(&self) -> Ends {
        Ends { protocol: self.protocol, ours: self.inside, peer: self.peer }
    }

    /// The ends of its packets as they come back.
    pub(super) fn back(&self) -> Ends {
        Ends { protocol: self.protocol, ours: self.outside, peer: self.peer }
    }

    /// A packet of the session comes from a side.
    pub(super) fn follow(&mut self, now: Instant, from: Side, packet: &Transit, config: &Config) -> Passage {
        let passage = match (self.protocol, packet.tcp_flags()) {
            (Protocol::Tcp, Some(flags)) => self.follow_tcp(now, from, flags, config),
            (Protocol::Tcp, None) => Passage::Invalid,
            _ => self.follow_datagram(now, from, config),
        };
        if passage == Passage::Passes && from != self.opener {
            self.answered = true;
        }
        passage
    }

    fn follow_tcp(&mut self, now: Instant, from: Side, flags: TcpFlags, config: &Config) -> Passage {
        let sender = if from == self.opener { Sender::Opener } else { Sender::Answerer };
        let state = match self.history.step(self.state, (from, sender), flags) {
            Step::To(state) => state,
            Step::Ignore => return Passage::Passes,
            Step::Invalid => return Passage::Invalid,
            Step::Over => return Passage::Over,
            Step::Reopens => {
                self.answered = false;
                State::SynSent
            }
        };
        // A reset before any answer: there never was a connection.
        if flags.rst() && !self.answered {
            return Passage::Ends;
        }
        self.state = state;
        self.last = now;
        self.expires = now + config.timers.of_tcp(state, self.answered);
        Passage::Passes
    }

    /// RFC 4787 REQ-6: packets from inside keep a mapping alive; those from outside may.
    fn follow_datagram(&mut self, now: Instant, from: Side, config: &Config) -> Passage {
        if from == self.opener || from == Side::Inside || config.inbound_refresh {
            let timers = &config.timers;
            let is_stream = self.answered && now > self.born + timers.udp_stream_after;
            let lives = match self.protocol {
                Protocol::Icmp => timers.icmp,
                _ if is_stream => timers.udp_stream,
                _ => timers.udp,
            };
            self.last = now;
            self.expires = now + lives;
        }
        Passage::Passes
    }
}
