//! Reading a trace: packets → TCP streams put in order → TLS records opened with the key log →
//! handshake messages and HTTP.
//!
//! Each link of the chain is a passive observer that its crate offers over its own parsers.
//! Nothing here knows which program made the capture: one of ours, or tcpdump with
//! SSLKEYLOGFILE.

mod budget;
mod flow;
mod row;
mod section;
mod unit;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use barewire_packet::capture::Capture;
use barewire_packet::checksum::UNFINISHED_NOTE;
use barewire_tcp::observe::{Observer, Seen, SeenSegment, StreamDirection};

pub use budget::{Budget, Phase};
pub use row::{Head, Line, Mark, Peer, Protocol, Row};
pub use section::{Broken, Section};
pub use unit::Unit;

use crate::network::MADE_UP;
use flow::{Flow, Said};

/// A trace, read.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// One row per IP packet.
    pub rows: Vec<Row>,
    /// The client: who sent the first packet.
    pub client: String,
    /// The heads of the HTTP messages, in order.
    pub heads: Vec<Head>,
    /// Where the time went.
    pub budget: Budget,
    /// By packet, the messages that it completed; only where the bytes are wanted.
    units: BTreeMap<usize, Vec<Unit>>,
}

/// How much of a trace to keep beside the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: enough for the ladder and the budget, however large the trace.
    Rows,
    /// The messages too, so that [`Story::sections`] can show their bytes.
    Bytes,
}

impl Story {
    /// Reads a capture.
    pub fn of(capture: &Capture, keep: Keep) -> Story {
        let mut reader = Reader { key_log: capture.secrets.concat().into(), ..Reader::default() };
        for (index, time, bytes) in capture.ip_packets() {
            let comment = capture.packets[index].comment.as_deref().unwrap_or_default();
            let units = reader.packet(index, time, bytes, comment);
            if keep == Keep::Bytes {
                reader.story.units.insert(index, units);
            }
        }
        let Reader { mut story, .. } = reader;
        story.budget = Budget::of(&story.rows);
        story
    }

    /// The packet of a row, dissected, and the messages that it completed if they were kept. `capture` is the one
    /// that the story was read from.
    pub fn sections(&self, capture: &Capture, row: &Row) -> Vec<Section> {
        let packet = capture.ip_packet(row.packet).map(Section::ip);
        let units = self.units.get(&row.packet).into_iter().flatten();
        packet.into_iter().chain(units.map(Unit::section)).collect()
    }
}

#[derive(Default)]
struct Reader {
    story: Story,
    key_log: Rc<str>,
    start: Option<Duration>,
    client: Option<IpAddr>,
    tcp: Observer,
    /// By connection, as the observer numbers them.
    flows: BTreeMap<usize, Flow>,
}

impl Reader {
    /// Adds a row for the packet, and gives the messages that it completed.
    fn packet(&mut self, index: usize, time: Duration, bytes: &[u8], comment: &str) -> Vec<Unit> {
        let start = *self.start.get_or_insert(time);
        let mut row = Row {
            packet: index,
            time: time.saturating_sub(start),
            sent: true,
            peer: Peer::Server,
            lines: Vec::new(),
            payload: 0,
            comment: own_words(comment),
            made_up: comment.starts_with(MADE_UP),
            unfinished: false,
            marks: Vec::new(),
        };
        let said = match self.tcp.packet(index, time, bytes) {
            Ok(Seen::Tcp(segment)) => {
                let to_server = segment.direction == StreamDirection::ToServer;
                self.ends(&mut row, segment.source.ip(), segment.destination.ip(), to_server);
                row.peer = Peer::at(if to_server { segment.destination } else { segment.source }.port());
                row.payload = segment.length;
                row.comment = row.comment.or_else(|| reading_of(&segment));
                row.unfinished = segment.notes.iter().any(|note| note.starts_with(UNFINISHED_NOTE));
                self.segment(&segment)
            }
            Ok(Seen::Udp { source, destination, payload }) => {
                self.ends(&mut row, source.ip(), destination.ip(), destination.port() == 53);
                row.peer = Peer::at(if row.sent { destination } else { source }.port());
                row.payload = payload.len();
                datagram(source.port(), destination.port(), &payload)
            }
            Ok(Seen::Other { source, destination, protocol }) => {
                self.ends(&mut row, source, destination, true);
                Said::line(Protocol::Ip, &format!("protocol {protocol}"), false)
            }
            Err(error) => Said::line(Protocol::Ip, &format!("broken: {error}"), false),
        };
        (row.lines, row.marks) = (said.lines, said.marks);
        self.story.heads.extend(said.heads);
        self.story.rows.push(row);
        said.units
    }

