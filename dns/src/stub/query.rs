//! One lookup: the question, the servers it is put to, and the five verbs.
//!
//! The transitions are those of the figure in [`stub`](crate::stub). Tested in `tests/stub.rs`.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use rand_core::Rng;

use super::answer::Answer;
use super::error::Error;
use super::event::Event;
use crate::class::Class;
use crate::exchange::{self, Config, End, Ending, Exchange, Protocol, Secrets, Transmit};
use crate::message::Message;
use crate::name::Name;
use crate::outcome::{MAX_ALIASES, Outcome};
use crate::question::Question;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;

/// How often a lookup asks for the target of an alias. A server that recurses follows aliases itself, so more than one
/// such question is rare.
const MAX_TARGETS: usize = 4;

/// One lookup.
///
/// Take the [`event`](Query::event)s, and send what [`transmit`](Query::transmit) gives, until both give `None`. Wait
/// for a reply or for the [`deadline`](Query::deadline), and hand in what came. Begin again, until an event is
/// [`Event::Answer`] or [`Event::Failed`]. The contract of these verbs is on the front page of [`barewire_dissect`].
pub struct Query {
    question: Question,
    config: Config,
    addresses: Vec<SocketAddr>,
    servers: Vec<Server>,
    /// The server that was asked last.
    current: usize,
    started: Instant,
    /// The aliases of earlier replies, whose last target is asked for now.
    aliases: Vec<Record>,
    /// The random numbers for the targets of aliases.
    spare: VecDeque<Vec<Secrets>>,
    /// Why the next message is sent, if its exchange does not know.
    note: Option<String>,
    events: VecDeque<Event>,
    /// How many messages were ignored by exchanges that are no longer held.
    ignored: u32,
    over: bool,
}

/// The random numbers of a lookup: for its question, and for the targets of aliases.
pub(super) struct QuerySecrets {
    /// The server that is asked first.
    begin: usize,
    first: Vec<Secrets>,
    spare: VecDeque<Vec<Secrets>>,
}

impl QuerySecrets {
    /// Draws them for so many servers.
    pub(super) fn draw(servers: usize, config: &Config, rng: &mut dyn Rng) -> QuerySecrets {
        let begin = if config.rotate && servers > 0 { rng.next_u32() as usize % servers } else { 0 };
        let mut draw = || -> Vec<Secrets> { (0..servers).map(|_| Secrets::draw(config, rng)).collect() };
        QuerySecrets { begin, first: draw(), spare: (0..MAX_TARGETS).map(|_| draw()).collect() }
    }
}

