//! EncryptedExtensions (RFC 8446 §4.3.1): those answers of the server that no key depends on, so that they can be
//! encrypted. Tested in `tests/messages.rs`.

use barewire_dissect::Parsed;

use super::header::{HandshakeType, write_message};
use crate::extensions::{Extension, Place, extensions};
use crate::reason::Reason;
use crate::wire::put_vector;

/// The server's other answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedExtensions<'a> {
    /// Extensions, in order.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn encrypted_extensions(input: &[u8]) -> Parsed<'_, EncryptedExtensions<'_>, Reason> {
    let (input, extensions) = extensions(input, Place::EncryptedExtensions)?;
    Ok((input, EncryptedExtensions { extensions }))
}

impl EncryptedExtensions<'_> {
    /// The message on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_message(HandshakeType::ENCRYPTED_EXTENSIONS, |out| {
            put_vector(out, 2, |out| self.extensions.iter().for_each(|extension| extension.write(out)));
        })
    }
}
