//! What lies between TCP and HTTP: nothing, or TLS by rustls.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};

/// Nothing, or TLS.
pub(super) enum Layer {
    /// The port for http.
    Plain,
    /// The port for https.
    Tls(Box<ServerConnection>),
}

/// The connection cannot go on: TLS says why in an alert, which is there to be sent.
pub(super) struct Broken;

impl Layer {
    /// The server's end of a new TLS connection.
    pub(super) fn tls(config: &Arc<ServerConfig>) -> Option<Layer> {
        let mut tls = ServerConnection::new(Arc::clone(config)).ok()?;
        // What an app says is finite: rustls may hold all of it.
        tls.set_buffer_limit(None);
        Some(Layer::Tls(Box::new(tls)))
    }

    pub(super) fn is_tls(&self) -> bool {
        matches!(self, Layer::Tls(_))
    }

    /// Whether what has come so far came before the client's Finished.
    pub(super) fn is_early(&self) -> bool {
        matches!(self, Layer::Tls(tls) if tls.is_handshaking())
    }

    /// Takes what came from TCP, and gives what it means to HTTP.
    pub(super) fn receive(&mut self, mut arrived: &[u8]) -> Result<Vec<u8>, Broken> {
        let Layer::Tls(tls) = self else { return Ok(arrived.to_vec()) };
        let mut plaintext = Vec::new();
        while !arrived.is_empty() {
            if tls.read_tls(&mut arrived).is_err() || tls.process_new_packets().is_err() {
                return Err(Broken);
            }
            if let Some(mut early) = tls.early_data() {
                let _ = early.read_to_end(&mut plaintext);
            }
            // "Would block" is how the reader says that this is all for now.
            let _ = tls.reader().read_to_end(&mut plaintext);
        }
        Ok(plaintext)
    }

    /// Takes what HTTP says, to be sent.
    pub(super) fn send(&mut self, plaintext: &[u8], out: &mut Vec<u8>) {
        match self {
            Layer::Plain => out.extend(plaintext),
            // Writing to rustls fails only after its buffer limit, and there is none.
            Layer::Tls(tls) => {
                let _ = tls.writer().write_all(plaintext);
            }
        }
    }

    /// All is said: TLS says goodbye.
    pub(super) fn close(&mut self) {
        if let Layer::Tls(tls) = self {
            tls.send_close_notify();
        }
    }

    /// Adds to `out` what TLS has to send.
    pub(super) fn transmit(&mut self, out: &mut Vec<u8>) {
        if let Layer::Tls(tls) = self {
            while tls.wants_write() {
                // Writing to a Vec cannot fail.
                let _ = tls.write_tls(out);
            }
        }
    }
}
