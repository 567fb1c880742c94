//! The passive observer: what a capture shows, packet by packet, and the streams put in order.
//!
//! It knows nothing but packets: not which program sent them, nor whether the capture is its own. So its word on a packet
//! ("retransmission", "duplicate ACK") is a reading, as Wireshark's is: what the sender had in mind is not on the wire.
//!
//! Memory is bounded: [`MOST_CONNECTIONS`] connections, and of each direction what lies less than 4 MiB behind a gap.
//! A gap that the capture itself has stays a gap: the stream ends there.
//!
//! Left out: SACK blocks, IP fragments. Tested in `tests/observe.rs` and, over every capture in the tree, in
//! `tests/captures.rs`.

mod flow;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use barewire_dissect::Refused;
use barewire_packet::checksum::Verdict;

use crate::error::Reason;
use crate::packet::{Packet, Payload};
use crate::segment::{Flags, Segment};
use flow::Flow;

/// How many connections are followed; those beyond are shown, but not put in order.
pub const MOST_CONNECTIONS: usize = 1024;

/// Which way bytes flow. The client is who sent the SYN (without one, who is seen first).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamDirection {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl StreamDirection {
    /// The other way.
    pub fn reversed(self) -> StreamDirection {
        match self {
            StreamDirection::ToServer => StreamDirection::ToClient,
            StreamDirection::ToClient => StreamDirection::ToServer,
        }
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// What a packet is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A TCP segment.
    Tcp(SeenSegment),
    /// A UDP datagram.
    Udp {
        /// From.
        source: SocketAddr,
        /// To.
        destination: SocketAddr,
        /// What it carries.
        payload: Vec<u8>,
    },
    /// Anything else.
    Other {
        /// From.
        source: IpAddr,
        /// To.
        destination: IpAddr,
        /// The protocol number in the IP header.
        protocol: u8,
    },
}

/// What a TCP segment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenSegment {
    /// The connection, as an index into [`Observer::connections`]; None beyond [`MOST_CONNECTIONS`].
    pub connection: Option<usize>,
    /// Which way it goes.
    pub direction: StreamDirection,
    /// From.
    pub source: SocketAddr,
    /// To.
    pub destination: SocketAddr,
    /// The control bits.
    pub flags: Flags,
    /// The sequence number, counted from the sender's initial one.
    pub seq: u32,
    /// The acknowledgment number, counted from the receiver's initial sequence number; 0 without ACK.
    pub ack: u32,
    /// The window, scaled if the SYNs agreed on that.
    pub window: u32,
    /// The length of the payload, in bytes.
    pub length: usize,
    /// What there is to say: "retransmission", "out of order", "duplicate ACK", "zero window".
    pub notes: Vec<String>,
    /// Stream bytes that this segment completed, in order.
    pub chunks: Vec<Chunk>,
}

/// A piece of a stream, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The connection, as an index into [`Observer::connections`].
    pub connection: usize,
    /// Which way the bytes went.
    pub direction: StreamDirection,
    /// Where in the stream they start.
    pub offset: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What is known of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Who sent the SYN.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// The packet it was first seen in.
    pub first_packet: usize,
    /// When the first SYN was seen.
    pub syn: Option<Duration>,
    /// When the first SYN-ACK was seen.
    pub syn_ack: Option<Duration>,
    /// When the ACK that ends the handshake was seen.
    pub established: Option<Duration>,
    /// When each direction's FIN was first seen: to the server, to the client.
    pub fin: [Option<Duration>; 2],
    /// When a reset was first seen.
    pub reset: Option<Duration>,
    /// When anything was last seen.
    pub last: Duration,
    /// Stream bytes put in order: to the server, to the client.
    pub bytes: [u64; 2],
    /// Segments that carried nothing new: to the server, to the client.
    pub retransmissions: [u64; 2],
}

/// Watches packets go by.
#[derive(Debug, Default)]
pub struct Observer {
    connections: Vec<Summary>,
    flows: Vec<[Flow; 2]>,
    by_ends: BTreeMap<(SocketAddr, SocketAddr), usize>,
}

impl Observer {
    /// An observer that has seen nothing yet.
    pub fn new() -> Observer {
        Observer::default()
    }

    /// A packet goes by: its number, its time (from any origin), and its bytes from the IP header on.
    ///
    /// # Errors
    /// [`Refused`], if it cannot be read. The next ones still can.
    pub fn packet(
        &mut self,
        index: usize,
        time: Duration,
        ip_packet: &[u8],
    ) -> Result<Seen, Refused<Reason>> {
        let whole = Packet::parse(ip_packet)?;
        let (source, destination) = (whole.ip.header.source(), whole.ip.header.destination());
        Ok(match &whole.payload {
            Payload::Tcp(segment) => {
                let ends = (
                    SocketAddr::new(source, segment.source_port),
                    SocketAddr::new(destination, segment.destination_port),
                );
                Seen::Tcp(self.segment(index, time, ends, segment, whole.verdict))
            }
            Payload::Udp(datagram) => Seen::Udp {
                source: SocketAddr::new(source, datagram.source_port),
                destination: SocketAddr::new(destination, datagram.destination_port),
                payload: datagram.payload.to_vec(),
            },
            Payload::Other(_) => Seen::Other { source, destination, protocol: whole.ip.header.protocol() },
        })
    }

