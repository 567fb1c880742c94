//! One direction of an observed connection: what was received, and where in a message it is.

use crate::body::BodyDecoder;
use crate::framing::Framing;
use crate::head::HeadReader;
use crate::received::Received;

/// One direction of the connection.
#[derive(Debug, Default)]
pub(super) struct Half {
    pub(super) received: Received,
    pub(super) at: At,
    /// The offset of the next byte. `None` before the first.
    pub(super) next: Option<u64>,
}

/// Where in a message a direction is.
#[derive(Debug)]
pub(super) enum At {
    /// Nowhere: the observer looks for a head at the start of each piece that it is given.
    Searching(Search),
    Head(HeadReader),
    Body(ObservedBody),
    /// After the end of the stream.
    Closed,
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

#[derive(Debug)]
pub(super) struct ObservedBody {
    pub(super) decoder: BodyDecoder,
    pub(super) framing: Framing,
    /// Whether there may be no body at all: the request is not known, and it may have been HEAD.
    pub(super) unsure: bool,
    /// Bytes of content that are missing in the capture.
    pub(super) missing: u64,
}

impl Default for At {
    fn default() -> At {
        At::Searching(Search::default())
    }
}

impl Search {
    /// The search after `bytes` more that were not read, the first of them at `at`.
    pub(super) fn skipping(self, bytes: u64, at: u64) -> Search {
        let from = if self.skipped == 0 { at } else { self.from };
        Search { from, skipped: self.skipped + bytes, ..self }
    }
}

impl At {
    /// Before a head that is expected here.
    pub(super) fn head() -> At {
        At::Head(HeadReader::default())
    }
}
