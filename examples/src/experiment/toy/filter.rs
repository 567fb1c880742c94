//! A firewall that throws away every ICMP message, as some do.

use barewire_internet::tamper::{Tamper, Tampering};
use barewire_packet::icmp;
use barewire_packet::link::Way;
use barewire_packet::transit::Transit;

/// The firewall before a host.
pub(super) struct NoIcmp;

impl Tamper for NoIcmp {
    fn packet(&mut self, way: Way, _: usize, packet: &[u8]) -> Tampering {
        let protocol = Transit::parse(packet.to_vec()).map(|packet| packet.protocol());
        let is_icmp = protocol.is_ok_and(|protocol| [icmp::PROTOCOL, icmp::PROTOCOL_V6].contains(&protocol));
        Tampering { drop: is_icmp && way == Way::Received, ..Tampering::default() }
    }
}
