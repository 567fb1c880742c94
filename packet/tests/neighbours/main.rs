//! Who is where on the link: questions, answers, and what must not be believed, by RFC 826, RFC 5227 and RFC 4861.
//! Two ends of a wire in virtual time; and frames by chance.

mod asking;
mod chance;
mod claims;
#[path = "../common/mod.rs"]
mod common;
mod refusals;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_packet::arp::Arp;
use barewire_packet::frame::{EthernetHeader, MacAddress};
use barewire_packet::icmp::{Neighbor, neighbor_packet};
use barewire_packet::link::datalink::neighbours::{Config, Event, Neighbours, Transmit};
use common::hex;

pub(crate) const US: MacAddress = MacAddress([2, 0, 0, 0, 0, 9]);
pub(crate) const THEM: MacAddress = MacAddress([2, 0, 0, 0, 0, 1]);
pub(crate) const OTHER: MacAddress = MacAddress([2, 0, 0, 0, 0, 7]);
pub(crate) const ARP: u16 = 0x0806;
pub(crate) const IPV4: u16 = 0x0800;
pub(crate) const IPV6: u16 = 0x86dd;
pub(crate) const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn at(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Our end, with its addresses claimed and announced.
pub(crate) fn ours() -> (Neighbours, Instant) {
    let (mut neighbours, now) = unclaimed(0);
    neighbours.on_deadline(now);
    while neighbours.transmit(now).is_some() {}
    while neighbours.event().is_some() {}
    (neighbours, now)
}

pub(crate) fn unclaimed(probes: u8) -> (Neighbours, Instant) {
    let addresses = vec![(at("10.0.0.9"), 24), (at("2001:db8::9"), 64)];
    let gateways = vec![at("10.0.0.1"), at("2001:db8::1")];
    let now = Instant::now();
    (Neighbours::new(now, Config { gateways, probes, ..Config::new(US, addresses) }), now)
}

pub(crate) fn give<'a>(
    to: &mut Neighbours,
    now: Instant,
    from: MacAddress,
    kind: u16,
    payload: &'a [u8],
) -> Option<&'a [u8]> {
    to.receive(now, &EthernetHeader { destination: US, source: from, kind }, kind, payload)
}

pub(crate) fn all(neighbours: &mut Neighbours, now: Instant) -> Vec<Transmit> {
    std::iter::from_fn(|| neighbours.transmit(now)).collect()
}

pub(crate) fn events(neighbours: &mut Neighbours) -> Vec<Event> {
    std::iter::from_fn(|| neighbours.event()).collect()
}

/// An ARP message in words, and where it goes.
pub(crate) fn arp_of(sent: &Transmit) -> (MacAddress, String) {
    assert_eq!(sent.kind, ARP);
    (sent.destination, Arp::parse(&sent.payload).unwrap().to_string())
}

/// Operation, sender and target.
pub(crate) fn arp(operation: u16, sender: &str, target: &str) -> Vec<u8> {
    hex(&format!("0001 0800 06 04 {operation:04x} {sender} {target}"))
}

pub(crate) const THEIRS: &str = "020000000001 0a000001";
pub(crate) const OURS: &str = "020000000009 0a000009";
pub(crate) const NOT_KNOWN: &str = "000000000000 0a000009";

pub(crate) fn discovery(source: &str, destination: &str, kind: u8, said: Neighbor) -> Vec<u8> {
    let [source, destination] = [source, destination].map(|address| address.parse().unwrap());
    neighbor_packet(source, destination, kind, &said)
}

pub(crate) fn about(target: &str, link_layer: Option<MacAddress>) -> Neighbor {
    let target = target.parse().unwrap();
    Neighbor { target, router: false, solicited: false, overrides: false, link_layer, whole: true }
}

pub(crate) fn answer_of_them() -> Neighbor {
    Neighbor { solicited: true, overrides: true, ..about("2001:db8::1", Some(THEM)) }
}

pub(crate) fn at6(bytes: &[u8]) -> IpAddr {
    <[u8; 16]>::try_from(bytes).unwrap().into()
}

pub(crate) fn framed(sent: &Transmit) -> Vec<u8> {
    let mut frame = Vec::new();
    EthernetHeader { destination: sent.destination, source: US, kind: sent.kind }.write(&mut frame);
    frame.extend(&sent.payload);
    frame
}
