//! The map: core routers in a ring, access routers at each of them, hosts at each of those.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use barewire_internet::router::Limit;
use barewire_internet::{Router, Topology, Wire, World};

use super::{CONVERSATIONS, MakeHost};

/// In virtual time.
pub(super) const LONG_ENOUGH: Duration = Duration::from_secs(600);

const CORES: usize = 10;

/// 100 hosts, one at each access router.
pub(super) const SMALL: Map = Map { hosts: 100, talking: 100, access_routers: 90 };
/// 1,000 hosts, three or four at each access router.
pub(super) const LARGE: Map = Map { hosts: 1000, talking: 1000, access_routers: 290 };
/// The large world, in which only 100 hosts talk, with each other.
pub(super) const QUIET: Map = Map { hosts: 1000, talking: 100, access_routers: 290 };

/// How many there are of what.
pub(super) struct Map {
    pub(super) hosts: usize,
    /// How many of them have conversations.
    pub(super) talking: usize,
    access_routers: usize,
}

impl Map {
    pub(super) fn routers(&self) -> usize {
        CORES + self.access_routers
    }

    pub(super) fn name(&self, host: usize) -> String {
        format!("h{host}")
    }

    /// 10.1.0.0/16 and so on belong to access routers, a /30 for each host.
    pub(super) fn address(&self, host: usize) -> IpAddr {
        let (router, place) = (host % self.access_routers, host / self.access_routers);
        Ipv4Addr::new(10, (router / 200) as u8, (router % 200) as u8, 4 * place as u8 + 2).into()
    }

    /// The conversations that a host begins: with whom each is. All hosts that talk begin equally many.
    pub(super) fn partners(&self, host: usize) -> Vec<IpAddr> {
        let count = if host < self.talking { CONVERSATIONS / self.talking } else { 0 };
        // Steps that are far apart, so that conversations cross the core.
        let partner =
            |number: usize| (host + 1 + (number * 37 + host * 7) % (self.talking - 1)) % self.talking;
        (0..count).map(|number| self.address(partner(number))).collect()
    }

    pub(super) fn build(&self, host: MakeHost) -> World {
        let mut plan = Topology::new(Instant::now(), 1);
        let router = || Box::new(Router::new().limit(Limit::none()));
        for core in 0..CORES {
            let ring = [core, (core + CORES - 1) % CORES].map(|link| (link, usize::from(link != core) + 1));
            let mut cards: Vec<String> =
                ring.iter().map(|(link, side)| format!("10.250.{link}.{side}/24")).collect();
            cards.extend(
                self.access(core).map(|access| format!("10.{}.{}.1/30", 200 + access / 200, access % 200)),
            );
            plan.node(&format!("c{core}"), &borrowed(&cards), router());
        }
        for access in 0..self.access_routers {
            let mut cards = vec![format!("10.{}.{}.2/30", 200 + access / 200, access % 200)];
            let hosts = (access..self.hosts).step_by(self.access_routers);
            cards.extend(
                hosts
                    .enumerate()
                    .map(|(place, _)| format!("10.{}.{}.{}/30", access / 200, access % 200, 4 * place + 1)),
            );
            plan.node(&format!("a{access}"), &borrowed(&cards), router());
        }
        for number in 0..self.hosts {
            let address = format!("{}/30", self.address(number));
            plan.node(&self.name(number), &[&address], host(self, number));
        }
        for core in 0..CORES {
            plan.wire(
                &format!("c{core}"),
                &format!("c{}", (core + 1) % CORES),
                Wire::ms(5).rate(100_000_000_000).queue(usize::MAX),
            );
            for access in self.access(core) {
                plan.wire(
                    &format!("c{core}"),
                    &format!("a{access}"),
                    Wire::ms(2).rate(10_000_000_000).queue(usize::MAX),
                );
            }
        }
        for number in 0..self.hosts {
            let access = format!("a{}", number % self.access_routers);
            plan.wire(&access, &self.name(number), Wire::ms(1).rate(1_000_000_000).queue(usize::MAX));
        }
        plan.build().expect("a map without contradictions")
    }

    /// The access routers at a core router.
    fn access(&self, core: usize) -> impl Iterator<Item = usize> {
        (core..self.access_routers).step_by(CORES)
    }
}

fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
