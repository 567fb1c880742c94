//! What IP asks of a host, around a link with an address of its own (RFC 1122 §3.2, §3.3, RFC 4443 §4).
//!
//! On the host's own address the kernel does this for us: it puts fragments together before a raw socket hears of them,
//! and answers pings. On an address that the kernel does not own ([`tun`](super::tun), [`datalink`](super::datalink)),
//! nobody does. [`IpHost`] is the core without I/O, and [`HostLink`] puts it around a link:
//!
//! ```text
//!   our TCP ◀── whole packets ──── IpHost ◀── packets, fragments, echo requests ──── link
//!           ─── packets ─────────▶        ─── packets, fragments, echo replies ───▶
//! ```
//!
//! ```
//! use std::time::Instant;
//! use barewire_packet::icmp::echo_packet;
//! use barewire_packet::link::host::IpHost;
//!
//! let [us, them] = ["10.0.0.9".parse()?, "10.0.0.1".parse()?];
//! let mut host = IpHost::new(Instant::now(), vec![us], 1500);
//! assert_eq!(host.receive(Instant::now(), &echo_packet(them, us, false, (7, 1), b"abc")), None);
//! assert_eq!(host.transmit(), Some(echo_packet(us, them, true, (7, 1), b"abc")));
//! # Ok::<(), std::net::AddrParseError>(())
//! ```
//!
//! * A fragment waits for the others, 60 s at most ([`Defragmenter`]).
//! * An echo request is answered, and does not go up.
//! * A packet that is larger than the link's MTU goes out in pieces if its sender allows that: IPv4 without "don't
//!   fragment", and our own echo replies. TCP's packets do not allow it: their size is TCP's business (path MTU).
//!
//! All other packets go up as they came, errors of ICMP too. Left out: errors of our own, such as "port unreachable",
//! since only the layers above know what they wait for; IP options. Tested in `tests/ip_host.rs`, against the kernel by
//! `tcp/tests/links`.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::build::fragments;
use crate::checksum::Verdict;
use crate::icmp::{self, Icmp, Message, Version, echo_packet};
use crate::ip::{Defragmenter, Fragments, IpHeader, IpPacket};
use crate::link::Link;

/// How many packets may wait to be sent: answers to a flood of echo requests are not kept.
const MOST_ANSWERS: usize = 64;

/// The types of an echo request (RFC 792, RFC 4443 §4.1).
const ECHO_REQUESTS: [u8; 2] = [8, 128];

/// Fragments put together, and echo requests answered, for some addresses.
#[derive(Debug)]
pub struct IpHost {
    addresses: Vec<IpAddr>,
    mtu: usize,
    /// The clock of the defragmenter begins here.
    start: Instant,
    defragmenter: Defragmenter,
    answers: VecDeque<Vec<u8>>,
    identification: u16,
    unanswered: u64,
}

impl IpHost {
    /// A host with these addresses, on a link with this MTU in bytes.
    pub fn new(now: Instant, addresses: Vec<IpAddr>, mtu: usize) -> IpHost {
        IpHost {
            addresses,
            mtu,
            start: now,
            defragmenter: Defragmenter::new(),
            answers: VecDeque::new(),
            identification: 0,
            unanswered: 0,
        }
    }

    /// A packet has come. Gives what goes up: the packet, or the one that is whole with it.
    pub fn receive(&mut self, now: Instant, packet: &[u8]) -> Option<Vec<u8>> {
        // One that cannot be read goes up: the layer above says why.
        let Ok(read) = IpPacket::parse(packet) else { return Some(packet.to_vec()) };
        if !self.addresses.contains(&read.header.destination()) {
            return Some(packet.to_vec());
        }
        let whole = match self.defragmenter.receive(now.saturating_duration_since(self.start), &read) {
            Fragments::NotAFragment => packet.to_vec(),
            Fragments::Whole { packet, .. } => packet,
            _ => return None,
        };
        if self.answer(&whole) { None } else { Some(whole) }
    }

    /// What to send next: an answer, or a piece of one.
    pub fn transmit(&mut self) -> Option<Vec<u8>> {
        self.answers.pop_front()
    }

