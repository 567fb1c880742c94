//! ZONEMD: a digest of the whole zone (RFC 8976 §2.2).
//!
//! ```text
//!   000007e8 01 01     Serial 2024, Scheme 1 (SIMPLE), Hash Algorithm 1 (SHA-384)
//!   0102030405060708090a0b0c     Digest
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field, refuse};
use nom::Parser;
use nom::number::complete::{be_u32, u8};

use super::parts::{Hex, to_the_end};
use super::source::Source;
use crate::compress::Writer;
use crate::reason::{BrokenRule, Reason};
use crate::text::fields::{Fields, Text};

/// A digest of the whole zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zonemd {
    /// The serial of the SOA that was digested.
    pub serial: u32,
    /// How the records are put together: 1 SIMPLE.
    pub scheme: u8,
    /// 1 SHA-384, 2 SHA-512.
    pub hash_algorithm: u8,
    /// The digest, at least 12 bytes.
    pub digest: Vec<u8>,
}

/// RFC 8976 §2.2.4.
const SHORTEST: usize = 12;
static TOO_SHORT: BrokenRule =
    BrokenRule { field: "Digest", rule: "RFC 8976 §2.2.4", says: "a digest has 12 bytes or more" };

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Zonemd, Reason> {
    let (input, serial) = field("Serial", "of the SOA that was digested", be_u32).parse(input)?;
    let (input, scheme) = field("Scheme", "1: the records in canonical order", u8).parse(input)?;
    let (input, hash_algorithm) = field("Hash Algorithm", "1 SHA-384, 2 SHA-512", u8).parse(input)?;
    if input.len() < SHORTEST {
        return refuse(input, Reason::Broken(&TOO_SHORT));
    }
    let (input, digest) = to_the_end("Digest", "", input)?;
    Ok((input, Zonemd { serial, scheme, hash_algorithm, digest }))
}

pub(super) fn write(zonemd: &Zonemd, out: &mut Writer) {
    if zonemd.digest.len() < SHORTEST {
        out.refuse(Reason::Broken(&TOO_SHORT));
    }
    out.u32(zonemd.serial);
    out.u8(zonemd.scheme);
    out.u8(zonemd.hash_algorithm);
    out.bytes(&zonemd.digest);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Zonemd> {
    let (serial, scheme) = (text.u32("Serial")?, text.u8("Scheme")?);
    let (hash_algorithm, digits) = (text.u8("Hash Algorithm")?, text.clone());
    let digest = text.hex("Digest")?;
    match digits.peek() {
        Some(first) if digest.len() < SHORTEST => text.refuse(first, "Digest", "12 bytes or more"),
        _ => Ok(Zonemd { serial, scheme, hash_algorithm, digest }),
    }
}

pub(super) fn to_text(zonemd: &Zonemd, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Zonemd { serial, scheme, hash_algorithm, digest } = zonemd;
    write!(f, "{serial} {scheme} {hash_algorithm} {}", Hex(digest))
}
