//! A script of frames: segments of a few connections, datagrams, fragments, and what a capture does to them.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_packet::build::{FRAMINGS, fragments};
use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
use barewire_packet::udp;
use barewire_tcp::options::{Options, SackBlocks};
use barewire_tcp::{Flags, Segment, SeqNumber};

const PAYLOADS: [&[u8]; 14] = [
    b"",
    b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR\x00\x00\x02\x13\x01\x01\x00\x00\x00",
    b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\x00\x13\x01\x00",
    b"\x17\x03\x03\x00\x13nineteen sealed bytes",
    b"\x14\x03\x03\x00\x01\x01\x15\x03\x03\x00\x02\x02\x28",
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x04test\x00\x00\x01\x00\x01",
    b"\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x01a\x04test\x00\x00\x01\x00\x01\
      \xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\xcb\x00\x71\x50",
    b"\x00\x18\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x04test\x00\x00\x01\x00\x01",
];

/// Client and server of each connection.
const ENDS: [[&str; 2]; 4] = [
    ["10.0.0.2:50000", "203.0.113.80:443"],
    ["10.0.0.2:50001", "203.0.113.80:80"],
    ["[2001:db8::2]:50000", "[2001:db8::80]:80"],
    ["127.0.0.1:50000", "127.0.0.1:53"],
];

/// The capture that a script makes.
pub(crate) fn capture(script: &[u8]) -> Capture {
    let time = Duration::from_secs(1_700_000_000);
    let mut maker = Maker { script, capture: Capture::default(), time, seq: [[1000, 2_000_000]; 4] };
    while !maker.script.is_empty() && maker.capture.frames.len() < 1000 {
        maker.step();
    }
    maker.capture
}

struct Maker<'a> {
    script: &'a [u8],
    capture: Capture,
    time: Duration,
    /// The next number of client and server of each connection.
    seq: [[u32; 2]; 4],
}

