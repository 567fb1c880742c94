//! The stage of a scene: its topology, the machines with their programs, and where packets are seen.
//!
//! One host is left to be driven from outside: the seat, from which a page is fetched. Tested in `tests/scenes.rs`.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_internet::tap::{Passing, Tap};
use barewire_internet::{Address, Change, Router, Topology, Wire, World};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::breakage::{Breakage, Hand};
use super::certificates::{self, Flavour};
use super::crowd::{self, Crowd, Diary};
use super::walks::Walks;
use super::{HttpServer, Machine, Program, Resolver, Site};
use crate::trace::Trace;

/// What can go wrong while a stage is set up. Only a bug in the scene can do it.
pub type Fault = Box<dyn Error>;

/// A stage that is being set up.
pub struct Stage {
    plan: Topology,
    seed: u64,
    rng: ChaCha8Rng,
    start: Instant,
    machines: u64,
    seat: Option<Seat>,
    watched: Vec<String>,
    changes: Vec<(Duration, Change)>,
    diaries: BTreeMap<String, Diary>,
    breakage: Breakage,
    fast_open: bool,
    /// The names of the hosts that have ports.
    hosts: Vec<String>,
    walks: Walks,
}

/// The host that is driven from outside.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// The DNS server that it asks.
    pub resolver: SocketAddr,
}

/// A stage that is set: time can begin.
pub struct Set {
    /// The internet.
    pub world: World,
    /// What is seen of it.
    pub trace: Trace,
    /// The host that is driven from outside.
    pub seat: Seat,
    /// Whether that host does Fast Open.
    pub fast_open: bool,
    /// The generator for what the seat needs: all randomness but key material.
    pub rng: ChaCha8Rng,
    /// When time begins.
    pub start: Instant,
    /// What each crowd lived through, by the name of its host.
    pub diaries: BTreeMap<String, Diary>,
    /// What breaks packets, if anything is to be broken.
    pub hand: Hand,
    /// The walks of the resolver, if it walks.
    pub walks: Walks,
}

impl Stage {
    /// An empty stage. The seed decides everything random on it but key material.
    pub fn new(seed: u64) -> Stage {
        let start = Instant::now();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let plan = Topology::new(start, rng.next_u64());
        let (watched, changes, diaries) = (Vec::new(), Vec::new(), BTreeMap::new());
        let (breakage, hosts) = (Breakage::default(), Vec::new());
        let (machines, seat, fast_open) = (0, None, false);
        Stage {
            plan,
            seed,
            rng,
            start,
            machines,
            seat,
            watched,
            changes,
            diaries,
            breakage,
            fast_open,
            hosts,
            walks: Walks::default(),
        }
    }

    /// The same stage, on which this will be broken.
    pub fn broken(self, breakage: Breakage) -> Stage {
        Stage { breakage, ..self }
    }

    /// The same stage, whose seat does Fast Open or not (RFC 7413).
    pub fn with_fast_open(self, fast_open: bool) -> Stage {
        Stage { fast_open, ..self }
    }