    /// The connections seen so far, in the order of their first packets.
    pub fn connections(&self) -> &[Summary] {
        &self.connections
    }

    /// The number of the packet that first carried byte `offset` of a stream. None if it was not seen, or so many packets
    /// ago that it was forgotten.
    pub fn carrier(&self, connection: usize, direction: StreamDirection, offset: u64) -> Option<usize> {
        self.flows.get(connection)?.get(direction.index())?.carrier(offset)
    }

    fn segment(
        &mut self,
        index: usize,
        time: Duration,
        (source, destination): (SocketAddr, SocketAddr),
        segment: &Segment<'_>,
        verdict: Verdict,
    ) -> SeenSegment {
        let found = self.connection_of(index, time, source, destination, segment);
        let mut seen = SeenSegment {
            connection: found,
            direction: StreamDirection::ToServer,
            source,
            destination,
            flags: segment.flags,
            seq: 0,
            ack: 0,
            window: u32::from(segment.window),
            length: segment.payload.len(),
            notes: Vec::new(),
            chunks: Vec::new(),
        };
        match verdict {
            Verdict::Correct | Verdict::Absent => {}
            other => seen.notes.push(format!("checksum {}", other.label())),
        }
        let Some(number) = found else { return seen };
        let (Some(summary), Some(flows)) = (self.connections.get_mut(number), self.flows.get_mut(number))
        else {
            return seen;
        };
        if summary.client != source {
            seen.direction = StreamDirection::ToClient;
        }
        // A segment with a wrong checksum is not believed, only shown.
        if !matches!(verdict, Verdict::Wrong { .. }) {
            flow::follow(flows, index, number, segment, &mut seen);
        }
        note_milestones(summary, time, segment, &seen);
        seen
    }

    /// The connection of a segment: the one between these ends, or a new one.
    fn connection_of(
        &mut self,
        index: usize,
        time: Duration,
        source: SocketAddr,
        destination: SocketAddr,
        segment: &Segment<'_>,
    ) -> Option<usize> {
        let opens = segment.flags.syn() && !segment.flags.ack();
        let ends = if source <= destination { (source, destination) } else { (destination, source) };
        if let Some(number) = self.by_ends.get(&ends).copied() {
            // The same ends again with another initial sequence number: a new connection.
            let known = self.connections.get(number).zip(self.flows.get(number));
            let again = known.is_some_and(|(summary, flows)| {
                let flow = &flows[usize::from(summary.client != source)];
                opens && flow.initial().is_some_and(|isn| isn != segment.seq)
            });
            if !again {
                return Some(number);
            }
        }
        if self.connections.len() >= MOST_CONNECTIONS {
            return None;
        }
        // A SYN-ACK seen without its SYN still tells who the server is.
        let from_server = segment.flags.syn() && segment.flags.ack();
        let (client, server) = if from_server { (destination, source) } else { (source, destination) };
        self.connections.push(Summary {
            client,
            server,
            first_packet: index,
            syn: None,
            syn_ack: None,
            established: None,
            fin: [None; 2],
            reset: None,
            last: time,
            bytes: [0; 2],
            retransmissions: [0; 2],
        });
        self.flows.push(Default::default());
        self.by_ends.insert(ends, self.connections.len() - 1);
        Some(self.connections.len() - 1)
    }
}

fn note_milestones(summary: &mut Summary, time: Duration, segment: &Segment<'_>, seen: &SeenSegment) {
    let way = seen.direction.index();
    summary.last = time;
    match (segment.flags.syn(), segment.flags.ack(), seen.direction) {
        (true, false, StreamDirection::ToServer) => summary.syn = summary.syn.or(Some(time)),
        (true, true, StreamDirection::ToClient) => summary.syn_ack = summary.syn_ack.or(Some(time)),
        (false, true, StreamDirection::ToServer) if summary.syn_ack.is_some() => {
            summary.established = summary.established.or(Some(time));
        }
        _ => {}
    }
    if segment.flags.fin() {
        summary.fin[way] = summary.fin[way].or(Some(time));
    }
    if segment.flags.rst() {
        summary.reset = summary.reset.or(Some(time));
    }
    summary.bytes[way] += seen.chunks.iter().map(|chunk| chunk.bytes.len() as u64).sum::<u64>();
    summary.retransmissions[way] +=
        u64::from(seen.notes.iter().any(|note| note.starts_with("retransmission")));
}
