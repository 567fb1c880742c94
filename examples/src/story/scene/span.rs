//! A piece of time, and the pieces in it. They follow each other without a gap, and add up to it.

use std::net::IpAddr;
use std::time::Duration;

use crate::story::budget::PhaseName;

/// A piece of time. Times count from the first frame of the capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What went on.
    pub doing: Doing,
    /// When it began.
    pub start: Duration,
    /// When it ended, or was given up.
    pub end: Duration,
    /// Whether it came to its end.
    pub ended: bool,
    /// The pieces of it, in time; empty where it is one.
    pub parts: Vec<Span>,
}

/// What went on in a piece of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// A host asked another, from its first packet for it to the last byte of the answer.
    Request {
        /// Who asked.
        host: String,
        /// What: `GET /`.
        title: String,
    },
    /// A phase of a request.
    Phase(PhaseName),
    /// Packets were on their way.
    Way {
        /// From this host,
        from: String,
        /// to that one.
        to: String,
    },
    /// A host had the request, and had not answered yet.
    At(String),
    /// A host did something that no packet shows.
    Own(String),
    /// The same, with the name that the host itself gives it in `Server-Timing`.
    Named {
        /// The host.
        host: String,
        /// Its name for it: `queue`, `app`.
        name: String,
    },
    /// There is no capture point at the other end, so that nobody can say how it was.
    Unseen(IpAddr),
    /// The other end has a capture point, and what it said there could not be read.
    Unread(String),
}

impl Span {
    /// A piece that came to its end, in one.
    pub(super) fn new(doing: Doing, start: Duration, end: Duration) -> Span {
        Span { doing, start, end: end.max(start), ended: true, parts: Vec::new() }
    }

    /// How long it took.
    pub fn took(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }

    /// The same, with these pieces; `own` fills the gaps between them.
    pub(super) fn of(self, mut pieces: Vec<Span>, own: &dyn Fn(Duration, Duration) -> Vec<Span>) -> Span {
        pieces.sort_by_key(|piece| piece.start);
        let mut parts: Vec<Span> = Vec::new();
        let mut until = self.start;
        for mut piece in pieces {
            // Of two pieces at the same time the first one counts, and of the second what is left.
            if !piece.clip(until, self.end) {
                continue;
            }
            if piece.start > until {
                parts.extend(own(until, piece.start));
            }
            until = piece.end;
            parts.push(piece);
        }
        if !parts.is_empty() && until < self.end {
            parts.extend(own(until, self.end));
        }
        Span { parts, ..self }
    }

    /// Cuts off what is before `from` or after `until`; `false`: nothing is left. What takes no time stays.
    fn clip(&mut self, from: Duration, until: Duration) -> bool {
        let is_moment = self.start == self.end && from <= self.start && self.end <= until;
        self.start = self.start.max(from);
        self.end = self.end.min(until);
        self.parts.retain_mut(|part| part.clip(from, until));
        self.start < self.end || is_moment
    }

    /// Whether the pieces of it, and theirs, add up to it without a gap.
    pub fn adds_up(&self) -> bool {
        let mut until = self.start;
        let follows = |part: &Span| {
            let follows = part.start == until && part.adds_up();
            until = part.end;
            follows
        };
        self.parts.is_empty() || self.parts.iter().all(follows) && until == self.end
    }
}
