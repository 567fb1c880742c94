//! One connection of a capture: the frames of either side, and the bytes that the kernel sent.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use barewire_packet::capture::Capture;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::replay::fields::{quoted, transport};
use barewire_tcp::{Segment, SeqNumber};

use super::line::{Origin, Sent, ecn, line};
use super::table::{Call, Table};

/// A frame of the connection.
pub(crate) struct Frame {
    /// Its number in the capture, from 1.
    pub(crate) number: usize,
    /// Since the connection's first frame.
    pub(crate) time: Duration,
    /// Whether the kernel whose part we play sent it.
    pub(crate) is_sent: bool,
    pub(crate) bytes: Vec<u8>,
}

/// The connection.
pub(crate) struct Recorded {
    pub(crate) frames: Vec<Frame>,
    /// The end that we play, and its peer.
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    /// The kernel's initial sequence number, and the peer's.
    pub(crate) iss: SeqNumber,
    pub(crate) irs: SeqNumber,
    /// What the kernel's clock said in its first segment.
    pub(crate) clock: Option<u32>,
    /// The same of its peer.
    pub(crate) peer_clock: Option<u32>,
    /// What the kernel sent, from its first byte on.
    pub(crate) stream: Vec<u8>,
    /// What its application did, if the table does not say.
    pub(crate) calls: Vec<(usize, Call)>,
}

/// Reads a connection of the capture that a table is about.
pub(crate) fn read(path: &Path, table: &Table, connection: usize) -> Recorded {
    let path = path.with_file_name(&table.capture).with_extension("pcapng");
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let capture = Capture::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let packets: Vec<(usize, Duration, Vec<u8>)> =
        capture.ip_packets().map(|(index, time, bytes)| (index + 1, time, bytes.to_vec())).collect();
    let (client, server) = ends(&packets, connection)
        .unwrap_or_else(|| panic!("{} has no connection {connection}", path.display()));
    let (local, remote) = if table.we_are_client { (client, server) } else { (server, client) };
    let mut recorded = Recorded {
        frames: Vec::new(),
        local,
        remote,
        iss: SeqNumber(0),
        irs: SeqNumber(0),
        clock: None,
        peer_clock: None,
        stream: Vec::new(),
        calls: Vec::new(),
    };
    let start = packets.iter().find(|(_, _, bytes)| ends_of(bytes) == Some((client, server)));
    let start = start.map_or(Duration::ZERO, |(_, time, _)| *time);
    for (number, time, bytes) in packets {
        let is_sent = ends_of(&bytes) == Some((local, remote));
        let is_received = ends_of(&bytes) == Some((remote, local));
        if is_sent || is_received || is_error_about(&bytes, local, remote) {
            let time = time.saturating_sub(start);
            recorded.frames.push(Frame { number, time, is_sent, bytes });
        }
    }
    recorded.understand();
    recorded
}

impl Recorded {
    /// Where the kernel's numbers begin.
    pub(crate) fn origin(&self) -> Origin {
        Origin { iss: self.iss, irs: self.irs, clock: self.peer_clock.unwrap_or(0) }
    }

    /// What the kernel sent.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        let sent = self.frames.iter().filter(|frame| frame.is_sent);
        sent.filter_map(|frame| {
            let packet = Packet::parse(&frame.bytes).expect("a packet of the kernel's");
            let line = line(&packet, self.origin(), ecn(&frame.bytes))?;
            Some(Sent { frame: Some(frame.number), time: frame.time, line })
        })
        .collect()
    }

    /// Finds the initial numbers, the stream, and when the application wrote and closed.
    ///
    /// It is taken to write all that it writes when the first of it leaves, and to close when a FIN leaves that carries
    /// no data. Where that is not so, the table says what it did.
    fn understand(&mut self) {
        let mut fin = None;
        let mut first_data = None;
        for frame in &self.frames {
            let packet = Packet::parse(&frame.bytes).expect("a packet of the kernel's");
            let Payload::Tcp(segment) = &packet.payload else { continue };
            if segment.flags.syn() {
                let numbers = if frame.is_sent { &mut self.iss } else { &mut self.irs };
                *numbers = segment.seq;
            }
            let clock = if frame.is_sent { &mut self.clock } else { &mut self.peer_clock };
            *clock = clock.or(segment.options.timestamps.map(|timestamps| timestamps.value));
            if !frame.is_sent {
                continue;
            }
            let offset =
                (segment.seq.since(self.iss) as usize).saturating_sub(usize::from(!segment.flags.syn()));
            keep(&mut self.stream, offset, segment);
            if !segment.payload.is_empty() {
                first_data = first_data.or(Some(frame.number));
            }
            if segment.flags.fin() && fin.is_none() {
                fin = Some(if segment.payload.is_empty() { frame.number } else { first_data.unwrap_or(0) });
            }
        }
        self.calls.extend(first_data.map(|frame| (frame, Call::Write(self.stream.len()))));
        self.calls.extend(fin.map(|frame| (frame, Call::Close)));
    }
}

/// Puts the payload of a segment into the stream.
fn keep(stream: &mut Vec<u8>, offset: usize, segment: &Segment<'_>) {
    let end = offset.saturating_add(segment.payload.len());
    if segment.payload.is_empty() || end > 1 << 20 {
        return;
    }
    if stream.len() < end {
        stream.resize(end, 0);
    }
    stream[offset..end].copy_from_slice(segment.payload);
}

/// Client and server of a capture's connection, counted from 1 by their first SYNs.
fn ends(packets: &[(usize, Duration, Vec<u8>)], connection: usize) -> Option<(SocketAddr, SocketAddr)> {
    let mut seen = Vec::new();
    for (_, _, bytes) in packets {
        let Ok(packet) = Packet::parse(bytes) else { continue };
        let (Payload::Tcp(segment), Some(ends)) = (&packet.payload, ends_of(bytes)) else { continue };
        if segment.flags.syn() && !segment.flags.ack() && !seen.contains(&ends) {
            seen.push(ends);
        }
    }
    seen.get(connection - 1).copied()
}

/// Source and destination of a TCP segment.
fn ends_of(bytes: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let packet = Packet::parse(bytes).ok()?;
    let Payload::Tcp(segment) = &packet.payload else { return None };
    let header = &packet.ip.header;
    let source = SocketAddr::new(header.source(), segment.source_port);
    Some((source, SocketAddr::new(header.destination(), segment.destination_port)))
}

/// Whether a packet is an ICMP error that quotes a segment of ours (RFC 792, RFC 4443 §3).
fn is_error_about(bytes: &[u8], local: SocketAddr, remote: SocketAddr) -> bool {
    quoted(bytes).is_some_and(|quote| {
        let Some(ports) = quote.get(transport(quote)..).and_then(|segment| segment.get(..4)) else {
            return false;
        };
        let port = |at: usize| u16::from_be_bytes([ports[at], ports[at + 1]]);
        (port(0), port(2)) == (local.port(), remote.port())
    })
}
