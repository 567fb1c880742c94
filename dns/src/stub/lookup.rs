//! From a name that somebody typed to addresses: the names it may stand for, each asked for A and AAAA at once.
//!
//! ```text
//!   typed     the search list makes      in flight together
//!   www  ──▶  www.office.test  ───────▶  A?  AAAA?
//!                  │ neither exists, or SERVFAIL
//!                  ▼
//!             www  ───────────────────▶  A?  AAAA?
//! ```
//!
//! An answer to one of the two questions is enough, whatever becomes of the other: that one then has no more time than
//! its first wait. Without an answer the next name has its turn, as the C library does it: after NXDOMAIN, NODATA and
//! SERVFAIL. Any other failure (silence, REFUSED, no way there) would meet each name of the list, so only the name as
//! it was typed is tried then. resolv.conf(5) describes the search list, and
//! [`ResolvConf`](crate::system::ResolvConf) makes the names. A [`Special`] name is not asked for at all.
//!
//! Replies are told apart by their ID. Left out: that a reply to one question came to the port of that question;
//! [`driver`](crate::driver)'s sockets cannot say it. Addresses that come after the answer (RFC 8305 §3) are left out
//! too. Tested in `tests/lookup.rs`.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use rand_core::Rng;

use super::answer::Answer;
use super::error::Error;
use super::event::Event;
use super::not_found::{NotFound, Tried};
use super::query::{Query, QuerySecrets};
use super::special::{Special, SpecialAnswer};
use crate::exchange::{Config, History, Protocol, Transmit};
use crate::name::Name;
use crate::record_type::RecordType;

/// From a typed name to addresses. Its verbs are those of [`Query`].
pub struct Lookup {
    typed: Name,
    records: Vec<RecordType>,
    servers: Vec<SocketAddr>,
    config: Config,
    history: History,
    /// The names still to be tried, with the random numbers for their questions.
    names: VecDeque<(Name, Vec<QuerySecrets>)>,
    /// The questions about the present name.
    questions: Vec<Asked>,
    /// What was tried in vain.
    tried: Vec<Tried>,
    /// Until when a second answer is waited for, once there is one.
    until: Option<Instant>,
    events: VecDeque<LookupEvent>,
    over: bool,
}

/// A question, and how it ended.
struct Asked {
    query: Query,
    end: Option<Result<Answer, Error>>,
}

/// What a lookup tells its caller.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum LookupEvent {
    /// News of one question: never its end.
    Query(Event),
    /// One question is over; the other one, or another name, goes on.
    Ended(Event),
    /// The lookup is over, and these are the addresses, at least one. The answers they are from are beside them, none
    /// if the name is [`Special`].
    Found(Vec<IpAddr>, Vec<Answer>),
    /// The lookup is over without an address.
    Failed(NotFound),
}

impl Lookup {
    /// A lookup of `typed`, which may stand for each of `candidates`, in this order. All random numbers are drawn from
    /// `rng` now.
    pub fn new(
        now: Instant,
        typed: Name,
        candidates: Vec<Name>,
        records: Vec<RecordType>,
        servers: Vec<SocketAddr>,
        config: Config,
        rng: &mut dyn Rng,
    ) -> Lookup {
        let mut draw = |name| {
            let secrets = records.iter().map(|_| QuerySecrets::draw(servers.len(), &config, rng));
            (name, secrets.collect())
        };
        let special = Special::of(&typed);
        let names = candidates.into_iter().filter(|_| special.is_none()).map(&mut draw).collect();
        let (questions, tried, events) = (Vec::new(), Vec::new(), VecDeque::new());
        let (until, over) = (None, false);
        let history = History::new();
        let mut lookup =
            Lookup { typed, records, servers, config, history, names, questions, tried, until, events, over };
        match special {
            Some(special) => lookup.answer_specially(special),
            None => lookup.next_name(now),
        }
        lookup
    }

    /// The same, when something is known of the servers from earlier lookups. Call it before the first question is
    /// sent.
    pub fn knowing(mut self, history: &History) -> Lookup {
        self.history = history.clone();
        let knowing = |asked: Asked| Asked { query: asked.query.knowing(history), ..asked };
        self.questions = self.questions.into_iter().map(knowing).collect();
        self
    }

    /// What is known of the servers now. Keep it for the next lookup.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The name that was typed.
    pub fn typed(&self) -> &Name {
        &self.typed
    }

    /// The questions that are not answered yet.
    pub fn open(&self) -> impl Iterator<Item = &Query> {
        self.questions.iter().filter(|asked| asked.end.is_none()).map(|asked| &asked.query)
    }

