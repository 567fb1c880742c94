//! A session: one conversation through the NAT, and how long it lives.

use std::net::SocketAddrV4;
use std::time::Instant;

use barewire_packet::transit::{TcpFlags, Transit};

use super::config::Config;
use super::ends::{Ends, Protocol};
use super::tracking::{self, Sender, State, Step};

/// A side of the NAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Inside,
    Outside,
}

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

/// What TCP's table of states does not remember, and Linux does.
#[derive(Debug, Clone, Copy, Default)]
struct History {
    /// Both sides have sent a SYN before either had an answer (RFC 9293 §3.5).
    crossed: bool,
    /// Somebody has sent a FIN.
    finished: bool,
    /// The last segment that was not invalid, and who sent it.
    last: Option<(Side, TcpFlags)>,
}

impl History {
    /// Whether the last segment was a reset of this side.
    fn was_reset_by(self, side: Side) -> bool {
        self.last.is_some_and(|(from, flags)| from == side && flags.rst())
    }

    /// Whether the last segment was a SYN of the other side.
    fn was_opened_by_other(self, side: Side) -> bool {
        self.last.is_some_and(|(from, flags)| from != side && flags.opens())
    }
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
        let mut step = tracking::step(self.state, sender, flags);
        if step == Step::Invalid {
            return Passage::Invalid;
        }
        let before = self.history;
        self.history.last = Some((from, flags));
        if tracking::reopens(self.state, step) {
            // A SYN after the end. It counts if the connection was closed, or reset by who sends it.
            match (before.finished || before.was_reset_by(from), sender) {
                (false, _) => step = Step::Ignore,
                (true, Sender::Answerer) => return Passage::Over,
                (true, Sender::Opener) => {
                    self.answered = false;
                    (self.history.finished, self.history.crossed) = (false, false);
                }
            }
        }
        if before.crossed && tracking::completes_crossing(self.state, sender, flags) {
            step = Step::To(State::Established);
        }
        // The answer to a SYN that nobody needed (RFC 5961 §4.2) is not the last ACK.
        if before.was_opened_by_other(from) && tracking::may_be_challenge(self.state, sender, flags) {
            return Passage::Passes;
        }
        if step == Step::Ignore {
            self.history.crossed &= !(flags.opens() && sender == Sender::Opener);
            // A SYN that was ignored is answered: the ends know better where they stand.
            if flags.syn() && flags.ack() && before.was_opened_by_other(from) {
                step = Step::To(State::SynReceived);
            }
        }
        let Step::To(state) = step else { return Passage::Passes };
        // A reset before any answer: there never was a connection.
        if flags.rst() && !self.answered {
            return Passage::Ends;
        }
        self.enter(now, state, config);
        Passage::Passes
    }

    fn enter(&mut self, now: Instant, state: State, config: &Config) {
        self.history.crossed |= state == State::SynSent2;
        self.history.finished |= state == State::FinWait;
        self.state = state;
        self.last = now;
        self.expires = now + config.timers.of_tcp(state, self.answered);
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
