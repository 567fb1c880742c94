//! Reading a capture, frame by frame: the chain from bytes on a wire to messages.
//!
//! ```text
//!   frame ──▶ IP packet ──▶ whole datagram ──▶ TCP segment ──▶ stream in order ──▶ TLS ──▶ HTTP
//!                                          ├─▶ UDP datagram ──▶ DNS
//!                                          └─▶ ICMP
//! ```
//!
//! Each frame becomes a [`Row`], or is counted by the reason why it has none.
//!
//! # Memory
//!
//! It does not grow with the length of the capture, only with the number of its conversations and hosts:
//!
//! | what | at the most |
//! |---|---|
//! | rows | [`Config::most_rows`] of 300 bytes each, and [`Config::most_bytes`] of what they hold |
//! | a conversation | 1.5 KiB; one of DNS 20 KiB more, for 64 names and 64 addresses |
//! | a stream, until both ends have closed | 640 KiB: records, messages and heads that are not whole. Mostly 3 KiB |
//! | a host | 200 bytes |
//! | bytes that wait after holes, of all streams | 64 MiB |
//! | fragments that wait for others | 4 MiB |
//! | packets that may be seen again in another place | 500 KiB |
//! | secrets | the key log |
//! | exchanges of HTTP, where they are kept | see `http.rs` |
//!
//! When the rows are full, streams are followed until it is known what is spoken, and not further. Bytes that come
//! after the end of a connection are counted, and not followed.
//!
//! Tested in `tests/bounds.rs`, and fuzzed in `fuzz`.

use std::net::IpAddr;
use std::time::Duration;

use barewire_packet::arp::Arp;
use barewire_packet::capture::{Frame, Interface, Origin};
use barewire_packet::frame::{Network, open};
use barewire_packet::icmp::{self, Icmp};
use barewire_packet::ip::{Defragmenter, Fragment, Fragments, IpPacket, protocol_name};
use barewire_packet::udp::{self, Datagram};

use super::copies::{Copies, Place};
use super::message::Layer;
use super::note::Note;
use super::part::Part;
use super::passing::{Passing, cut_header, not_read, word};
use super::row::{Fate, Row};
use super::said::Keep;
use super::table::Table;
use super::tally::{Tally, Uncounted};
use super::tcp::Connections;
use super::udp::Exchanges;
use super::{Config, Story, hosts, losses, page};

/// Reads a capture, one frame after the other.
pub struct Reader {
    config: Config,
    start: Option<Duration>,
    last: Duration,
    table: Table,
    connections: Connections,
    exchanges: Exchanges,
    fragments: Defragmenter,
    copies: Copies,
    rows: Vec<Row>,
    /// What the messages and parts of the rows take, in bytes.
    weight: usize,
    tally: Tally,
}

impl Reader {
    /// A reader that has seen nothing yet.
    pub fn new(config: Config) -> Reader {
        let keep = Keep {
            parts: config.keep_parts,
            plain: config.keep_plain,
            http: config.keep_http,
            ledgers: config.keep_ledgers,
        };
        let mut connections = Connections::new(keep, config.keep_ends);
        connections.secrets(&config.key_log);
        Reader {
            connections,
            exchanges: Exchanges::new(keep),
            table: Table::default(),
            config,
            start: None,
            last: Duration::ZERO,
            fragments: Defragmenter::default(),
            copies: Copies::default(),
            rows: Vec::new(),
            weight: 0,
            tally: Tally::default(),
        }
    }

    /// How many streams are followed now, each with its observers: those that have begun and not ended.
    pub fn streams_followed(&self) -> usize {
        self.connections.followed()
    }

    /// Adds TLS secrets. They must come before the packets that they open.
    pub fn secrets(&mut self, lines: &str) {
        self.connections.secrets(lines);
    }

    /// The frames up to this one were seen at other capture points of the file.
    pub(super) fn elsewhere_until(&mut self, number: u64) {
        let frames = self.tally.frames;
        self.tally.no_rows(frames + 1, number.saturating_sub(frames), Uncounted::Elsewhere);
    }

    /// Reads a frame of a file with other capture points. Times count from `start`.
    pub(super) fn frame_since(&mut self, start: Duration, interface: &Interface, frame: &Frame) {
        self.start.get_or_insert(start);
        self.elsewhere_until(frame.number.saturating_sub(1));
        self.frame(interface, frame);
    }

    /// From here on there are no more rows.
    pub(super) fn keep_no_more(&mut self) {
        self.config.most_rows = self.rows.len();
    }

