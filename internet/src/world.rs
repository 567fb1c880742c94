//! A world: the nodes and wires of a topology, and virtual time.
//!
//! Time stands still until somebody waits: [`WorldLink`]'s `receive` or [`World::run_until`] moves it on to the next
//! thing that happens, again and again. So a run takes no real time. As long as one thread drives it, the same seed
//! gives the same packets at the same times.
//!
//! ```text
//!   agenda ──▶ a packet arrives ──▶ Node::receive ──┐
//!     ▲        a deadline comes ──▶ on_deadline ────┼──▶ transmit ──▶ wire ──▶ agenda
//!     │        something changes: Change            │
//!     └──────────────── deadline ◀──────────────────┘
//! ```
//!
//! Each thing costs the same in a small world and in a large one, but for the logarithm in the heap. What a world holds
//! is bounded by what its nodes send within the delay of a wire, by the queues of the wires, and by 65,536 packets at
//! each link that nobody reads. Tested in `tests/world.rs`.

mod change;
mod changes;
pub(crate) mod engine;
mod news;
pub(crate) mod paths;
mod run;
mod spread;

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use barewire_packet::link::Link;

use crate::counters::Counters;
use crate::later::later;
use crate::node::{Port, Transmit};
use crate::table::Table;
use crate::tamper::Tamper;
use crate::tap::Tap;
use engine::{Engine, Inhabitant};

pub use change::Change;

/// A running internet. Clones are the same one.
#[derive(Clone)]
pub struct World {
    engine: Arc<Mutex<Engine>>,
}

/// There is no such node, or it is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchNode(pub String);

impl fmt::Display for NoSuchNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this internet has no {:?}", self.0)
    }
}

impl std::error::Error for NoSuchNode {}

impl World {
    pub(crate) fn new(engine: Engine) -> World {
        World { engine: Arc::new(Mutex::new(engine)) }
    }

    fn lock(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time in this world.
    pub fn now(&self) -> Instant {
        self.lock().now
    }

    /// The link of the node `name`, which the topology leaves to be driven from outside.
    ///
    /// # Errors
    /// [`NoSuchNode`]: there is no such node, or the world runs it.
    pub fn link(&self, name: &str) -> Result<WorldLink, NoSuchNode> {
        let engine = self.lock();
        let place = engine.station(name).ok_or_else(|| NoSuchNode(name.to_owned()))?;
        let station = &engine.stations[place];
        let Inhabitant::Link(_) = station.inhabitant else { return Err(NoSuchNode(name.to_owned())) };
        Ok(WorldLink { world: self.clone(), place })
    }

    /// Moves time on to `deadline`.
    pub fn run_until(&self, deadline: Instant) {
        self.lock().run_until(deadline);
    }

    /// Moves time on by `time`.
    pub fn run_for(&self, time: Duration) {
        let mut engine = self.lock();
        let deadline = later(engine.now, time);
        engine.run_until(deadline);
    }

    /// Moves time on until a packet waits at any link, or to `deadline`: for a caller that drives several links from
    /// one thread.
    pub fn run_until_packet(&self, deadline: Instant) {
        self.lock().run_until_packet(deadline);
    }

    /// Notes that something changes at `when`; at once, if that has passed.
    ///
    /// # Errors
    /// [`NoSuchNode`]: there is no node, or no wire, of that name.
    pub fn change_at(&self, when: Instant, change: Change) -> Result<(), NoSuchNode> {
        let mut engine = self.lock();
        let (name, is_wire) = match &change {
            Change::Down(name) | Change::Up(name) | Change::Wire(name, _) => (name, true),
            Change::Off(node) | Change::On(node) => (node, false),
            Change::Announce { node, .. } | Change::Withdraw { node, .. } => (node, false),
            Change::Converge => {
                engine.change_at(when, change);
                return Ok(());
            }
        };
        let known = if is_wire { engine.line(name).is_some() } else { engine.station(name).is_some() };
        if !known {
            return Err(NoSuchNode(name.clone()));
        }
        engine.change_at(when, change);
        Ok(())
    }

    /// Has a tap see what passes the node `name`, from now on. The tap must not call the world.
    ///
    /// # Errors
    /// [`NoSuchNode`]: no node of this internet has that name.
    pub fn tap(&self, name: &str, tap: Box<dyn Tap>) -> Result<(), NoSuchNode> {
        let mut engine = self.lock();
        let place = engine.station(name).ok_or_else(|| NoSuchNode(name.to_owned()))?;
        engine.stations[place].taps.push(tap);
        Ok(())
    }

    /// Has a tap see each packet that is lost anywhere, from now on.
    pub fn tap_losses(&self, tap: Box<dyn Tap>) {
        self.lock().losses.push(tap);
    }

    /// Puts a hand on the packets of the node `name`, in place of an earlier one.
    ///
    /// # Errors
    /// [`NoSuchNode`]: no node of this internet has that name.
    pub fn tamper(&self, name: &str, tamper: Box<dyn Tamper>) -> Result<(), NoSuchNode> {
        let mut engine = self.lock();
        let place = engine.station(name).ok_or_else(|| NoSuchNode(name.to_owned()))?;
        engine.stations[place].tamper = Some(tamper);
        Ok(())
    }

    /// The tables that the node `name` decides by, as they are now.
    ///
    /// # Errors
    /// [`NoSuchNode`]: no node of this internet has that name.
    pub fn tables(&self, name: &str) -> Result<Vec<Table>, NoSuchNode> {
        let engine = self.lock();
        let place = engine.station(name).ok_or_else(|| NoSuchNode(name.to_owned()))?;
        Ok(match &engine.stations[place].inhabitant {
            Inhabitant::Node(node) => node.tables(engine.now),
            Inhabitant::Link(_) => Vec::new(),
        })
    }

    /// How many packets met which fate so far.
    pub fn counters(&self) -> Counters {
        self.lock().counters
    }
}

/// The network card of a node that is driven from outside: by a stack, or by hand.
#[derive(Clone)]
pub struct WorldLink {
    world: World,
    place: usize,
}

impl Link for WorldLink {
    fn now(&self) -> Instant {
        self.world.now()
    }

    fn mtu(&self) -> usize {
        self.world.lock().mtu(self.place)
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let mut engine = self.world.lock();
        let mtu = engine.mtu(self.place);
        if packet.len() > mtu {
            let message = format!("a packet of {} bytes does not fit the MTU of {mtu}", packet.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let transmit = Transmit { port: Port(0), packet: packet.to_vec(), note: None };
        engine.send(self.place, transmit);
        Ok(())
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        self.world.lock().receive(self.place, deadline)
    }
}
