//! What a field is when nobody says.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_packet::checksum::{Sum, pseudo_header};
use barewire_packet::frame::MacAddress;

use super::header::{Field, Form, Header, Over, Rule};

/// "No next header": RFC 8200 §4.7.
const NO_NEXT_HEADER: u8 = 59;
/// For experiments: RFC 3692 §2.1.
const EXPERIMENT: u8 = 253;
/// For experiments on a link: IEEE 802 "local experimental EtherType 1".
const LOCAL_EXPERIMENT: u16 = 0x88b5;

/// What the host that sends puts where nobody said anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Its IPv4 address.
    pub v4: Ipv4Addr,
    /// Its IPv6 address.
    pub v6: Ipv6Addr,
    /// Its port.
    pub port: u16,
    /// The address of its network card.
    pub mac: MacAddress,
    /// That of the card that gets the frame.
    pub next_hop: MacAddress,
}

/// A host that has nothing but itself: the addresses of loopback, the first of the ports for the purpose
/// (RFC 6335 §6), no network card.
impl Default for Sender {
    fn default() -> Sender {
        Sender {
            v4: Ipv4Addr::LOCALHOST,
            v6: Ipv6Addr::LOCALHOST,
            port: 49152,
            mac: MacAddress([0; 6]),
            next_hop: MacAddress::BROADCAST,
        }
    }
}

impl Sender {
    /// The same host, sending from this address.
    pub fn at(self, address: IpAddr) -> Sender {
        match address {
            IpAddr::V4(v4) => Sender { v4, ..self },
            IpAddr::V6(v6) => Sender { v6, ..self },
        }
    }
}

/// What a header has to know of the others.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    /// Source and destination of the IP header around it.
    pub(super) addresses: Option<(IpAddr, IpAddr)>,
    /// The header that follows.
    pub(super) next: Option<&'static Header>,
}

/// What a field is by its rule. `body` is how long the header is, and what follows it. Checksums come later, when all
/// else stands: they are 0 here.
pub(super) fn filled(field: &Field, around: &Around, sender: &Sender, body: (usize, &[u8])) -> u128 {
    let (header, payload) = (body.0 as u128, body.1.len() as u128);
    match field.rule {
        Rule::Is(number) | Rule::Always(number) => number.into(),
        Rule::Source if field.form == Form::Ipv6 => sender.v6.to_bits(),
        Rule::Source => sender.v4.to_bits().into(),
        Rule::Port => sender.port.into(),
        Rule::Mac => mac(sender.mac),
        Rule::NextHop => mac(sender.next_hop),
        Rule::HeaderWords => header / 4,
        Rule::HeaderUnits => (header / 8).saturating_sub(1),
        Rule::Length => header + payload,
        Rule::PayloadLength => payload,
        Rule::EtherType => around.next.and_then(|next| next.ethertype).unwrap_or(LOCAL_EXPERIMENT).into(),
        Rule::Protocol => match around.next {
            Some(next) => next.protocol.unwrap_or(EXPERIMENT),
            None => NO_NEXT_HEADER,
        }
        .into(),
        Rule::Questions => u128::from(header > 12),
        Rule::Needed | Rule::Absent | Rule::Checksum(_) => 0,
    }
}

fn mac(MacAddress(octets): MacAddress) -> u128 {
    octets.iter().fold(0, |number, octet| number << 8 | u128::from(*octet))
}

/// The checksum of a header whose own is 0. `None`: it is over addresses, and there are none.
pub(super) fn checksum(over: Over, around: &Around, header: &[u8], payload: &[u8]) -> Option<u16> {
    let mut sum = match (over, around.addresses) {
        (Over::Header | Over::Message, _) => Sum::default(),
        (Over::WithAddresses(protocol), Some((source, destination))) => {
            pseudo_header(source, destination, protocol, header.len() + payload.len())
        }
        (Over::WithAddresses(_), None) => return None,
    };
    sum.add(header);
    if over != Over::Header {
        sum.add(payload);
    }
    match (over, sum.checksum()) {
        // A UDP checksum of 0 says that the sender made none, so a sum of 0 is sent as all ones (RFC 768).
        (Over::WithAddresses(17), 0) => Some(0xffff),
        (_, checksum) => Some(checksum),
    }
}
