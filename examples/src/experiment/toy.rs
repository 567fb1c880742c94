//! The toy ground: every host has a TCP of ours, and virtual time passes while somebody waits.
//!
//! A host does here what a kernel does: it puts fragments together, answers ICMP echo, and runs TCP. A link that is
//! open at a host hears what the host hears.

mod ethernet;
mod filter;
mod host;
mod link;
mod peer;
mod tap;

use std::error::Error;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use barewire_internet::capture::Recording;
use barewire_internet::{Address, Change, Wire, World};

use super::plan::Plan;
pub(super) use ethernet::ToyEthernet;
use host::Host;
pub(super) use link::ToyLink;
pub(super) use peer::ToyPeer;
pub(super) use tap::ToyTap;

/// A world, and its hosts. Clones are the same one.
#[derive(Clone)]
pub(super) struct Toy(Arc<Mutex<Inside>>);

/// What the lock guards.
struct Inside {
    world: World,
    hosts: Vec<Host>,
}

impl Toy {
    pub(super) fn new(plan: Plan) -> Result<Toy, Box<dyn Error>> {
        let world = plan.draw().build()?;
        let host = |(number, (name, texts)): (usize, &(&'static str, &str))| {
            let addresses = texts.split_whitespace().map(|text| Ok(text.parse::<Address>()?.address));
            let addresses: Vec<IpAddr> = addresses.collect::<Result<_, Box<dyn Error>>>()?;
            Ok(Host::new(name, world.link(name)?, addresses, number as u64))
        };
        let hosts = plan.hosts().iter().enumerate().map(host).collect::<Result<_, Box<dyn Error>>>()?;
        Ok(Toy(Arc::new(Mutex::new(Inside { world, hosts }))))
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, name: &str) -> Result<usize, Box<dyn Error>> {
        let found = self.lock().hosts.iter().position(|host| host.name == name);
        Ok(found.ok_or_else(|| format!("there is no host {name} here"))?)
    }

    pub(super) fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Box<dyn Error>> {
        let place = self.place(name)?;
        Ok(self.lock().hosts[place].tcp.addresses().to_vec())
    }

    /// The wire between the client and the router takes packets of this size.
    pub(super) fn narrow(&self, mtu: usize) -> Result<(), Box<dyn Error>> {
        let inside = self.lock();
        let wire = Wire::ms(1).mtu(mtu);
        Ok(inside.world.change_at(inside.world.now(), Change::Wire("client-router".to_owned(), wire))?)
    }

    /// No ICMP message reaches the server any more.
    pub(super) fn filter_icmp(&self) -> Result<(), Box<dyn Error>> {
        Ok(self.lock().world.tamper("server", Box::new(filter::NoIcmp))?)
    }

    pub(super) fn link(&self, name: &str, ours: &[u16]) -> Result<ToyLink, Box<dyn Error>> {
        let place = self.place(name)?;
        let mut inside = self.lock();
        inside.hosts[place].deaf.extend(ours);
        inside.hosts[place].inbox.get_or_insert_default();
        Ok(ToyLink { toy: self.clone(), place })
    }

    pub(super) fn tap(&self, name: &str) -> Result<ToyTap, Box<dyn Error>> {
        let inside = self.lock();
        let recording = Recording::new(inside.world.now(), Duration::ZERO);
        inside.world.tap(name, recording.point())?;
        Ok(ToyTap { toy: self.clone(), recording })
    }

    pub(super) fn peer(&self, name: &str, six: bool) -> Result<ToyPeer, Box<dyn Error>> {
        Ok(ToyPeer::new(self.clone(), self.place(name)?, six))
    }
}

impl Inside {
    /// Lets everything happen until `found` is content, or to `deadline`. Gives what it found.
    fn run<T>(&mut self, deadline: Instant, mut found: impl FnMut(&mut Inside) -> Option<T>) -> Option<T> {
        loop {
            let now = self.world.now();
            self.hosts.iter_mut().for_each(|host| host.turn(now));
            if let Some(found) = found(self) {
                return Some(found);
            }
            if now >= deadline {
                return None;
            }
            let wakes = self.hosts.iter().filter_map(Host::deadline).min();
            self.world.run_until_packet(wakes.map_or(deadline, |wakes| wakes.min(deadline)));
        }
    }
}
