//! wire04: whom to believe about where a neighbour is.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Instant;

use barewire_packet::frame::{EthernetHeader, MacAddress};
use barewire_packet::icmp::{ADVERTISEMENT, Neighbor, neighbor_packet};
use barewire_packet::link::datalink::neighbours::{Config, Event, Neighbours};
use barewire_packet::udp;

use crate::steps::{Failed, Steps};

const OVERRIDE: &str =
    "RFC 4861 §7.2.5: without the override flag an advertisement does not change what is known";
const TOLD: &str = "RFC 4861 §7.2.5: an advertisement with the override flag changes it; our caller is told";

const OURS: MacAddress = MacAddress([2, 0, 0, 0, 0, 9]);
const FIRST: MacAddress = MacAddress([2, 0, 0, 0, 0, 1]);
const SECOND: MacAddress = MacAddress([2, 0, 0, 0, 0, 0x66]);

fn address(host: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, host)
}

/// A neighbour says that the address 1 is at `mac`.
fn advertise(ours: &mut Neighbours, now: Instant, mac: MacAddress, [solicited, overrides]: [bool; 2]) {
    let (target, link_layer) = (address(1), Some(mac));
    let said = Neighbor { target, router: false, solicited, overrides, link_layer, whole: true };
    let packet = neighbor_packet(target, address(9), ADVERTISEMENT, &said);
    let header = EthernetHeader { destination: OURS, source: mac, kind: 0x86dd };
    ours.receive(now, &header, header.kind, &packet);
}

/// Where the address 1 is, and what our caller was told since the last time.
fn told(ours: &mut Neighbours) -> String {
    let known = ours.known().find(|(known, _)| *known == IpAddr::from(address(1)));
    let mut told = known.map_or("nowhere".to_owned(), |(_, mac)| format!("at {mac}"));
    while let Some(event) = ours.event() {
        told += match event {
            Event::Found { .. } => ", found",
            Event::Moved { .. } => ", moved",
            _ => ", something else",
        };
    }
    told
}

/// wire04: whom to believe.
pub(crate) fn neighbours(steps: &mut Steps) -> Result<(), Failed> {
    let now = Instant::now();
    let config = Config { probes: 0, ..Config::new(OURS, vec![(address(9).into(), 64)]) };
    let mut ours = Neighbours::new(now, config);
    ours.on_deadline(now);
    while ours.event().is_some() {}
    steps.step("an advertisement comes of a neighbour that nobody has asked for");
    advertise(&mut ours, now, SECOND, [false, true]);
    steps.equal("it is", "nowhere".to_owned(), told(&mut ours), OVERRIDE)?;
    steps.step("a packet goes to it, and the answer to our question comes");
    let ends = [9, 1].map(|host| (IpAddr::from(address(host)), 4000).into());
    ours.send(now, &udp::ip_packet(ends[0], ends[1], b"hello"));
    advertise(&mut ours, now, FIRST, [true, true]);
    steps.equal("it is", format!("at {FIRST}, found"), told(&mut ours), TOLD)?;
    steps.step("the same again");
    advertise(&mut ours, now, FIRST, [true, true]);
    steps.equal("it is", format!("at {FIRST}"), told(&mut ours), TOLD)?;
    steps.step("somebody else says it is it, without the override flag");
    advertise(&mut ours, now, SECOND, [false, false]);
    steps.equal("it is", format!("at {FIRST}"), told(&mut ours), OVERRIDE)?;
    steps.step("the same with the override flag");
    advertise(&mut ours, now, SECOND, [false, true]);
    steps.equal("it is", format!("at {SECOND}, moved"), told(&mut ours), TOLD)
}
