//! A request in the first flight, as early data of TLS (RFC 8446 §2.3, RFC 8470). Tested in `tests/resumed.rs`.

use std::time::Instant;

use barewire_http1::Request;
use barewire_tls13::Event;

use super::{Layer, Session};
use crate::failure::Failure;

impl Session {
    /// Asks for something before the handshake is done, if TLS has offered early data; if not, nothing happens.
    /// **Anybody on the way can send a copy of the request to the server**, so it must be one that may come twice.
    ///
    /// # Errors
    /// As for [`Session::request`].
    pub fn request_early(&mut self, now: Instant, request: &Request) -> Result<(), Failure> {
        let Layer::Handshake(client) = &mut self.layer else { return Ok(()) };
        if client.write_early_replayable(b"").is_err() {
            return Ok(());
        }
        self.request(request, b"")?;
        self.asked_early = true;
        while let (Layer::Handshake(client), Some(mut bytes)) = (&mut self.layer, self.http.transmit(now)) {
            let taken = match self.unsent.is_empty() {
                true => client.write_early_replayable(&bytes).unwrap_or(0),
                false => 0,
            };
            self.unsent.extend(bytes.drain(taken..));
            self.handed_out(taken + self.unsent.len());
        }
        Ok(())
    }

    /// Whether the request went out as early data. Says so once.
    pub(in crate::fetch) fn has_asked_early(&mut self) -> bool {
        std::mem::take(&mut self.asked_early)
    }

    /// Keeps what TLS said in the handshake for the holder. Data that the server refused goes out again after it.
    pub(super) fn hear_handshake(&mut self) {
        let (Layer::Handshake(client) | Layer::Secure(client)) = &mut self.layer else { return };
        while let Some(event) = client.event() {
            if let Event::EarlyDataRefused(refused) = &event {
                self.unsent.splice(0..0, refused.iter().copied());
            }
            self.told.push_back(event);
        }
    }
}
