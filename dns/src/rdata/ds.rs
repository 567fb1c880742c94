//! DS and CDS: the digest of a key of the zone below (RFC 4034 §5.1, RFC 7344 §3.1).
//!
//! ```text
//!   ec45 05 01                                   Key Tag 60485, Algorithm 5, Digest Type 1
//!   2bb183af5f22588179a53b0a98631fad1a292118     Digest: SHA-1 of the owner and the DNSKEY
//! ```
//!
//! The zone above holds DS, and signs it: so trust goes down from zone to zone. A CDS with algorithm 0 asks to take the
//! DS away (RFC 8078 §4). The bytes are the example of RFC 4034 §5.4.

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::{be_u16, u8};

use super::parts::{Hex, to_the_end, write_to_the_end};
use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::record_type::RecordType;
use crate::text::fields::{Fields, Text};

/// The digest of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ds {
    /// Finds the key among those of the zone.
    pub key_tag: u16,
    /// The algorithm of the key.
    pub algorithm: u8,
    /// How the digest was made: 1 SHA-1, 2 SHA-256, 4 SHA-384.
    pub digest_type: u8,
    /// The digest of the owner and the key, at least one byte.
    pub digest: Vec<u8>,
}

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Ds, Reason> {
    let (input, key_tag) = field("Key Tag", "finds the key among the others", be_u16).parse(input)?;
    let (input, algorithm) = field("Algorithm", "of the key", u8).parse(input)?;
    let (input, digest_type) = field("Digest Type", "1 SHA-1, 2 SHA-256, 4 SHA-384", u8).parse(input)?;
    let (input, digest) = to_the_end("Digest", "of the owner and the DNSKEY", input)?;
    Ok((input, Ds { key_tag, algorithm, digest_type, digest }))
}

pub(super) fn write(ds: &Ds, out: &mut Writer) {
    out.u16(ds.key_tag);
    out.u8(ds.algorithm);
    out.u8(ds.digest_type);
    write_to_the_end(RecordType::DS, &ds.digest, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Ds> {
    Ok(Ds {
        key_tag: text.u16("Key Tag")?,
        algorithm: text.algorithm("Algorithm")?,
        digest_type: text.u8("Digest Type")?,
        digest: text.hex("Digest")?,
    })
}

pub(super) fn to_text(ds: &Ds, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Ds { key_tag, algorithm, digest_type, digest } = ds;
    write!(f, "{key_tag} {algorithm} {digest_type} {}", Hex(digest))
}
