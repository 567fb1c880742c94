//! One direction of an observed connection: what was received, and where in a message it is.

use barewire_dissect::Direction;

use crate::framing::{Body, Framing};
use crate::message::Role;
use crate::received::Received;
use crate::receiving::Receiver;

/// One direction of the connection.
#[derive(Debug)]
pub(super) struct Half {
    pub(super) received: Received,
    pub(super) receiver: Receiver,
    /// Counts while the receiver is lost.
    pub(super) search: Search,
    /// Counts while the receiver reads a body.
    pub(super) body: ObservedBody,
    /// The offset of the next byte. `None` before the first.
    pub(super) next: Option<u64>,
    /// It ended in the middle of a message: after so many bytes of a head, or of a body that was framed so.
    pub(super) cut: Option<(u64, Option<Framing>)>,
}

/// A search for the next head.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Search {
    /// Where the first byte stands that was not read.
    pub(super) from: u64,
    /// How many bytes were not read so far.
    pub(super) skipped: u64,
    /// Whether the reason of the search was told.
    pub(super) told: bool,
    /// Whether messages may have been missed, in a number that nobody knows.
    pub(super) missed: bool,
}

/// What an observer has to know of a body beside its decoder.
#[derive(Debug, Clone, Copy)]
pub(super) struct ObservedBody {
    pub(super) framing: Framing,
    /// Whether there may be no body at all: the request is not known, and it may have been HEAD.
    pub(super) unsure: bool,
    /// Bytes of content that are missing in the capture.
    pub(super) missing: u64,
}

impl Half {
    /// A direction of which nothing was seen.
    pub(super) fn new(direction: Direction) -> Half {
        let role = match direction {
            Direction::ToServer => Role::Request,
            Direction::ToClient => Role::Response,
        };
        let framing = Framing { body: Body::None, rule: 7, why: "" };
        Half {
            received: Received::default(),
            receiver: Receiver::lost(role),
            search: Search::default(),
            body: ObservedBody { framing, unsure: false, missing: 0 },
            next: None,
            cut: None,
        }
    }
}

impl Search {
    /// The search after `bytes` more that were not read, the first of them at `at`.
    pub(super) fn skipping(self, bytes: u64, at: u64) -> Search {
        let from = if self.skipped == 0 { at } else { self.from };
        Search { from, skipped: self.skipped + bytes, ..self }
    }
}
