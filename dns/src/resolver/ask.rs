//! Step 3 of RFC 1034 §5.3.3: one of the servers is asked, and its exchange is driven.

use std::net::SocketAddr;
use std::time::Instant;

use super::Resolver;
use super::choice::choose;
use super::flight::Flight;
use super::resolution::Answer;
use super::slist::Slist;
use super::store::Kept;
use super::task::{Progress, Task};
use super::trace::{Budget, Decision, Query, WhyServer};
use crate::exchange::{self, Exchange, Transmit};
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::record_type::RecordType;

/// How often an ID is drawn again that is in use with the same server.
const DRAWS: usize = 8;

impl Resolver {
    /// "3. Send them queries until one returns a response."
    pub(super) fn ask_one(&mut self, now: Instant, task: &mut Task) -> Progress {
        let Some(mut slist) = task.slist.take() else { return Progress::Again };
        let progress = self.ask_one_of(now, task, &mut slist);
        task.slist = Some(slist);
        progress
    }

    fn ask_one_of(&mut self, now: Instant, task: &mut Task, slist: &mut Slist) -> Progress {
        if let Some(answer) = self.spent_before_asking(now, task, slist) {
            return Progress::Over(answer);
        }
        let chosen = choose(now, slist, &self.speeds, &self.config.exchange, &mut *self.rng);
        let Some((server, at, why)) = chosen else { return self.find_addresses(now, task, slist) };
        self.skip_known(now, task, &slist.zone);
        let shortened = task.minimiser.next(&slist.zone, &task.sname);
        let sent = match shortened.clone() {
            Some(name) => Question { name, rtype: RecordType::A, class: task.question.class },
            None => task.asks(),
        };
        slist.count(at);
        if shortened.is_some() {
            task.minimiser.count();
        }
        self.launch(now, task, &slist.zone, (server, at, why), (sent, shortened.is_some()));
        Progress::Waits
    }

    /// The budget that is spent, if one is.
    fn spent_before_asking(&mut self, now: Instant, task: &mut Task, slist: &Slist) -> Option<Answer> {
        let missing = self.work.purses.get(&task.root).map_or(0, |purse| purse.missing);
        let queries = self.work.purses.get(&task.root).map_or(0, |purse| purse.queries);
        let budget = match () {
            () if missing > self.config.max_missing_targets => Budget::MissingTargets,
            () if queries >= self.config.max_queries => Budget::Queries,
            () if slist.asked >= self.config.max_tries => Budget::Tries,
            () => return None,
        };
        Some(self.spent(now, task, budget))
    }

    /// Names between the zone and the name asked for that the cache knows need not be asked about.
    fn skip_known(&mut self, now: Instant, task: &mut Task, zone: &Name) {
        while let Some(name) = task.minimiser.next(zone, &task.sname) {
            match self.store.get(now, &name, RecordType::A) {
                Some((Kept::Records(..) | Kept::Negative(Rcode::NOERROR, _), _)) => {
                    task.minimiser.exists(&name)
                }
                _ => return,
            }
        }
    }

    fn launch(
        &mut self,
        now: Instant,
        task: &mut Task,
        zone: &Name,
        (server, at, why): (Name, SocketAddr, WhyServer),
        (sent, shortened): (Question, bool),
    ) {
        let exchange = self.exchange(now, &sent, at);
        let query = Query {
            server: at,
            name: server.clone(),
            zone: zone.clone(),
            sent: sent.clone(),
            shortened,
            why,
            messages: 0,
            round_trip: None,
            reading: None,
        };
        let step = task.note(now, Decision::Query(Box::new(query)));
        let (task_id, zone) = (task.id, zone.clone());
        let flight = Flight { exchange, task: task_id, sent, shortened, zone, server, step, wake: None };
        task.flight = Some(self.work.launch(flight));
    }

    /// An exchange with an ID that no other question to this server has.
    fn exchange(&mut self, now: Instant, sent: &Question, at: SocketAddr) -> Exchange {
        let known = self.speeds.of(now, at);
        let mut draw = || {
            let config = self.config.exchange.clone();
            Exchange::new(now, sent.clone(), at, config, &mut *self.rng).knowing(known.clone())
        };
        let mut exchange = draw();
        for _ in 0..DRAWS {
            if !self.work.has_id(at, exchange.id()) {
                break;
            }
            exchange = draw();
        }
        exchange
    }

    /// What an exchange has to send. Each message counts, also one that is sent again.
    pub(super) fn send(&mut self, now: Instant, id: u64) -> Option<Transmit> {
        let flight = self.work.flights.get_mut(&id)?;
        let task = self.work.tasks.get_mut(&flight.task)?;
        if let Some(purse) = self.work.purses.get_mut(&task.root) {
            if purse.queries >= self.config.max_queries {
                let task = flight.task;
                self.out_of(now, task, Budget::Queries);
                return None;
            }
            purse.queries += 1;
        }
        let transmit = flight.exchange.transmit(now);
        if let Some(Decision::Query(query)) =
            task.trace.steps.get_mut(flight.step).map(|step| &mut step.decision)
        {
            query.messages = flight.exchange.sent();
        }
        self.work.set_timer(id);
        transmit
    }

    /// Hands something to an exchange, and heeds what it says.
    pub(super) fn with_flight(&mut self, now: Instant, id: u64, hand_in: impl FnOnce(&mut Exchange)) {
        let Some(flight) = self.work.flights.get_mut(&id) else { return };
        hand_in(&mut flight.exchange);
        self.work.set_timer(id);
        self.news(now, id);
    }

    /// Goes through the news of an exchange.
    fn news(&mut self, now: Instant, id: u64) {
        while let Some(flight) = self.work.flights.get_mut(&id) {
            let Some(event) = flight.exchange.event() else { return };
            let (task, step) = (flight.task, flight.step);
            if let exchange::Event::Over(end) = event {
                return self.landed(now, id, *end);
            }
            let silent = matches!(event, exchange::Event::Retransmit { .. });
            let ignored = matches!(event, exchange::Event::Ignored { .. });
            if let Some(task) = self.work.tasks.get_mut(&task) {
                task.trace.add(now, step, Decision::Exchange(event));
            }
            if silent && self.has_others(task) {
                let end = flight_so_far(&self.work.flights, id, now);
                return end.map_or((), |end| self.landed(now, id, end));
            }
            if !ignored {
                self.work.outbox.push_back(id);
            }
        }
    }

    /// Whether the task has a server that nobody asked yet, so that a silent one need not be asked again now.
    fn has_others(&self, task: u64) -> bool {
        let slist = self.work.tasks.get(&task).and_then(|task| task.slist.as_ref());
        slist.is_some_and(|slist| slist.addresses().any(|address| address.asked == 0 && !address.out))
    }
}

fn flight_so_far(
    flights: &std::collections::BTreeMap<u64, Flight>,
    id: u64,
    now: Instant,
) -> Option<exchange::End> {
    flights.get(&id).map(|flight| flight.exchange.so_far(now))
}
