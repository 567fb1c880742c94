//! The packet that an ICMP error quotes: its IP header and at least the first 8 bytes of its payload (RFC 792), which
//! for TCP and UDP begin with the ports.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use barewire_dissect::{Parsed, field, group, offset_of, unrecorded};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32};

use crate::ip::{self, protocol_name};
use crate::reason::Reason;

/// The protocols whose payload begins with two ports: TCP, UDP, DCCP, SCTP, UDP-Lite.
const WITH_PORTS: [u8; 5] = [6, 17, 33, 132, 136];

const TCP: u8 = 6;

/// What an ICMP error tells of the packet that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quoted {
    /// What the packet carried.
    pub protocol: u8,
    /// Who sent it.
    pub source: IpAddr,
    /// Where it should have gone.
    pub destination: IpAddr,
    /// Its source and destination port, where its protocol has ports and they are quoted.
    pub ports: Option<(u16, u16)>,
    /// Its sequence number, if it carried TCP: with it a host knows whether it sent this at all (RFC 5927 §4.1).
    pub seq: Option<u32>,
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = protocol_name(self.protocol);
        let name = name.split(" (").next().unwrap_or_default();
        match self.ports {
            Some((from, to)) => {
                let (source, destination) =
                    (SocketAddr::new(self.source, from), SocketAddr::new(self.destination, to));
                write!(f, "{name} {source} → {destination}")
            }
            None => write!(f, "{name} {} → {}", self.source, self.destination),
        }
    }
}

/// The quoted packet, to the end of the message. The message is good even where its quote cannot be read.
pub(super) fn quoted(input: &[u8]) -> Parsed<'_, Option<Quoted>, Reason> {
    if input.is_empty() {
        return Ok((input, None));
    }
    group("quoted packet", "what the error is about", quote).parse(input)
}

fn quote(input: &[u8]) -> Parsed<'_, Option<Quoted>, Reason> {
    // Fields that were named stay named, so whether this is a packet is found out first.
    if unrecorded(|| ip::captured_packet(input, 0)).is_err() {
        return Ok((rest_of(input, input), None));
    }
    let (_, packet) = ip::captured_packet(input, 0)?;
    let (source, destination) = (packet.header.source(), packet.header.destination());
    let protocol = packet.header.protocol();
    let starts = packet.fragment.is_none_or(|fragment| fragment.offset == 0);
    let (rest, ports) = if starts { ports(protocol, packet.payload)? } else { (packet.payload, None) };
    let (rest, seq) = if ports.is_some() && protocol == TCP { seq(rest)? } else { (rest, None) };
    // What follows the payload is padding, or an extension (RFC 4884).
    Ok((rest_of(input, rest), Some(Quoted { protocol, source, destination, ports, seq })))
}

fn ports(protocol: u8, payload: &[u8]) -> Parsed<'_, Option<(u16, u16)>, Reason> {
    if !WITH_PORTS.contains(&protocol) || payload.len() < 4 {
        return Ok((payload, None));
    }
    let (rest, source) = field("source port", "", be_u16).parse(payload)?;
    let (rest, destination) = field("destination port", "", be_u16).parse(rest)?;
    Ok((rest, Some((source, destination))))
}

fn seq(rest: &[u8]) -> Parsed<'_, Option<u32>, Reason> {
    if rest.len() < 4 {
        return Ok((rest, None));
    }
    field("sequence number", "tells the sender which of its segments this was", be_u32).map(Some).parse(rest)
}

/// Names all bytes from `rest` on to the end of `whole`, in which it lies.
fn rest_of<'a>(whole: &'a [u8], rest: &'a [u8]) -> &'a [u8] {
    let rest = &whole[offset_of(whole, rest)..];
    if !rest.is_empty() {
        // Taking bytes that are there does not fail.
        let _: Parsed<'_, &[u8], Reason> = field("rest", "not read", take(rest.len())).parse(rest);
    }
    &rest[rest.len()..]
}
