//! Traceroute: which routers are on the way? A probe that may pass n routers ends at number n + 1, which tells its
//! sender so by ICMP (RFC 1812 §5.3.1, RFC 4443 §3.3).
//!
//! ```text
//!   hops 1, 2, 3, ...         ──▶  "time exceeded" from a router: a hop
//!   each `queries` times           an answer of the host, or "unreachable": the last hop
//!   several probes under way       silence: *
//! ```
//!
//! A router that shares traffic among several ways takes one by a hash of the packet's addresses, ports and protocol.
//! Where probes have different ports, each may take another way, and the hops that are shown are of no way at all. So
//! all probes have the same ports here, as in Paris traceroute (Augustin and others, 2006), and are told apart by what
//! no such router looks at:
//!
//! | probe | the same in all | tells probes apart |
//! |---|---|---|
//! | UDP | both ports | the checksum, which two bytes of data make what it has to be |
//! | UDP, `classic` | the source port | the destination port, as in the first traceroute |
//! | ICMP | identifier and checksum | the sequence number |
//! | TCP | the destination port | the source port, because a host takes a second SYN of one connection for a copy |
//!
//! Left out: source routing, looking up names and autonomous systems. Tested in `tests/probe`.

mod matching;
mod mtu;
mod packets;

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::answer::{Answer, Kind};
use super::drive::Prober;
use super::extensions::Extension;
use super::words::Meaning;

/// What the probes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Datagrams to this port, where nobody should listen: the host answers "port unreachable".
    Udp(u16),
    /// Echo requests.
    Icmp,
    /// SYNs to this port.
    Tcp(u16),
}

/// The first port of traceroute: nobody listens there.
pub const FIRST_PORT: u16 = 33_434;

/// Where to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Our address.
    pub source: IpAddr,
    /// Where the way ends.
    pub destination: IpAddr,
    /// What the probes are.
    pub method: Method,
    /// Whether each datagram goes to a port of its own, so that balancers may send them different ways.
    pub classic: bool,
    /// The first hop to ask.
    pub first_hop: u8,
    /// The last hop to ask.
    pub max_hops: u8,
    /// How many probes for each hop.
    pub queries: u8,
    /// How long to wait for an answer.
    pub wait: Duration,
    /// How many probes may be under way.
    pub in_flight: usize,
    /// The length of a probe, as an IP packet, in bytes.
    pub size: usize,
    /// Whether to find the largest packet that passes: it starts with `size`, and takes what routers tell.
    pub finds_mtu: bool,
    /// Tells our probes from those of others: a random number.
    pub identifier: u16,
}

impl Config {
    /// What traceroute does without flags.
    pub fn new(source: IpAddr, destination: IpAddr) -> Config {
        Config {
            source,
            destination,
            method: Method::Udp(FIRST_PORT),
            classic: false,
            first_hop: 1,
            max_hops: 30,
            queries: 3,
            wait: Duration::from_secs(5),
            in_flight: 16,
            size: if source.is_ipv4() { 60 } else { 80 },
            finds_mtu: false,
            identifier: 0x6277,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// All that there is to know of a hop. Hops come in order.
    Hop(Hop),
    /// A probe was too large for a wire on the way. The next ones are smaller.
    Narrower {
        /// Which hop was asked.
        hop: u8,
        /// Who said so.
        from: IpAddr,
        /// The length of the next probes, in bytes.
        size: usize,
    },
}

/// One hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Which one, from 1.
    pub hop: u8,
    /// What came of each probe.
    pub outcomes: Vec<Outcome>,
    /// The length of its probes, in bytes.
    pub size: usize,
    /// Whether the way ends here: the host answered, or somebody said that it cannot be reached.
    pub is_last: bool,
}

/// What came of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Answered(Answered),
    /// None in time.
    Silence,
}

/// An answer to a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Who sent it.
    pub from: IpAddr,
    /// How long it took.
    pub time: Duration,
    /// What it is.
    pub what: What,
    /// The hops that the answer had left.
    pub hops_left: u8,
    /// The hops that the probe had left where it ended, as an error quotes it: 1, or fewer than were expected.
    pub quoted_hops: Option<u8>,
    /// The largest packet that would have passed.
    pub mtu: Option<u32>,
    /// What the router added to the error.
    pub extensions: Vec<Extension>,
}

/// What a probe is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// An ICMP error.
    Error(Kind),
    /// The host's echo reply.
    EchoReply,
    /// The host's SYN-ACK: the port is open.
    SynAck,
    /// The host's reset: the port is closed.
    Reset,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Probes sent.
    pub sent: u64,
    /// Probes with an answer.
    pub answered: u64,
    /// Answers that came after the wait was over, or twice.
    pub late: u64,
    /// Packets that were about none of our probes: of others on this host, or forged.
    pub strange: u64,
    /// Packets that could not be read, or had a wrong checksum, or were of another kind.
    pub unread: u64,
}

struct Probe {
    /// The place of its hop, and its own among those of the hop.
    place: (usize, usize),
    at: Instant,
    size: usize,
}

/// How many probes there can be: each has a number of 16 bits, and 0 and 65535 are not used.
const MOST_PROBES: usize = 65_534;

