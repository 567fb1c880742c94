//! A capture plays the peer: what it sent then comes back, once we have sent what it answered to.
//!
//! For an experiment with a server that is not there any more, and for looking at one run again and again. Time is
//! virtual, so a replay of an hour takes no time.
//!
//! ```text
//!   capture   1 → SYN   2 ← SYN ACK   3 → ACK   4 → GET   5 ← ACK   6 ← 200 OK
//!              │         ▲             │         │         ▲         ▲
//!   send ──────┴─────────│─────────────┴─────────┴─────────│─────────│─▶ compared
//!   receive ◀────────────┴─────────────────────────────────┴─────────┘   as late as then
//! ```
//!
//! A packet of the peer waits until we have sent as many packets as were sent before it then; from the last of these
//! it takes the time that it took then. A packet of ours that is another than the recorded one is a [`Difference`],
//! which says the byte; so is one too many. The replay goes on: whether it still makes sense is for the caller to say.
//!
//! Protocols that draw random numbers never send the same bytes twice, and the recorded peer answers to the numbers of
//! then. A [`Rewrite`] makes the one the other: TCP's is `barewire_tcp::replay`.
//!
//! ```
//! use std::time::Instant;
//! use barewire_packet::build::datagram;
//! use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
//! use barewire_packet::link::{Link, replay::Replay};
//!
//! let question = datagram("10.0.0.2:4000", "10.0.0.53:53", b"who?");
//! let answer = datagram("10.0.0.53:53", "10.0.0.2:4000", b"me");
//! let frame = |ip: &[u8], number| Frame { bytes: ip.into(), number, ..Frame::default() };
//! let (link_type, name, origin) = (linktype::RAW, String::new(), Origin::Seen);
//! let interface = Interface { link_type, name, origin };
//! let frames = vec![frame(&question, 1), frame(&answer, 2)];
//! let capture = Capture { interfaces: vec![interface], frames, ..Capture::default() };
//! let mut peer = Replay::new(Instant::now(), &capture, "10.0.0.2".parse()?);
//! assert!(peer.receive(None).is_err(), "it answers to a question, and none was asked");
//! peer.send(&datagram("10.0.0.2:4000", "10.0.0.53:53", b"whom"))?;
//! assert_eq!(peer.receive(None)?, Some(answer));
//! assert_eq!(
//!     peer.differences()[0].to_string(),
//!     "our packet 1 differs from frame 1 in byte 26 (payload of IP, byte 6): 0xf4, and not 0xf5"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Left out: packets of others than us in the capture come at their time and are not told apart from the peer's.
//! Tested in `tests/replay.rs`.

mod difference;

use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::capture::Capture;
use crate::ip::IpPacket;
use crate::link::Link;

pub use difference::Difference;

/// What makes the packets of then the packets of now, where a protocol draws its numbers at random.
pub trait Rewrite: Send {
    /// We have sent `ours` where `recorded` was sent then. Gives `ours` with the numbers of then, for the comparison.
    fn sent(&mut self, ours: &[u8], recorded: Option<&[u8]>) -> Vec<u8>;

    /// A packet of the peer, with the numbers of then, is about to come. Gives it with ours.
    fn received(&mut self, recorded: &[u8]) -> Vec<u8>;
}

/// Packets as they are.
struct AsItIs;

impl Rewrite for AsItIs {
    fn sent(&mut self, ours: &[u8], _: Option<&[u8]>) -> Vec<u8> {
        ours.to_vec()
    }

    fn received(&mut self, recorded: &[u8]) -> Vec<u8> {
        recorded.to_vec()
    }
}

/// A packet of the capture.
#[derive(Debug, Clone)]
struct Recorded {
    /// The number of its frame.
    number: u64,
    time: Duration,
    bytes: Vec<u8>,
}

