//! One lookup: the question, the servers it is put to, and the five verbs.
//!
//! The transitions are in `query/transitions.rs`. Tested in `tests/stub`.

mod secrets;
mod transitions;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use rand_core::Rng;

pub(super) use self::secrets::QuerySecrets;
use super::error::Error;
use super::event::Event;
use crate::class::Class;
use crate::exchange::{Config, End, Exchange, History, Protocol, Secrets, Transmit};
use crate::name::Name;
use crate::question::Question;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;

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
    history: History,
    /// Which server begins, if they take turns.
    turn: usize,
    started: Instant,
    /// The aliases of earlier replies, whose last target is asked for now.
    aliases: Vec<Record>,
    /// The random numbers for the targets of aliases.
    spare: VecDeque<Vec<Secrets>>,
    /// Why the next message is sent, if its exchange does not know.
    note: Option<String>,
    events: VecDeque<Event>,
    /// How many messages the exchanges about earlier names ignored. Those exchanges are gone.
    ignored: u32,
    over: bool,
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
        let QuerySecrets { turn, first, spare } = secrets;
        let question = Question { name, rtype, class: Class::IN };
        let mut query = Query {
            question: question.clone(),
            config,
            addresses: servers,
            servers: Vec::new(),
            current: 0,
            history: History::new(),
            turn,
            started: now,
            aliases: Vec::new(),
            spare,
            note: None,
            events: VecDeque::new(),
            ignored: 0,
            over: false,
        };
        query.addresses = query.history.order(now, &query.addresses, &query.config, turn);
        query.begin(now, question, first);
        if matches!(rtype, RecordType::AXFR | RecordType::IXFR) {
            query.fail(Error::Transfer { question: query.question.clone() });
        } else if query.servers.is_empty() {
            query.fail(Error::NoServers);
        }
        query
    }

    /// The same, when something is known of the servers from earlier lookups: it decides which of them is asked first,
    /// and how long the waits are. Call it before the first question is sent.
    pub fn knowing(mut self, history: &History) -> Query {
        self.history = history.clone();
        self.addresses = self.history.order(self.started, &self.addresses, &self.config, self.turn);
        let mut before = std::mem::take(&mut self.servers);
        for address in &self.addresses {
            let place = before.iter().position(|server| server.exchange.server() == *address);
            let Some(server) = place.map(|place| before.remove(place)) else { continue };
            let known = self.history.of(self.started, *address);
            self.servers.push(Server { exchange: server.exchange.knowing(known), ..server });
        }
        self
    }

    /// What is known of the servers now. Keep it for the next lookup.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// An exchange with each server about this question. Only that with the current server may send.
    fn begin(&mut self, now: Instant, question: Question, secrets: Vec<Secrets>) {
        self.ignored = self.ignored();
        let servers = self.addresses.iter().zip(secrets);
        self.servers = servers
            .map(|(&address, secrets)| {
                let (question, config) = (question.clone(), self.config.clone());
                let exchange = Exchange::with_secrets(now, question, address, config, secrets);
                Server { exchange: exchange.knowing(self.history.of(now, address)), end: None }
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

    /// The connection to a server is over that carried the question with this ID.
    pub fn closed(&mut self, now: Instant, to: SocketAddr, id: u16, why: String) {
        if self.expects(Protocol::Tcp, to, id) {
            self.unreachable(now, Protocol::Tcp, to, why);
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
            self.nobody_answered(now);
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
}

impl Server {
    fn end_at(&self, now: Instant) -> End {
        self.end.clone().unwrap_or_else(|| self.exchange.so_far(now))
    }
}
