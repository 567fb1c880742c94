//! From a name to addresses: what /etc/hosts knows, then our own DNS.
//!
//! The search list, and that A and AAAA are asked for together, is the business of [`Lookup`]. Tested in
//! `tests/fetch_core`, and over the network in `tests/offline.rs`.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_dns::stub::{self, Lookup, LookupEvent, Protocol, Transmit};
use barewire_dns::{Name, RecordType};
use rand_core::Rng;

use super::event::Event;
use super::job::Job;
use crate::failure::{Failure, Step};
use crate::network::Names;

/// A lookup that is under way.
pub(super) struct Resolving {
    lookup: Lookup,
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
        let host = job.peer().0;
        let candidates = names.candidates(host)?;
        let known = candidates.iter().flat_map(|name| names.known(name));
        let known: Vec<IpAddr> = known.filter(fits).collect();
        if !known.is_empty() {
            return Ok(Start::Known(known));
        }
        let Ok(typed) = Name::parse_text(host) else { return Err(Failure::dns(&stub::Error::NoServers)) };
        let records = names.worth_asking(&job.records);
        let (servers, config) = (names.servers(), names.config());
        let lookup = Lookup::new(now, typed, candidates, records, servers, config, rng);
        Ok(Start::Asking(Box::new(Resolving { lookup })))
    }

    /// A message came from a DNS server.
    pub(super) fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        self.lookup.receive(now, protocol, from, bytes);
    }

    /// A DNS server cannot be reached, or the connection for the question with this ID is over.
    pub(super) fn unreachable(
        &mut self,
        now: Instant,
        protocol: Protocol,
        to: SocketAddr,
        question: Option<u16>,
        why: &str,
    ) {
        match question {
            Some(id) => self.lookup.closed(now, to, id, why),
            None => self.lookup.unreachable(now, protocol, to, why),
        }
    }

    /// The next question to send.
    pub(super) fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        self.lookup.transmit(now)
    }

    /// When to call `on_deadline`.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.lookup.deadline()
    }

    /// It is that time.
    pub(super) fn on_deadline(&mut self, now: Instant) {
        self.lookup.on_deadline(now);
    }

    /// What the lookup came to, if it is over. News on the way goes to `events`.
    pub(super) fn outcome(&mut self, events: &mut VecDeque<Event>) -> Option<Result<Vec<IpAddr>, Failure>> {
        loop {
            match self.lookup.event()? {
                LookupEvent::Found(addresses, _) => return Some(Ok(addresses)),
                LookupEvent::Failed(why) => return Some(Err(Failure::not_found(&why))),
                LookupEvent::Query(news) => events.push_back(Event::Dns(Box::new(news))),
                // The end of one question is told with the end of the lookup.
                _ => {}
            }
        }
    }

    /// What it waits for, in words: "nobody has answered A? www.example.test".
    pub(super) fn waits_for(&self) -> String {
        let open = self
            .lookup
            .open()
            .map(|query| format!("{}? {}", query.question().rtype.name(), query.question().name));
        match &open.collect::<Vec<_>>()[..] {
            [] => "no name is left to ask for".to_owned(),
            open => format!("nobody has answered {}", open.join(" or ")),
        }
    }
}

fn record_of(address: IpAddr) -> RecordType {
    if address.is_ipv4() { RecordType::A } else { RecordType::AAAA }
}
