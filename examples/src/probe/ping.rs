//! Ping: is a host there, and how long is the way to it and back (RFC 792, RFC 4443 §4)?
//!
//! ```text
//!              every interval                     a reply that fits: time, hops left
//!   sending ──────────────────▶ waiting ────────▶ each once more: a duplicate
//!      │        -c reached         │              an ICMP error that quotes a probe: who, what
//!      └── -w, Ctrl-C ─────────────┴──▶ over      anything else: counted
//! ```
//!
//! The times and ends are those of iputils' ping: a probe each interval, and after the last one a wait of two round
//! trips, or of `patience` where nothing has come. Beside echo requests a probe can be a SYN or a datagram, for hosts
//! that answer no echo.
//!
//! Left out: preload, record route and timestamps of IPv4, broadcast and multicast. Tested in `tests/probe`.

mod matching;
mod statistics;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_packet::build::fragments;

use super::answer::{Answer, Kind};
use super::drive::Prober;
use super::question::Envelope;

pub use statistics::{Statistics, Times};

/// How a host is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// An ICMP echo request.
    Echo,
    /// A SYN to this port: SYN-ACK and RST both show that the host is there.
    Syn(u16),
    /// A datagram to this port, where nobody should listen: "port unreachable" shows that the host is there.
    Datagram(u16),
}

/// What to ask, how often, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Our address.
    pub source: IpAddr,
    /// Who is asked.
    pub destination: IpAddr,
    /// What a probe is.
    pub question: Question,
    /// How many probes. `None`: until somebody stops it.
    pub count: Option<u64>,
    /// From one probe to the next. Zero: the next one leaves when a reply comes, or else after 10 ms.
    pub interval: Duration,
    /// The data of a probe, in bytes.
    pub size: usize,
    /// How long to wait after the last probe, where nothing has come at all. A reply that took longer is late.
    pub patience: Duration,
    /// When to stop, whatever has come.
    pub deadline: Option<Duration>,
    /// Time to live, or hop limit.
    pub hops: u8,
    /// Whether routers must leave a probe whole. Then one that is too large for the link is not sent.
    pub dont_fragment: bool,
    /// The largest packet that the link carries.
    pub mtu: usize,
    /// Tells our questions from those of others: a random number.
    pub identifier: u16,
    /// The first data of each probe, which an answer repeats: random bytes.
    pub cookie: [u8; 8],
}

impl Config {
    /// What ping does without flags.
    pub fn new(source: IpAddr, destination: IpAddr) -> Config {
        Config {
            source,
            destination,
            question: Question::Echo,
            count: None,
            interval: Duration::from_secs(1),
            size: 56,
            patience: Duration::from_secs(10),
            deadline: None,
            hops: 64,
            dont_fragment: true,
            mtu: 1500,
            identifier: 0x6277,
            cookie: *b"barewire",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An answer to a probe.
    Reply(Reply),
    /// An ICMP error about a probe.
    Error {
        /// Who says so.
        from: IpAddr,
        /// The number of the probe.
        number: u64,
        /// Its type and code.
        kind: Kind,
        /// The largest packet that would have passed.
        mtu: Option<u32>,
    },
    /// A reply to a probe with data that was not sent.
    Changed {
        /// Who sent it.
        from: IpAddr,
        /// The number of the probe.
        number: u64,
        /// The first byte of the data that differs.
        at: usize,
    },
    /// A probe that the link did not take: it must stay whole, and is too large.
    TooLarge {
        /// The number of the probe.
        number: u64,
        /// Its length, in bytes.
        length: usize,
        /// The largest packet that the link carries.
        mtu: usize,
    },
}

/// An answer to a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Who sent it.
    pub from: IpAddr,
    /// The number of the probe, from 1.
    pub number: u64,
    /// What it is.
    pub kind: ReplyKind,
    /// The length of what its IP packet carries, in bytes.
    pub length: usize,
    /// The hops that it had left.
    pub hops_left: u8,
    /// How long it took.
    pub time: Duration,
    /// Whether the probe had an answer already.
    pub is_duplicate: bool,
    /// Whether it took longer than `patience`.
    pub is_late: bool,
}

/// What a host answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyKind {
    /// An echo reply.
    Echo,
    /// A SYN-ACK: the port is open.
    SynAck,
    /// A reset: the port is closed.
    Reset,
    /// Port unreachable: the port is closed.
    PortUnreachable,
    /// A datagram: somebody listens there.
    Datagram,
}

/// A probe that was sent.
struct Probe {
    number: u64,
    at: Instant,
    is_answered: bool,
    /// Whether an error came.
    has_failed: bool,
}

/// From one probe to the next where no interval is wanted, and no reply comes. It is that of iputils' `-f`.
const PAUSE: Duration = Duration::from_millis(10);

/// How many probes can be told apart at the same time. One that is older is forgotten.
const MOST_PROBES: u64 = 1 << 16;

/// The core.
pub struct Ping {
    config: Config,
    began: Instant,
    /// When the next probe is due. `None`: there will be none.
    next: Option<Instant>,
    /// When waiting ends.
    ends: Option<Instant>,
    is_over: bool,
    /// By the number modulo 65536.
    probes: BTreeMap<u16, Probe>,
    statistics: Statistics,
    /// Packets that wait to be sent: the pieces of a probe, and resets.
    waiting: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
}

