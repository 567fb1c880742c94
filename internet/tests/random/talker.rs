//! A host with our TCP: it sends back what others say to it, and it says things to others.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use barewire_internet::{Node, Note, Port, Transmit, Verdict};
use barewire_tcp::{Config, Event, Handle, Host};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// Where every talker listens.
pub(crate) const PORT: u16 = 7;

/// A connection as its client saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Talk {
    pub(crate) to: SocketAddr,
    /// What was said, and what came back of it.
    pub(crate) said: Vec<u8>,
    pub(crate) heard: Vec<u8>,
    /// What ended it, and when.
    pub(crate) end: Option<(Event, Instant)>,
}

/// All connections of a world, in the order in which they began.
pub(crate) type Talks = Arc<Mutex<Vec<Talk>>>;

/// What a talker will say: when, to whom, and what.
pub(crate) type Plan = VecDeque<(Instant, SocketAddr, Vec<u8>)>;

pub(crate) struct Talker {
    host: Host,
    plan: Plan,
    talks: Talks,
    /// The number of the talk that a connection of ours is.
    ours: BTreeMap<Handle, usize>,
    /// What a connection has to say, and had no room for yet.
    waiting: BTreeMap<Handle, Vec<u8>>,
}

impl Talker {
    pub(crate) fn new(addresses: Vec<IpAddr>, config: Config, seed: u64, plan: Plan, talks: Talks) -> Talker {
        let mut host = Host::new(addresses, config, Box::new(ChaCha20Rng::seed_from_u64(seed)));
        host.listen(PORT, 16).expect("a free port");
        Talker { host, plan, talks, ours: BTreeMap::new(), waiting: BTreeMap::new() }
    }

    fn begin(&mut self, now: Instant) {
        while self.plan.front().is_some_and(|(when, ..)| *when <= now) {
            let Some((_, to, said)) = self.plan.pop_front() else { return };
            let handle = self.host.connect(now, to).expect("an address and a port");
            let mut talks = self.talks.lock().unwrap();
            self.ours.insert(handle, talks.len());
            self.waiting.insert(handle, said.clone());
            talks.push(Talk { to, said, heard: Vec::new(), end: None });
        }
    }

    fn happens(&mut self, now: Instant) {
        while let Some(event) = self.host.event() {
            let handle = event.handle();
            match event {
                Event::Closed(_) | Event::Reset(_) | Event::TimedOut(_) | Event::Refused(_) => {
                    self.hear(handle);
                    self.waiting.remove(&handle);
                    if let Some(number) = self.ours.remove(&handle) {
                        self.talks.lock().unwrap()[number].end = Some((event, now));
                    }
                }
                // The connection goes on, if it has begun at all.
                Event::SoftError { .. } => {}
                _ => self.go_on(handle),
            }
        }
    }

    /// Takes in what has come, and says what there is room for. A client closes when it has said all, a server when the
    /// client has.
    fn go_on(&mut self, handle: Handle) {
        self.hear(handle);
        let waiting = self.waiting.entry(handle).or_default();
        let taken = self.host.write(handle, waiting).unwrap_or(0);
        waiting.drain(..taken);
        let has_heard_all = self.ours.contains_key(&handle) || self.host.peer_has_closed(handle);
        if waiting.is_empty() && has_heard_all {
            self.host.close(handle);
        }
    }

    fn hear(&mut self, handle: Handle) {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = self.host.read(handle, &mut buffer) {
            match self.ours.get(&handle) {
                Some(number) => self.talks.lock().unwrap()[*number].heard.extend(&buffer[..count]),
                None => self.waiting.entry(handle).or_default().extend(&buffer[..count]),
            }
        }
    }
}

impl Node for Talker {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let note = self.host.receive(now, &packet);
        self.happens(now);
        note.map_or(Verdict::Taken, |note| Verdict::Noted(Box::new(note)))
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        let barewire_tcp::Transmit { packet, note } = self.host.transmit(now)?;
        Some(Transmit { port: Port(0), packet, note: note.map(|note| Box::new(note) as Note) })
    }

    fn deadline(&self) -> Option<Instant> {
        let begins = self.plan.front().map(|(when, ..)| *when);
        begins.into_iter().chain(self.host.deadline()).min()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.begin(now);
        self.host.on_deadline(now);
        self.happens(now);
    }
}
