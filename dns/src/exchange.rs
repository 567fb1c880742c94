//! One question to one server, without I/O: over UDP, and then over TCP when it must.
//!
//! [`Exchange`] is told the time, the messages and the errors. It says what to send, how long to wait, and what
//! happened. Its last event is [`Event::Over`] with an [`End`]: what the server made of the question, with the message
//! that came. Which server to ask next is a question for its owner: [`stub`](crate::stub) has a list of them.
//!
//! ```text
//!   new ──▶ transmit ──▶ wait ──┬─ the reply ────────▶ Over: what it says, an Outcome
//!              ▲                ├─ another message ──▶ Ignored, and the wait goes on
//!              │                ├─ TC, or cut ───────▶ again, over TCP
//!              └────────────────┼─ FORMERR, NOTIMP ──▶ again, without EDNS
//!                               ├─ BADCOOKIE ────────▶ again, with the new cookie; then over TCP
//!                               ├─ silence: 1, 2 s ──▶ again
//!                               ├─ no way there ─────▶ Over: unreachable
//!                               └─ 5 s in all ───────▶ Over: silence
//! ```
//!
//! This keeps forged replies out (RFC 5452 §9.1):
//!
//! * The ID and the source port are random, and new for each way to ask. A retransmission keeps them: each other pair
//!   in flight would be one more that a forger could guess.
//! * A reply comes from the server's address and port, repeats the ID and the question, and is a response. Only an
//!   error and a truncated reply may come without the question: some servers send no more than the header.
//! * A message that is not the reply is reported, and the wait goes on. If it ended the wait, anybody could end a
//!   lookup by sending rubbish first.
//! * After [`Config::max_ignored`] of those the question moves to TCP, where a forger has to guess sequence numbers
//!   too.
//!
//! A reply that matches and then breaks off goes to TCP at once: a forger who gets that far has guessed it all.
//!
//! RFC 1035 §4.2.1 describes the retransmission, RFC 7766 §5 the change to TCP, RFC 6891 §6.2.2 and §7 the retreat from
//! EDNS. [`RandomCase`] adds the letters of the question to what a forger has to guess, and a [`Cookie`] 64 bits.
//! Tested in `tests/exchange.rs` and `tests/stub`.

mod attempt;
mod config;
mod cookie;
mod end;
mod event;
mod history;
mod ignored;
mod options;
mod reply;
mod round_trip;
mod transitions;
mod transmit;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use rand_core::Rng;

use self::attempt::Attempt;
pub(crate) use self::attempt::Secrets;
pub use self::config::{Config, RandomCase};
pub use self::cookie::Cookie;
pub use self::end::{End, Ending};
pub use self::event::{Event, TcpReason};
pub use self::history::{BAND, FORGOTTEN_AFTER, History, Known, LEAST_WAIT, MAX_SERVERS};
pub use self::ignored::Ignored;
pub use self::options::QueryOptions;
pub use self::round_trip::RoundTrip;
pub use self::transmit::{Protocol, Transmit};
use crate::message::Message;
use crate::question::Question;

/// One question to one server.
///
/// Take the [`event`](Exchange::event)s, and send what [`transmit`](Exchange::transmit) gives, until both give `None`.
/// Wait for a message or for the [`deadline`](Exchange::deadline), and hand in what came. Begin again, until an event
/// is [`Event::Over`]. The contract of these verbs is on the front page of [`barewire_dissect`].
///
/// The wait begins when a message leaves. So an owner with several servers may leave a retransmission where it is, and
/// ask another server first.
pub struct Exchange {
    question: Question,
    server: SocketAddr,
    config: Config,
    secrets: Secrets,
    attempt: Attempt,
    known: Known,
    /// The cookie to send, if cookies are used.
    cookie: Option<Cookie>,
    /// Whether the question was sent again because of its cookie.
    renewed: bool,
    begun: Instant,
    /// When the wait for the reply ends.
    wake: Instant,
    /// The question is to be sent, with this note.
    outbox: Option<String>,
    events: VecDeque<Event>,
    /// How often the question was sent, over any protocol.
    sent: u32,
    /// How often it was sent over UDP. The wait doubles each time.
    sent_by_udp: u32,
    /// How often it was sent in the present way.
    sent_this_way: u32,
    /// When it was last sent.
    sent_at: Instant,
    /// What was ignored, the first of each kind, and how often.
    ignored: Vec<(Ignored, u32)>,
    /// The last message that belongs to the question.
    message: Option<Message>,
    over: bool,
}

impl Exchange {
    /// Puts `question` to `server`. All random numbers that it will need are drawn from `rng` now.
    pub fn new(
        now: Instant,
        question: Question,
        server: SocketAddr,
        config: Config,
        rng: &mut dyn Rng,
    ) -> Exchange {
        let secrets = Secrets::draw(&config, rng);
        Exchange::with_secrets(now, question, server, config, secrets)
    }

