//! The stub resolver's core: one question, asked of a few servers until one answers, without I/O.
//!
//! [`Query`] is given the time, replies and errors, and says what to send, how long to wait, and what
//! happened. It opens no socket and reads no clock, so a whole lookup with its timeouts runs in
//! a test in no time; [`driver`](crate::driver) runs it over real ones.
//!
//! ```text
//!            new ──▶ transmit ──▶ wait ──┬─ a good reply ─────────────▶ Answer, or Failed
//!                       ▲                ├─ a bad reply ──▶ Ignored, and the wait goes on
//!                       │                ├─ truncated ──────▶ the same server, over TCP
//!                       └────────────────┼─ FORMERR, NOTIMP ▶ the same server, without EDNS
//!                                        ├─ SERVFAIL, unreachable, ... ─▶ the next server
//!                                        ├─ silence: 1 s, then 2 s, ... ▶ the next server, or the same again
//!                                        └─ 5 s in all ───────────────▶ Failed
//! ```
//!
//! What keeps a forged reply out (RFC 5452 §9.1): the ID and the source port are random, anew for every
//! server and transport; a retransmission keeps them, as each pair in flight is one more that a forger
//! may hit. A reply must come from the server's address and port, echo the ID and the question, and be
//! a response. One that does not is reported and never ends the wait: otherwise anyone could end a
//! lookup by sending rubbish first. After [`Config::max_ignored`] of those the question moves to TCP,
//! where a forger would have to guess sequence numbers too.
//!
//! RFC 1035 §4.2.1 and §7.2 describe the retransmission, RFC 7766 §5 the change to TCP, RFC 6891 §6.2.2 and
//! §7 the retreat from EDNS. Left out: random case in the question, cookies, search lists
//! (see [`system`](crate::system)), caching. Tested in `tests/stub.rs`.

mod answer;
mod error;
mod event;
mod reply;
mod server;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand_core::Rng;

pub use answer::Answer;
pub use error::{Error, Trouble};
pub use event::{Event, Ignored, TcpReason};

use self::reply::Reply;
use self::server::Server;
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rtype::{Class, Rcode, RecordType};

/// The UDP payload size that our OPT records name: what fits a packet on nearly every path, so that no answer
/// arrives in fragments, which are easy to forge.
pub const EDNS_UDP_SIZE: u16 = 1232;

/// What carries a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// One message a datagram.
    Udp,
    /// A stream, each message behind its length in two bytes.
    Tcp,
}

/// How a query behaves. The default suits a stub resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How long to wait for the first answer of a server; each later wait for it is twice as long. 1 s.
    pub first_wait: Duration,
    /// How long to wait for an answer over TCP, the connection's opening included. 3 s.
    pub tcp_wait: Duration,
    /// How long the whole lookup may take. 5 s.
    pub total: Duration,
    /// The UDP payload size to send in an OPT record; `None` to send none. 1232.
    pub edns_udp_size: Option<u16>,
    /// How many bad replies are put up with before the question moves to TCP. 16.
    pub max_ignored: u32,
    /// RD: ask the server to find the whole answer. A stub does; false is for asking an authoritative
    /// server. True.
    pub recursion_desired: bool,
    /// Ask over TCP from the start. False.
    pub tcp_only: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            first_wait: Duration::from_secs(1),
            tcp_wait: Duration::from_secs(3),
            total: Duration::from_secs(5),
            edns_udp_size: Some(EDNS_UDP_SIZE),
            max_ignored: 16,
            recursion_desired: true,
            tcp_only: false,
        }
    }
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Over what.
    pub protocol: Protocol,
    /// The server.
    pub to: SocketAddr,
    /// The port to send from, for UDP: random, from 1024 up. Retransmissions to the same server name
    /// the same. For TCP it is 0: any.
    pub source_port: u16,
    /// The DNS message, for TCP without the length that goes before it.
    pub bytes: Vec<u8>,
    /// Why it is sent, if not for the first time: `retransmission 1: no answer after 1.0 s`.
    pub note: String,
    /// Until when the query waits for the answer to this: a connection still not open then is of no use.
    pub deadline: Instant,
}

