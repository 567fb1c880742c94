//! NSEC3PARAM: how the names of the zone are hashed for NSEC3 (RFC 5155 §4.2).
//!
//! ```text
//!   01 00 000c     Hash Algorithm 1 (SHA-1), Flags 0, Iterations 12
//!   04 aabbccdd    a salt of 4 bytes
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, u8};

use super::parts::Hex;
use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// How names are hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nsec3param {
    /// 1: SHA-1. No other is defined.
    pub hash_algorithm: u8,
    /// In NSEC3, 1 says opt-out: unsigned zones may lie between the two names.
    pub flags: u8,
    /// How often the hash is hashed again. RFC 9276 §3.1 wants 0.
    pub iterations: u16,
    /// Up to 255 bytes that go into each hash. RFC 9276 §3.1 wants none.
    pub salt: Vec<u8>,
}

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Nsec3param, Reason> {
    params(input)
}

/// The four fields that NSEC3 begins with too.
pub(super) fn params(input: &[u8]) -> Parsed<'_, Nsec3param, Reason> {
    let (input, hash_algorithm) = field("Hash Algorithm", "1: SHA-1", u8).parse(input)?;
    let (input, flags) = field("Flags", "1: opt-out", u8).parse(input)?;
    let (input, iterations) =
        field("Iterations", "the hash is hashed again so often", be_u16).parse(input)?;
    let (input, salt) = group("salt", "goes into each hash", |input| {
        let (input, length) = field("Salt Length", "", u8).parse(input)?;
        field("Salt", "", take(length)).parse(input)
    })
    .parse(input)?;
    Ok((input, Nsec3param { hash_algorithm, flags, iterations, salt: salt.to_vec() }))
}

pub(super) fn write(param: &Nsec3param, out: &mut Writer) {
    out.u8(param.hash_algorithm);
    out.u8(param.flags);
    out.u16(param.iterations);
    out.string(&param.salt);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Nsec3param> {
    Ok(Nsec3param {
        hash_algorithm: text.u8("Hash Algorithm")?,
        flags: text.u8("Flags")?,
        iterations: text.u16("Iterations")?,
        salt: text.hex_or_dash("Salt")?,
    })
}

pub(super) fn to_text(param: &Nsec3param, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {} {} ", param.hash_algorithm, param.flags, param.iterations)?;
    if param.salt.is_empty() { f.write_str("-") } else { write!(f, "{}", Hex(&param.salt)) }
}
