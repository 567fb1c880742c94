//! The lab in our world.

use std::time::{Duration, Instant};

use barewire_internet::nat::{Config, Nat};
use barewire_internet::router::Limit;
use barewire_internet::{Router, Topology, Wire, World};
use barewire_packet::link::Link;

use crate::lab::{HOSTS, Lab, Wires};

/// Our world, in which no wire takes time.
pub(crate) struct Ours {
    pub(crate) world: World,
}

impl Wires for Ours {
    fn exchange(&mut self, from: &str, packet: &[u8]) -> Vec<(String, Vec<u8>)> {
        self.world.link(from).unwrap().send(packet).unwrap();
        self.wait(Duration::from_millis(1))
    }

    fn wait(&mut self, time: Duration) -> Vec<(String, Vec<u8>)> {
        self.world.run_for(time);
        let mut arrived = Vec::new();
        for (name, _) in HOSTS {
            let mut link = self.world.link(name).unwrap();
            while let Some(packet) = link.receive(Some(self.world.now())).unwrap() {
                arrived.push((name.to_owned(), packet));
            }
        }
        arrived
    }

    fn states(&mut self) -> Vec<String> {
        let tables = self.world.tables("nat").unwrap();
        let sessions = tables.into_iter().find(|table| table.title.contains("sessions")).unwrap();
        sessions.rows.into_iter().filter(|row| row[3] == "TCP").map(|row| row[4].clone()).collect()
    }

    fn forget(&mut self) {
        self.world.run_for(Duration::from_secs(1_000_000));
    }
}

/// The lab with this NAT.
pub(crate) fn lab_with(nat: Nat) -> Lab<Ours> {
    let mut plan = Topology::new(Instant::now(), 1);
    for (name, address) in HOSTS {
        plan.link(name, &format!("{address}/24"));
    }
    plan.switch("lan", "192.168.1.0/24");
    plan.switch("net", "203.0.113.0/24");
    let router = Router::new().limit(Limit::none()).with(Box::new(nat));
    plan.node("nat", &["192.168.1.1/24", "192.168.2.1/24", "203.0.113.5/24"], Box::new(router));
    for (one, other) in
        [("a", "lan"), ("b", "lan"), ("lan", "nat"), ("c", "nat"), ("nat", "net"), ("s", "net"), ("t", "net")]
    {
        plan.wire(one, other, Wire::default());
    }
    Lab::new(Box::new(Ours { world: plan.build().unwrap() }))
}

/// The lab with a NAT that behaves so.
pub(crate) fn lab(config: Config) -> Lab<Ours> {
    lab_with(Nat::new(config, &["nat-net"]))
}

impl Lab<Ours> {
    /// The rows of the table of sessions, each in a line.
    pub(crate) fn sessions(&self) -> Vec<String> {
        let tables = self.wires.world.tables("nat").unwrap();
        let sessions = tables.iter().find(|table| table.title.contains("sessions")).unwrap();
        sessions.rows.iter().map(|row| row.join(" ")).collect()
    }
}
