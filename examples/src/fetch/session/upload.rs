//! A request whose body is given piece by piece. Tested in `tests/fetch_core` and `tests/uploads.rs`.

use barewire_http1::{self as http1, Request};

use super::Session;
use super::feed::Feed;
use crate::failure::Failure;

impl Session {
    /// Asks for something with a body that follows: [`Session::body`], and then [`Session::end_body`]. `length` is in
    /// bytes; without it the body goes out in chunks.
    ///
    /// # Errors
    /// As for [`Session::request`].
    pub fn request_with(&mut self, request: &Request, length: Option<u64>) -> Result<(), Failure> {
        (self.sent, self.heard, self.uploaded) = (0, false, 0);
        let framing = length.map_or(http1::Body::Chunked, http1::Body::Length);
        let asked = self.http.request(request, framing);
        asked.map_err(|refused| Failure::http(http1::driver::Error::Http(refused)))?;
        self.feed = if length == Some(0) { Feed::Done } else { Feed::Wanted };
        Ok(())
    }

    /// Whether the next piece of the body is wanted. What was given has been handed out then.
    pub fn wants_body(&self) -> bool {
        self.feed == Feed::Wanted && !self.is_over() && self.unwritable.is_none()
    }

    /// Some of the body.
    ///
    /// # Errors
    /// It is longer than was announced.
    pub fn body(&mut self, piece: &[u8]) -> Result<(), Failure> {
        self.feed = Feed::Waits(piece.len() as u64);
        self.http.body(piece).map_err(|refused| Failure::http(http1::driver::Error::Http(refused)))
    }

    /// The body ends.
    ///
    /// # Errors
    /// It is shorter than was announced.
    pub fn end_body(&mut self) -> Result<(), Failure> {
        self.feed = Feed::Done;
        self.http.finish().map_err(|refused| Failure::http(http1::driver::Error::Http(refused)))
    }

    /// How many bytes of the body were handed out.
    pub fn uploaded(&self) -> u64 {
        self.uploaded
    }

    /// Bytes of the request were handed out: the next piece may come.
    pub(super) fn handed_out(&mut self, bytes: usize) {
        self.sent += bytes as u64;
        if let Feed::Waits(length) = self.feed {
            self.uploaded += length;
            self.feed = Feed::Wanted;
        }
    }

    /// A final response came. A server that refuses does not want the rest (RFC 9112 §9.5).
    pub(super) fn answered(&mut self, status: u16) {
        if status >= 400 {
            self.feed = Feed::Done;
        }
    }
}
