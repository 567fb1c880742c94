//! A SYN scan: which ports of a host are open? Each gets a SYN, and what comes back tells:
//!
//! | answer | state | because |
//! |---|---|---|
//! | SYN-ACK | open | somebody listens: RFC 9293 §3.10.7.2 |
//! | RST that acknowledges the SYN | closed | nobody listens, and the host says so: RFC 9293 §3.10.7.1 |
//! | ICMP unreachable | filtered | a firewall, or a router, says that the packet did not get there |
//! | nothing, also when asked again | filtered | a firewall drops it, or every try was lost |
//!
//! The connection is never made: a SYN-ACK is answered with RST, so that the server forgets it.
//!
//! Whether an answer fits is checked without memory, as a server checks a SYN cookie (RFC 4987 §3.6). The sequence
//! number of a SYN is a keyed hash of its four ends. Only who has seen the SYN can acknowledge or quote it, so nobody
//! can make a closed port look open from afar.
//!
//! Ports are asked in a random order, and no faster than the rate says. Left out: other kinds of scans (FIN, ACK, UDP),
//! guesses about services, and a rate that adapts itself. Tested in `tests/probe`.

mod matching;
mod order;
mod summary;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use rand_core::Rng;
use ring::hmac;

use super::answer::{Answer, Kind};
use super::drive::Prober;
use super::question::Envelope;

pub use summary::Summary;

/// Whom to ask, about what, and how fast.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The hosts.
    pub targets: Vec<Target>,
    /// The ports, in any order.
    pub ports: Vec<u16>,
    /// The time from one SYN to the next.
    pub interval: Duration,
    /// How long to wait for an answer.
    pub wait: Duration,
    /// How often to ask again where none comes.
    pub retries: u8,
    /// Whether a SYN-ACK is answered with a reset of ours. Where the kernel hears it too, and has no guard, the kernel
    /// sends one.
    pub resets: bool,
    /// Whether to keep the order of hosts and ports.
    pub in_order: bool,
}

/// A host that is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Our address toward it.
    pub source: IpAddr,
    /// Its address.
    pub destination: IpAddr,
}

impl Config {
    /// A scan of these ports of a host: 1000 SYNs a second, two more tries after a second each.
    pub fn new(source: IpAddr, destination: IpAddr, ports: Vec<u16>) -> Config {
        Config {
            targets: vec![Target { source, destination }],
            ports,
            interval: Duration::from_millis(1),
            wait: Duration::from_secs(1),
            retries: 2,
            resets: true,
            in_order: false,
        }
    }
}

/// What is known of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The host.
    pub host: IpAddr,
    /// The port.
    pub port: u16,
    /// Its state.
    pub state: State,
    /// What that is concluded from.
    pub because: Because,
    /// How many SYNs it took.
    pub tries: u8,
    /// From the SYN to the answer. Not known if it took several: it is not clear which one was answered.
    pub time: Option<Duration>,
}

/// The states of a port, as a scan sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Somebody listens.
    Open,
    /// Nobody listens.
    Closed,
    /// The SYN did not get there, or the answer did not get here.
    Filtered,
}

/// What a state is concluded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// A SYN-ACK.
    SynAck,
    /// A reset.
    Reset,
    /// An ICMP error.
    Error {
        /// Who sent it.
        from: IpAddr,
        /// What it is.
        kind: Kind,
    },
    /// No answer to any try.
    Silence,
}

/// What is known of a port so far.
#[derive(Clone, Copy, Default)]
struct Entry {
    tries: u8,
    asked: Option<Instant>,
    is_known: bool,
}

/// The core.
pub struct Scan {
    config: Config,
    /// The secret under the sequence numbers.
    key: hmac::Key,
    /// The port that all SYNs leave from.
    own_port: u16,
    /// What to ask first, by place: host by host, port by port.
    order: Vec<usize>,
    /// How far in the order we are.
    asked: usize,
    /// What has to be asked again.
    again: VecDeque<usize>,
    /// What waits for an answer, and until when; in the order of time.
    waiting: VecDeque<(Instant, usize)>,
    entries: Vec<Entry>,
    /// When the next SYN may leave.
    next: Instant,
    resets: VecDeque<Vec<u8>>,
    events: VecDeque<Finding>,
    summary: Summary,
    is_over: bool,
}

