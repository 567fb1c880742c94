//! The bytes of a packet, read back: every layer by the parser that really reads it, in one tree.
//!
//! The law of the trees holds here too: the leaves cover every byte once, in order, as far as the packet could be read.

use std::fmt;
use std::ops::Range;

use barewire_dissect::{Kind, Node, Tree, record};
use barewire_dns as dns;
use barewire_packet::frame::{self, Network, linktype};
use barewire_packet::icmp::{self, Version};
use barewire_packet::ip::{IpHeader, IpPacket};
use barewire_packet::udp::{self, Datagram};
use barewire_tcp::{Segment, segment};

/// The port of DNS servers.
const DNS: u16 = 53;

/// What was read, and why reading stopped, if it did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The fields.
    pub tree: Tree,
    /// Why the rest could not be read.
    pub stopped: Option<String>,
}

/// Reads a frame of Ethernet, or an IP packet.
pub fn read(bytes: &[u8], is_frame: bool) -> Reading {
    let mut reading = Reading { tree: Tree { len: bytes.len(), nodes: Vec::new() }, stopped: None };
    if !is_frame {
        reading.ip(bytes, 0);
        return reading;
    }
    let (opened, tree) = frame::dissect(linktype::ETHERNET, bytes);
    reading.add(tree, 0);
    match opened.network {
        Network::Ip(packet) => reading.ip(packet, opened.offset),
        Network::Arp(_) => {}
        Network::Other(other) => reading.stopped = Some(format!("it carries {other}")),
    }
    reading
}

impl Reading {
    fn ip(&mut self, bytes: &[u8], offset: usize) {
        let (packet, tree) = record(bytes, || IpPacket::parse_captured(bytes, 0));
        self.add(tree, offset);
        match packet {
            Ok(packet) => {
                let end = offset + bytes.len() - packet.trailer.len();
                self.carried(&packet, end - packet.payload.len());
                self.leaf("trailer", "after the packet's end, as its header says", end..offset + bytes.len());
            }
            Err(refused) => self.stop(&refused),
        }
    }

    /// What an IP packet carries.
    fn carried(&mut self, packet: &IpPacket<'_>, offset: usize) {
        let body = packet.payload;
        let all = offset..offset + body.len();
        let protocol = packet.header.protocol();
        let is_later_piece = packet.fragment.is_some_and(|fragment| fragment.offset > 0);
        match (protocol, Version::of_protocol(protocol)) {
            _ if is_later_piece => self.leaf("payload", "from the middle of a larger packet", all),
            (segment::PROTOCOL, _) => {
                let (read, tree) = record(body, || Segment::parse_captured(body, packet.missing));
                self.take(read.err(), tree, all);
            }
            (udp::PROTOCOL, _) => self.datagram(packet, all),
            (_, Some(version)) => {
                let (read, tree) = icmp::dissect(version, body);
                self.take(read.err(), tree, all);
            }
            // A packet in a packet.
            (4 | 41, _) => self.ip(body, offset),
            _ => self.leaf("payload", "", all),
        }
    }

    fn datagram(&mut self, packet: &IpPacket<'_>, all: Range<usize>) {
        let body = packet.payload;
        let (read, tree) = record(body, || Datagram::parse_captured(body, packet.missing));
        let inside =
            read.as_ref().ok().filter(|read| DNS == read.destination_port || DNS == read.source_port);
        let message = inside.filter(|read| !read.payload.is_empty()).map(|read| read.payload.to_vec());
        let start = all.start;
        self.take(read.err(), tree, all);
        if let Some(message) = message {
            let (read, tree) = dns::dissect(&message);
            // Payload that is not a whole message stays what it is: bytes.
            if read.is_ok() && tree.check_coverage().is_ok() {
                self.leave_out_payload(start + udp::HEADER_LENGTH);
                self.add(tree, start + udp::HEADER_LENGTH);
            }
        }
    }

    /// Adds the fields of the last layer, and a name for what it left.
    fn take<E: fmt::Display>(&mut self, refused: Option<E>, tree: Tree, all: Range<usize>) {
        self.add(tree, all.start);
        match refused {
            Some(refused) => self.stop(&refused),
            None => self.leaf("payload", "", self.end().max(all.start)..all.end),
        }
    }

    fn stop(&mut self, why: &impl fmt::Display) {
        self.stopped = Some(why.to_string());
    }

    /// Adds the fields of a part that begins at `offset`.
    fn add(&mut self, tree: Tree, offset: usize) {
        let mut nodes = tree.nodes;
        nodes.iter_mut().for_each(|node| shift(node, offset));
        self.tree.nodes.extend(nodes);
    }

    fn leaf(&mut self, name: &'static str, comment: &'static str, range: Range<usize>) {
        if !range.is_empty() {
            let value = None;
            let (kind, complete, children) = (Kind::Bytes, true, Vec::new());
            self.tree.nodes.push(Node { name, comment, range, value, kind, complete, children });
        }
    }

    /// Takes the leaf away that stands for all bytes from `from` on.
    fn leave_out_payload(&mut self, from: usize) {
        leave_out(&mut self.tree.nodes, from);
    }

    /// Where the last leaf ends.
    pub fn end(&self) -> usize {
        let leaves = self.tree.walk().map(|(_, node)| node).filter(|node| node.is_leaf());
        leaves.map(|node| node.range.end).max().unwrap_or(0)
    }
}

fn shift(node: &mut Node, by: usize) {
    if node.kind == Kind::Bytes {
        node.range = node.range.start + by..node.range.end + by;
    }
    node.children.iter_mut().for_each(|child| shift(child, by));
}

fn leave_out(nodes: &mut Vec<Node>, from: usize) {
    nodes.retain(|node| !(node.is_leaf() && node.range.start == from));
    nodes.iter_mut().for_each(|node| leave_out(&mut node.children, from));
}

/// The IP packet in the bytes, if there is one that can be read.
pub fn packet_in(bytes: &[u8], is_frame: bool) -> Option<IpPacket<'_>> {
    let packet = if is_frame {
        match frame::open(linktype::ETHERNET, bytes, bytes.len() as u32).network {
            Network::Ip(packet) => packet,
            _ => return None,
        }
    } else {
        bytes
    };
    IpPacket::parse_captured(packet, 0).ok()
}

/// The addresses of a header.
pub fn ends(header: &IpHeader<'_>) -> (std::net::IpAddr, std::net::IpAddr) {
    (header.source(), header.destination())
}
