//! Made-up headers around what a kernel socket read and wrote.
//!
//! A kernel socket hands over payloads and keeps the headers. For a trace the payloads are framed
//! again: addresses and ports are true, sequence numbers count from 0, and everything else is
//! filler. Such packets stand on an interface of their own, which says so, and the ladder marks them: they are never
//! passed off as seen.

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dns::driver::{Direction, Tap};
use barewire_dns::stub::Protocol;
use barewire_packet::udp;
use barewire_tcp::{Flags, Segment, SeqNumber};

use crate::trace::Trace;

/// Payload of one made-up segment at the most: an IPv4 packet ends at 65,535 bytes.
const MOST: usize = 60_000;

/// A TCP connection of the kernel's, as a trace shows it.
pub(super) struct TcpFrames {
    trace: Trace,
    local: SocketAddr,
    remote: SocketAddr,
    /// The next sequence number of either direction: ours, theirs.
    next: (SeqNumber, SeqNumber),
    ended: (bool, bool),
}

impl TcpFrames {
    /// A connection that was asked for at `began`: its SYN.
    pub(super) fn asked(trace: Trace, local: SocketAddr, remote: SocketAddr, began: Instant) -> TcpFrames {
        let zero = SeqNumber(0);
        let mut frames = TcpFrames { trace, local, remote, next: (zero, zero), ended: (false, false) };
        frames.segment(began, true, Flags::SYN, &[]);
        frames
    }

    /// A connection that was asked for at `began` and is there now.
    pub(super) fn connected(
        trace: Trace,
        local: SocketAddr,
        remote: SocketAddr,
        began: Instant,
    ) -> TcpFrames {
        let mut frames = TcpFrames::asked(trace, local, remote, began);
        frames.accepted();
        frames
    }

    /// The SYN is answered, now: the connection is there.
    pub(super) fn accepted(&mut self) {
        let now = Instant::now();
        self.segment(now, false, Flags::SYN | Flags::ACK, &[]);
        self.segment(now, true, Flags::ACK, &[]);
    }

    /// The SYN is answered with a reset, now.
    pub(super) fn refused(&mut self) {
        self.segment(Instant::now(), false, Flags::RST | Flags::ACK, &[]);
    }

    /// Bytes that were written (`sent`) or read.
    pub(super) fn data(&mut self, sent: bool, bytes: &[u8]) {
        for piece in bytes.chunks(MOST) {
            self.segment(Instant::now(), sent, Flags::PSH | Flags::ACK, piece);
        }
    }

    /// The end of one direction.
    pub(super) fn finished(&mut self, sent: bool) {
        let ended = if sent { &mut self.ended.0 } else { &mut self.ended.1 };
        if !std::mem::replace(ended, true) {
            self.segment(Instant::now(), sent, Flags::FIN | Flags::ACK, &[]);
        }
    }

    /// A reset, which ends both directions.
    pub(super) fn reset(&mut self, sent: bool) {
        if std::mem::replace(&mut self.ended, (true, true)) != (true, true) {
            self.segment(Instant::now(), sent, Flags::RST | Flags::ACK, &[]);
        }
    }

    fn segment(&mut self, now: Instant, sent: bool, flags: Flags, payload: &[u8]) {
        let (from, to) = if sent { (self.local, self.remote) } else { (self.remote, self.local) };
        let (ours, theirs) = self.next;
        let (seq, ack) = if sent { (ours, theirs) } else { (theirs, ours) };
        let ack = if flags.ack() { ack } else { SeqNumber(0) };
        let segment =
            Segment { seq, ack, flags, window: u16::MAX, payload, ..Segment::empty(from.port(), to.port()) };
        let next = seq + segment.len();
        if sent {
            self.next.0 = next
        } else {
            self.next.1 = next
        }
        self.trace.made_up(now, &segment.ip_packet(from.ip(), to.ip()));
    }
}

/// Puts DNS messages into a trace: a datagram each, or segments of the connection that carries them.
pub(super) struct DnsTap {
    trace: Trace,
    connections: Vec<TcpFrames>,
}

impl DnsTap {
    pub(super) fn new(trace: Trace) -> DnsTap {
        DnsTap { trace, connections: Vec::new() }
    }
}

impl Tap for DnsTap {
    fn message(
        &mut self,
        now: Instant,
        direction: Direction,
        protocol: Protocol,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
    ) {
        let sent = direction == Direction::Sent;
        if protocol == Protocol::Udp {
            let (from, to) = if sent { (local, remote) } else { (remote, local) };
            self.trace.made_up(now, &udp::ip_packet(from, to, bytes));
            return;
        }
        // Several are open at once: A and AAAA have one each.
        let of_these = |frames: &TcpFrames| (frames.local, frames.remote) == (local, remote);
        if !self.connections.iter().any(of_these) {
            self.connections.push(TcpFrames::connected(self.trace.clone(), local, remote, now));
        }
        if let Some(frames) = self.connections.iter_mut().find(|frames| of_these(frames)) {
            // RFC 1035 §4.2.2: over TCP each message follows its length.
            let length = (bytes.len() as u16).to_be_bytes();
            frames.data(sent, &[&length, bytes].concat());
        }
    }
}
