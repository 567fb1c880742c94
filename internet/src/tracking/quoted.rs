//! The flow that an ICMP error is about: the packet that it quotes, as its sender sent it.

use std::net::SocketAddr;

use barewire_packet::icmp::{self, Icmp, Message, Quoted};
use barewire_packet::transit::{Flow, Transit};

use super::{Heading, query_heading};

/// The flow of the quoted packet, where its ports or its identifier are quoted too.
pub(crate) fn flow(packet: &Transit) -> Option<Flow> {
    let message = Icmp::parse(packet.version(), packet.payload()).ok()?.message;
    let (Message::Error { quoted, .. } | Message::Redirect { quoted, .. }) = message else { return None };
    let Quoted { protocol, source, destination, ports } = quoted?;
    let query = matches!(protocol, icmp::PROTOCOL | icmp::PROTOCOL_V6).then(|| query(packet)).flatten();
    let (from, to) = query.map(|(_, identifier)| (identifier, identifier)).or(ports).unwrap_or_default();
    let (source, destination) = (SocketAddr::new(source, from), SocketAddr::new(destination, to));
    let flow = Flow { protocol, source, destination };
    let is_reply = query.is_some_and(|(heading, _)| heading == Heading::Reply);
    Some(if is_reply { flow.reversed() } else { flow })
}

/// Which way a quoted ICMP query went, and its identifier.
fn query(packet: &Transit) -> Option<(Heading, u16)> {
    let quote = packet.payload().get(8..)?;
    let header = if packet.source().is_ipv4() { 4 * usize::from(quote.first()? & 0x0f) } else { 40 };
    let message = quote.get(header..header + 6)?;
    Some((query_heading(message), u16::from_be_bytes([message[4], message[5]])))
}
