//! What an observer told, as lines of text.
#![allow(dead_code)]

pub(crate) use barewire_http1::observe::Direction::{self, ToClient, ToServer};
use barewire_http1::observe::{Lost, Observer, Seen, What};

/// `0..27 GET / HTTP/1.1`
pub(crate) fn lines(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(|seen| format!("{}..{} {}", seen.range.start, seen.range.end, seen.what)).collect()
}

/// The lines without the ranges, and without the ends of messages.
pub(crate) fn told(seen: &[Seen]) -> Vec<String> {
    let not_an_end = |one: &&Seen| !matches!(one.what, What::End { .. });
    seen.iter().filter(not_an_end).map(|one| one.what.to_string()).collect()
}

/// Why the observer lost its place, in order.
pub(crate) fn lost(seen: &[Seen]) -> Vec<Lost> {
    seen.iter()
        .filter_map(|one| match &one.what {
            What::Lost(lost) => Some(lost.clone()),
            _ => None,
        })
        .collect()
}

/// An observer, and the offset of the next byte of each direction: to give it pieces without counting.
#[derive(Default)]
pub(crate) struct Capture {
    pub(crate) observer: Observer,
    next: [u64; 2],
}

impl Capture {
    /// The next piece of a direction.
    pub(crate) fn piece(&mut self, direction: Direction, bytes: impl AsRef<[u8]>) -> Vec<Seen> {
        let offset = self.next[direction.index()];
        self.next[direction.index()] += bytes.as_ref().len() as u64;
        self.observer.receive(direction, offset, bytes.as_ref())
    }

    /// Bytes that are not in the capture.
    pub(crate) fn gap(&mut self, direction: Direction, length: u64) {
        self.next[direction.index()] += length;
    }
}
