//! What is known of a whole connection, and how it ended.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use barewire_dissect::Direction;

use crate::observe::note::{Note, NoteKind};
use crate::observe::passing::Passing;
use crate::observe::stream::Delivery;
use crate::segment::Flags;

/// What is known of a connection. Pairs are by [`Direction::index`]: to the server first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The end that sent the SYN.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// Whether a SYN or SYN-ACK told which end is the client. Without one it is the sender of the first segment, until
    /// the caller knows better ([`Observer::turn_round`](super::Observer::turn_round)).
    pub client_known: bool,
    /// The frame it was first seen in.
    pub first_frame: u64,
    /// When it was first seen.
    pub first: Duration,
    /// When it was last seen.
    pub last: Duration,
    /// When the first SYN was seen.
    pub syn: Option<Duration>,
    /// When the first SYN-ACK was seen.
    pub syn_ack: Option<Duration>,
    /// When the ACK that ends the handshake was seen.
    pub established: Option<Duration>,
    /// The round trip of the handshake: from the SYN that was answered to the ACK of its answer.
    pub round_trip: Option<Duration>,
    /// When the FIN of each direction was first seen.
    pub fin: [Option<Duration>; 2],
    /// When a reset was first seen, and which way it went.
    pub reset: Option<(Duration, Direction)>,
    /// Segments each way.
    pub segments: [u64; 2],
    /// Payload bytes each way, those that were sent again too.
    pub payload: [u64; 2],
    /// Stream bytes put in order each way.
    pub stream: [u64; 2],
    /// Notes each way, by kind.
    counts: [[u32; NoteKind::COUNT]; 2],
}

impl Summary {
    /// A connection of which nothing was seen yet.
    pub(super) fn new(
        client: SocketAddr,
        server: SocketAddr,
        client_known: bool,
        first_frame: u64,
        first: Duration,
    ) -> Summary {
        Summary {
            client,
            server,
            client_known,
            first_frame,
            first,
            last: first,
            syn: None,
            syn_ack: None,
            established: None,
            round_trip: None,
            fin: [None; 2],
            reset: None,
            segments: [0; 2],
            payload: [0; 2],
            stream: [0; 2],
            counts: [[0; NoteKind::COUNT]; 2],
        }
    }

    /// A segment has passed; `round_trip` is what the handshake took, as far as it is known.
    pub(super) fn take(
        &mut self,
        passing: &Passing<'_, '_>,
        round_trip: Option<Duration>,
        out: &Delivery<'_>,
    ) {
        let (time, direction) = (passing.time, passing.direction);
        self.last = time;
        self.segments[direction.index()] += 1;
        self.payload[direction.index()] += passing.length() as u64;
        self.note_milestone(passing.segment.flags, time, direction, round_trip);
        self.count_delivered(direction, out);
    }

    fn note_milestone(
        &mut self,
        flags: Flags,
        time: Duration,
        direction: Direction,
        round_trip: Option<Duration>,
    ) {
        match (flags.syn(), flags.ack(), direction) {
            (true, false, Direction::ToServer) => first_time(&mut self.syn, time),
            (true, true, Direction::ToClient) => first_time(&mut self.syn_ack, time),
            (false, true, Direction::ToServer) if self.syn_ack.is_some() && !flags.rst() => {
                first_time(&mut self.established, time);
                self.round_trip = self.round_trip.or(round_trip);
            }
            _ => {}
        }
        if flags.fin() {
            first_time(&mut self.fin[direction.index()], time);
        }
        if flags.rst() {
            self.reset.get_or_insert((time, direction));
        }
    }

    /// Counts notes and stream bytes. A gap counts for the direction that it is in.
    pub(super) fn count_delivered(&mut self, direction: Direction, out: &Delivery<'_>) {
        for note in &out.notes {
            let direction = if let Note::Gap { direction, .. } = note { *direction } else { direction };
            let count = &mut self.counts[direction.index()][note.kind() as usize];
            *count = count.saturating_add(1);
        }
        for chunk in &out.chunks {
            self.stream[chunk.direction.index()] += chunk.bytes.len() as u64;
        }
    }

    /// How many segments that went `direction` got a note of this kind.
    pub fn count(&self, direction: Direction, kind: NoteKind) -> u32 {
        self.counts[direction.index()][kind as usize]
    }

    /// How it ended, or how far it came.
    pub fn outcome(&self) -> Outcome {
        let saw_handshake = self.syn.is_some() || self.syn_ack.is_some();
        match (self.reset, self.fin) {
            (Some((_, Direction::ToClient)), _) if self.syn.is_some() && self.syn_ack.is_none() => {
                Outcome::Refused
            }
            // After both FINs a reset answers a late segment: its sender has forgotten the connection.
            (_, [Some(_), Some(_)]) => Outcome::Closed,
            (Some((_, by)), _) => Outcome::Reset { by },
            (None, [Some(_), None]) => Outcome::HalfClosed { by: Direction::ToServer },
            (None, [None, Some(_)]) => Outcome::HalfClosed { by: Direction::ToClient },
            (None, [None, None]) if !saw_handshake => Outcome::MidStream,
            (None, [None, None]) if self.segments[Direction::ToClient.index()] == 0 => Outcome::NoAnswer,
            (None, [None, None]) if self.established.is_none() => Outcome::HalfOpen,
            (None, [None, None]) => Outcome::Open,
        }
    }

    /// Swaps client and server.
    pub(super) fn turn_round(&mut self) {
        std::mem::swap(&mut self.client, &mut self.server);
        self.fin.swap(0, 1);
        self.segments.swap(0, 1);
        self.payload.swap(0, 1);
        self.stream.swap(0, 1);
        self.counts.swap(0, 1);
        self.reset = self.reset.map(|(time, by)| (time, by.reversed()));
    }
}

fn first_time(milestone: &mut Option<Duration>, time: Duration) {
    milestone.get_or_insert(time);
}

/// How a connection ended, or how far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Neither its beginning nor its end is in the capture.
    MidStream,
    /// The SYN was not answered.
    NoAnswer,
    /// The SYN was answered with a reset: nobody listens there.
    Refused,
    /// The SYN-ACK was not answered.
    HalfOpen,
    /// It was open when the capture ended.
    Open,
    /// One end has sent its FIN.
    HalfClosed {
        /// Which way the FIN went: to the server, if the client closed.
        by: Direction,
    },
    /// Both ends have sent their FINs.
    Closed,
    /// One end has reset it.
    Reset {
        /// Which way the reset went: to the server, if it came from the client.
        by: Direction,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |by: Direction| if by == Direction::ToServer { "client" } else { "server" };
        match *self {
            Outcome::MidStream => f.write_str("neither beginning nor end seen"),
            Outcome::NoAnswer => f.write_str("no answer"),
            Outcome::Refused => f.write_str("refused"),
            Outcome::HalfOpen => f.write_str("half open"),
            Outcome::Open => f.write_str("open"),
            Outcome::HalfClosed { by } => write!(f, "closed by the {} only", end(by)),
            Outcome::Closed => f.write_str("closed"),
            Outcome::Reset { by } => write!(f, "reset by the {}", end(by)),
        }
    }
}