/// The core.
pub struct Traceroute {
    config: Config,
    began: Instant,
    /// By their numbers.
    probes: Vec<Probe>,
    /// The numbers of those that are under way.
    open: BTreeSet<usize>,
    /// How many places have had their first probe.
    begun: usize,
    /// What came of the probes of each hop so far; `None`: under way, or not sent yet.
    hops: Vec<Vec<Option<Outcome>>>,
    /// Probes that are to be sent again, with another size.
    again: VecDeque<(usize, usize)>,
    /// The hop that is the last one, by its place.
    last: usize,
    /// Hops that were told.
    told: usize,
    size: usize,
    counts: Counts,
    resets: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
    is_over: bool,
}

impl Traceroute {
    /// A traceroute whose first probe is due.
    pub fn new(now: Instant, config: Config) -> Traceroute {
        let hops = usize::from(config.max_hops.saturating_sub(config.first_hop)) + 1;
        Traceroute {
            size: config.size,
            began: now,
            probes: Vec::new(),
            open: BTreeSet::new(),
            begun: 0,
            hops: vec![vec![None; config.queries.max(1).into()]; hops],
            again: VecDeque::new(),
            last: hops - 1,
            told: 0,
            counts: Counts::default(),
            resets: VecDeque::new(),
            events: VecDeque::new(),
            is_over: false,
            config,
        }
    }

    /// What was counted.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The length of the largest probe that no router found too large.
    pub fn size(&self) -> usize {
        self.size
    }

    fn hop(&self, place: usize) -> u8 {
        self.config.first_hop.saturating_add(place as u8)
    }

    /// The next probe to send: one that has to be repeated, or the next one in order.
    fn next_place(&mut self) -> Option<(usize, usize)> {
        if let Some(place) = self.again.pop_front() {
            return Some(place);
        }
        let queries = self.hops[0].len();
        let place = (self.begun / queries, self.begun % queries);
        if place.0 > self.last {
            return None;
        }
        self.begun += 1;
        Some(place)
    }

    /// Notes what came of a probe. An answer of the host itself, or about a way that does not exist, is the end.
    fn settle(&mut self, number: usize, outcome: Outcome) {
        let (hop, query) = self.probes[number].place;
        self.open.remove(&number);
        if let Outcome::Answered(answered) = &outcome {
            self.counts.answered += 1;
            if is_end(&answered.what) {
                self.last = self.last.min(hop);
            }
        }
        self.hops[hop][query] = Some(outcome);
        self.tell();
    }

    /// Tells of the hops of which all is known, in order.
    fn tell(&mut self) {
        while self.told <= self.last && self.hops[self.told].iter().all(Option::is_some) {
            let place = self.told;
            let outcomes: Vec<Outcome> = self.hops[place].iter().flatten().cloned().collect();
            let ends =
                |outcome: &Outcome| matches!(outcome, Outcome::Answered(answered) if is_end(&answered.what));
            let is_last = outcomes.iter().any(ends);
            let of_hop = self.probes.iter().filter(|probe| probe.place.0 == place);
            let size = of_hop.map(|probe| probe.size).min().unwrap_or(self.size);
            self.events.push_back(Event::Hop(Hop { hop: self.hop(place), outcomes, size, is_last }));
            self.told += 1;
        }
        self.is_over |= self.told > self.last;
    }
}

/// Whether the way ends with such an answer.
fn is_end(what: &What) -> bool {
    match what {
        What::Error(kind) => kind.meaning() != Meaning::HopsEnded,
        What::EchoReply | What::SynAck | What::Reset => true,
    }
}

impl Prober for Traceroute {
    type Event = Event;

    fn receive(&mut self, now: Instant, packet: &[u8]) {
        match Answer::parse(packet).map(|answer| self.take(now, &answer)) {
            Ok(true) => {}
            Ok(false) => self.counts.strange += 1,
            Err(_) => self.counts.unread += 1,
        }
    }

    fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        if let Some(reset) = self.resets.pop_front() {
            return Some(reset);
        }
        // A size is found with one probe at a time.
        let most = if self.config.finds_mtu { 1 } else { self.config.in_flight.max(1) };
        if self.is_over || self.open.len() >= most || self.probes.len() >= MOST_PROBES {
            return None;
        }
        let place = self.next_place()?;
        self.open.insert(self.probes.len());
        self.probes.push(Probe { place, at: now, size: self.size });
        self.counts.sent += 1;
        Some(self.packet(self.probes.len() - 1))
    }

    fn deadline(&self) -> Option<Instant> {
        if self.is_over {
            return None;
        }
        // They have the order in which they were sent.
        let first = self.open.first().map(|number| self.probes[*number].at + self.config.wait);
        Some(first.unwrap_or(self.began))
    }

    fn on_deadline(&mut self, now: Instant) {
        while let Some(number) = self.open.first().copied()
            && self.probes[number].at + self.config.wait <= now
        {
            self.settle(number, Outcome::Silence);
        }
    }

    fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn refused(&mut self, _: Instant, packet: &[u8], error: io::Error) -> io::Result<()> {
        let is_probe = self.resets.is_empty() && error.kind() == io::ErrorKind::InvalidInput;
        match self.probes.len().checked_sub(1) {
            // Our own link is too narrow.
            Some(number) if is_probe && self.narrow(number, self.config.source, None, packet.len()) => Ok(()),
            _ => Err(error),
        }
    }

    fn stop(&mut self, _: Instant) {
        self.is_over = true;
    }
}
