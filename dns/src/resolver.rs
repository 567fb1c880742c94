//! The iterative resolver without I/O: it finds the answer to a question by asking one server after another, from the
//! root down.
//!
//! [`Resolver`] is told the time, the questions of its clients, the replies of servers and the errors. It says what to
//! send, how long to wait, and what came of each question: a [`Resolution`], with a [`Trace`] of everything that it
//! decided on the way. What it learned is kept in a [`Cache`] for the next question.
//!
//! ```text
//!   resolver                      a server of .      of test          of example.test
//!      │  A? test ────────────────────▶ │               │                   │
//!      │ ◀─ test NS ns.nic.test, 192.0.2.2              │                   │
//!      │  A? example.test ──────────────────────────▶   │                   │
//!      │ ◀─ example.test NS ns.example.test, 192.0.2.3  │                   │
//!      │  A? www.example.test ────────────────────────────────────────────▶ │
//!      │ ◀─ www.example.test A 203.0.113.80                                 │
//! ```
//!
//! # Theory of operation
//!
//! Each question is a task, and a task goes through the steps of RFC 1034 §5.3.3:
//!
//! ```text
//!   ask ──▶ 1  the cache has the answer? ────────────────────── yes ──▶ Resolved
//!      ┌──▶    no                                                          ▲
//!      │    2  the servers of the nearest zone that is known               │
//!      │  ┌▶ 3  ask one of them; it may need its address first: a task     │
//!      │  │ 4  the reply, without what the server has no say in            │
//!      │  │    a  answer, NODATA, NXDOMAIN ────────────────────────────────┤
//!      │  │    b  the servers of a zone below ──▶ step 2                   │
//!      └──┼──  c  an alias ──▶ step 1, about the other name                │
//!         └──  d  of no use ──▶ step 3, another server; none: SERVFAIL ────┘
//! ```
//!
//! The steps are in `walk.rs` (1 and 2), `ask.rs` (3) and `heed.rs` (4). What a reply is worth, and what follows from
//! it, is the table in [`reading`]; what of a reply is believed stands in `scrub.rs`. `targets.rs` begins the tasks
//! that find out a server's address. All work is bounded by the budgets in [`Config`], and a question that spends one
//! of them is answered SERVFAIL.
//!
//! ```
//! use barewire_dns::resolver::{Config, Event, Flags, Hints, Resolver};
//! use barewire_dns::{Class, Message, Name, Question, RData, Record, RecordType};
//! # use std::time::{Instant, SystemTime};
//! # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//! # let (now, wall, rng) = (Instant::now(), SystemTime::now(), Box::new(ChaCha8Rng::seed_from_u64(1)));
//! let hints = Hints::parse(b". 3600 NS a.root.test.\na.root.test. 3600 A 192.0.2.1\n")?;
//! let mut resolver = Resolver::new(now, wall, Config::default(), hints, None, rng);
//! let name = Name::parse_text("www.example.test")?;
//! let question = Question { name, rtype: RecordType::A, class: Class::IN };
//! let id = resolver.ask(now, question, Flags::default());
//! let first = resolver.transmit(now).expect("a question to the root");
//! assert_eq!(first.to.to_string(), "192.0.2.1:53");
//! assert_eq!(Message::parse(&first.bytes)?.questions[0].rtype, RecordType::NS); // priming
//! # let _ = id;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With trust anchors there is one step more, before an answer is given out:
//!
//! ```text
//!   answer ──▶ which zone has signed it, and which zone the keys of that one?
//!      ▲         │     │ what is missing of that chain: a task
//!      │         │     └──▶ the trust anchor ──▶ Resolved: secure, or insecure
//!      └─────────┴──▶ a link is broken: another server is asked; then Resolved: bogus, SERVFAIL
//! ```
//!
//! `chain.rs` goes through the answer, [`dnssec`](crate::dnssec) says what a signature is worth, and the [`Trace`] has
//! the chain link by link. A [`Resolution`] says what came out by its `security`, which is `None` where nothing was to
//! be validated: without anchors, and for a client that has set CD.
//!
//! # Left out
//!
//! Forwarders, serving stale data (RFC 8767), prefetching, views, local zones such as that of `localhost` (RFC 6761),
//! sending a client subnet. Classes other than IN, zone transfers and questions for RRSIG alone are answered NOTIMP.
//!
//! Tested in `tests/resolver`.

mod aggressive;
mod alias;
mod ask;
mod chain;
mod choice;
mod config;
mod event;
mod flight;
mod heed;
mod hints;
mod minimise;
mod over;
mod purse;
pub mod reading;
mod request;
mod resolution;
mod scrub;
mod slist;
mod speeds;
mod store;
mod targets;
mod task;
pub mod trace;
mod walk;
mod work;

pub use self::config::Config;
pub use self::event::Event;
pub use self::hints::{Hints, HintsFault};
pub use self::request::{Flags, RequestId};
pub use self::resolution::{Answer, Resolution};
pub use self::trace::Trace;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use rand_core::Rng;