    /// Which way it went. The client is who sent the first packet; where both ends are one host,
    /// `to_server` tells which way the packet went.
    fn ends(&mut self, row: &mut Row, source: IpAddr, destination: IpAddr, to_server: bool) {
        let client = *self.client.get_or_insert_with(|| {
            self.story.client = source.to_string();
            source
        });
        row.sent = if source == destination { to_server } else { source == client };
    }

    fn segment(&mut self, segment: &SeenSegment) -> Said {
        let to_server = segment.direction == StreamDirection::ToServer;
        let mut said = Said::default();
        if let Some(connection) = segment.connection {
            let server = if to_server { segment.destination } else { segment.source };
            let flow =
                self.flows.entry(connection).or_insert_with(|| Flow::new(server.port(), &self.key_log));
            for chunk in &segment.chunks {
                flow.receive(chunk.direction == StreamDirection::ToServer, &chunk.bytes, &mut said);
            }
            if segment.flags.fin() {
                flow.ended(to_server, &mut said);
            }
            if segment.length > 0 && said.lines.is_empty() {
                said.lines.extend(flow.going_on());
            }
        }
        said.only_news();
        if segment.flags.syn() {
            said.marks.push(if segment.flags.ack() { Mark::SynAck } else { Mark::Syn });
        }
        let signals = segment.flags.syn() || segment.flags.fin() || segment.flags.rst();
        if said.lines.is_empty() || signals {
            said.lines.push(Line {
                protocol: Protocol::Tcp,
                encrypted: false,
                text: tcp_line(segment),
                bulk: !signals,
            });
        }
        said
    }
}

/// What a comment says beyond what a row has marks for.
fn own_words(comment: &str) -> Option<String> {
    let rest = comment.strip_prefix(MADE_UP).unwrap_or(comment).trim_start_matches([';', ' ']);
    (!rest.is_empty() && !rest.starts_with(UNFINISHED_NOTE)).then(|| rest.to_owned())
}

/// Flags, numbers and window, in columns.
fn tcp_line(segment: &SeenSegment) -> String {
    // PSH says nothing about the connection.
    let flags = segment.flags.to_string().replace("PSH ", "").replace(" PSH", "");
    let ack = if segment.flags.ack() { format!("ack {}", segment.ack) } else { String::new() };
    format!("{flags:<8} seq {:<9} {ack:<13} win {}", segment.seq, segment.window)
}

/// What the observer makes of a segment, in brackets: it is a reading, not a report. Checksums are left to
/// the view of the bytes.
fn reading_of(segment: &SeenSegment) -> Option<String> {
    let notes = segment.notes.iter().filter(|note| !note.starts_with("checksum"));
    let notes: Vec<&str> = notes.map(String::as_str).collect();
    (!notes.is_empty()).then(|| format!("[{}]", notes.join(", ")))
}

fn datagram(source: u16, destination: u16, payload: &[u8]) -> Said {
    if source == 53 || destination == 53 {
        return Said::dns(payload);
    }
    Said::line(Protocol::Ip, &format!("UDP from port {source} to {destination}"), false)
}