impl Scan {
    /// A scan whose first SYN is due. The generator decides the secret, our port and the order.
    pub fn new(now: Instant, mut config: Config, rng: &mut dyn Rng) -> Scan {
        config.ports.sort_unstable();
        config.ports.dedup();
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        let own_port = 49_152 + (rng.next_u32() % 16_000) as u16;
        let places = config.targets.len() * config.ports.len();
        let mut order: Vec<usize> = (0..places).collect();
        if !config.in_order {
            order::shuffle(&mut order, rng);
        }
        Scan {
            key: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            own_port,
            order,
            asked: 0,
            again: VecDeque::new(),
            waiting: VecDeque::new(),
            entries: vec![Entry::default(); places],
            next: now,
            resets: VecDeque::new(),
            events: VecDeque::new(),
            summary: Summary::new(now),
            is_over: places == 0,
            config,
        }
    }

    /// The same scan from another port: one that a guard keeps the kernel away from.
    pub fn from_port(self, own_port: u16) -> Scan {
        Scan { own_port, ..self }
    }

    /// The port that all SYNs leave from.
    pub fn own_port(&self) -> u16 {
        self.own_port
    }

    /// What was counted.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    fn ends(&self, place: usize) -> (Target, u16) {
        let ports = self.config.ports.len();
        (self.config.targets[place / ports], self.config.ports[place % ports])
    }

    fn next_place(&mut self) -> Option<usize> {
        // What is known by now is not asked again.
        while let Some(place) = self.again.pop_front() {
            if !self.entries[place].is_known {
                return Some(place);
            }
        }
        let place = self.order.get(self.asked).copied();
        self.asked += usize::from(place.is_some());
        place
    }

    fn has_more(&self) -> bool {
        !self.again.is_empty() || self.asked < self.order.len()
    }

    fn ask(&mut self, now: Instant, place: usize) -> Vec<u8> {
        let (target, port) = self.ends(place);
        let entry = &mut self.entries[place];
        (entry.tries, entry.asked) = (entry.tries.saturating_add(1), Some(now));
        self.waiting.push_back((now + self.config.wait, place));
        self.summary.probes += 1;
        let envelope = Envelope::new(target.source, target.destination);
        envelope.syn((self.own_port, port), self.seq(target, port))
    }

    /// Notes what is known of a port. Only the first answer counts.
    fn settle(&mut self, now: Instant, place: usize, state: State, because: Because) {
        let (target, port) = self.ends(place);
        let entry = &mut self.entries[place];
        if std::mem::replace(&mut entry.is_known, true) {
            self.summary.again += 1;
            return;
        }
        let (tries, asked) = (entry.tries, entry.asked);
        let answered = because != Because::Silence && tries == 1;
        let time = asked.filter(|_| answered).map(|asked| now.saturating_duration_since(asked));
        let finding = Finding { host: target.destination, port, state, because, tries, time };
        self.summary.count(now, &finding);
        self.events.push_back(finding);
        self.is_over |= self.summary.known() == self.entries.len() as u64;
    }
}

impl Prober for Scan {
    type Event = Finding;

    fn receive(&mut self, now: Instant, packet: &[u8]) {
        match Answer::parse(packet).map(|answer| self.take(now, &answer)) {
            Ok(true) => {}
            Ok(false) => self.summary.strange += 1,
            Err(_) => self.summary.unread += 1,
        }
    }

    fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        if let Some(reset) = self.resets.pop_front() {
            self.summary.resets += 1;
            return Some(reset);
        }
        if self.is_over || self.next > now {
            return None;
        }
        let place = self.next_place()?;
        // What a slow moment held back is made up for, but not more than 10 ms of it at once.
        let behind = now.checked_sub(Duration::from_millis(10)).unwrap_or(now);
        self.next = (self.next + self.config.interval).max(behind);
        Some(self.ask(now, place))
    }

    fn deadline(&self) -> Option<Instant> {
        if self.is_over {
            return None;
        }
        let next = self.has_more().then_some(self.next);
        let first = self.waiting.front().map(|(until, _)| *until);
        // If neither is there, all that waits is known: the next look ends it.
        Some(next.into_iter().chain(first).min().unwrap_or(self.next))
    }

    fn on_deadline(&mut self, now: Instant) {
        while let Some((until, place)) = self.waiting.front().copied()
            && until <= now
        {
            self.waiting.pop_front();
            let Entry { tries, is_known, .. } = self.entries[place];
            match is_known {
                true => {}
                false if tries <= self.config.retries => self.again.push_back(place),
                false => self.settle(now, place, State::Filtered, Because::Silence),
            }
        }
    }

    fn event(&mut self) -> Option<Finding> {
        self.events.pop_front()
    }

    fn stop(&mut self, _: Instant) {
        self.is_over = true;
    }
}
