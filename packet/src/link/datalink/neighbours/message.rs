//! What ARP (RFC 826) and neighbor discovery (RFC 4861) both say, in one form: a question, or where an address is.
//!
//! ```text
//!               IPv4: ARP, in a frame of its own      IPv6: ICMPv6, in an IP packet
//!   question    request, to everybody                 solicitation, to a group (group_of)
//!   answer      reply, to who asked                   advertisement, to who asked
//!   probe       request from 0.0.0.0 (RFC 5227)       solicitation from ::
//!   announce    request about the sender              advertisement, to all nodes
//! ```

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::arp::{Arp, Operation};
use crate::checksum::Verdict;
use crate::ethertype;
use crate::icmp::{self, ADVERTISEMENT, Icmp, Neighbor, SOLICITATION, neighbor_packet};
use crate::ip::{IpHeader, IpPacket};
use crate::mac::MacAddress;

/// What is to be sent in a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// The interface that it is for.
    pub destination: MacAddress,
    /// What the payload is, as an EtherType.
    pub kind: u16,
    /// What the frame carries.
    pub payload: Vec<u8>,
}

/// What somebody else says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    /// Who has `target`?
    Question {
        target: IpAddr,
        /// Who asks; `None` in a probe.
        from: Option<IpAddr>,
        /// Where the question comes from, if it says so.
        mac: Option<MacAddress>,
    },
    /// `address` is at `mac`.
    Answer {
        address: IpAddr,
        mac: MacAddress,
        /// Whether it answers a question of ours.
        solicited: bool,
        /// Whether older knowledge gives way to it.
        overrides: bool,
    },
}

impl Message {
    /// What an ARP message says. The one that `ours` gives for an address of ours has been asked for.
    pub(super) fn of_arp(arp: &Arp, is_ours: impl Fn(IpAddr) -> bool) -> Option<Message> {
        let (sender, mac) = (IpAddr::from(arp.sender), arp.sender_mac);
        match arp.operation {
            // An announcement tells, although it is a request (RFC 5227 §3).
            Operation::Request if arp.sender == arp.target && !arp.sender.is_unspecified() => {
                Some(Message::Answer { address: sender, mac, solicited: false, overrides: true })
            }
            Operation::Request => Some(Message::Question {
                target: arp.target.into(),
                from: (!arp.sender.is_unspecified()).then_some(sender),
                mac: Some(mac),
            }),
            Operation::Reply => {
                let solicited = is_ours(arp.target.into());
                Some(Message::Answer { address: sender, mac, solicited, overrides: true })
            }
            Operation::Other(_) => None,
        }
    }

    /// What an IPv6 packet says that came in a frame from `frame_source`: `None` if it is not neighbor discovery,
    /// `Some(None)` if it is, and breaks a rule (RFC 4861 §7.1).
    pub(super) fn of_packet(packet: &IpPacket<'_>, frame_source: MacAddress) -> Option<Option<Message>> {
        let IpHeader::V6(header) = &packet.header else { return None };
        if header.protocol != icmp::PROTOCOL_V6 || packet.fragment.is_some() {
            return None;
        }
        let kind = *packet.payload.first()?;
        if !matches!(kind, SOLICITATION | ADVERTISEMENT) {
            return None;
        }
        Some(Message::of_discovery(header.hop_limit, header.source, header.destination, packet, frame_source))
    }

    fn of_discovery(
        hops: u8,
        source: Ipv6Addr,
        destination: Ipv6Addr,
        packet: &IpPacket<'_>,
        frame_source: MacAddress,
    ) -> Option<Message> {
        let message = Icmp::parse(icmp::Version::V6, packet.payload).ok()?;
        let icmp::Message::Neighbor(said) = message.message else { return None };
        let right = message.verify(source.into(), destination.into(), packet.payload) == Verdict::Correct;
        // A hop limit of 255 shows that no router has passed it on: only a neighbour can have sent it.
        if hops != 255 || message.code != 0 || !right || !said.whole || said.target.is_multicast() {
            return None;
        }
        let target = IpAddr::from(said.target);
        if message.kind == SOLICITATION {
            let is_probe = source.is_unspecified();
            if is_probe && (said.link_layer.is_some() || destination != group_of(said.target)) {
                return None;
            }
            let from = (!is_probe).then_some(source.into());
            return Some(Message::Question { target, from, mac: said.link_layer.or(Some(frame_source)) });
        }
        if destination.is_multicast() && said.solicited {
            return None;
        }
        // An answer to a question that went to one interface may leave its address out (RFC 4861 §4.4).
        let mac = said.link_layer.unwrap_or(frame_source);
        Some(Message::Answer { address: target, mac, solicited: said.solicited, overrides: said.overrides })
    }
}