    /// A message came over `protocol` from `from`. It goes to the question whose ID it has.
    pub fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        let id = bytes.first_chunk::<2>().map(|id| u16::from_be_bytes(*id));
        let open = |asked: &Asked| asked.end.is_none();
        let wanted =
            |asked: &Asked| open(asked) && id.is_some_and(|id| asked.query.expects(protocol, from, id));
        // What nobody wants is counted by a question that waits.
        let index = self.questions.iter().position(wanted).or_else(|| self.questions.iter().position(open));
        if let Some(asked) = index.and_then(|index| self.questions.get_mut(index)) {
            asked.query.receive(now, protocol, from, bytes);
        }
        self.heed(now);
    }

    /// The server cannot be reached; that holds for each question to it.
    pub fn unreachable(&mut self, now: Instant, protocol: Protocol, to: SocketAddr, why: &str) {
        for asked in self.questions.iter_mut().filter(|asked| asked.end.is_none()) {
            asked.query.unreachable(now, protocol, to, why.to_owned());
        }
        self.heed(now);
    }

    /// The connection to a server is over that carried the question with this ID. The other question has a connection
    /// of its own.
    pub fn closed(&mut self, now: Instant, to: SocketAddr, id: u16, why: &str) {
        for asked in self.questions.iter_mut().filter(|asked| asked.end.is_none()) {
            asked.query.closed(now, to, id, why.to_owned());
        }
        self.heed(now);
    }

    /// What to send next, if anything.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        self.questions.iter_mut().find_map(|asked| asked.query.transmit(now))
    }

    /// When to call [`on_deadline`](Lookup::on_deadline). `None` when the lookup is over.
    pub fn deadline(&self) -> Option<Instant> {
        if self.over {
            return None;
        }
        self.open().filter_map(Query::deadline).chain(self.until).min()
    }

    /// Time has passed.
    pub fn on_deadline(&mut self, now: Instant) {
        for asked in &mut self.questions {
            asked.query.on_deadline(now);
        }
        self.heed(now);
        if !self.over && self.until.is_some_and(|until| until <= now) {
            self.found();
        }
    }

    /// What happened, oldest first. Nothing follows [`LookupEvent::Found`] or [`LookupEvent::Failed`].
    pub fn event(&mut self) -> Option<LookupEvent> {
        self.events.pop_front()
    }

    /// Goes through the news of the questions.
    fn heed(&mut self, now: Instant) {
        if self.over {
            return;
        }
        for asked in &mut self.questions {
            self.history.merge(asked.query.history());
            while let Some(event) = asked.query.event() {
                asked.end = match &event {
                    Event::Answer(answer) => Some(Ok(answer.clone())),
                    Event::Failed(error) => Some(Err(error.clone())),
                    _ => None,
                };
                let news = if asked.end.is_some() { LookupEvent::Ended } else { LookupEvent::Query };
                self.events.push_back(news(event));
            }
        }
        let answered = self.questions.iter().any(|asked| matches!(asked.end, Some(Ok(_))));
        match self.open().count() {
            0 if answered => self.found(),
            0 => self.not_here(now),
            _ if answered && self.until.is_none() => self.until = Some(now + self.config.first_wait),
            _ => {}
        }
    }

    /// No question about this name was answered. The next name may have its turn.
    fn not_here(&mut self, now: Instant) {
        let ends = self.questions.drain(..).filter_map(|asked| {
            let question = asked.query.question().clone();
            Some(Tried { question, error: asked.end?.err()? })
        });
        let tried: Vec<Tried> = ends.collect();
        let goes_on = tried.iter().all(|tried| tried.error.is_negative() || tried.error.is_server_failure());
        self.tried.extend(tried);
        if !goes_on {
            self.names.retain(|(name, _)| *name == self.typed);
        }
        self.next_name(now);
    }

    fn next_name(&mut self, now: Instant) {
        let Some((name, secrets)) = self.names.pop_front() else { return self.fail(None) };
        if self.servers.is_empty() || secrets.is_empty() {
            return self.fail(None);
        }
        let asked = self.records.iter().zip(secrets).map(|(record, secrets)| {
            let (servers, config) = (self.servers.clone(), self.config.clone());
            let query = Query::with_secrets(now, name.clone(), *record, servers, config, secrets);
            Asked { query: query.knowing(&self.history), end: None }
        });
        self.questions = asked.collect();
    }

    fn found(&mut self) {
        let answers: Vec<Answer> =
            self.questions.drain(..).filter_map(|asked| asked.end.and_then(Result::ok)).collect();
        let addresses = answers.iter().flat_map(Answer::addresses).collect();
        self.finish(LookupEvent::Found(addresses, answers));
    }

    fn answer_specially(&mut self, special: Special) {
        let addresses = special.addresses(&self.records);
        match special.answer {
            SpecialAnswer::Loopback if !addresses.is_empty() => {
                self.finish(LookupEvent::Found(addresses, Vec::new()));
            }
            _ => self.fail(Some(special)),
        }
    }

    fn fail(&mut self, special: Option<Special>) {
        let tried = std::mem::take(&mut self.tried);
        self.finish(LookupEvent::Failed(NotFound { typed: self.typed.clone(), special, tried }));
    }

    fn finish(&mut self, event: LookupEvent) {
        self.over = true;
        self.questions.clear();
        self.events.push_back(event);
    }
}