    /// Whether anything will be broken.
    pub fn is_broken(&self) -> bool {
        self.breakage != Breakage::default()
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Adds the host that is driven from outside, with this network card (`"192.168.1.42/24"`). It asks the DNS server
    /// `resolver`.
    ///
    /// # Errors
    /// One of the texts is not an address.
    pub fn seat(&mut self, name: &str, card: &str, resolver: &str) -> Result<(), Fault> {
        let resolver = SocketAddr::new(resolver.parse()?, 53);
        self.seat = Some(Seat { name: name.to_owned(), addresses: addresses(card)?, resolver });
        self.plan.link(name, card);
        Ok(())
    }

    /// Adds a host with this network card, on which these programs run.
    ///
    /// # Errors
    /// The text is not an address, or two programs want one port.
    pub fn host(&mut self, name: &str, card: &str, programs: Vec<Box<dyn Program>>) -> Result<(), Fault> {
        self.machines += 1;
        let machine = Machine::new(addresses(card)?, self.seed ^ self.machines << 32);
        let machine = programs.into_iter().try_fold(machine, Machine::with)?;
        let closed = self.closed_ports(name, card)?;
        let machine = closed.into_iter().fold(machine, Machine::without_port);
        self.hosts.push(name.to_owned());
        self.plan.node(name, &[card], Box::new(machine));
        Ok(())
    }

    /// The ports of a host that are closed.
    fn closed_ports(&mut self, name: &str, card: &str) -> Result<Vec<u16>, Fault> {
        let addresses = addresses(card)?;
        let is_it =
            |host: &str| host == name || host.parse().is_ok_and(|host: IpAddr| addresses.contains(&host));
        let (its, others) = self.breakage.closed.drain(..).partition(|(host, _)| is_it(host));
        self.breakage.closed = others;
        let its: Vec<(String, u16)> = its;
        Ok(its.into_iter().map(|(_, port)| port).collect())
    }

    /// Adds a host that serves the toy pages of `site` on ports 80 and 443, with a certificate of this flavour.
    ///
    /// # Errors
    /// As for [`Stage::host`].
    pub fn web(&mut self, name: &str, card: &str, site: &str, flavour: Flavour) -> Result<(), Fault> {
        let tls = certificates::server_config(site, flavour)?;
        self.host(name, card, vec![Box::new(HttpServer::new(Site::new(site)).http(80).https(443, tls))])
    }

    /// Adds a DNS server that knows these names.
    ///
    /// # Errors
    /// One of the texts is not an address.
    pub fn resolver(&mut self, name: &str, card: &str, names: &[(&str, &str)]) -> Result<(), Fault> {
        let known = |(name, list): &(&str, &str)| Ok((name.to_string(), addresses(list)?));
        let names = names.iter().map(known).collect::<Result<Vec<_>, Fault>>()?;
        self.host(name, card, vec![Box::new(Resolver::new(names))])
    }

    /// Where the walks of a resolver are noted.
    pub fn walks(&self) -> &Walks {
        &self.walks
    }

    /// Adds a host with a crowd of clients on it.
    ///
    /// # Errors
    /// The text is not an address.
    pub fn crowd(&mut self, name: &str, card: &str, plan: crowd::Plan) -> Result<(), Fault> {
        let (crowd, diary) = Crowd::new(plan);
        self.diaries.insert(name.to_owned(), diary);
        self.host(name, card, vec![Box::new(crowd)])
    }

    /// When time begins.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// Adds a router with these network cards.
    pub fn router(&mut self, name: &str, cards: &[&str], router: Router) {
        self.plan.node(name, cards, Box::new(router));
    }

    /// Joins two nodes by a wire.
    pub fn wire(&mut self, a: &str, b: &str, wire: Wire) {
        self.plan.wire(a, b, wire);
    }

    /// The drawing, for whatever else it can hold.
    pub fn plan(&mut self) -> &mut Topology {
        &mut self.plan
    }

    /// Has the packets seen that pass these nodes. Those of the seat are seen anyway.
    pub fn watch(&mut self, names: &[&str]) {
        self.watched.extend(names.iter().map(|name| name.to_string()));
    }

    /// Something changes so long after the beginning.
    pub fn at(&mut self, after: Duration, change: Change) {
        self.changes.push((after, change));
    }

    /// Sets the stage.
    ///
    /// # Errors
    /// The drawing contradicts itself, a name is wrong, or nobody has a seat.
    pub fn set(self) -> Result<Set, Fault> {
        let Stage {
            plan,
            rng,
            start,
            seat,
            watched,
            changes,
            diaries,
            breakage,
            fast_open,
            hosts,
            walks,
            ..
        } = self;
        if let Some((host, port)) = breakage.closed.first() {
            let hosts = hosts.join(", ");
            return Err(format!("no port {port} of {host:?} can be closed; the hosts are {hosts}").into());
        }
        let seat = seat.ok_or("a stage needs a seat")?;
        let world = plan.build()?;
        let trace = Trace::new(&seat.name, start, certificates::epoch());
        let hand = Hand::new(trace.clone(), breakage.packets);
        let several = !watched.is_empty();
        if !hand.is_idle() {
            world.tamper(&seat.name, Box::new(hand.clone()))?;
        }
        for name in watched {
            world.tap(&name, trace.point())?;
            if !hand.is_idle() {
                world.tamper(&name, Box::new(hand.clone()))?;
            }
        }
        // With one capture point its name is enough; with several it matters where a packet was lost.
        let losses = if several { trace.point() } else { Box::new(Losses(trace.clone())) };
        world.tap_losses(losses);
        for (after, change) in changes {
            world.change_at(start + after, change)?;
        }
        Ok(Set { world, trace, seat, fast_open, rng, start, diaries, hand, walks })
    }
}

/// Puts every packet that is lost anywhere into the trace, as one of the seat's own.
struct Losses(Trace);

impl Tap for Losses {
    fn packet(&mut self, passing: &Passing<'_>) {
        self.0.lost(passing.now, passing.packet);
    }
}

/// The addresses of a network card: `"192.168.1.42/24 2001:db8::2/64"`.
fn addresses(card: &str) -> Result<Vec<IpAddr>, Fault> {
    let address = |text: &str| Ok(text.parse::<Address>()?.address);
    card.split_whitespace().map(address).collect()
}
