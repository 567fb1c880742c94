//! Captures made by hand: packets between two ends, with the clock in milliseconds.

#![allow(dead_code)] // each test file uses its own part

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use barewire::story::{Config, Row, Story};
use barewire::views::{self, Style};
use barewire_dissect::columns;
use barewire_dns::{Message, Name, RData, Record, RecordType};
use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
use barewire_packet::udp;
use barewire_tcp::options::Options;
use barewire_tcp::{Flags, Segment, SeqNumber};

pub(crate) const SYN: Flags = Flags::SYN;
pub(crate) const ACK: Flags = Flags::ACK;
pub(crate) const FIN_ACK: Flags = Flags(Flags::FIN.0 | Flags::ACK.0);
pub(crate) const SYN_ACK: Flags = Flags(Flags::SYN.0 | Flags::ACK.0);
pub(crate) const RST_ACK: Flags = Flags(Flags::RST.0 | Flags::ACK.0);

/// A capture that grows frame by frame.
#[derive(Default)]
pub(crate) struct Wire {
    pub(crate) capture: Capture,
    pub(crate) ms: u64,
}

/// One end of a TCP connection under construction: what it will send next, and what it has heard.
pub(crate) struct Talk {
    pub(crate) ends: [SocketAddr; 2],
    pub(crate) seq: [u32; 2],
}

pub(crate) fn at(text: &str) -> SocketAddr {
    text.parse().expect("an address and a port")
}

impl Wire {
    /// Adds a frame of any link type, now.
    pub(crate) fn frame(&mut self, link_type: u16, origin: Origin, bytes: &[u8]) -> &mut Frame {
        let interfaces = &mut self.capture.interfaces;
        let known = interfaces.iter().position(|one| (one.link_type, one.origin) == (link_type, origin));
        let interface = known.unwrap_or_else(|| {
            interfaces.push(Interface { link_type, name: "test".into(), origin });
            interfaces.len() - 1
        });
        self.capture.frames.push(Frame {
            number: self.capture.frames.len() as u64 + 1,
            interface: interface as u32,
            time: Duration::from_millis(1_700_000_000_000 + self.ms),
            bytes: bytes.to_vec(),
            original_len: bytes.len() as u32,
            ..Frame::default()
        });
        self.capture.frames.last_mut().expect("just added")
    }

    /// Adds an IP packet, now.
    pub(crate) fn packet(&mut self, bytes: &[u8]) -> &mut Frame {
        self.frame(linktype::RAW, Origin::Seen, bytes)
    }

    /// Time goes on.
    pub(crate) fn wait(&mut self, ms: u64) {
        self.ms += ms;
    }

    /// A DNS question and, `ms` later, its answer.
    pub(crate) fn dns(
        &mut self,
        client: SocketAddr,
        server: SocketAddr,
        name: &str,
        answer: Option<RData>,
        ms: u64,
    ) {
        let name = Name::parse_text(name).expect("a name");
        let rtype = if matches!(answer, Some(RData::Aaaa(_))) { RecordType::AAAA } else { RecordType::A };
        let query = Message::query(7, name.clone(), rtype);
        let mut reply = Message::response_to(&query);
        reply.answers.extend(answer.map(|data| Record::new(name, 300, data)));
        self.packet(&udp::ip_packet(client, server, &query.encode().expect("a query")));
        self.wait(ms);
        self.packet(&udp::ip_packet(server, client, &reply.encode().expect("a reply")));
    }

    /// A SYN, and `ms` later its SYN-ACK and the ACK of that.
    pub(crate) fn handshake(&mut self, client: SocketAddr, server: SocketAddr, ms: u64) -> Talk {
        let mut talk = Talk::in_the_middle(client, server);
        self.open(&mut talk, ms);
        talk
    }

    /// The handshake of a connection whose numbers are chosen.
    pub(crate) fn open(&mut self, talk: &mut Talk, ms: u64) {
        talk.send(self, 0, SYN, b"");
        self.wait(ms);
        talk.send(self, 1, SYN_ACK, b"");
        talk.send(self, 0, ACK, b"");
    }
}

