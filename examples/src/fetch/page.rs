//! What came back of one URL. Tested in `tests/offline.rs`.

use std::net::SocketAddr;

use barewire_http1::{Framing, Headers, Response};
use barewire_tls13::Summary;

/// What came back.
#[derive(Debug)]
pub struct Page {
    /// Who was asked.
    pub address: SocketAddr,
    /// What the handshake proved; `None` over plain HTTP.
    pub tls: Option<Summary>,
    /// The head of the response.
    pub response: Response,
    /// How the body was framed, and by which rule.
    pub framing: Framing,
    /// Length of the body in bytes, as it came.
    pub length: u64,
    /// What came of undoing its codings, if that was done.
    pub undone: Option<Undone>,
    /// The first bytes of the body, after its codings were undone.
    pub beginning: Vec<u8>,
    /// The fields after a chunked body.
    pub trailers: Headers,
}

/// A body whose codings were undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The codings, in the order in which they were applied.
    pub codings: Vec<String>,
    /// The length of the content without them, in bytes.
    pub length: u64,
    /// Whether one of them was deflate, and came without its wrapper.
    pub raw_deflate: bool,
}

/// How many bytes of the body a [`Page`] keeps.
const BEGINNING: usize = 4096;

impl Page {
    /// A page of which the head has come.
    pub(super) fn begun(
        address: SocketAddr,
        tls: Option<Summary>,
        response: Response,
        framing: Framing,
    ) -> Page {
        let (beginning, trailers) = (Vec::new(), Headers::new());
        Page { address, tls, response, framing, length: 0, undone: None, beginning, trailers }
    }

    /// The length of what was written: that of the body, or of what was undone.
    pub fn written(&self) -> u64 {
        self.undone.as_ref().map_or(self.length, |undone| undone.length)
    }

    /// Some of the content has come.
    pub(super) fn content(&mut self, piece: &[u8]) {
        let room = BEGINNING - self.beginning.len();
        self.beginning.extend(&piece[..piece.len().min(room)]);
    }
}
