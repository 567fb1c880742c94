//! An observer, and segments made by hand for it. Numbers are relative to the initial ones, as the observer shows them.

use std::time::Duration;

use barewire_dissect::Direction;
use barewire_packet::checksum::Verdict;
use barewire_tcp::observe::{Note, Observer, Seen};
use barewire_tcp::options::{Options, SackBlocks};
use barewire_tcp::{Flags, Segment, SeqNumber};

use super::common::script::{A, S, SA};
use super::common::{CLIENT, SERVER};

/// The initial numbers: just below the wrap, so that every script crosses it.
const CLIENT_ISN: u32 = u32::MAX - 2;
const SERVER_ISN: u32 = u32::MAX - 5;

pub(crate) struct Watch {
    pub(crate) observer: Observer,
    pub(crate) frame: u64,
    /// In milliseconds.
    pub(crate) now: u64,
    /// What the next segments say beside their numbers.
    pub(crate) window: u16,
    pub(crate) sack: Vec<(u32, u32)>,
    pub(crate) scale: Option<u8>,
    pub(crate) permits_sack: bool,
    pub(crate) missing: usize,
    pub(crate) verdict: Verdict,
    pub(crate) port: u16,
}

impl Watch {
    pub(crate) fn new() -> Watch {
        Watch {
            observer: Observer::default(),
            frame: 0,
            now: 0,
            window: 1000,
            sack: Vec::new(),
            scale: None,
            permits_sack: false,
            missing: 0,
            verdict: Verdict::Correct,
            port: 1000,
        }
    }

    /// After a handshake whose round trip took 100 ms, all of it between the capture and the server: so it is the
    /// client's end that is watched.
    pub(crate) fn at_client() -> Watch {
        Watch::after_handshake(Watch::new(), 100, 0)
    }

    /// As [`Watch::at_client`]; both ends permit SACK.
    pub(crate) fn with_sack() -> Watch {
        Watch::after_handshake(Watch { permits_sack: true, ..Watch::new() }, 100, 0)
    }

    /// The same, watched at the server's end.
    pub(crate) fn at_server() -> Watch {
        Watch::after_handshake(Watch::new(), 0, 100)
    }

    fn after_handshake(mut watch: Watch, server: u64, client: u64) -> Watch {
        watch.client(S, 0, 0, b"");
        watch.now += server;
        watch.server(SA, 0, 1, b"");
        watch.now += client;
        watch.client(A, 1, 1, b"");
        watch
    }

    /// The client sends.
    pub(crate) fn client<'a>(&mut self, flags: Flags, seq: u32, ack: u32, payload: &'a [u8]) -> Seen<'a> {
        self.pass(Direction::ToServer, flags, seq, ack, payload)
    }

    /// The server sends.
    pub(crate) fn server<'a>(&mut self, flags: Flags, seq: u32, ack: u32, payload: &'a [u8]) -> Seen<'a> {
        self.pass(Direction::ToClient, flags, seq, ack, payload)
    }

    /// A segment as the next one is made: it does not pass.
    pub(crate) fn segment<'a>(
        &mut self,
        way: Direction,
        flags: Flags,
        seq: u32,
        ack: u32,
        payload: &'a [u8],
    ) -> Segment<'a> {
        let (own, other, from, to) = match way {
            Direction::ToServer => (CLIENT_ISN, SERVER_ISN, self.port, 80),
            Direction::ToClient => (SERVER_ISN, CLIENT_ISN, 80, self.port),
        };
        let mut sack = SackBlocks::default();
        for (first, end) in self.sack.drain(..) {
            sack.push(SeqNumber(other) + first, SeqNumber(other) + end);
        }
        Segment {
            seq: SeqNumber(own) + seq,
            ack: if flags.ack() { SeqNumber(other) + ack } else { SeqNumber(0) },
            flags,
            window: self.window,
            options: Options {
                sack,
                window_scale: self.scale,
                sack_permitted: self.permits_sack && flags.syn(),
                ..Options::default()
            },
            payload,
            ..Segment::empty(from, to)
        }
    }

    fn pass<'a>(&mut self, way: Direction, flags: Flags, seq: u32, ack: u32, payload: &'a [u8]) -> Seen<'a> {
        let segment = self.segment(way, flags, seq, ack, payload);
        let (source, destination) = match way {
            Direction::ToServer => (CLIENT, SERVER),
            Direction::ToClient => (SERVER, CLIENT),
        };
        self.frame += 1;
        let time = Duration::from_millis(self.now);
        let (source, destination) = (source.into(), destination.into());
        self.observer.segment(self.frame, time, source, destination, &segment, self.missing, self.verdict)
    }
}

/// What a segment completed: offset, bytes, and the frame that carried them.
pub(crate) fn chunks(seen: &Seen<'_>) -> Vec<(u64, Vec<u8>, u64)> {
    seen.chunks.iter().map(|chunk| (chunk.offset, chunk.bytes.to_vec(), chunk.frame)).collect()
}

/// The one note of a segment.
#[track_caller]
pub(crate) fn note(seen: &Seen<'_>) -> Note {
    assert_eq!(seen.notes.len(), 1, "{:?}", seen.notes);
    seen.notes[0]
}