/// One lookup.
///
/// Call [`transmit`](Query::transmit) until it gives `None`, wait for a reply or for the
/// [`deadline`](Query::deadline), hand in what came, take the [`event`](Query::event)s, and begin
/// again, until an event is [`Event::Answer`] or [`Event::Failed`].
pub struct Query {
    question: Question,
    config: Config,
    servers: Vec<Server>,
    /// The server that was asked last.
    current: usize,
    started: Instant,
    /// When the wait for the current server ends.
    wake: Instant,
    /// What is to be sent, with the time to wait after it.
    outbox: Option<(Transmit, Duration)>,
    events: VecDeque<Event>,
    ignored: u32,
    over: bool,
}

impl Query {
    /// A lookup of records of type `rtype` at `name`. The servers are asked in the order given. All the
    /// randomness it will need is drawn now.
    pub fn new(
        now: Instant,
        name: Name,
        rtype: RecordType,
        servers: Vec<SocketAddr>,
        config: Config,
        rng: &mut dyn Rng,
    ) -> Query {
        let servers = servers.into_iter().map(|address| Server::new(address, &config, rng)).collect();
        let mut query = Query {
            question: Question { name, rtype, class: Class::IN },
            config,
            servers,
            current: 0,
            started: now,
            wake: now,
            outbox: None,
            events: VecDeque::new(),
            ignored: 0,
            over: false,
        };
        if query.servers.is_empty() {
            query.fail(Error::NoServers);
        } else {
            query.ask(0, None);
        }
        query
    }

    /// What is asked.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// How many replies were ignored. Beyond [`Config::max_ignored`] they are only counted here.
    pub fn ignored(&self) -> u32 {
        self.ignored
    }