    /// The same with random numbers that were drawn before.
    pub(crate) fn with_secrets(
        now: Instant,
        question: Question,
        server: SocketAddr,
        config: Config,
        mut secrets: Secrets,
    ) -> Exchange {
        let attempt = Attempt::first(&config, &mut secrets);
        Exchange {
            question,
            server,
            attempt,
            known: Known::default(),
            cookie: secrets.cookie(),
            renewed: false,
            begun: now,
            wake: now,
            outbox: Some(String::new()),
            events: VecDeque::new(),
            sent: 0,
            sent_by_udp: 0,
            sent_this_way: 0,
            sent_at: now,
            ignored: Vec::new(),
            message: None,
            over: false,
            secrets,
            config,
        }
    }

    /// The same, when something is known of the server. Call it before the first question is sent.
    pub fn knowing(mut self, known: Known) -> Exchange {
        if self.config.cookies && known.cookie.is_some() {
            self.cookie = known.cookie.clone();
        }
        self.known = known;
        self
    }

    /// What is known of the server now: what was handed in, and what this exchange has seen since.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// The server that is asked.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// How often the question was sent.
    pub fn sent(&self) -> u32 {
        self.sent
    }

    /// How many messages were ignored. The first [`Config::max_ignored`] of them are events too; the others are only
    /// counted.
    pub fn ignored(&self) -> u32 {
        self.ignored.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// The ID that the reply must have.
    pub(crate) fn id(&self) -> u16 {
        self.attempt.id
    }

    /// Whether a message from this address over this protocol may be the reply.
    pub fn expects(&self, protocol: Protocol, from: SocketAddr) -> bool {
        let same_address = (from.ip(), from.port()) == (self.server.ip(), self.server.port());
        same_address && !self.over && self.sent > 0 && self.attempt.protocol == protocol
    }

    /// A message came over `protocol` from `from`, to the port that [`Transmit::source_port`] named. It never fails: a
    /// message that is not the reply is an event, and the wait goes on.
    pub fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        if self.over {
            return;
        }
        if !self.expects(protocol, from) {
            return self.ignore(from, Ignored::WrongSource);
        }
        self.read(now, from, bytes);
    }

    /// The server cannot be reached: an ICMP error came, or a connection was refused or closed. `why` is for people
    /// to read.
    pub fn unreachable(&mut self, now: Instant, why: String) {
        if !self.over {
            self.finish(now, Ending::Unreachable(why));
        }
    }

    /// What to send next, if anything. The wait for its answer begins at `now`.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        let note = self.outbox.take()?;
        self.sent += 1;
        self.sent_this_way += 1;
        self.sent_at = now;
        let wait = match self.attempt.protocol {
            Protocol::Udp => {
                self.sent_by_udp += 1;
                let first_wait = self.known.first_wait(&self.config);
                first_wait.saturating_mul(1 << (self.sent_by_udp - 1).min(16))
            }
            Protocol::Tcp => self.config.tcp_wait,
        };
        self.wake = (now + wait).min(self.gives_up_at());
        let Attempt { protocol, source_port, .. } = self.attempt;
        Some(Transmit {
            protocol,
            to: self.server,
            source_port: if protocol == Protocol::Udp { source_port } else { 0 },
            bytes: self.attempt.message(&self.question, &self.config, self.cookie.as_ref()),
            note,
            deadline: self.wake,
        })
    }

    /// When to call [`on_deadline`](Exchange::on_deadline), unless a reply comes first. `None` when it is over.
    pub fn deadline(&self) -> Option<Instant> {
        match self.outbox {
            _ if self.over => None,
            Some(_) => Some(self.gives_up_at()),
            None => Some(self.wake),
        }
    }

    /// Time has passed: the [`deadline`](Exchange::deadline), if `now` is not before it.
    pub fn on_deadline(&mut self, now: Instant) {
        if self.over {
            return;
        }
        if now >= self.gives_up_at() {
            return self.finish(now, self.silence(now));
        }
        if self.outbox.is_none() && now >= self.wake {
            let waited = now.saturating_duration_since(self.sent_at);
            self.known.failed();
            if self.lacks_cookies() {
                return self.move_to_tcp(TcpReason::NoCookie);
            }
            self.again(Event::Retransmit { server: self.server, number: self.sent_this_way, waited });
        }
    }

    /// Sends the question again, before the wait is over, unless something is to be sent anyway.
    pub fn resend(&mut self) {
        if !self.over && self.outbox.is_none() {
            self.outbox = Some(String::new());
        }
    }

    /// What happened, oldest first. Nothing follows [`Event::Over`].
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// How it stands with the server, if it ends at `now` without a reply.
    pub fn so_far(&self, now: Instant) -> End {
        self.end(now, self.silence(now))
    }

    fn silence(&self, now: Instant) -> Ending {
        Ending::Silence { waited: now.saturating_duration_since(self.sent_at) }
    }

    fn gives_up_at(&self) -> Instant {
        self.begun + self.config.total
    }
}
