//! Requests of a [`Session`]: with all of the body, or with a body that is given piece by piece.
//!
//! Tested in `tests/fetch_core` and `tests/uploads.rs`.

use barewire_dissect::Refused;
use barewire_http1::{self as http1, Request};

use super::Session;
use super::feed::Feed;
use crate::failure::Failure;

impl Session {
    /// Asks for something. `body` is all of the request's body. It waits for `100 Continue`, or for a second, where the
    /// request says `Expect: 100-continue` (RFC 9110 §10.1.1).
    ///
    /// # Errors
    /// The request must not be sent, or the session is not [ready](Session::is_ready). Nothing is sent, and the session
    /// goes on.
    pub fn request(&mut self, request: &Request, body: &[u8]) -> Result<(), Failure> {
        (self.sent, self.heard, self.feed, self.uploaded) = (0, false, Feed::Done, body.len() as u64);
        let asked = match request.headers.has("Expect", "100-continue") {
            true => self.request_and_wait(request, body),
            false => self.http.request_whole(request, body).map(drop),
        };
        asked.map_err(|refused| Failure::http(http1::driver::Error::Http(refused)))
    }

    /// The head goes out, and the body when the server wants it.
    fn request_and_wait(&mut self, request: &Request, body: &[u8]) -> Result<(), Refused<http1::Reason>> {
        let framing = match request.headers.has("Transfer-Encoding", "chunked") {
            true => http1::Body::Chunked,
            false if body.is_empty() => http1::Body::None,
            false => http1::Body::Length(body.len() as u64),
        };
        self.http.request(request, framing)?;
        if framing != http1::Body::None {
            self.http.body(body)?;
            self.http.finish()?;
        }
        Ok(())
    }

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
