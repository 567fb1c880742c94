//! From a name to addresses: what /etc/hosts knows, then our own DNS.
//!
//! ```text
//!           names that a short one may stand for           types of record
//!   a.test  a.test.office.example  ...               A, then AAAA, for each name
//!      │ does not exist: the next name                 │ none of this type: the next type
//! ```
//!
//! Tested in `tests/fetch_core`, and over the network in `tests/offline.rs`.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_dns::stub::{self, Protocol, Query, Transmit};
use barewire_dns::{Name, RecordType};
use rand_core::Rng;

use super::event::Event;
use super::job::Job;
use crate::failure::{Failure, Step};
use crate::network::Names;

/// A lookup that is under way.
pub(super) struct Resolving {
    /// The names still to be tried, the one that is asked about first.
    names: VecDeque<Name>,
    records: Vec<RecordType>,
    /// Which of the records is asked for.
    record: usize,
    servers: Vec<SocketAddr>,
    config: stub::Config,
    query: Query,
}

/// How a lookup starts: some names need no question.
pub(super) enum Start {
    Known(Vec<IpAddr>),
    Asking(Box<Resolving>),
}

impl Resolving {
    /// Looks the host of a job up.
    pub(super) fn start(now: Instant, job: &Job, names: &Names, rng: &mut dyn Rng) -> Result<Start, Failure> {
        let fits = |address: &IpAddr| job.records.contains(&record_of(*address));
        let told = job.addresses();
        if let Some(first) = told.first() {
            let fitting: Vec<IpAddr> = told.iter().copied().filter(fits).collect();
            if fitting.is_empty() {
                let text = format!("{first} is not of the family that is wanted (-4, -6)");
                return Err(Failure::new(Step::Connect, text));
            }
            return Ok(Start::Known(fitting));
        }
        let candidates = names.candidates(job.peer().0)?;
        let known = candidates.iter().flat_map(|name| names.known(name));
        let known: Vec<IpAddr> = known.filter(fits).collect();
        if !known.is_empty() {
            return Ok(Start::Known(known));
        }
        let (Some(name), Some(&record)) = (candidates.first(), job.records.first()) else {
            return Err(Failure::dns(&stub::Error::NoServers));
        };
        let (servers, config) = (names.servers(), names.config());
        let query = Query::new(now, name.clone(), record, servers.clone(), config.clone(), rng);
        let (names, records) = (candidates.into(), job.records.clone());
        let resolving = Resolving { names, records, record: 0, servers, config, query };
        Ok(Start::Asking(Box::new(resolving)))
    }

    /// A message came from a DNS server.
    pub(super) fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        self.query.receive(now, protocol, from, bytes);
    }

    /// A DNS server cannot be reached.
    pub(super) fn unreachable(&mut self, now: Instant, protocol: Protocol, to: SocketAddr, why: String) {
        self.query.unreachable(now, protocol, to, why);
    }

    /// The next question to send.
    pub(super) fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        self.query.transmit(now)
    }

    /// When to call `on_deadline`.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.query.deadline()
    }

    /// It is that time.
    pub(super) fn on_deadline(&mut self, now: Instant) {
        self.query.on_deadline(now);
    }

    /// What the lookup came to, if it is over. A question without an answer may lead to the next one. News on the way
    /// goes to `events`.
    pub(super) fn outcome(
        &mut self,
        now: Instant,
        rng: &mut dyn Rng,
        events: &mut VecDeque<Event>,
    ) -> Option<Result<Vec<IpAddr>, Failure>> {
        loop {
            match self.query.event()? {
                stub::Event::Answer(answer) => return Some(Ok(answer.addresses())),
                stub::Event::Failed(error) if self.next_question(&error) => self.ask(now, rng),
                stub::Event::Failed(error) => return Some(Err(self.failure(&error))),
                news => events.push_back(Event::Dns(news)),
            }
        }
    }

    /// Goes on to the next question, if this failure leaves one: a name without A records may have AAAA records, and
    /// only "this name does not exist" leads on to the next name.
    fn next_question(&mut self, error: &stub::Error) -> bool {
        let no_data = matches!(error, stub::Error::NoData { .. });
        if no_data && self.record + 1 < self.records.len() {
            self.record += 1;
            return true;
        }
        if !error.is_negative() || self.names.len() < 2 {
            return false;
        }
        self.names.pop_front();
        self.record = 0;
        true
    }

    /// Asks about the present name and type of record.
    fn ask(&mut self, now: Instant, rng: &mut dyn Rng) {
        let (Some(name), Some(&record)) = (self.names.front(), self.records.get(self.record)) else { return };
        self.query = Query::new(now, name.clone(), record, self.servers.clone(), self.config.clone(), rng);
    }

    /// What a failed lookup is to the user.
    fn failure(&self, error: &stub::Error) -> Failure {
        match error {
            // The error is about the last type of record that was asked for; the others were missing as well.
            stub::Error::NoData { canonical, .. } if self.records.len() > 1 => {
                let names: Vec<String> = self.records.iter().map(|record| record.name()).collect();
                let message = format!("{canonical} exists, but has neither {} records", names.join(" nor "));
                Failure { message: format!("{message}; {}", error.rule()), ..Failure::dns(error) }
            }
            _ => Failure::dns(error),
        }
    }

    /// What it waits for, in words: "nobody has answered A? www.example.test".
    pub(super) fn waits_for(&self) -> String {
        match (self.names.front(), self.records.get(self.record)) {
            (Some(name), Some(record)) => format!("nobody has answered {}? {name}", record.name()),
            _ => "no name is left to ask for".to_owned(),
        }
    }
}

fn record_of(address: IpAddr) -> RecordType {
    if address.is_ipv4() { RecordType::A } else { RecordType::AAAA }
}
