//! CertificateRequest (RFC 8446 §4.3.2): the server asks who the client is.
//!
//! This client has no certificate, and answers with an empty Certificate (§4.4.2). The server decides whether that is
//! enough. Tested in `tests/loopback.rs`.

use barewire_dissect::Parsed;

use super::header::{HandshakeType, write_message};
use crate::extensions::{Extension, Place, extensions};
use crate::reason::Reason;
use crate::wire::{opaque, put_vector};

/// A request for the client's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRequest<'a> {
    /// To be sent back with the answer. Empty during the handshake.
    pub request_context: &'a [u8],
    /// signature_algorithms must be among them.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn certificate_request(input: &[u8]) -> Parsed<'_, CertificateRequest<'_>, Reason> {
    let context = ("certificate_request_context", "to be sent back");
    let (input, request_context) =
        opaque("certificate_request_context length", 0..=0xff, context.0, context.1)(input)?;
    let (input, extensions) = extensions(input, Place::CertificateRequest)?;
    Ok((input, CertificateRequest { request_context, extensions }))
}

impl CertificateRequest<'_> {
    /// The message on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_message(HandshakeType::CERTIFICATE_REQUEST, |out| {
            put_vector(out, 1, |out| out.extend_from_slice(self.request_context));
            put_vector(out, 2, |out| self.extensions.iter().for_each(|extension| extension.write(out)));
        })
    }
}
