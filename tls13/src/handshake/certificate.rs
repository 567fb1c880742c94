//! Certificate (RFC 8446 §4.4.2): the chain, the sender's own certificate first.
//!
//! The certificates inside are X.509 in DER; what one says is read by [`crate::CertificateFacts`], whether it is
//! trusted by [`crate::Trust`].

use barewire_dissect::{describe, field, group};
use nom::Parser;

use super::{HandshakeType, write_message};
use crate::certificate::CertificateFacts;
use crate::extensions::{Extension, Place, extensions};
use crate::wire::{Read, Vector, everything, put_vector, repeat};

/// A chain of certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// Empty from a server; from a client, what the CertificateRequest said.
    pub request_context: &'a [u8],
    /// The chain. Empty from a client that has none.
    pub entries: Vec<CertificateEntry<'a>>,
}

/// One certificate of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateEntry<'a> {
    /// X.509, in DER.
    pub der: &'a [u8],
    /// Extensions about it, an OCSP response for example.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn certificate(input: &[u8]) -> Read<'_, Certificate<'_>> {
    let (input, request_context) = Vector::new("certificate_request_context length", 1, 0)
        .read(input, |content| field("certificate_request_context", "", everything).parse(content))?;
    let (input, entries) = Vector::new("certificate_list length", 3, 0)
        .read(input, |content| repeat(content, |input| group("certificate entry", "", entry).parse(input)))?;
    Ok((input, Certificate { request_context, entries }))
}

fn entry(input: &[u8]) -> Read<'_, CertificateEntry<'_>> {
    let (input, der) = Vector::new("cert_data length", 3, 1)
        .read(input, |content| field("cert_data", "X.509, in DER", everything).parse(content))?;
    describe(|| CertificateFacts::read(der).map_or_else(|_| "unreadable".to_owned(), |facts| facts.name()));
    let (input, extensions) = extensions(input, Place::Certificate)?;
    Ok((input, CertificateEntry { der, extensions }))
}

impl Certificate<'_> {
    /// The message on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_message(HandshakeType::CERTIFICATE, |out| {
            put_vector(out, 1, |out| out.extend_from_slice(self.request_context));
            put_vector(out, 3, |out| {
                for entry in &self.entries {
                    put_vector(out, 3, |out| out.extend_from_slice(entry.der));
                    put_vector(out, 2, |out| entry.extensions.iter().for_each(|e| e.write(out)));
                }
            });
        })
    }

    pub(super) fn summary(&self) -> String {
        match self.entries.as_slice() {
            [] => "(none)".to_owned(),
            [leaf, rest @ ..] => {
                let name = CertificateFacts::read(leaf.der)
                    .map_or_else(|_| "unreadable".to_owned(), |facts| facts.name());
                if rest.is_empty() { name } else { format!("{name} + {}", rest.len()) }
            }
        }
    }
}
