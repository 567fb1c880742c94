//! Whether a connection outlives a message (RFC 9112 §9.3). Tested in `tests/client.rs` and `tests/server.rs`.

use crate::headers::Headers;
use crate::message::Version;

/// The four steps of RFC 9112 §9.3, in their order, for one message that was sent or received. `Err` says why not.
pub(crate) fn persists(version: Version, headers: &Headers) -> Result<(), &'static str> {
    if headers.has("Connection", "close") {
        return Err("Connection: close");
    }
    if version >= Version::HTTP_1_1 {
        return Ok(());
    }
    if headers.has("Connection", "keep-alive") {
        return Ok(());
    }
    Err("HTTP/1.0 without Connection: keep-alive")
}
