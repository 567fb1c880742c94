//! The simulated wire: an internet in a process, in virtual time.
//!
//! ```text
//!    your Stack ── SimLink ──▶ path ──▶ ┌──────┐ ──▶ path ──▶ Node (a server)
//!                            ◀── path ◀─│ core │ ◀── path ◀── Node (a resolver)
//!                                       └──────┘
//! ```
//!
//! A [`Path`] joins every host to a core that is infinitely fast. A packet crosses the sender's path, and then the
//! receiver's. Time stands still until somebody waits: [`SimLink::receive`](barewire_packet::link::Link::receive)
//! moves it on to the next event, again and again, until a packet arrives or the deadline passes. So a run takes no
//! real time. As long as one thread drives it, the same seed gives the same packets at the same times.
//!
//! Left out: routers, and paths that change. Tested in `tests/sim.rs`.

mod node;
mod path;
mod world;

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub use path::{Counters, Path};
pub use world::OnLoss;
use world::{Inhabitant, World};

pub use node::Node;

use crate::host::{Event, Host};
use barewire_packet::link::Link;

/// An internet in a process.
#[derive(Clone)]
pub struct Simulation {
    world: Arc<Mutex<World>>,
}

impl Simulation {
    /// An empty internet at the moment `start`. The seed decides every loss, delay and duplicate.
    pub fn new(start: Instant, seed: u64) -> Simulation {
        Simulation { world: Arc::new(Mutex::new(World::new(start, seed))) }
    }

    /// Adds a host that is a [`Node`].
    pub fn attach(&self, addresses: Vec<IpAddr>, node: Box<dyn Node>, path: Path) {
        let mut world = self.lock();
        let place = world.add(addresses, Inhabitant::Node(node), path);
        world.collect(place);
    }

    /// Adds a host that is driven from outside, through the link that is returned.
    pub fn link(&self, addresses: Vec<IpAddr>, path: Path) -> SimLink {
        let mtu = path.mtu;
        let place = self.lock().add(addresses, Inhabitant::Link(Default::default()), path);
        SimLink { world: Arc::clone(&self.world), place, mtu }
    }

    /// The time in the simulation.
    pub fn now(&self) -> Instant {
        self.lock().now
    }

    /// Moves time on until a packet waits at any link, or to `deadline`: for a caller that drives several links from
    /// one thread.
    pub fn run_until_packet(&self, deadline: Instant) {
        self.lock().run_until_packet(deadline);
    }

    /// Has `tell` called with each packet that vanishes on the way, and with the moment at which it does: only a
    /// simulated network knows that.
    pub fn on_loss(&self, tell: OnLoss) {
        self.lock().on_loss = Some(tell);
    }

    /// How many packets were sent, delivered and lost so far.
    pub fn counters(&self) -> Counters {
        self.lock().counters
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a path, for a [`crate::Stack`], or to be driven by hand.
#[derive(Clone)]
pub struct SimLink {
    world: Arc<Mutex<World>>,
    place: usize,
    mtu: usize,
}

impl SimLink {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link for SimLink {
    fn now(&self) -> Instant {
        self.lock().now
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        if packet.len() > self.mtu {
            let message = format!("a packet of {} bytes does not fit the MTU of {}", packet.len(), self.mtu);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        self.lock().send(self.place, packet.to_vec());
        Ok(())
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        self.lock().receive(self.place, deadline)
    }
}

/// The application of a [`HostNode`]. It is called for each event of its host, and may read, write, connect and close.
pub type Application = Box<dyn FnMut(&mut Host, Instant, Event) + Send>;

/// A [`Host`] as a node, with an application that answers its events: a server in one closure.
pub struct HostNode {
    host: Host,
    application: Application,
}

impl HostNode {
    /// A node from a host (listening already, if it is to be a server) and its application.
    pub fn new(host: Host, application: Application) -> HostNode {
        HostNode { host, application }
    }

    fn run(&mut self, now: Instant) {
        while let Some(event) = self.host.event() {
            (self.application)(&mut self.host, now, event);
        }
    }
}

impl Node for HostNode {
    fn receive(&mut self, now: Instant, packet: &[u8]) {
        self.host.receive(now, packet);
        self.run(now);
    }

    fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.host.transmit(now).map(|transmit| transmit.packet)
    }

    fn deadline(&self) -> Option<Instant> {
        self.host.deadline()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
        self.run(now);
    }
}
