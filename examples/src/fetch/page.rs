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
    /// Length of the body in bytes.
    pub length: u64,
    /// The first bytes of the body.
    pub beginning: Vec<u8>,
    /// The fields after a chunked body.
    pub trailers: Headers,
}

/// How many bytes of the body a [`Page`] keeps.
pub(super) const BEGINNING: usize = 4096;

impl Page {
    /// A page of which the head has come.
    pub(super) fn begun(
        address: SocketAddr,
        tls: Option<Summary>,
        response: Response,
        framing: Framing,
    ) -> Page {
        let (beginning, trailers) = (Vec::new(), Headers::new());
        Page { address, tls, response, framing, length: 0, beginning, trailers }
    }
}