impl Ping {
    /// A ping whose first probe is due.
    pub fn new(now: Instant, config: Config) -> Ping {
        Ping {
            statistics: Statistics::new(now, config.destination),
            config,
            began: now,
            next: Some(now),
            ends: None,
            is_over: false,
            probes: BTreeMap::new(),
            waiting: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// What it counted.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    fn send_probe(&mut self, now: Instant) {
        self.statistics.sent += 1;
        let number = self.statistics.sent;
        let probe = Probe { number, at: now, is_answered: false, has_failed: false };
        self.probes.insert((number % MOST_PROBES) as u16, probe);
        let packet = self.packet(number);
        let (length, mtu) = (packet.len(), self.config.mtu);
        if length <= mtu {
            self.waiting.push_back(packet);
        } else if self.config.dont_fragment {
            self.too_large(number, length, mtu);
        } else {
            let room = mtu.saturating_sub(self.envelope().header_length() + 8);
            self.waiting.extend(fragments(&packet, number as u16, room));
        }
        // With an end that is set, ping goes on until `count` probes have an answer.
        let is_last =
            self.config.deadline.is_none() && self.config.count.is_some_and(|count| number >= count);
        let interval = if self.config.interval.is_zero() { PAUSE } else { self.config.interval };
        self.next = (!is_last).then(|| now + interval);
        if is_last {
            self.wait_for_the_last(now);
        }
    }

    fn too_large(&mut self, number: u64, length: usize, mtu: usize) {
        self.fail(number);
        self.events.push_back(Event::TooLarge { number, length, mtu });
    }

    /// An error came about this probe; only the first one counts.
    fn fail(&mut self, number: u64) {
        let probe = self.probes.get_mut(&((number % MOST_PROBES) as u16));
        if let Some(probe) = probe.filter(|probe| !probe.has_failed) {
            probe.has_failed = true;
            self.statistics.errors += 1;
            // With an end that is set, an error ends it.
            self.is_over |= self.config.deadline.is_some() || self.has_all();
        }
    }

    fn envelope(&self) -> Envelope {
        let Config { source, destination, hops, dont_fragment, .. } = self.config;
        Envelope { hops, dont_fragment, ..Envelope::new(source, destination) }
    }

    fn packet(&self, number: u64) -> Vec<u8> {
        let (envelope, sequence) = (self.envelope(), (number % MOST_PROBES) as u16);
        match self.config.question {
            Question::Echo => envelope.echo(self.config.identifier, sequence, &self.data()),
            Question::Syn(port) => envelope.syn((self.port_of(number), port), self.seq_of(number)),
            Question::Datagram(port) => envelope.datagram((self.port_of(number), port), &self.data()),
        }
    }

    /// The data of each probe: the cookie, then bytes that count up.
    fn data(&self) -> Vec<u8> {
        (0..self.config.size).map(|at| self.config.cookie.get(at).copied().unwrap_or(at as u8)).collect()
    }

    /// After the last probe: two round trips, if one is known, or the whole patience.
    fn wait_for_the_last(&mut self, now: Instant) {
        let wait = match self.statistics.times.longest() {
            Some(longest) => (2 * longest).max(self.config.interval),
            None => self.config.patience,
        };
        self.ends = Some(now + wait);
    }

    /// Whether each of the `count` probes has an answer, or an error.
    fn has_all(&self) -> bool {
        let done = self.statistics.received + self.statistics.errors;
        self.config.count.is_some_and(|count| done >= count)
    }

    fn gives_up_at(&self) -> Option<Instant> {
        Some(self.began + self.config.deadline?)
    }
}

impl Prober for Ping {
    type Event = Event;

    fn receive(&mut self, now: Instant, packet: &[u8]) {
        let outcome = Answer::parse(packet).map(|answer| self.take(now, &answer));
        match outcome {
            Ok(true) => {}
            Ok(false) => self.statistics.strange += 1,
            Err(_) => self.statistics.unread += 1,
        }
        self.is_over |= self.has_all();
    }

    fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        if self.waiting.is_empty() && !self.is_over && self.next.is_some_and(|next| next <= now) {
            self.send_probe(now);
            self.statistics.last = now;
        }
        self.waiting.pop_front()
    }

    fn deadline(&self) -> Option<Instant> {
        if self.is_over {
            return None;
        }
        [self.next.or(self.ends), self.gives_up_at()].into_iter().flatten().min()
    }

    fn on_deadline(&mut self, now: Instant) {
        let past = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        self.is_over |= past(self.gives_up_at()) || past(self.ends);
    }

    fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn refused(&mut self, _: Instant, packet: &[u8], error: io::Error) -> io::Result<()> {
        if error.kind() != io::ErrorKind::InvalidInput {
            return Err(error);
        }
        self.too_large(self.statistics.sent, packet.len(), self.config.mtu);
        Ok(())
    }

    fn stop(&mut self, _: Instant) {
        self.is_over = true;
    }
}
