//! Which extensions a server may send where (RFC 8446 §4.2): the table in `extensions/names.rs`, and what we offered.
//!
//! | an extension that | in an answer | in a question |
//! |---|---|---|
//! | has no place there, by the table | illegal_parameter | illegal_parameter |
//! | may stand there, but was not offered | unsupported_extension | taken |
//! | the table does not have | unsupported_extension | ignored |
//!
//! ServerHello, HelloRetryRequest, EncryptedExtensions and Certificate answer; CertificateRequest and NewSessionTicket
//! ask or offer something.
//!
//! Tested in `tests/refusals`.

use super::Client;
use super::state::Hello;
use crate::alert::AlertDescription;
use crate::error::Error;
use crate::extensions::{self, Extension, Place, extension_name, extension_places};
use crate::record::{ContentType, MAX_CONTENT};

const RULE: &str = "RFC 8446 §4.2";

impl Client {
    /// Sends a ClientHello, and notes what it offers. It is never encrypted. Gives the message.
    pub(super) fn send_client_hello(&mut self, hello: Hello, record_version: u16) -> Vec<u8> {
        self.offered = hello.offers;
        for part in hello.bytes.chunks(MAX_CONTENT) {
            self.send_plaintext(ContentType::HANDSHAKE, record_version, part);
        }
        hello.bytes
    }

    /// Refuses what does not belong in a message, and what answers nothing that we offered.
    pub(super) fn check_extensions(&self, extensions: &[Extension<'_>], place: Place) -> Result<(), Error> {
        extensions.iter().map(Extension::id).try_for_each(|id| self.check_extension(id, place))
    }

    fn check_extension(&self, id: u16, place: Place) -> Result<(), Error> {
        let places = extension_places(id);
        if !places.is_empty() && !places.contains(&place) {
            let name = extension_name(id);
            return Err(Error::illegal(RULE, format!("{name} has no place in {place}")));
        }
        // A server may send a cookie unasked (RFC 8446 §4.2.2).
        let may_stand = id == extensions::COOKIE || self.offered.contains(&id);
        if may_stand || !place.answers() {
            return Ok(());
        }
        let says = format!("{place} holds {}, which was not asked for", extension_name(id));
        Err(Error::violation(AlertDescription::UNSUPPORTED_EXTENSION, RULE, says))
    }
}
