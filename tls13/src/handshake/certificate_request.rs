//! CertificateRequest (RFC 8446 §4.3.2): the server asks who the client is.
//!
//! This client has no certificate and says so with an empty Certificate (§4.4.2); whether that will do is the
//! server's choice.

use barewire_dissect::field;
use nom::Parser;

use super::{HandshakeType, write_message};
use crate::extensions::{Extension, Place, extensions};
use crate::wire::{Read, Vector, everything, put_vector};

/// A request for the client's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRequest<'a> {
    /// To be sent back with the answer. Empty during the handshake.
    pub request_context: &'a [u8],
    /// signature_algorithms must be among them.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn certificate_request(input: &[u8]) -> Read<'_, CertificateRequest<'_>> {
    let (input, request_context) = Vector::new("certificate_request_context length", 1, 0)
        .read(input, |content| {
            field("certificate_request_context", "to be sent back", everything).parse(content)
        })?;
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