/// One server, and how it ended with it.
struct Server {
    exchange: Exchange,
    end: Option<End>,
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
        let secrets = QuerySecrets::draw(servers.len(), &config, rng);
        Query::with_secrets(now, name, rtype, servers, config, secrets)
    }

    /// The same with random numbers that were drawn before.
    pub(super) fn with_secrets(
        now: Instant,
        name: Name,
        rtype: RecordType,
        servers: Vec<SocketAddr>,
        config: Config,
        secrets: QuerySecrets,
    ) -> Query {
        let QuerySecrets { begin, first, spare } = secrets;
        let question = Question { name, rtype, class: Class::IN };
        let mut query = Query {
            question: question.clone(),
            config,
            addresses: servers,
            servers: Vec::new(),
            current: begin,
            started: now,
            aliases: Vec::new(),
            spare,
            note: None,
            events: VecDeque::new(),
            ignored: 0,
            over: false,
        };
        query.begin(now, question, first);
        if matches!(rtype, RecordType::AXFR | RecordType::IXFR) {
            query.fail(Error::Transfer { question: query.question.clone() });
        } else if query.servers.is_empty() {
            query.fail(Error::NoServers);
        }
        query
    }

    /// An exchange with each server about this question. Only that with the current server may send.
    fn begin(&mut self, now: Instant, question: Question, secrets: Vec<Secrets>) {
        self.ignored = self.ignored();
        let servers = self.addresses.iter().zip(secrets);
        self.servers = servers
            .map(|(&address, secrets)| {
                let (question, config) = (question.clone(), self.config.clone());
                Server {
                    exchange: Exchange::with_secrets(now, question, address, config, secrets),
                    end: None,
                }
            })
            .collect();
    }

    /// What is asked.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// How many messages were ignored. Not each of them was an event: see [`Exchange::ignored`].
    pub fn ignored(&self) -> u32 {
        let counts = self.servers.iter().map(|server| server.exchange.ignored());
        counts.fold(self.ignored, u32::saturating_add)
    }

    /// A message came over `protocol` from `from`, to the port that [`Transmit::source_port`] named. It never fails: a
    /// message that is not the reply is an event, and the wait goes on.
    pub fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        if self.over {
            return;
        }
        // A late reply of an earlier server is a reply. What nobody expects, the current exchange counts.
        let index = self.expecting(protocol, from).unwrap_or(self.current);
        self.servers[index].exchange.receive(now, protocol, from, bytes);
        self.heed(now, index);
    }

    /// The server cannot be reached: an ICMP error came, or a connection was refused or closed. `why` is for people
    /// to read.
    pub fn unreachable(&mut self, now: Instant, protocol: Protocol, to: SocketAddr, why: String) {
        if self.over {
            return;
        }
        if let Some(index) = self.expecting(protocol, to) {
            self.servers[index].exchange.unreachable(now, why);
            self.heed(now, index);
        }
    }

    /// Whether some server may answer with a message of this ID.
    pub(super) fn expects(&self, protocol: Protocol, from: SocketAddr, id: u16) -> bool {
        let server = self.expecting(protocol, from).and_then(|index| self.servers.get(index));
        !self.over && server.is_some_and(|server| server.exchange.id() == id)
    }

    fn expecting(&self, protocol: Protocol, from: SocketAddr) -> Option<usize> {
        self.servers.iter().position(|server| server.exchange.expects(protocol, from))
    }

    /// What to send next, if anything. The wait for its answer begins at `now`.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        if self.over {
            return None;
        }
        let gives_up_at = self.gives_up_at();
        let mut transmit = self.servers.get_mut(self.current)?.exchange.transmit(now)?;
        if let Some(note) = self.note.take() {
            transmit.note = note;
        }
        transmit.deadline = transmit.deadline.min(gives_up_at);
        Some(transmit)
    }

    /// When to call [`on_deadline`](Query::on_deadline), unless a reply comes first. `None` when the
    /// lookup is over.
    pub fn deadline(&self) -> Option<Instant> {
        if self.over {
            return None;
        }
        let deadline = self.servers.get(self.current)?.exchange.deadline();
        Some(deadline.map_or(self.gives_up_at(), |deadline| deadline.min(self.gives_up_at())))
    }

    /// Time has passed: the [`deadline`](Query::deadline), if `now` is not before it.
    pub fn on_deadline(&mut self, now: Instant) {
        if self.over {
            return;
        }
        if now >= self.gives_up_at() {
            let (question, servers) = (self.asked(), self.ends(now));
            return self.fail(Error::NoAnswer { question, after: self.config.total, servers });
        }
        self.servers[self.current].exchange.on_deadline(now);
        self.heed(now, self.current);
    }

    /// What happened, oldest first. Nothing follows [`Event::Answer`] or [`Event::Failed`].
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn gives_up_at(&self) -> Instant {
        self.started + self.config.total
    }

    /// What is asked now: the question, or the same about the last target of its aliases.
    fn asked(&self) -> Question {
        let target = self.aliases.last().and_then(|alias| match &alias.data {
            RData::Cname(target) => Some(target.clone()),
            _ => None,
        });
        Question { name: target.unwrap_or_else(|| self.question.name.clone()), ..self.question.clone() }
    }

    /// Goes through the news of an exchange.
    fn heed(&mut self, now: Instant, index: usize) {
        while let Some(event) = self.servers.get_mut(index).and_then(|server| server.exchange.event()) {
            match event {
                exchange::Event::Over(end) => return self.ended(now, index, *end),
                exchange::Event::Retransmit { .. } => self.ask_next(now, Some(event)),
                exchange::Event::Ignored { .. } => self.events.push_back(Event::Exchange(event)),
                // It asks in another way, and is the one to wait for.
                _ => {
                    (self.current, self.note) = (index, None);
                    self.events.push_back(Event::Exchange(event));
                }
            }
        }
    }

    /// An exchange is over. Its reply ends the lookup, or is a reason to go on.
    fn ended(&mut self, now: Instant, index: usize, mut end: End) {
        let server = end.server;
        match end.how {
            Ending::Reply(Outcome::Answer { aliases, records, canonical }) => {
                let elapsed = now.saturating_duration_since(self.started);
                let aliases = self.aliases.drain(..).chain(aliases).collect();
                let message = end.message.unwrap_or_else(Message::empty);
                let protocol = end.protocol;
                let answer = Answer { message, server, protocol, elapsed, aliases, records, canonical };
                self.finish(Event::Answer(answer));
            }
            Ending::Reply(Outcome::Alias { aliases, target, .. }) => {
                self.follow(now, index, server, aliases, target);
            }
            Ending::Reply(Outcome::EndlessAlias { aliases, at }) => {
                self.aliases.extend(aliases);
                self.endless(server, at);
            }
            Ending::Reply(Outcome::NoData(negative)) => {
                let (question, message) =
                    (self.question.clone(), Box::new(end.message.unwrap_or_else(Message::empty)));
                self.fail(Error::NoData { question, canonical: negative.name, server, message });
            }
            Ending::Reply(Outcome::NxDomain(negative)) => {
                let (question, message) =
                    (self.question.clone(), Box::new(end.message.unwrap_or_else(Message::empty)));
                self.fail(Error::NoSuchName { question, missing: negative.name, server, message });
            }
            how => {
                end.how = how;
                self.servers[index].end = Some(end);
                // The late reply of an earlier server does not end the wait for the current one.
                if index == self.current {
                    self.ask_next(now, None);
                }
            }
        }
    }

    /// The reply stops at an alias, so its target is asked for (RFC 1034 §5.2.2).
    fn follow(&mut self, now: Instant, index: usize, server: SocketAddr, aliases: Vec<Record>, target: Name) {
        self.aliases.extend(aliases);
        let circle = self.aliases.iter().any(|alias| alias.name == target);
        let secrets = self.spare.pop_front().filter(|_| !circle && self.aliases.len() <= MAX_ALIASES);
        let Some(secrets) = secrets else { return self.endless(server, target) };
        self.begin(now, self.asked(), secrets);
        self.current = index;
        self.tell(Event::Target { server, target });
    }

    /// Asks the next server that is still usable. It may be the same server again, and then `again` tells why.
    fn ask_next(&mut self, now: Instant, again: Option<exchange::Event>) {
        let (from, count) = (self.current, self.servers.len());
        let next =
            (1..=count).map(|step| (from + step) % count).find(|&index| self.servers[index].end.is_none());
        let event = match (next, again) {
            (None, _) => {
                let (question, servers) = (self.asked(), self.ends(now));
                return self.fail(Error::ServersFailed { question, servers });
            }
            (Some(next), Some(again)) if next == from => Event::Exchange(again),
            (Some(next), _) => {
                self.current = next;
                // It may have been left in the middle of its wait, for the late reply of another server.
                self.servers[next].exchange.resend();
                let why = Box::new(self.servers[from].end_at(now));
                let to = self.servers[next].exchange.server();
                Event::NextServer { from: why.server, to, why }
            }
        };
        self.tell(event);
    }

    /// The event comes before the message that it explains, and is its note.
    fn tell(&mut self, event: Event) {
        self.note = Some(event.to_string());
        self.events.push_back(event);
    }

    /// How it stands with each server that was asked.
    fn ends(&self, now: Instant) -> Vec<End> {
        let asked = self.servers.iter().filter(|server| server.exchange.sent() > 0);
        asked.map(|server| server.end_at(now)).collect()
    }

    fn endless(&mut self, server: SocketAddr, alias: Name) {
        let (question, followed) = (self.question.clone(), self.aliases.len());
        self.fail(Error::AliasChain { question, alias, followed, server });
    }

    fn fail(&mut self, error: Error) {
        self.finish(Event::Failed(error));
    }

    fn finish(&mut self, event: Event) {
        self.over = true;
        self.events.push_back(event);
    }
}

impl Server {
    fn end_at(&self, now: Instant) -> End {
        self.end.clone().unwrap_or_else(|| self.exchange.so_far(now))
    }
}
