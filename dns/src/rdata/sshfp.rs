//! SSHFP: the fingerprint of an SSH host key (RFC 4255 §3.1).
//!
//! ```text
//!   02 01                                        Algorithm 2, Fingerprint Type 1
//!   123456789abcdef67890123456789abcdef67890     Fingerprint: SHA-1 of the key
//! ```
//!
//! The bytes are the example of RFC 4255 §3.2.

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::u8;

use super::parts::{Hex, to_the_end, write_to_the_end};
use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::record_type::RecordType;
use crate::text::fields::{Fields, Text};

/// The fingerprint of an SSH host key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sshfp {
    /// The algorithm of the key: 1 RSA, 2 DSA, 3 ECDSA, 4 Ed25519.
    pub algorithm: u8,
    /// How the fingerprint was made: 1 SHA-1, 2 SHA-256.
    pub fingerprint_type: u8,
    /// The fingerprint, at least one byte.
    pub fingerprint: Vec<u8>,
}

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Sshfp, Reason> {
    let (input, algorithm) = field("Algorithm", "of the key", u8).parse(input)?;
    let (input, fingerprint_type) = field("Fingerprint Type", "1 SHA-1, 2 SHA-256", u8).parse(input)?;
    let (input, fingerprint) = to_the_end("Fingerprint", "of the key", input)?;
    Ok((input, Sshfp { algorithm, fingerprint_type, fingerprint }))
}

pub(super) fn write(sshfp: &Sshfp, out: &mut Writer) {
    out.u8(sshfp.algorithm);
    out.u8(sshfp.fingerprint_type);
    write_to_the_end(RecordType::SSHFP, &sshfp.fingerprint, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Sshfp> {
    Ok(Sshfp {
        algorithm: text.u8("Algorithm")?,
        fingerprint_type: text.u8("Fingerprint Type")?,
        fingerprint: text.hex("Fingerprint")?,
    })
}

pub(super) fn to_text(sshfp: &Sshfp, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Sshfp { algorithm, fingerprint_type, fingerprint } = sshfp;
    write!(f, "{algorithm} {fingerprint_type} {}", Hex(fingerprint))
}