    /// What to send next, if anything. The wait for its answer begins `now`.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        let (mut transmit, wait) = self.outbox.take()?;
        self.wake = (now + wait).min(self.gives_up_at());
        transmit.deadline = self.wake;
        Some(transmit)
    }

    /// When to call [`on_deadline`](Query::on_deadline), unless a reply comes first. `None` when the
    /// lookup is over.
    pub fn deadline(&self) -> Option<Instant> {
        match self.outbox {
            _ if self.over => None,
            Some(_) => Some(self.gives_up_at()),
            None => Some(self.wake),
        }
    }

    /// What happened, oldest first. Nothing follows [`Event::Answer`] or [`Event::Failed`].
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// A message came in over `protocol` from `from`, to the port that [`Transmit::source_port`] named.
    pub fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        if self.over {
            return;
        }
        let Some(index) = self.servers.iter().position(|server| server.expects(protocol, from)) else {
            return self.ignore(from, Ignored::WrongSource);
        };
        match reply::check(bytes, self.servers[index].id(), &self.question) {
            Ok(Reply::Whole(message)) => self.accept(now, index, protocol, message),
            Ok(Reply::Truncated) if protocol == Protocol::Udp => {
                self.move_to_tcp(index, TcpReason::Truncated)
            }
            Ok(Reply::Truncated) => self.give_up_on(index, Trouble::TruncatedOverTcp),
            Err(why) if protocol == Protocol::Tcp => self.give_up_on(index, Trouble::Unusable(why)),
            Err(why) => self.ignore(from, why),
        }
    }

    /// The server cannot be reached: an ICMP error, a connection refused or closed. `why` is for the reader.
    pub fn unreachable(&mut self, _now: Instant, protocol: Protocol, to: SocketAddr, why: String) {
        if self.over {
            return;
        }
        if let Some(index) = self.servers.iter().position(|server| server.expects(protocol, to)) {
            self.give_up_on(index, Trouble::Unreachable(why));
        }
    }

    /// Time has passed: the [`deadline`](Query::deadline), if `now` is not before it.
    pub fn on_deadline(&mut self, now: Instant) {
        if self.over {
            return;
        }
        if now >= self.gives_up_at() {
            let (question, servers) = (self.question.clone(), self.troubles());
            return self.fail(Error::NoAnswer { question, after: self.config.total, servers });
        }
        if self.outbox.is_some() || now < self.wake {
            return;
        }
        let waited = self.servers[self.current].last_wait;
        self.servers[self.current].trouble = Some(Trouble::Silent { waited });
        self.ask_next();
    }

    fn gives_up_at(&self) -> Instant {
        self.started + self.config.total
    }

    /// A reply that is ours: the answer, a "there is none", or a reason to go on.
    fn accept(&mut self, now: Instant, index: usize, protocol: Protocol, message: Message) {
        let server = self.servers[index].address;
        match message.rcode() {
            Rcode::NOERROR if message.is_referral() && !message.header.ra => {
                self.give_up_on(index, Trouble::Referral);
            }
            Rcode::NOERROR | Rcode::NXDOMAIN => {
                let elapsed = now.saturating_duration_since(self.started);
                match Answer::new(&self.question, message, server, protocol, elapsed) {
                    Ok(answer) => self.finish(Event::Answer(answer)),
                    Err(error) => self.fail(error),
                }
            }
            rcode @ (Rcode::FORMERR | Rcode::NOTIMP | Rcode::BADVERS)
                if self.servers[index].edns.is_some() =>
            {
                self.servers[index].edns = None;
                self.ask(index, Some(Event::WithoutEdns { server, rcode }));
            }
            rcode => self.give_up_on(index, Trouble::Rcode(rcode)),
        }
    }

    fn ignore(&mut self, from: SocketAddr, why: Ignored) {
        self.ignored = self.ignored.saturating_add(1);
        if self.ignored <= self.config.max_ignored {
            self.events.push_back(Event::Ignored { from, why });
        } else if self.servers[self.current].protocol == Protocol::Udp {
            self.move_to_tcp(self.current, TcpReason::TooManyIgnored);
        }
    }

    /// Asks the same server again over TCP.
    fn move_to_tcp(&mut self, index: usize, why: TcpReason) {
        self.servers[index].protocol = Protocol::Tcp;
        let server = self.servers[index].address;
        self.ask(index, Some(Event::TcpFallback { server, why }));
    }

    /// This server will not be asked again; another may.
    fn give_up_on(&mut self, index: usize, trouble: Trouble) {
        let server = &mut self.servers[index];
        (server.trouble, server.usable) = (Some(trouble), false);
        // A late reply of an earlier server does not cut short the wait for the current one.
        if index == self.current {
            self.ask_next();
        }
    }

    /// Asks the next server that is still of use, which may be the same again.
    fn ask_next(&mut self) {
        let (from, count) = (self.current, self.servers.len());
        let next = (1..=count).map(|step| (from + step) % count).find(|&index| self.servers[index].usable);
        let Some(next) = next else {
            let (question, servers) = (self.question.clone(), self.troubles());
            return self.fail(Error::ServersFailed { question, servers });
        };
        let Server { address, ref trouble, sent, last_wait, .. } = self.servers[from];
        let event = if next == from {
            Event::Retransmit { server: address, number: sent, waited: last_wait }
        } else {
            let why = trouble.clone().unwrap_or(Trouble::Silent { waited: last_wait });
            Event::NextServer { from: address, to: self.servers[next].address, why }
        };
        self.ask(next, Some(event));
    }

    /// Puts the question to a server into the outbox.
    fn ask(&mut self, index: usize, why: Option<Event>) {
        let note = why.as_ref().map(Event::to_string).unwrap_or_default();
        self.events.extend(why);
        self.current = index;
        self.outbox = Some(self.servers[index].ask(&self.question, &self.config, note, self.started));
    }

    fn troubles(&self) -> Vec<(SocketAddr, Trouble)> {
        let asked = self.servers.iter().filter(|server| server.sent > 0);
        asked
            .map(|server| {
                let silent = Trouble::Silent { waited: server.last_wait };
                (server.address, server.trouble.clone().unwrap_or(silent))
            })
            .collect()
    }

    fn fail(&mut self, error: Error) {
        self.finish(Event::Failed(error));
    }

    fn finish(&mut self, event: Event) {
        (self.over, self.outbox) = (true, None);
        self.events.push_back(event);
    }
}
