//! The Ethernet of a lab, and the tables of its kernels.

use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::time::Instant;

use barewire_packet::link::Link;
use barewire_packet::link::datalink::neighbours::Event;
use barewire_packet::link::datalink::{DatalinkLink, DatalinkOptions};

use super::Kernels;
use crate::experiment::asking::Asking;
use crate::experiment::ethernet::{Card, Ethernet};
use crate::permit::Act;

/// Each host of a lab's LAN has one card.
const CARD: &str = "eth0";

impl Kernels {
    /// The address of a host's card, as the program `ip` writes it.
    fn mac(&self, host: &str) -> Result<String, Box<dyn Error>> {
        let said = self.must(host, &format!("ip -o link show dev {CARD}"))?;
        let mac = said.split_whitespace().skip_while(|word| *word != "link/ether").nth(1);
        Ok(mac.ok_or_else(|| format!("{host} has no Ethernet: {said}"))?.to_owned())
    }
}

impl Ethernet for Kernels {
    fn link(&self, host: &str) -> Result<Box<dyn Link>, Box<dyn Error>> {
        let (link, permit) = (Kernels::link(self, host, &[])?, self.permit());
        Ok(Box::new(Asking { link, permit }))
    }

    fn claim(&self, host: &str, address: IpAddr) -> Result<Box<dyn Card>, Box<dyn Error>> {
        self.permit().ask(Act::Forge, address)?;
        let addresses = vec![(address, if address.is_ipv4() { 24 } else { 64 })];
        // No probe: it does not ask whether somebody has the address. The announcement is a request about its sender,
        // which Linux takes over at once. A reply that nobody has asked for would have to come a second after the last
        // news of the address ("locktime" in arp(7)).
        let options = DatalinkOptions { addresses, probes: 0, ..DatalinkOptions::default() };
        Ok(Box::new(KernelCard(self.host(host)?.try_inside(|| DatalinkLink::open(CARD, &options))?)))
    }

    fn fix(&self, host: &str, address: IpAddr, owner: &str) -> Result<(), Box<dyn Error>> {
        let mac = self.mac(owner)?;
        let words = format!("ip neigh replace {address} lladdr {mac} nud permanent dev {CARD}");
        self.must(host, &words).map(|_| ())
    }

    fn table(&self, host: &str) -> Result<Vec<(IpAddr, String)>, Box<dyn Error>> {
        let mut owners = Vec::new();
        for host in self.0.hosts().iter().filter(|host| !host.addresses().is_empty()) {
            owners.push((self.mac(host.name())?, host.name()));
        }
        let mut table = Vec::new();
        for version in ["-4", "-6"] {
            let said = self.must(host, &format!("ip {version} neigh show dev {CARD}"))?;
            for line in said.lines() {
                // "10.77.3.2 lladdr 02:00:00:00:00:02 REACHABLE"; one that has not answered has no lladdr.
                let words: Vec<&str> = line.split_whitespace().collect();
                let [address, "lladdr", mac, ..] = words[..] else { continue };
                let owner = owners.iter().find(|(of, _)| of == mac).map_or("nobody", |(_, name)| name);
                table.push((address.parse()?, owner.to_owned()));
            }
        }
        table.retain(|(address, _)| self.0.hosts().iter().any(|host| host.addresses().contains(address)));
        table.sort();
        Ok(table)
    }
}

/// An address of our own at a kernel's card.
struct KernelCard(DatalinkLink);

impl Link for KernelCard {
    fn now(&self) -> Instant {
        self.0.now()
    }

    fn mtu(&self) -> usize {
        self.0.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.0.send(packet)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        self.0.receive(deadline)
    }
}

impl Card for KernelCard {
    fn event(&mut self) -> Option<Event> {
        self.0.event()
    }
}
