//! A conversation that passes a box: who has spoken, where its TCP connection stands, and how long a packet keeps it.
//!
//! A NAT asks for its sessions, a firewall for its connections. What both do with the answer is their own business.

use std::fmt;
use std::time::{Duration, Instant};

use barewire_dissect::Direction;
use barewire_packet::transit::{TCP, TcpFlags, Transit};

use super::history::History;
use super::tcp::{Step, TcpState};
use super::timers::Timers;

/// What is known of a conversation. The client is the end that opened it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conversation {
    protocol: u8,
    /// Other protocols stay at `None`.
    tcp: TcpState,
    history: History,
    /// Whether the server has spoken.
    answered: bool,
    since: Instant,
}

/// What a packet of a conversation comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It passes, and after this silence the conversation is forgotten. `None`: it changes nothing.
    Passes(Option<Duration>),
    /// The same, and it opens the conversation anew: the server has not answered yet.
    Reopens(Duration),
    /// It passes, and the conversation is forgotten at once.
    Ends,
    /// The conversation is over, and the packet is one of none.
    Over,
    /// It does not belong to the conversation.
    Invalid,
}

impl Passage {
    /// For how long the packet keeps the conversation, if it does.
    pub(crate) fn silence(self) -> Option<Duration> {
        match self {
            Passage::Passes(silence) => silence,
            Passage::Reopens(silence) => Some(silence),
            Passage::Ends | Passage::Over | Passage::Invalid => None,
        }
    }
}

impl Conversation {
    /// A conversation before its first packet.
    pub(crate) fn new(now: Instant, protocol: u8) -> Conversation {
        let (tcp, history) = (TcpState::None, History::default());
        Conversation { protocol, tcp, history, answered: false, since: now }
    }

    /// Whether the server has spoken.
    pub(crate) fn answered(&self) -> bool {
        self.answered
    }

    /// Where its TCP connection stands.
    pub(crate) fn tcp(&self) -> TcpState {
        self.tcp
    }

    /// Another packet. An answer counts from the next packet on, as on Linux.
    pub(crate) fn follow(
        &mut self,
        now: Instant,
        direction: Direction,
        packet: &Transit,
        timers: &Timers,
    ) -> Passage {
        let passage = match (self.protocol, packet.tcp_flags()) {
            (TCP, Some(flags)) => self.follow_tcp(direction, flags, timers),
            (TCP, None) => Passage::Invalid,
            (protocol, _) => Passage::Passes(Some(timers.of(protocol, self.answered, now - self.since))),
        };
        if let Passage::Passes(_) = passage {
            self.answered |= direction == Direction::ToClient;
        }
        passage
    }

    fn follow_tcp(&mut self, direction: Direction, flags: TcpFlags, timers: &Timers) -> Passage {
        match self.history.step(self.tcp, direction, flags) {
            Step::Ignore => Passage::Passes(None),
            Step::Invalid => Passage::Invalid,
            Step::Over => Passage::Over,
            // A reset before any answer: there never was a connection.
            Step::To(_) if flags.rst() && !self.answered => Passage::Ends,
            Step::To(state) => {
                self.tcp = state;
                Passage::Passes(Some(timers.of_tcp(state, self.answered)))
            }
            Step::Reopens => {
                (self.tcp, self.answered) = (TcpState::SynSent, false);
                Passage::Reopens(timers.of_tcp(TcpState::SynSent, false))
            }
        }
    }
}

impl fmt::Display for Conversation {
    /// Where it stands, for a table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.protocol, self.answered) {
            (TCP, _) => self.tcp.fmt(f),
            (_, true) => f.pad("answered"),
            (_, false) => f.pad("not answered"),
        }
    }
}