/// Asks who has `target`; `from` is one of our addresses. With `at`, only that interface is asked.
pub(super) fn question(ours: MacAddress, from: IpAddr, target: IpAddr, at: Option<MacAddress>) -> Transmit {
    match (from, target) {
        (IpAddr::V4(from), IpAddr::V4(target)) => {
            let destination = at.unwrap_or(MacAddress::BROADCAST);
            arp(destination, Operation::Request, (ours, from), (MacAddress([0; 6]), target))
        }
        (from, target) => {
            let (from, target) = (v6(from), v6(target));
            let group = group_of(target);
            let said = Neighbor { link_layer: Some(ours), ..about(target) };
            let to = if at.is_some() { target } else { group };
            discovery(at.unwrap_or(mac_of_group(group)), from, to, SOLICITATION, &said)
        }
    }
}

/// Asks whether anybody has `target`, before we take it (RFC 5227 §2.1.1, RFC 4862 §5.4.2).
pub(super) fn probe(ours: MacAddress, target: IpAddr) -> Transmit {
    match target {
        IpAddr::V4(target) => {
            let nobody = (ours, Ipv4Addr::UNSPECIFIED);
            arp(MacAddress::BROADCAST, Operation::Request, nobody, (MacAddress([0; 6]), target))
        }
        IpAddr::V6(target) => {
            let group = group_of(target);
            discovery(mac_of_group(group), Ipv6Addr::UNSPECIFIED, group, SOLICITATION, &about(target))
        }
    }
}

/// Tells everybody where `address` is, unasked (RFC 5227 §2.3, RFC 4861 §7.2.6).
pub(super) fn announcement(ours: MacAddress, address: IpAddr) -> Transmit {
    match address {
        IpAddr::V4(address) => {
            let target = (MacAddress([0; 6]), address);
            arp(MacAddress::BROADCAST, Operation::Request, (ours, address), target)
        }
        IpAddr::V6(address) => {
            let said = Neighbor { overrides: true, link_layer: Some(ours), ..about(address) };
            discovery(mac_of_group(ALL_NODES), address, ALL_NODES, ADVERTISEMENT, &said)
        }
    }
}

/// Answers a question about `address`. A probe of IPv6 has no address to answer to, so all nodes hear of it
/// (RFC 4861 §7.2.4).
pub(super) fn answer(
    ours: MacAddress,
    address: IpAddr,
    to: Option<IpAddr>,
    at: Option<MacAddress>,
) -> Transmit {
    match (address, to) {
        (IpAddr::V4(address), to) => {
            let to = if let Some(IpAddr::V4(to)) = to { to } else { Ipv4Addr::UNSPECIFIED };
            let at = at.unwrap_or(MacAddress::BROADCAST);
            arp(at, Operation::Reply, (ours, address), (at, to))
        }
        (IpAddr::V6(address), Some(IpAddr::V6(to))) => {
            let said =
                Neighbor { solicited: true, overrides: true, link_layer: Some(ours), ..about(address) };
            discovery(at.unwrap_or(mac_of_group(ALL_NODES)), address, to, ADVERTISEMENT, &said)
        }
        (address, _) => announcement(ours, address),
    }
}

fn arp(
    destination: MacAddress,
    operation: Operation,
    (sender_mac, sender): (MacAddress, Ipv4Addr),
    (target_mac, target): (MacAddress, Ipv4Addr),
) -> Transmit {
    let mut payload = Vec::with_capacity(28);
    Arp { hardware: 1, operation, sender_mac, sender, target_mac, target }.write(&mut payload);
    Transmit { destination, kind: ethertype::ARP, payload }
}

fn discovery(destination: MacAddress, from: Ipv6Addr, to: Ipv6Addr, kind: u8, said: &Neighbor) -> Transmit {
    Transmit { destination, kind: ethertype::IPV6, payload: neighbor_packet(from, to, kind, said) }
}

fn about(target: Ipv6Addr) -> Neighbor {
    Neighbor { target, router: false, solicited: false, overrides: false, link_layer: None, whole: true }
}

const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

/// The solicited-node group of an address (RFC 4291 §2.7.1): the host that has the address
/// listens there.
pub(super) fn group_of(address: Ipv6Addr) -> Ipv6Addr {
    let [.., high, low] = address.segments();
    Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | high & 0xff, low)
}

/// Where questions about an address of IPv6 are sent on an Ethernet: what a network card must listen to.
pub fn group_mac(address: Ipv6Addr) -> MacAddress {
    mac_of_group(group_of(address))
}

/// The address of a group on an Ethernet (RFC 2464 §7).
pub(super) fn mac_of_group(group: Ipv6Addr) -> MacAddress {
    let [.., a, b, c, d] = group.octets();
    MacAddress([0x33, 0x33, a, b, c, d])
}

/// Two versions never meet here: the caller asks for addresses of one.
fn v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}
