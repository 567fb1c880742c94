//! A host of the toy ground.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_internet::WorldLink;
use barewire_internet::router::echo_reply;
use barewire_packet::icmp::{self, ErrorKind, error_packet};
use barewire_packet::ip::{Defragmenter, Fragments, IpPacket};
use barewire_packet::link::Link;
use barewire_packet::transit::{TCP, Transit};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Host as Tcp};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// How many packets wait for somebody who listens: no experiment sends more.
const MOST_UNREAD: usize = 4096;

/// "IPv6 first-fragment has incomplete IPv6 header chain" (RFC 7112 §5), a kind of "parameter problem".
const INCOMPLETE_HEADERS: ErrorKind = ErrorKind { kind: 4, code: 3, word: 0 };

/// Whether this is a first fragment without the whole header of what it carries (RFC 8200 §4.5).
fn lacks_headers(packet: &IpPacket<'_>) -> bool {
    let header = if packet.header.protocol() == TCP { 20 } else { 8 };
    packet.fragment.is_some_and(|fragment| fragment.offset == 0 && fragment.more)
        && packet.payload.len() < header
}

/// A host: its wire, its TCP, and what a link at it has heard.
pub(super) struct Host {
    pub(super) name: &'static str,
    pub(super) wire: WorldLink,
    pub(super) tcp: Tcp,
    /// Packets that came in, if a link is open here.
    pub(super) inbox: Option<VecDeque<Vec<u8>>>,
    /// Ports that a link speaks for: the host's TCP does not hear what is sent to them.
    pub(super) deaf: Vec<u16>,
    /// Ports that the host listens on.
    pub(super) listens: Vec<u16>,
    /// The pairs of ends that segments came for, in their order: the rows of the table of sockets.
    pub(super) pairs: Vec<(SocketAddr, SocketAddr)>,
    fragments: Defragmenter,
    begin: Instant,
}

impl Host {
    pub(super) fn new(name: &'static str, wire: WorldLink, addresses: Vec<IpAddr>, number: u64) -> Host {
        let tcp = Tcp::new(addresses, Config::default(), Box::new(ChaCha8Rng::seed_from_u64(number + 1)));
        let (listens, deaf, pairs, begin) = (Vec::new(), Vec::new(), Vec::new(), wire.now());
        Host { name, wire, tcp, inbox: None, deaf, listens, pairs, fragments: Defragmenter::new(), begin }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.tcp.deadline()
    }

    /// Takes what has come in, and sends what there is to send.
    pub(super) fn turn(&mut self, now: Instant) {
        while let Ok(Some(packet)) = self.wire.receive(Some(now)) {
            self.receive(now, packet);
        }
        if self.tcp.deadline().is_some_and(|deadline| deadline <= now) {
            self.tcp.on_deadline(now);
        }
        while let Some(sent) = self.tcp.transmit(now) {
            self.put(&sent.packet);
        }
    }

    /// Gives a packet to the wire. One that the wire does not carry is lost, as on a real one.
    fn put(&mut self, packet: &[u8]) {
        let _ = self.wire.send(packet);
    }

    fn receive(&mut self, now: Instant, packet: Vec<u8>) {
        if let Some(inbox) = &mut self.inbox {
            if inbox.len() == MOST_UNREAD {
                inbox.pop_front();
            }
            inbox.push_back(packet.clone());
        }
        if let Some(packet) = self.whole(now - self.begin, packet) {
            self.receive_whole(now, packet);
        }
    }

    /// A packet that is whole, perhaps by this last fragment.
    fn whole(&mut self, time: Duration, packet: Vec<u8>) -> Option<Vec<u8>> {
        let parsed = IpPacket::parse(&packet).ok()?;
        let (source, destination) = (parsed.header.source(), parsed.header.destination());
        if destination.is_ipv6() && lacks_headers(&parsed) {
            self.put(&error_packet(destination, source, INCOMPLETE_HEADERS, &packet));
            return None;
        }
        match self.fragments.receive(time, &parsed) {
            Fragments::NotAFragment => Some(packet),
            Fragments::Whole { packet } => Some(packet),
            _ => None,
        }
    }

    fn receive_whole(&mut self, now: Instant, bytes: Vec<u8>) {
        let Ok(packet) = Packet::parse(&bytes) else { return };
        if let Payload::Tcp(segment) = &packet.payload {
            if self.deaf.contains(&segment.destination_port) {
                return;
            }
            let local = SocketAddr::new(packet.ip.header.destination(), segment.destination_port);
            let pair = (local, SocketAddr::new(packet.ip.header.source(), segment.source_port));
            if !self.pairs.contains(&pair) && self.pairs.len() < MOST_UNREAD {
                self.pairs.push(pair);
            }
        }
        let Ok(transit) = Transit::parse(bytes) else { return };
        let is_echo = [icmp::PROTOCOL, icmp::PROTOCOL_V6].contains(&transit.protocol());
        let is_ours = self.tcp.addresses().contains(&transit.destination());
        match echo_reply(&transit) {
            Some(reply) if is_echo && is_ours => self.put(&reply),
            _ if is_echo || transit.protocol() == TCP => {
                self.tcp.receive(now, transit.bytes());
            }
            _ => (),
        }
    }
}
