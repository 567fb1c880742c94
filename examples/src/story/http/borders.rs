//! The rulers along a content: which TLS record and which TCP segment carried which bytes of it.
//!
//! ```text
//!   content    0 ─────────────────────────────────────── n
//!   chunk      ├1000─────────────┼2000────────────────────┤
//!   record   ──1352─────────────────┼2744─────────────────┤     began in the head
//!   segment  ──#12────────┼#13────────┼#14────────────────┤
//! ```
//!
//! A byte of content stands in its record as far from the record's beginning as on the wire: the ciphers of TLS 1.3,
//! and GCM and ChaCha20 in TLS 1.2, encrypt byte for byte. So a border of segments inside a record is
//! the border between two bytes of content.

use std::collections::VecDeque;

use super::body::{Layout, MOST};
use super::heard::{Carried, Piece};
use super::{Borders, Ruler, Stretch};

/// What carried the last bytes of one direction.
#[derive(Debug, Default)]
pub(super) struct Carriers {
    /// Segments, by their place in the stream of TCP.
    segments: VecDeque<Segment>,
    pieces: VecDeque<Placed>,
    /// Some were forgotten since this place of the HTTP stream.
    forgotten: bool,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    start: u64,
    end: u64,
    frame: u64,
}

/// A piece of the HTTP stream.
#[derive(Debug, Clone, Copy)]
struct Placed {
    offset: u64,
    length: u64,
    carried: Carried,
}

impl Carriers {
    /// A segment with these bytes of the TCP stream.
    pub(super) fn segment(&mut self, start: u64, length: u64, frame: u64) {
        let full = self.segments.len() >= MOST;
        self.forgotten |= full;
        if !full {
            self.segments.push_back(Segment { start, end: start + length, frame });
        }
    }

    /// A piece of the HTTP stream.
    pub(super) fn piece(&mut self, piece: &Piece) {
        let full = self.pieces.len() >= MOST;
        self.forgotten |= full;
        let placed =
            Placed { offset: piece.offset, length: piece.bytes.len() as u64, carried: piece.carried };
        match self.pieces.back_mut() {
            Some(last)
                if last.carried == Carried::Plain
                    && placed.carried == Carried::Plain
                    && last.offset + last.length == placed.offset =>
            {
                last.length += placed.length;
            }
            _ if full => {}
            _ => self.pieces.push_back(placed),
        }
    }

    /// What ends before `offset` of the HTTP stream is not needed any more.
    pub(super) fn forget_before(&mut self, offset: u64) {
        while self.pieces.front().is_some_and(|piece| piece.offset + piece.length <= offset) {
            self.pieces.pop_front();
        }
        let on_tcp = match self.pieces.front() {
            Some(Placed { carried: Carried::Record(record), .. }) => record.start,
            Some(Placed { carried: Carried::Plain, .. }) => offset,
            Some(Placed { carried: Carried::Buried, .. }) => u64::MAX,
            // Segments may have come of a record that is not whole yet.
            None => return self.forget_old_segments(),
        };
        while self.segments.front().is_some_and(|segment| segment.end <= on_tcp) {
            self.segments.pop_front();
        }
        self.forgotten = false;
    }

    /// Between two messages no more than one record can be on its way: 16 KiB and a little (RFC 8446 §5.2).
    fn forget_old_segments(&mut self) {
        let last = self.segments.back().map_or(0, |segment| segment.end);
        while self.segments.front().is_some_and(|segment| segment.end + (32 << 10) < last) {
            self.segments.pop_front();
        }
        self.forgotten = false;
    }

    /// The rulers of a body that ends at `end` of the HTTP stream.
    pub(super) fn borders(&self, layout: &Layout, end: u64) -> Borders {
        let body = Body { layout, end };
        let more = self.forgotten || !layout.is_known();
        let records: Vec<Stretch> = self.pieces.iter().filter_map(|piece| body.of_record(piece)).collect();
        let segments: Vec<Stretch> =
            self.segments.iter().filter_map(|segment| self.of_segment(&body, segment)).collect();
        let ruler = |stretches: Vec<Stretch>| (!stretches.is_empty()).then_some(Ruler { stretches, more });
        Borders { chunks: layout.ruler(), records: ruler(records), segments: ruler(segments) }
    }

    fn of_segment(&self, body: &Body<'_>, segment: &Segment) -> Option<Stretch> {
        body.stretch(self.on_http(segment.start)?, self.on_http(segment.end)?, segment.frame)
    }

    /// How far the HTTP stream has come before this place of TCP. What stands around the content of a record, and
    /// records of another kind, are between two bytes of it.
    fn on_http(&self, tcp: u64) -> Option<u64> {
        let before = self.pieces.partition_point(|piece| piece.on_tcp() < tcp);
        let Some(piece) = before.checked_sub(1).and_then(|index| self.pieces.get(index)) else {
            return self.pieces.front().map(|first| first.offset);
        };
        let inside = match piece.carried {
            Carried::Plain => tcp - piece.offset,
            Carried::Record(record) => (tcp - record.start).saturating_sub(record.before),
            Carried::Buried => return None,
        };
        Some(piece.offset + inside.min(piece.length))
    }
}

impl Placed {
    /// Where it begins on TCP.
    fn on_tcp(&self) -> u64 {
        match self.carried {
            Carried::Plain => self.offset,
            Carried::Record(record) => record.start,
            Carried::Buried => 0,
        }
    }
}

/// A body, and where it ends in the HTTP stream.
struct Body<'a> {
    layout: &'a Layout,
    end: u64,
}

impl Body<'_> {
    fn of_record(&self, piece: &Placed) -> Option<Stretch> {
        let Carried::Record(_) = piece.carried else { return None };
        self.stretch(piece.offset, piece.offset + piece.length, piece.length)
    }

    /// The content between two places of the stream, if there is any.
    fn stretch(&self, from: u64, until: u64, name: u64) -> Option<Stretch> {
        let (begins, ends) = (from >= self.layout.start, until <= self.end);
        let [from, until] =
            [from.max(self.layout.start), until.min(self.end)].map(|at| self.layout.content_at(at));
        (from < until).then_some(Stretch { from, until, begins, ends, name })
    }
}
