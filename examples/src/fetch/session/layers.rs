//! What TLS and HTTP say, on its way through a [`Session`]: bytes up, events up, and the end of either.
//!
//! Tested in `tests/fetch_core`.

use std::time::Instant;

use barewire_dissect::Refused;
use barewire_http1::{self as http1, client};
use barewire_tls13 as tls13;

use super::{End, Layer, Session};
use crate::failure::{Failure, Step};
use crate::fetch::event::Event;

/// What the layers say.
impl Session {
    pub(super) fn is_over(&self) -> bool {
        !matches!(self.end, End::Open)
    }

    /// The end, unless another one came before.
    pub(super) fn finish(&mut self, event: Event) {
        if !self.is_over() {
            self.end = End::Untold(Box::new(event));
        }
    }

    /// TLS has taken bytes, or its end. The content that came before an error goes on to HTTP first.
    pub(super) fn after_tls(&mut self, now: Instant, error: Option<tls13::Error>) {
        let was_secure = matches!(self.layer, Layer::Secure(_));
        let (Layer::Handshake(client) | Layer::Secure(client)) =
            std::mem::replace(&mut self.layer, Layer::Plain)
        else {
            return;
        };
        let is_proved = client.summary().is_some();
        self.layer = if is_proved { Layer::Secure(client) } else { Layer::Handshake(client) };
        if !was_secure {
            self.hear_handshake();
        }
        self.pump(now);
        match (error, &self.layer) {
            (Some(tls13::Error::Truncated { .. }), Layer::Secure(_)) => self.content_ends(now, false),
            (Some(error), Layer::Secure(_)) => {
                self.fail(Failure::new(Step::BrokenReply, error.to_string()));
            }
            (Some(error), _) => self.fail(Failure::tls(&error)),
            (None, Layer::Secure(client)) if client.is_closed_by_peer() => self.content_ends(now, true),
            (None, _) => {}
        }
    }

    /// Moves what TLS has opened on to HTTP.
    fn pump(&mut self, now: Instant) {
        let mut buffer = [0; 4096];
        while let Layer::Secure(client) = &mut self.layer
            && let length @ 1.. = client.read(&mut buffer)
        {
            self.take_content(now, &buffer[..length]);
        }
    }

    pub(super) fn take_content(&mut self, now: Instant, bytes: &[u8]) {
        if self.is_over() {
            return;
        }
        self.heard |= !bytes.is_empty();
        if let Err(refused) = self.http.receive(now, bytes) {
            self.http_failed(refused);
        }
    }

    /// No more content comes. `clean`: in the proper way of the transport.
    pub(super) fn content_ends(&mut self, now: Instant, clean: bool) {
        if self.is_over() {
            return;
        }
        let result = if clean { self.http.receive_eof(now) } else { self.http.receive_incomplete_close(now) };
        match result {
            Ok(()) => self.finish(Event::Closed),
            Err(refused) => self.http_failed(refused),
        }
    }

    fn http_failed(&mut self, refused: Refused<http1::Reason>) {
        let says_nothing = refused.reason.kind() == http1::Kind::Empty;
        let failure = Failure::http(http1::driver::Error::Http(refused));
        if says_nothing { self.fail_without_answer(failure) } else { self.fail(failure) }
    }

    /// The server said nothing. A request that could not be written explains more than the silence after it.
    pub(super) fn fail_without_answer(&mut self, failure: Failure) {
        let unwritable = self.unwritable.take();
        self.fail(unwritable.map_or(failure, |error| Failure::io(Step::BrokenReply, &error)));
    }

    pub(super) fn tls_event(&mut self) -> Option<Event> {
        let (Layer::Handshake(client) | Layer::Secure(client)) = &mut self.layer else { return None };
        loop {
            match self.told.pop_front().or_else(|| client.event())? {
                tls13::client::Event::HandshakeDone(summary) => return Some(Event::HandshakeDone(summary)),
                // HTTP says what these two mean.
                tls13::client::Event::Data | tls13::client::Event::Closed => {}
                news => return Some(Event::Tls(news)),
            }
        }
    }

    pub(super) fn http_event(&mut self) -> Option<Event> {
        Some(match self.http.event()? {
            client::Event::Informational(head) => Event::Informational(head.to_response()),
            client::Event::Response { head, framing } => {
                self.unwritable = None;
                self.answered(head.status());
                Event::Head { response: head.to_response(), framing }
            }
            client::Event::Data => Event::Data,
            client::Event::Trailers { fields, misplaced } => Event::Trailers { fields, misplaced },
            client::Event::Tunnel => Event::Tunnel,
            client::Event::End(persistence) => Event::Finished(persistence),
            client::Event::Unasked(refused) => {
                self.http_failed(refused);
                return None;
            }
        })
    }
}