impl Talk {
    /// A connection in whose middle the capture begins.
    pub(crate) fn in_the_middle(client: SocketAddr, server: SocketAddr) -> Talk {
        Talk { ends: [client, server], seq: [1000, 2_000_000] }
    }

    /// The packet that `who` (0 the client, 1 the server) would send now; the numbers go on.
    pub(crate) fn packet(&mut self, who: usize, flags: Flags, payload: &[u8]) -> Vec<u8> {
        let [from, to] = [self.ends[who], self.ends[1 - who]];
        let ack = if flags.ack() { SeqNumber(self.seq[1 - who]) } else { SeqNumber(0) };
        let options = match flags.syn() {
            true => Options { maximum_segment_size: Some(1460), ..Options::default() },
            false => Options::default(),
        };
        let segment = Segment {
            seq: SeqNumber(self.seq[who]),
            ack,
            flags,
            window: 64_240,
            options,
            payload,
            ..Segment::empty(from.port(), to.port())
        };
        self.seq[who] = self.seq[who].wrapping_add(segment.len());
        segment.ip_packet(from.ip(), to.ip())
    }

    /// The same, on the wire.
    pub(crate) fn send(&mut self, wire: &mut Wire, who: usize, flags: Flags, payload: &[u8]) {
        let packet = self.packet(who, flags, payload);
        wire.packet(&packet);
    }

    /// Both ends close.
    pub(crate) fn close(&mut self, wire: &mut Wire, ms: u64) {
        self.send(wire, 0, FIN_ACK, b"");
        wire.wait(ms);
        self.send(wire, 1, FIN_ACK, b"");
        self.send(wire, 0, ACK, b"");
    }
}

/// A request and a response of five bytes over plain HTTP, with `ms` for each round trip.
pub(crate) fn plain_http(wire: &mut Wire, client: SocketAddr, server: SocketAddr, ms: u64) {
    let mut talk = wire.handshake(client, server, ms);
    talk.send(wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    wire.wait(ms);
    talk.send(wire, 1, ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    talk.close(wire, ms);
}

/// A name asked for from the first of the client's ports, and a page fetched from the second.
pub(crate) fn name_and_page(
    wire: &mut Wire,
    client: [SocketAddr; 2],
    resolver: SocketAddr,
    server: SocketAddr,
) {
    let address = match server.ip() {
        IpAddr::V4(address) => RData::A(address),
        IpAddr::V6(address) => RData::Aaaa(address),
    };
    wire.dns(client[0], resolver, "a.test", Some(address), 10);
    plain_http(wire, client[1], server, 50);
}

/// Each row as sender, receiver and text.
pub(crate) fn told(story: &Story) -> Vec<String> {
    let name = |row: &Row| {
        let [from, to] = [row.from, row.to].map(|id| story.hosts[id.0].name());
        let says: Vec<String> =
            row.messages.iter().filter(|m| !m.is_silent()).map(|m| m.to_string()).collect();
        format!("{from} > {to}: {}", says.join("; "))
    };
    story.rows.iter().map(name).collect()
}

/// Every capture in the tree.
pub(crate) fn captures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    let layers = ["dns", "tcp", "tls13", "http1", "examples"].map(|layer| format!("{layer}/tests/captures"));
    for folder in layers.iter().map(String::as_str).chain(["tls13/tests/captures/servers"]) {
        let folder = root.join(folder);
        let entries =
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        files.extend(entries.map(|entry| entry.expect("a folder entry").path()));
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    files.sort();
    assert!(files.len() > 40, "only {} captures found", files.len());
    files
}

/// The story of a capture, as it is read without options.
pub(crate) fn story(wire: &Wire) -> Story {
    Story::of(&wire.capture, Config::default())
}

/// Its ladder.
pub(crate) fn ladder(wire: &Wire, style: Style) -> String {
    views::ladder(&story(wire), &style)
}

/// No line is wider than the page.
pub(crate) fn assert_fits(text: &str, width: usize) {
    for line in text.lines() {
        assert!(columns(line) <= width, "{} columns: {line}\nin\n{text}", columns(line));
    }
}
