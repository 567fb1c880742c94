//! A resolver of ours among the servers of the lab, in virtual time: each message takes its time, and is written down.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, UNIX_EPOCH};

use barewire_dns::dnssec::Anchors;
use barewire_dns::exchange::Transmit;
use barewire_dns::resolver::{Config, Event, Flags, Hints, RequestId, Resolution, Resolver};
use barewire_dns::stub::Protocol;
use barewire_dns::{Message, Question};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::lab::Lab;

/// When the virtual time begins: the signatures of `signed/` are valid from 2026-01-01 to 2093-01-01.
pub(crate) const BEGIN: Duration = Duration::from_secs(1_800_000_000); // 2027-01-15
/// A question that is not over by then never will be.
const PATIENCE: Duration = Duration::from_secs(120);
/// More messages than any budget allows.
const MOST: usize = 1_000;

/// Somebody between the resolver and a server, who may change each reply.
pub(crate) type Forger = Box<dyn FnMut(IpAddr, &mut Message)>;

/// A query that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) to: IpAddr,
    pub(crate) protocol: Protocol,
    pub(crate) question: Question,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Question { name, rtype, .. } = &self.question;
        let lower = name.with_dot().to_string().to_lowercase();
        write!(f, "{} {} {lower} {rtype}", self.to, self.protocol)
    }
}

/// A reply on its way.
struct Reply {
    protocol: Protocol,
    from: SocketAddr,
    bytes: Vec<u8>,
}

/// The resolver, its servers, the time, and what was sent.
pub(crate) struct Run {
    lab: Lab,
    resolver: Resolver,
    now: Instant,
    underway: BTreeMap<(Instant, usize), Reply>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) forger: Option<Forger>,
}

impl Run {
    /// A resolver that knows the hints and the trust anchor, and has asked nobody yet.
    pub(crate) fn new(seed: u64, config: Config) -> Run {
        Run::at(BEGIN, seed, config, root().1)
    }

    /// The same at another time of day, with other trust anchors.
    pub(crate) fn at(begin: Duration, seed: u64, config: Config, anchors: Anchors) -> Run {
        let (now, wall) = (Instant::now(), UNIX_EPOCH + begin);
        let hints = root().0;
        let rng = Box::new(ChaCha8Rng::seed_from_u64(seed));
        let resolver = Resolver::new(now, wall, config, hints, Some(anchors), rng);
        Run { lab: Lab::new(), resolver, now, underway: BTreeMap::new(), sent: Vec::new(), forger: None }
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, question: &Question, flags: Flags) -> Resolution {
        self.ask_at_once(&[(question, flags)]).remove(0)
    }

    /// Asks several questions at a time, and waits for all answers.
    pub(crate) fn ask_at_once(&mut self, questions: &[(&Question, Flags)]) -> Vec<Resolution> {
        let give_up = self.now + PATIENCE;
        let ask =
            |(question, flags): &(&Question, Flags)| self.resolver.ask(self.now, (*question).clone(), *flags);
        let asked: Vec<RequestId> = questions.iter().map(ask).collect();
        let mut resolved = BTreeMap::new();
        loop {
            while let Some(Event::Resolved(id, resolution)) = self.resolver.event() {
                assert!(asked.contains(&id), "nobody else asked");
                resolved.insert(id, *resolution);
            }
            if resolved.len() == asked.len() {
                return resolved.into_values().collect();
            }
            while let Some(transmit) = self.resolver.transmit(self.now) {
                self.carry(&transmit);
            }
            assert!(self.sent.len() < MOST, "{questions:?}: {} messages", self.sent.len());
            assert!(self.now < give_up, "{questions:?} are not over after {PATIENCE:?}");
            self.step();
        }
    }

    /// Lets time pass in which nobody asks anything.
    pub(crate) fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while self.resolver.deadline().is_some_and(|deadline| deadline <= until) {
            self.step();
        }
        self.now = until;
    }

    /// Writes down a message, and sends its reply on its way, if there is a server at its address.
    fn carry(&mut self, transmit: &Transmit) {
        let Transmit { protocol, to, bytes, .. } = transmit;
        let query = Message::parse_strictly(bytes).unwrap();
        assert_eq!((to.port(), query.header.rd), (53, false), "{query:?}");
        self.sent.push(Sent { to: to.ip(), protocol: *protocol, question: query.questions[0].clone() });
        let Some(mut bytes) = self.lab.answer(to.ip(), *protocol, bytes) else { return };
        if let Some(forger) = &mut self.forger {
            let mut reply = Message::parse_strictly(&bytes).unwrap();
            forger(to.ip(), &mut reply);
            bytes = reply.encode().unwrap();
        }
        let trips = if *protocol == Protocol::Tcp { 2 } else { 1 };
        let arrival = (self.now + round_trip(to.ip()) * trips, self.sent.len());
        self.underway.insert(arrival, Reply { protocol: *protocol, from: *to, bytes });
    }

    /// The next thing that happens: a reply arrives, or the resolver wants to be woken.
    fn step(&mut self) {
        let arrival = self.underway.first_key_value().map(|((at, _), _)| *at);
        match (arrival, self.resolver.deadline()) {
            (Some(at), deadline) if deadline.is_none_or(|deadline| at <= deadline) => {
                let (_, Reply { protocol, from, bytes }) = self.underway.pop_first().unwrap();
                self.now = at;
                self.resolver.receive(self.now, protocol, from, &bytes);
            }
            (_, Some(deadline)) => {
                self.now = self.now.max(deadline);
                self.resolver.on_deadline(self.now);
            }
            _ => panic!("the resolver waits for nothing"),
        }
    }
}

/// Where the root is, and its key.
pub(crate) fn root() -> (Hints, Anchors) {
    let hints = Hints::parse(include_bytes!("signed/root.hints")).unwrap();
    (hints, Anchors::parse(include_str!("signed/root.ds")).unwrap())
}

/// From a query to its reply: every server has its own.
fn round_trip(server: IpAddr) -> Duration {
    let last = match server {
        IpAddr::V4(address) => address.octets()[3],
        IpAddr::V6(address) => address.octets()[15] + 1,
    };
    Duration::from_millis(10 + u64::from(last))
}
