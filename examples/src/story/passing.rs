//! A packet on its way up the chain of the reader: what is known of it before its transport is read.

use std::net::IpAddr;
use std::time::Duration;

use barewire_packet::capture::Origin;
use barewire_packet::ip::protocol_name;

use super::message::{Layer, Message, Says};
use super::row::Row;

/// A packet on its way up the chain: what is known of it so far.
pub(super) struct Passing<'a> {
    pub(super) frame: u64,
    pub(super) time: Duration,
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// What the IP packet carries.
    pub(super) payload: &'a [u8],
    /// Bytes of it that were not captured.
    pub(super) missing: usize,
    /// Bytes of the whole frame on the wire.
    pub(super) on_the_wire: u64,
    pub(super) origin: Origin,
    /// Whether it was seen before, in another place. It takes no part in its conversation, and is counted.
    pub(super) copy: bool,
}

/// A row that holds one word about what is not read further.
pub(super) fn word(row: Row, layer: Layer, text: &str) -> Row {
    Row { messages: vec![Message::clear(Says::Word(layer, text.to_owned()))], ..row }
}

/// Protocols that carry a packet in a packet: IP in IP (RFC 2003), IPv6 in IP (RFC 4213), GRE (RFC 2784).
const TUNNELS: [u8; 3] = [4, 41, 47];

/// A word about a protocol that is not read here.
pub(super) fn not_read(protocol: u8) -> String {
    let tunnel = if TUNNELS.contains(&protocol) { ", a tunnel, not opened" } else { "" };
    protocol_name(protocol) + tunnel
}

/// What is left of a TCP or UDP header that the capture has cut: the ports stand first.
pub(super) fn cut_header(bytes: &[u8]) -> String {
    let port = |at: usize| bytes.get(at..at + 2).map(|port| u16::from_be_bytes([port[0], port[1]]));
    match (port(0), port(2)) {
        (Some(from), Some(to)) => {
            format!("port {from} to {to}; the rest of the header was not captured")
        }
        _ => "its header was not captured".to_owned(),
    }
}
