//! Certificate (RFC 8446 §4.4.2): the chain, the sender's own certificate first.
//!
//! The certificates inside are X.509 in DER. [`crate::CertificateFacts`] reads what one says; [`mod@crate::verify`]
//! decides whether the chain is trusted. Tested in `tests/messages.rs` and `tests/captures.rs`.

use barewire_dissect::{Parsed, describe, group};
use nom::Parser;

use super::header::{HandshakeType, write_message};
use crate::certificate::CertificateFacts;
use crate::extensions::{Extension, Place, extensions};
use crate::reason::Reason;
use crate::wire::{list, opaque, put_vector};

/// A chain of certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// Empty from a server. A client repeats what the CertificateRequest said.
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

pub(super) fn certificate(input: &[u8]) -> Parsed<'_, Certificate<'_>, Reason> {
    let (input, request_context) =
        opaque("certificate_request_context length", 0..=0xff, "certificate_request_context", "")(input)?;
    let (input, entries) = list("certificate_list length", 0..=0xff_ffff, |input| {
        group("certificate entry", "", entry).parse(input)
    })(input)?;
    Ok((input, Certificate { request_context, entries }))
}

fn entry(input: &[u8]) -> Parsed<'_, CertificateEntry<'_>, Reason> {
    let (input, der) = opaque("cert_data length", 1..=0xff_ffff, "cert_data", "X.509, in DER")(input)?;
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
}
