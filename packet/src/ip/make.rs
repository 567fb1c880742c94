//! Headers of our own packets.

use std::net::{IpAddr, Ipv6Addr};

use super::{Codepoint, Ipv4Header, Ipv6Header};

/// How routers are to treat a packet. The default: hops to spare, no service but the best effort, no marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Treatment {
    /// How many of them may pass it on: the time to live, or the hop limit.
    pub hops: u8,
    /// The Differentiated Services codepoint, six bits (RFC 2474 §3).
    pub service: u8,
    /// Whether one of them may mark it (RFC 3168 §5).
    pub codepoint: Codepoint,
}

impl Default for Treatment {
    fn default() -> Treatment {
        Treatment { hops: 64, service: 0, codepoint: Codepoint::NotEct }
    }
}

/// Writes the header of a packet of our own: "don't fragment", hops to spare, identification 0 (RFC 6864 §4.1: it
/// means nothing in a packet that is never fragmented).
#[inline]
pub fn write_header(source: IpAddr, destination: IpAddr, protocol: u8, payload: usize, out: &mut Vec<u8>) {
    write_header_treated(source, destination, protocol, Treatment::default(), payload, out);
}

/// As [`write_header`], and says how routers are to treat the packet.
#[inline]
pub fn write_header_treated(
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    treatment: Treatment,
    payload: usize,
    out: &mut Vec<u8>,
) {
    let traffic_class = treatment.service << 2 | treatment.codepoint.bits();
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let header = Ipv4Header {
                traffic_class,
                total_length: (20 + payload) as u16,
                identification: 0,
                reserved: false,
                dont_fragment: true,
                more_fragments: false,
                fragment_offset: 0,
                time_to_live: treatment.hops,
                protocol,
                checksum: 0,
                source,
                destination,
                options: &[],
            };
            header.write_summed(out);
        }
        (source, destination) => Ipv6Header {
            traffic_class,
            flow_label: 0,
            payload_length: payload as u16,
            next_header: protocol,
            hop_limit: treatment.hops,
            source: to_v6(source),
            destination: to_v6(destination),
            extensions: &[],
            protocol,
        }
        .write(out),
    }
}

fn to_v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// The length of the IP header that [`write_header`] writes, in bytes.
pub fn header_length(address: IpAddr) -> usize {
    if address.is_ipv4() { 20 } else { 40 }
}