/// The link whose peer is a capture.
pub struct Replay {
    now: Instant,
    mtu: usize,
    rewrite: Box<dyn Rewrite>,
    /// What we sent then.
    ours: Vec<Recorded>,
    /// What came then, and how much we had sent before.
    theirs: Vec<(usize, Recorded)>,
    /// When each of our packets was sent now.
    sent: Vec<Instant>,
    /// How many of the peer's packets have come.
    came: usize,
    start: Instant,
    differences: Vec<Difference>,
}

/// How many differences are kept: a program that goes astray sends without end.
const MOST_DIFFERENCES: usize = 1000;

/// What is said to a caller that would wait for ever.
const NO_PACKET: &str =
    "no packet of the capture can come now: the next one answers to a packet that we have not sent";

impl Replay {
    /// Plays the part of everybody but `us`, from `now` on. Packets that the capture has cut are left out.
    pub fn new(now: Instant, capture: &Capture, us: IpAddr) -> Replay {
        Replay::with(now, capture, us, Box::new(AsItIs))
    }

    /// The same, with numbers made ours.
    pub fn with(now: Instant, capture: &Capture, us: IpAddr, rewrite: Box<dyn Rewrite>) -> Replay {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let mut begin = None;
        for (index, time, bytes) in capture.ip_packets() {
            let Ok(packet) = IpPacket::parse(bytes) else { continue };
            let time = time.saturating_sub(*begin.get_or_insert(time));
            let number = capture.frames[index].number;
            let bytes = bytes[..bytes.len() - packet.trailer.len()].to_vec();
            let recorded = Recorded { number, time, bytes };
            if packet.header.source() == us {
                ours.push(recorded);
            } else {
                theirs.push((ours.len(), recorded));
            }
        }
        let all = || ours.iter().chain(theirs.iter().map(|(_, recorded)| recorded));
        let mtu = all().map(|recorded| recorded.bytes.len()).max().unwrap_or(0).max(1500);
        let differences = Vec::new();
        Replay { now, mtu, rewrite, ours, theirs, sent: Vec::new(), came: 0, start: now, differences }
    }

    /// Where what we sent was not what was sent then, so far.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// How many of the recorded packets of ours have not been sent yet, and of the peer's have not come.
    pub fn left(&self) -> (usize, usize) {
        (self.ours.len().saturating_sub(self.sent.len()), self.theirs.len() - self.came)
    }

    /// When the next packet of the peer comes; `None` while we have not sent what it answers to.
    fn due(&self) -> Option<Instant> {
        let (answers_to, recorded) = self.theirs.get(self.came)?;
        let (since, then) = match answers_to.checked_sub(1) {
            None => (self.start, Duration::ZERO),
            Some(last) => (*self.sent.get(last)?, self.ours[last].time),
        };
        since.checked_add(recorded.time.saturating_sub(then))
    }
}

impl Link for Replay {
    fn now(&self) -> Instant {
        self.now
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let place = self.sent.len();
        self.sent.push(self.now);
        let recorded = self.ours.get(place);
        let bytes = recorded.map(|recorded| &recorded.bytes[..]);
        let ours = self.rewrite.sent(packet, bytes);
        let found = Difference::between(
            place + 1,
            &ours,
            recorded.map(|recorded| (recorded.number, &recorded.bytes[..])),
        );
        if self.differences.len() < MOST_DIFFERENCES {
            self.differences.extend(found);
        }
        Ok(())
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        match (self.due(), deadline) {
            (Some(due), deadline) if deadline.is_none_or(|deadline| due <= deadline.max(self.now)) => {
                self.now = self.now.max(due);
                let recorded = self.theirs.get(self.came).map(|(_, recorded)| &recorded.bytes[..]);
                let packet = self.rewrite.received(recorded.unwrap_or_default());
                self.came += 1;
                Ok(Some(packet))
            }
            (_, Some(deadline)) => {
                self.now = self.now.max(deadline);
                Ok(None)
            }
            (_, None) => Err(io::Error::new(io::ErrorKind::Deadlock, NO_PACKET)),
        }
    }
}
