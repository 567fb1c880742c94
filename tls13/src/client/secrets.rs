//! The secrets of a connection, for those who ask: exporters (RFC 8446 §7.5), and what a view needs. And when they are
//! forgotten. Tested in `tests/loopback.rs` and `tests/refusals`.

use super::Client;
use crate::error::Error;
use crate::key_schedule::{ApplicationSecrets, HandshakeSecrets, export};

impl Client {
    /// Fills `out` with bytes for another protocol, which only the two ends of this connection know (RFC 8446 §7.5).
    /// The label says what they are for; IANA keeps a list of them.
    ///
    /// # Errors
    /// [`Error::NotWritable`] before the handshake is done; [`Error::Config`] for a label of more than 249 bytes or for
    /// more than 255 hashes of output. The error that ended the connection, after that.
    pub fn export(&self, label: &str, context: &[u8], out: &mut [u8]) -> Result<(), Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let Some(secrets) = &self.application_secrets else {
            return Err(Error::NotWritable("the handshake is not done"));
        };
        let hash = secrets.suite.hash();
        if label.len() > 249 || out.len() > 255 * hash.len() {
            return Err(Error::Config(
                "an exporter gives up to 255 hashes, for a label of up to 249 bytes".into(),
            ));
        }
        export(hash, &secrets.exporter, label, context, out);
        Ok(())
    }

    /// The secrets of the handshake, from the ServerHello on. They are forgotten when an error ends the connection.
    pub fn handshake_secrets(&self) -> Option<&HandshakeSecrets> {
        self.handshake_secrets.as_ref()
    }

    /// The secrets of the connection, from the server's Finished on. They are forgotten when an error ends it.
    pub fn application_secrets(&self) -> Option<&ApplicationSecrets> {
        self.application_secrets.as_ref()
    }

    /// What RFC 8446 §6 wants when an error has ended the connection. A ledger keeps the secrets, where one was asked
    /// for.
    pub(super) fn forget_secrets(&mut self) {
        (self.receive_keys, self.send_keys) = (None, None);
        (self.handshake_secrets, self.application_secrets, self.resumption) = (None, None, None);
    }
}
