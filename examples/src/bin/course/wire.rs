//! What a check gives to the student's code as bytes of a protocol, or gets from it, as packets of a capture.
//!
//! The bytes are real, and the packets around them are made up: a client at 192.0.2.1, a DNS server at 192.0.2.53, and
//! a server of web pages at 203.0.113.80. Each packet has the number of its step as comment. Time is virtual: a packet
//! comes 1 ms after the one before. Headers come from `packet` and `tcp`.
//!
//! Left out: the ends of connections. Nobody closes them, because a check breaks off where it fails. Tested in
//! `tests/course/captures.rs`, with tshark.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use barewire_dissect::Direction::{self, ToClient, ToServer};
use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
use barewire_packet::udp;
use barewire_tcp::{Flags, Segment, SeqNumber};

const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const DNS_SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);
const WEB_SERVER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 80);
/// 2026-01-01 00:00:00 UTC, when time begins in the toy internet too.
const BEGIN: Duration = Duration::from_secs(1_767_225_600);
/// The initial sequence numbers of client and server: the first byte has the next one.
const INITIAL: [u32; 2] = [1000, 2_000_000];
/// The most bytes that go into one packet: an IPv4 packet takes no more than 65,535, with its headers.
const MOST: usize = 65_000;

/// What went over the wire in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packet {
    /// The number of the step, from 1.
    pub(crate) step: usize,
    pub(crate) sent: Sent,
}

/// What a client and a server send. A connection or a datagram begins an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// A DNS message, over UDP.
    Datagram { way: Direction, bytes: Vec<u8> },
    /// A new TCP connection to this port: the three packets that open it.
    Connect { port: u16 },
    /// Bytes on the last connection. Without a byte it is an acknowledgment.
    Bytes {
        way: Direction,
        /// The place of the first one in the stream, from 0.
        at: u32,
        /// How many bytes of the other direction are acknowledged.
        acknowledged: u32,
        /// The check does not give these bytes to the student's code; they are there for who reads the capture.
        is_around: bool,
        bytes: Vec<u8>,
    },
}

/// The capture of these packets, with the lines of a key log.
pub(crate) fn capture(packets: &[Packet], secrets: &[String]) -> Capture {
    let name = "course: real bytes in packets that are made up".to_owned();
    let interface = Interface { link_type: linktype::RAW, name, origin: Origin::Seen };
    let secrets = if secrets.is_empty() { Vec::new() } else { vec![secrets.join("\n") + "\n"] };
    let capture = Capture { interfaces: vec![interface], secrets, ..Capture::default() };
    let mut wire = Recorder { capture, connections: 0, port: 80, step: 0, is_around: false };
    packets.iter().for_each(|packet| wire.packet(packet));
    wire.capture
}

/// A capture under construction.
struct Recorder {
    capture: Capture,
    /// How many connections there were: each has a client's port of its own.
    connections: u16,
    /// The server's port of the last one.
    port: u16,
    step: usize,
    is_around: bool,
}

impl Recorder {
    fn packet(&mut self, packet: &Packet) {
        (self.step, self.is_around) = (packet.step, false);
        match &packet.sent {
            Sent::Datagram { way, bytes } => {
                // A step is one exchange of datagrams.
                let client = SocketAddr::from((CLIENT, 40_000 + (packet.step % 10_000) as u16));
                let [from, to] = in_order(*way, [client, (DNS_SERVER, 53).into()]);
                self.frame(udp::ip_packet(from, to, bytes));
            }
            Sent::Connect { port } => {
                (self.port, self.is_around) = (*port, true);
                self.connections = (self.connections + 1) % 10_000;
                let [first, second] = INITIAL.map(SeqNumber);
                self.segment(ToServer, first, SeqNumber(0), Flags::SYN, b"");
                self.segment(ToClient, second, first + 1, Flags::SYN | Flags::ACK, b"");
                self.segment(ToServer, first + 1, second + 1, Flags::ACK, b"");
            }
            Sent::Bytes { way, at, acknowledged, is_around, bytes } => {
                self.is_around = *is_around;
                let [own, other] = in_order(*way, INITIAL.map(|initial| SeqNumber(initial) + 1));
                let ack = other + *acknowledged;
                if bytes.is_empty() {
                    self.segment(*way, own + *at, ack, Flags::ACK, b"");
                }
                for (index, piece) in bytes.chunks(MOST).enumerate() {
                    let seq = own + *at + (index * MOST) as u32;
                    self.segment(*way, seq, ack, Flags::ACK | Flags::PSH, piece);
                }
            }
        }
    }

    fn segment(&mut self, way: Direction, seq: SeqNumber, ack: SeqNumber, flags: Flags, payload: &[u8]) {
        let client = SocketAddr::from((CLIENT, 50_000 + self.connections));
        let [from, to] = in_order(way, [client, (WEB_SERVER, self.port).into()]);
        let empty = Segment::empty(from.port(), to.port());
        let segment = Segment { seq, ack, flags, window: 64_240, payload, ..empty };
        self.frame(segment.ip_packet(from.ip(), to.ip()));
    }

    fn frame(&mut self, bytes: Vec<u8>) {
        let around = if self.is_around { ", not given to your code" } else { "" };
        let before = self.capture.frames.len();
        self.capture.frames.push(Frame {
            number: before as u64 + 1,
            time: BEGIN + Duration::from_millis(before as u64),
            original_len: bytes.len() as u32,
            bytes,
            comment: Some(format!("step {}{around}", self.step)),
            ..Frame::default()
        });
    }
}

/// Client and server as sender and receiver.
fn in_order<T>(way: Direction, [client, server]: [T; 2]) -> [T; 2] {
    match way {
        ToServer => [client, server],
        ToClient => [server, client],
    }
}
