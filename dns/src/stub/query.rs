//! One lookup: the question, the servers it is put to, and the five verbs.
//!
//! The transitions are those of the figure in [`stub`](crate::stub). Tested in `tests/stub.rs`.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use rand_core::Rng;

use super::answer::Answer;
use super::config::Config;
use super::error::Error;
use super::event::{Event, TcpReason};
use super::ignored::Ignored;
use super::reply::{Reply, check};
use super::server::Server;
use super::transmit::{Protocol, Transmit, Unsent};
use super::trouble::Trouble;
use crate::class::Class;
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::record_type::RecordType;

/// One lookup.
///
/// Take the [`event`](Query::event)s, and send what [`transmit`](Query::transmit) gives, until both give `None`. Wait
/// for a reply or for the [`deadline`](Query::deadline), and hand in what came. Begin again, until an event is
/// [`Event::Answer`] or [`Event::Failed`]. The contract of these verbs is on the front page of [`barewire_dissect`].
pub struct Query {
    question: Question,
    config: Config,
    servers: Vec<Server>,
    /// The server that was asked last.
    current: usize,
    started: Instant,
    /// When the wait for the current server ends.
    wake: Instant,
    outbox: Option<Unsent>,
    events: VecDeque<Event>,
    ignored: u32,
    over: bool,
}

impl Query {
    /// A lookup of records of type `rtype` at `name`. It asks the servers in the order given. All random numbers that
    /// it will need are drawn from `rng` now.
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

    /// How many replies were ignored. After [`Config::max_ignored`] of them they are no longer events, and only counted
    /// here.
    pub fn ignored(&self) -> u32 {
        self.ignored
    }

    /// A message came over `protocol` from `from`, to the port that [`Transmit::source_port`] named. It never fails: a
    /// message that is not the reply is an event, and the wait goes on.
    pub fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        if self.over {
            return;
        }
        let Some(index) = self.servers.iter().position(|server| server.expects(protocol, from)) else {
            return self.ignore(from, Ignored::WrongSource);
        };
        match check(bytes, self.servers[index].id(), &self.question) {
            Ok(Reply::Complete(message)) => self.accept(now, index, protocol, message),
            Ok(Reply::Truncated) if protocol == Protocol::Udp => {
                self.move_to_tcp(index, TcpReason::Truncated)
            }
            Ok(Reply::Truncated) => self.give_up_on(index, Trouble::TruncatedOverTcp),
            Err(why) if protocol == Protocol::Tcp => self.give_up_on(index, Trouble::Unusable(why)),
            Err(why) => self.ignore(from, why),
        }
    }

    /// The server cannot be reached: an ICMP error came, or a connection was refused or closed. `why` is for people
    /// to read.
    pub fn unreachable(&mut self, protocol: Protocol, to: SocketAddr, why: String) {
        if self.over {
            return;
        }
        if let Some(index) = self.servers.iter().position(|server| server.expects(protocol, to)) {
            self.give_up_on(index, Trouble::Unreachable(why));
        }
    }

    /// What to send next, if anything. The wait for its answer begins at `now`.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        let unsent = self.outbox.take()?;
        self.wake = (now + unsent.wait).min(self.gives_up_at());
        Some(unsent.with_deadline(self.wake))
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

    /// What happened, oldest first. Nothing follows [`Event::Answer`] or [`Event::Failed`].
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn gives_up_at(&self) -> Instant {
        self.started + self.config.total
    }

    /// Takes a reply to our question. It is the answer, or says that there is none, or is a reason to go on.
    fn accept(&mut self, now: Instant, index: usize, protocol: Protocol, message: Message) {
        let server = self.servers[index].address;
        match message.header.rcode {
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

    /// This server is not asked again. Another one may be.
    fn give_up_on(&mut self, index: usize, trouble: Trouble) {
        let server = &mut self.servers[index];
        (server.trouble, server.usable) = (Some(trouble), false);
        // The late reply of an earlier server does not end the wait for the current one.
        if index == self.current {
            self.ask_next();
        }
    }

    /// Asks the next server that is still usable. It may be the same server again.
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
        self.outbox = Some(self.servers[index].ask(&self.question, &self.config, note));
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