impl Maker<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.script.split_first() else { return 0 };
        self.script = rest;
        *first
    }

    fn step(&mut self) {
        let what = self.byte();
        match what % 16 {
            0..=7 => self.segment(what),
            8 | 9 => self.datagram(),
            10 => self.lost_too(),
            11 => self.in_pieces(),
            12 => self.cut(),
            13 => self.changed(),
            14 => self.raw(),
            _ => self.secrets(),
        }
    }

    fn ends(&mut self) -> (usize, usize, [SocketAddr; 2]) {
        let which = self.byte();
        let (connection, who) = (usize::from(which & 3), usize::from(which >> 2 & 1));
        let [client, server] = ENDS[connection].map(|end| end.parse().expect("an address"));
        (connection, who, if who == 0 { [client, server] } else { [server, client] })
    }

    fn payload(&mut self) -> Vec<u8> {
        let (which, start, length) = (self.byte(), self.byte(), self.byte());
        let whole = PAYLOADS[usize::from(which) % PAYLOADS.len()];
        match (which >> 6, length) {
            (0 | 1, _) => whole.to_vec(),
            (2, length) => whole.iter().skip(start.into()).take(length.into()).copied().collect(),
            (_, length) => vec![start; usize::from(length) * 8],
        }
    }

    fn segment(&mut self, what: u8) {
        let (connection, who, [from, to]) = self.ends();
        // In five of eight cases an ACK in its place, in the others any flags and numbers near by.
        let (flags, off) =
            if what % 8 < 5 { (Flags::ACK, 0) } else { (Flags(self.byte()), self.byte() as i8) };
        let payload = self.payload();
        let later = self.byte() / 16;
        self.time += Duration::from_millis(later.into());
        let seq = &mut self.seq[connection];
        let number = seq[who].wrapping_add_signed(i32::from(off) * 10);
        let mut sack = SackBlocks::default();
        if what & 0x80 != 0 {
            sack.push(SeqNumber(seq[1 - who].wrapping_add(100)), SeqNumber(seq[1 - who].wrapping_add(200)));
        }
        let options = Options { sack, window_scale: flags.syn().then_some(7), ..Options::default() };
        let ack = SeqNumber(if flags.ack() { seq[1 - who] } else { 0 });
        let empty = Segment::empty(from.port(), to.port());
        let segment =
            Segment { seq: SeqNumber(number), ack, flags, window: 500, options, payload: &payload, ..empty };
        let packet = segment.ip_packet(from.ip(), to.ip());
        seq[who] = number.wrapping_add(segment.len());
        self.frame(linktype::RAW, Origin::Seen, &packet);
    }

    fn datagram(&mut self) {
        let (_, _, [from, to]) = self.ends();
        let payload = self.payload();
        self.time += Duration::from_millis(5);
        self.frame(linktype::RAW, Origin::Seen, &udp::ip_packet(from, to, &payload));
    }

    /// The last frame vanished: a copy of it on the interface of lost packets, now or later.
    fn lost_too(&mut self) {
        let later = self.byte();
        self.time += Duration::from_millis(u64::from(later / 128));
        let Some(bytes) = self.capture.frames.last().map(|frame| frame.bytes.clone()) else { return };
        self.frame(linktype::RAW, Origin::Lost, &bytes);
    }

    /// The last packet again, in fragments.
    fn in_pieces(&mut self) {
        let (size, skip) = (8 + usize::from(self.byte() & 0x78), usize::from(self.byte() % 8));
        let Some(packet) = self.capture.frames.last().map(|frame| frame.bytes.clone()) else { return };
        if !matches!(packet.first(), Some(0x45 | 0x60)) || packet.len() < 48 {
            return;
        }
        for piece in fragments(&packet, 77, size).iter().skip(skip).take(20) {
            self.frame(linktype::RAW, Origin::Seen, piece);
        }
    }

    /// The snap length cuts the last frame, or a program has something to say of it.
    fn cut(&mut self) {
        let length = usize::from(self.byte());
        let Some(frame) = self.capture.frames.last_mut() else { return };
        match length % 4 {
            0 => frame.comment = Some(format!("comment {length}\n\x1b[2J")),
            _ => frame.bytes.truncate(length),
        }
    }

    /// A byte of the last frame is another one.
    fn changed(&mut self) {
        let (offset, value) = (usize::from(self.byte()), self.byte());
        let Some(frame) = self.capture.frames.last_mut() else { return };
        frame.bytes.iter_mut().skip(offset).take(1).for_each(|byte| *byte = value);
    }

    /// The last packet in another framing, or any bytes in any framing.
    fn raw(&mut self) {
        let (which, length) = (usize::from(self.byte()), usize::from(self.byte()));
        let framing = &FRAMINGS[which % FRAMINGS.len()];
        match self.capture.frames.last().map(|frame| frame.bytes.clone()) {
            Some(packet) if length < 128 && framing.carries(&packet) => {
                self.frame(framing.link_type, Origin::Seen, &framing.frame(&packet));
            }
            _ => {
                let length = length.min(self.script.len());
                let (bytes, rest) = self.script.split_at(length);
                self.script = rest;
                self.frame(framing.link_type, Origin::MadeUp, bytes);
            }
        }
    }

    fn secrets(&mut self) {
        let random = "52".repeat(32);
        self.capture.secrets.push(format!("CLIENT_TRAFFIC_SECRET_0 {random} {}", "11".repeat(32)));
    }

    fn frame(&mut self, link_type: u16, origin: Origin, bytes: &[u8]) {
        let interfaces = &mut self.capture.interfaces;
        let known = interfaces.iter().position(|one| (one.link_type, one.origin) == (link_type, origin));
        let interface = known.unwrap_or_else(|| {
            interfaces.push(Interface { link_type, name: String::new(), origin });
            interfaces.len() - 1
        });
        self.capture.frames.push(Frame {
            number: 0,
            interface: interface as u32,
            time: self.time,
            bytes: bytes.to_vec(),
            original_len: bytes.len() as u32,
            ..Frame::default()
        });
    }
}