use self::chain::Keyring;
use self::speeds::Speeds;
use self::store::Store;
use self::work::{Timer, Work};
use crate::cache::Cache;
use crate::dnssec::Anchors;
use crate::exchange::{Protocol, Transmit};
use crate::question::Question;

/// An iterative resolver.
///
/// Take the [`event`](Resolver::event)s, and send what [`transmit`](Resolver::transmit) gives, until both give `None`.
/// Wait for a message or for the [`deadline`](Resolver::deadline), and hand in what came. The contract of these verbs
/// is on the front page of [`barewire_dissect`]. A resolver is never over: it can always be asked more.
pub struct Resolver {
    config: Config,
    hints: Hints,
    rng: Box<dyn Rng + Send>,
    /// The time, and the time of day then.
    begun: Instant,
    wall: SystemTime,
    anchors: Option<Arc<Anchors>>,
    keyring: Keyring,
    store: Store,
    speeds: Speeds,
    work: Work,
}

impl Resolver {
    /// A resolver that knows the root's servers and nothing else. `wall` is the time of day at `now`. All random
    /// numbers come from `rng`: it has to be one that nobody can predict.
    ///
    /// With `anchors` each answer is validated; without them it is as good as the servers and the way to them.
    pub fn new(
        now: Instant,
        wall: SystemTime,
        mut config: Config,
        hints: Hints,
        anchors: Option<Anchors>,
        rng: Box<dyn Rng + Send>,
    ) -> Resolver {
        config.exchange.dnssec_ok |= anchors.is_some();
        config.loopback |= hints.servers().flat_map(|(_, addresses)| addresses).any(IpAddr::is_loopback);
        let (store, speeds, work) = (Store::new(config.cache.clone()), Speeds::default(), Work::default());
        let (begun, keyring, anchors) = (now, Keyring::default(), anchors.map(Arc::new));
        Resolver { config, hints, rng, begun, wall, anchors, keyring, store, speeds, work }
    }

    /// A client asks. The answer is an [`Event::Resolved`] with the same ID; if it is known already, it is there at
    /// once.
    pub fn ask(&mut self, now: Instant, question: Question, flags: Flags) -> RequestId {
        let id = self.work.next_request();
        self.begin(now, id, question, flags);
        self.run(now);
        id
    }

    /// A message came over `protocol` from `from`, to the port that [`Transmit::source_port`] named. It never fails: a
    /// message that is not a reply to a question in flight is ignored.
    pub fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        let id = bytes.first_chunk().map(|id| u16::from_be_bytes(*id));
        if let Some(flight) = self.work.expecting(protocol, from, id) {
            self.with_flight(now, flight, |exchange| exchange.receive(now, protocol, from, bytes));
        }
        self.run(now);
    }

    /// A server cannot be reached: an ICMP error came, or a connection was refused. `why` is for people to read.
    pub fn unreachable(&mut self, now: Instant, protocol: Protocol, to: SocketAddr, why: String) {
        for flight in self.work.all_expecting(protocol, to) {
            self.with_flight(now, flight, |exchange| exchange.unreachable(now, why.clone()));
        }
        self.run(now);
    }

    /// The connection to a server is over that carried the question with this ID.
    pub fn closed(&mut self, now: Instant, to: SocketAddr, id: u16, why: String) {
        if let Some(flight) = self.work.with_id(Protocol::Tcp, to, id) {
            self.with_flight(now, flight, |exchange| exchange.unreachable(now, why));
        }
        self.run(now);
    }

    /// What to send next, if anything. The wait for its answer begins at `now`.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        loop {
            let flight = self.work.outbox.pop_front()?;
            if let Some(transmit) = self.send(now, flight) {
                return Some(transmit);
            }
            self.run(now);
        }
    }

    /// When to call [`on_deadline`](Resolver::on_deadline), unless a message comes first. `None` when nothing is waited
    /// for.
    pub fn deadline(&self) -> Option<Instant> {
        self.work.timers.first().map(|(at, _)| *at)
    }

    /// Time has passed: the [`deadline`](Resolver::deadline), if `now` is not before it.
    pub fn on_deadline(&mut self, now: Instant) {
        while let Some((at, timer)) = self.work.timers.first().copied().filter(|(at, _)| *at <= now) {
            self.work.timers.remove(&(at, timer));
            match timer {
                Timer::Flight(flight) => self.with_flight(now, flight, |exchange| exchange.on_deadline(now)),
                Timer::Task(task) => self.out_of_time(now, task),
            }
            self.run(now);
        }
    }

    /// What came of the questions, oldest first.
    pub fn event(&mut self) -> Option<Event> {
        self.work.events.pop_front()
    }

    /// What is kept for the next questions, to look at.
    pub fn cache(&self) -> &Cache {
        &self.store.cache
    }

    /// How many questions are worked on, those about servers included.
    pub fn tasks(&self) -> usize {
        self.work.tasks.len()
    }
}
