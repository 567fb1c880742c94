//! EncryptedExtensions (RFC 8446 §4.3.1): the server's answers that need not be seen by everybody.

use super::HandshakeType;
use super::write_message;
use crate::extensions::{Extension, Place, extensions};
use crate::wire::{Read, put_vector};

/// The server's other answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedExtensions<'a> {
    /// Extensions, in order.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn encrypted_extensions(input: &[u8]) -> Read<'_, EncryptedExtensions<'_>> {
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

    pub(super) fn summary(&self) -> String {
        let alpn = self.extensions.iter().find_map(|extension| match extension {
            Extension::Alpn(names) => names.first(),
            _ => None,
        });
        alpn.map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default()
    }
}
