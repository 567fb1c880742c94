//! CertificateVerify (RFC 8446 §4.4.3): a signature over the transcript, by the certificate's key.
//! [`crate::signature`] checks it. Tested in `tests/messages.rs`.

use barewire_dissect::{Parsed, field_as};
use nom::Parser;
use nom::number::complete::be_u16;

use super::header::{HandshakeType, write_message};
use crate::reason::Reason;
use crate::signature::scheme_name;
use crate::wire::{opaque, put_u16, put_vector};

/// The proof that the sender holds the certificate's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateVerify<'a> {
    /// The signature scheme's number.
    pub scheme: u16,
    /// The signature, in the form that its scheme has.
    pub signature: &'a [u8],
}

pub(super) fn certificate_verify(input: &[u8]) -> Parsed<'_, CertificateVerify<'_>, Reason> {
    let (input, scheme) = field_as("algorithm", "", be_u16, |id| scheme_name(*id)).parse(input)?;
    let what = "over 64 spaces, a context string and the transcript hash";
    let (input, signature) = opaque("signature length", 0..=0xffff, "signature", what)(input)?;
    Ok((input, CertificateVerify { scheme, signature }))
}

impl CertificateVerify<'_> {
    /// The message on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_message(HandshakeType::CERTIFICATE_VERIFY, |out| {
            put_u16(out, self.scheme);
            put_vector(out, 2, |out| out.extend_from_slice(self.signature));
        })
    }
}
