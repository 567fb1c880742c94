//! NSEC3: as NSEC, with hashes in the place of names (RFC 5155 §3.2).
//!
//! ```text
//!   01 01 000c 04 aabbccdd     the fields of NSEC3PARAM; Flags 1 is opt-out
//!   14 174eb2409fe28bcb4887a1836f957f0a8425e27b     Next Hashed Owner Name, 20 bytes of SHA-1
//!   00 07 62018000000290       window 0, 7 bytes: A, NS, SOA, MX, TXT, RRSIG, DNSKEY, ...
//! ```
//!
//! A hash hides the names of the zone from somebody who walks along it. The owner's first label is a hash too, in
//! base32 (RFC 5155 §3.3).

use std::fmt;

use barewire_dissect::{Parsed, field_as, group, refuse};
use data_encoding::BASE32HEX_NOPAD;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::u8;

use super::bitmap::{self, Types};
use super::nsec3param::{self, Nsec3param};
use super::source::Source;
use crate::compress::Writer;
use crate::reason::{BrokenRule, Reason};
use crate::text::fields::{Fields, Text};

/// The hash of a name and what exists there, up to the next hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nsec3 {
    /// How names are hashed, and whether this is opt-out.
    pub param: Nsec3param,
    /// The next hash of the zone, 1 to 255 bytes.
    pub next: Vec<u8>,
    /// The types at the owner.
    pub types: Types,
}

static EMPTY: BrokenRule =
    BrokenRule { field: "Hash Length", rule: "RFC 5155 §3.2", says: "a hash has 1 to 255 bytes" };

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Nsec3>, Reason> {
    let (input, param) = nsec3param::params(input)?;
    let (input, next) = group("next hash", "no name of the zone has a hash between", hash).parse(input)?;
    let (input, types) = bitmap::parse(input)?;
    Ok((input, Box::new(Nsec3 { param, next: next.to_vec(), types })))
}

fn hash(start: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let (input, length) = field_as("Hash Length", "", u8, u8::to_string).parse(start)?;
    if length == 0 {
        return refuse(start, Reason::Broken(&EMPTY));
    }
    let base32 = |hash: &&[u8]| BASE32HEX_NOPAD.encode(hash);
    field_as("Next Hashed Owner Name", "in base32, as in the owner's label", take(length), base32)
        .parse(input)
}

pub(super) fn write(nsec3: &Nsec3, out: &mut Writer) {
    if nsec3.next.is_empty() {
        out.refuse(Reason::Broken(&EMPTY));
    }
    nsec3param::write(&nsec3.param, out);
    out.string(&nsec3.next);
    bitmap::write(&nsec3.types, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Nsec3>> {
    let param = nsec3param::from_text(text)?;
    let next = text.base32("Next Hashed Owner Name")?;
    Ok(Box::new(Nsec3 { param, next, types: bitmap::from_text(text)? }))
}

pub(super) fn to_text(nsec3: &Nsec3, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    nsec3param::to_text(&nsec3.param, f)?;
    write!(f, " {}{}", BASE32HEX_NOPAD.encode(&nsec3.next), nsec3.types)
}