    /// Reads a frame. Its row is kept, unless there are too many of them or it was not chosen.
    pub fn frame(&mut self, interface: &Interface, frame: &Frame) {
        // Numbers between two frames belong to records that are not packets: journal entries, blocks of one vendor.
        let expected = self.tally.frames + 1;
        self.tally.no_rows(expected, frame.number.saturating_sub(expected), Uncounted::NotAPacket);
        match self.read(interface, frame) {
            Err(reason) => self.tally.no_row(frame.number, reason),
            Ok(row) if !self.config.selection.may_hold(&self.table, &row) => {
                self.tally.no_row(frame.number, Uncounted::NotChosen);
            }
            Ok(row) if self.is_full() => self.leave_out(&row),
            Ok(mut row) => {
                if !self.config.parts_of.contains(&row.frame) {
                    row.parts = Vec::new();
                }
                // Most rows hold one message and no note, and they stay until the end.
                row.messages.shrink_to_fit();
                row.notes.shrink_to_fit();
                self.weight += row.weight();
                self.tally.row();
                self.rows.push(row);
            }
        }
    }

    /// Whether it keeps no more rows.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= self.config.most_rows || self.weight >= self.config.most_bytes
    }

    /// Counts a row that is one too many. From here on there are no rows at all.
    fn leave_out(&mut self, row: &Row) {
        self.connections.read_no_further();
        self.tally.no_row(row.frame, Uncounted::TooMany);
        if let Some(conversation) = row.conversation.and_then(|id| self.table.get_mut(id)) {
            conversation.not_kept += 1;
        }
    }

    /// What was read. `end`: when the capture ended, where the file says so. `cut`: why its reading stopped early.
    pub fn finish(self, end: Option<Duration>, cut: Option<String>) -> Story {
        let Reader { config, start, last, table, mut connections, rows, mut tally, .. } = self;
        let exchanges = connections.exchanges();
        tally.cut = cut;
        let Table { hosts, mut conversations } = table;
        connections.outcomes(&mut conversations);
        let end = end.map(|end| end.saturating_sub(start.unwrap_or_default()).max(last));
        let mut story = Story {
            hosts: hosts.into_hosts(),
            conversations,
            rows,
            tally,
            began: start.unwrap_or_default(),
            end,
            pages: Vec::new(),
            exchanges,
            ledgers: connections.ledgers(),
        };
        hosts::give_roles(&mut story.hosts, &story.conversations);
        losses::join(&mut story);
        story.pages = page::pages(&story);
        hosts::merge_clients(&mut story);
        config.selection.apply(&mut story);
        let shown = config.selection.drawn_hosts(&story);
        super::host::number(&mut story.hosts, |host| {
            shown.as_ref().is_none_or(|shown| shown.contains(&host))
        });
        story
    }

    /// Reads a frame and gives its row at once, in place of keeping it.
    #[cfg(not(target_family = "wasm"))]
    pub(super) fn tell(&mut self, interface: &Interface, frame: &Frame) -> Result<Row, Uncounted> {
        self.read(interface, frame)
    }

    /// Times count from here, whenever the first frame is seen.
    #[cfg(not(target_family = "wasm"))]
    pub(super) fn count_from(&mut self, start: Duration) {
        self.start = Some(start);
    }

    /// The conversations and hosts so far.
    #[cfg(not(target_family = "wasm"))]
    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    fn read(&mut self, interface: &Interface, frame: &Frame) -> Result<Row, Uncounted> {
        let start = *self.start.get_or_insert(frame.time);
        let time = frame.time.saturating_sub(start);
        self.last = self.last.max(time);
        let opened = open(interface.link_type, &frame.bytes, frame.original_len);
        let mut row = match opened.network {
            Network::Other(other) => return Err(Uncounted::NotIp(other.to_string())),
            Network::Arp(arp) => self.arp(frame, time, &arp),
            Network::Ip(bytes) => {
                let header = frame.bytes.get(..opened.offset).unwrap_or_default();
                let place = Place::of(frame.interface, interface.link_type, header);
                self.ip(interface, frame, time, bytes, opened.missing, place)?
            }
        };
        if self.config.keep_parts {
            row.parts.insert(0, Part::Frame(interface.link_type, frame.bytes.clone()));
        }
        row.made_up = interface.origin == Origin::MadeUp;
        row.notes.extend(frame.comment.iter().flat_map(|comment| Note::of_comment(comment)));
        if frame.time < start {
            row.notes.push(Note::BeforeTheFirst { by: start - frame.time });
        }
        Ok(row)
    }

    fn arp(&mut self, frame: &Frame, time: Duration, arp: &Arp) -> Row {
        let row = self.row(frame.number, time, arp.sender.into(), arp.target.into());
        word(row, Layer::Arp, &arp.to_string())
    }

    /// A row in which nothing is said yet.
    fn row(&mut self, frame: u64, time: Duration, from: IpAddr, to: IpAddr) -> Row {
        let (from, to) = (self.table.hosts.at(from), self.table.hosts.at(to));
        Row {
            frame,
            time,
            conversation: None,
            from,
            to,
            messages: Vec::new(),
            segment: None,
            payload: 0,
            notes: Vec::new(),
            made_up: false,
            fate: Fate::Seen,
            ends: None,
            parts: Vec::new(),
            fingerprint: 0,
        }
    }

    fn ip(
        &mut self,
        interface: &Interface,
        frame: &Frame,
        time: Duration,
        bytes: &[u8],
        missing: usize,
        place: Place,
    ) -> Result<Row, Uncounted> {
        let mut packet = IpPacket::parse_captured(bytes, missing).map_err(|refused| match missing {
            0 => Uncounted::Refused(format!("IP header not read: {refused}")),
            _ => Uncounted::Refused("the IP header was not captured whole".to_owned()),
        })?;
        // What the header says beyond the frame's own length was never sent.
        let beyond = packet.missing.saturating_sub(missing);
        packet.missing -= beyond;
        let fingerprint = losses::fingerprint(bytes, &packet);
        let copy = match interface.origin {
            Origin::Lost => None,
            _ => self.copies.see(fingerprint, frame.number, time, place),
        };
        let passing = Passing {
            frame: frame.number,
            time,
            source: packet.header.source(),
            destination: packet.header.final_destination(),
            payload: packet.payload,
            missing: packet.missing,
            on_the_wire: frame.original_len.into(),
            origin: interface.origin,
            copy: copy.is_some(),
        };
        let mut row = match packet.fragment {
            None => self.transport(packet.header.protocol(), &passing),
            Some(fragment) => self.fragment(&packet, fragment, passing),
        };
        row.fingerprint = fingerprint;
        row.notes.extend(Note::of_header(&packet.header));
        if let Some((first, elsewhere)) = copy {
            let interface = elsewhere.then_some(place.interface);
            row.notes.insert(0, Note::SeenAgain { frame: first, interface });
        }
        if interface.origin == Origin::Lost {
            row.fate = Fate::Lost;
        }
        if beyond > 0 {
            row.notes.insert(0, Note::BeyondTheFrame { bytes: beyond });
        }
        if missing > 0 {
            row.notes.push(Note::Cut { missing });
        }
        Ok(row)
    }

    /// A piece of a packet. The last piece that comes makes the packet whole, and says what is in it.
    fn fragment(&mut self, packet: &IpPacket<'_>, fragment: Fragment, passing: Passing<'_>) -> Row {
        let outcome = self.fragments.receive(passing.time, packet);
        if let Fragments::Whole { packet } = &outcome
            && let Ok(whole) = IpPacket::parse(packet)
        {
            let passing = Passing { payload: whole.payload, missing: 0, ..passing };
            let mut row = self.transport(whole.header.protocol(), &passing);
            row.notes.push(Note::LastFragment);
            return row;
        }
        let mut row = self.row(passing.frame, passing.time, passing.source, passing.destination);
        row.payload = packet.payload.len() + packet.missing;
        let protocol = protocol_name(packet.header.protocol());
        let more = if fragment.more { "more follow" } else { "the last" };
        word(
            row,
            Layer::Ip,
            &format!("{protocol} fragment from byte {} on, {more}: {outcome}", fragment.offset),
        )
    }

    fn transport(&mut self, protocol: u8, passing: &Passing<'_>) -> Row {
        let row = self.row(passing.frame, passing.time, passing.source, passing.destination);
        match protocol {
            barewire_tcp::segment::PROTOCOL => self.connections.see(passing, row, &mut self.table),
            udp::PROTOCOL => match Datagram::parse_captured(passing.payload, passing.missing) {
                Ok(datagram) => self.exchanges.see(passing, &datagram, row, &mut self.table),
                Err(_) if passing.missing > 0 => word(row, Layer::Udp, &cut_header(passing.payload)),
                Err(refused) => word(row, Layer::Udp, &refused.to_string()),
            },
            icmp => {
                match icmp::Version::of_protocol(icmp).map(|version| Icmp::parse(version, passing.payload)) {
                    Some(Ok(message)) => word(row, Layer::Icmp, &message.to_string()),
                    Some(Err(refused)) => word(row, Layer::Icmp, &refused.to_string()),
                    None => word(row, Layer::Ip, &not_read(icmp)),
                }
            }
        }
    }
}