    /// What goes out for a packet from above: the packet, or its pieces.
    pub fn cut(&mut self, packet: &[u8]) -> Vec<Vec<u8>> {
        let may_be_cut = match IpPacket::parse(packet).map(|read| read.header) {
            Ok(IpHeader::V4(header)) => !header.dont_fragment,
            _ => false,
        };
        if may_be_cut && packet.len() > self.mtu { self.pieces(packet) } else { vec![packet.to_vec()] }
    }

    /// How many packets were given up because their fragments did not all come, and how many echo requests were not
    /// answered because too many came.
    pub fn given_up(&self) -> (u64, u64) {
        (self.defragmenter.dropped(), self.unanswered)
    }

    /// Answers an echo request. False: it is something else.
    fn answer(&mut self, packet: &[u8]) -> bool {
        let Some(reply) = reply_to(packet) else { return false };
        let pieces = if reply.len() > self.mtu { self.pieces(&reply) } else { vec![reply] };
        if self.answers.len() + pieces.len() > MOST_ANSWERS {
            self.unanswered += 1;
        } else {
            self.answers.extend(pieces);
        }
        true
    }

    fn pieces(&mut self, packet: &[u8]) -> Vec<Vec<u8>> {
        self.identification = self.identification.wrapping_add(1);
        let is_v4 = packet.first().is_some_and(|byte| byte >> 4 == 4);
        // An IPv6 fragment has 8 bytes of extension header.
        let headers = if is_v4 { 20 } else { 48 };
        fragments(packet, self.identification, self.mtu.saturating_sub(headers))
    }
}

/// The reply to an echo request, with the same data (RFC 1122 §3.2.2.6).
fn reply_to(packet: &[u8]) -> Option<Vec<u8>> {
    let read = IpPacket::parse(packet).ok()?;
    let (source, us) = (read.header.source(), read.header.destination());
    let version = match (us, read.header.protocol()) {
        (IpAddr::V4(_), icmp::PROTOCOL) => Version::V4,
        (IpAddr::V6(_), icmp::PROTOCOL_V6) => Version::V6,
        _ => return None,
    };
    let request = Icmp::parse(version, read.payload).ok()?;
    let Message::Echo { identifier, sequence } = request.message else { return None };
    let is_right = request.verify(source, us, read.payload) == Verdict::Correct;
    if !ECHO_REQUESTS.contains(&request.kind) || !is_right || source.is_multicast() || source.is_unspecified()
    {
        return None;
    }
    Some(echo_packet(us, source, true, (identifier, sequence), read.payload.get(8..)?))
}

/// A link with a host around it.
#[derive(Debug)]
pub struct HostLink<L> {
    link: L,
    host: IpHost,
}

impl<L: Link> HostLink<L> {
    /// Puts a host with these addresses around `link`.
    pub fn new(link: L, addresses: Vec<IpAddr>) -> HostLink<L> {
        let host = IpHost::new(link.now(), addresses, link.mtu());
        HostLink { link, host }
    }

    /// The link itself.
    pub fn link(&self) -> &L {
        &self.link
    }

    /// What the host has given up.
    pub fn host(&self) -> &IpHost {
        &self.host
    }
}

impl<L: Link> Link for HostLink<L> {
    fn now(&self) -> Instant {
        self.link.now()
    }

    fn mtu(&self) -> usize {
        self.link.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        if packet.len() <= self.link.mtu() {
            return self.link.send(packet);
        }
        self.host.cut(packet).iter().try_for_each(|piece| self.link.send(piece))
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        loop {
            let Some(packet) = self.link.receive(deadline)? else { return Ok(None) };
            let up = self.host.receive(self.link.now(), &packet);
            while let Some(answer) = self.host.transmit() {
                self.link.send(&answer)?;
            }
            if up.is_some() {
                return Ok(up);
            }
        }
    }

    fn patience(&self) -> Option<Duration> {
        self.link.patience()
    }

    fn drops(&self) -> Option<u64> {
        self.link.drops()
    }

    fn unsent(&self) -> u64 {
        self.link.unsent()
    }
}
