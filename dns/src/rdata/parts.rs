//! Parts that several types share: character-strings, and bytes up to the end of the data.

use std::fmt;

use barewire_dissect::{Parsed, describe, field, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::combinator::rest;
use nom::number::complete::u8;

use crate::compress::Writer;
use crate::reason::Reason;
use crate::record_type::RecordType;
use crate::text::escape::quoted;

/// A character-string: a byte that counts, then as many bytes (RFC 1035 §3.3).
pub(super) fn string<'a>(
    name: &'static str,
    comment: &'static str,
    input: &'a [u8],
) -> Parsed<'a, Vec<u8>, Reason> {
    group(name, comment, |input| {
        let (input, length) = field("length", "of the string that follows", u8).parse(input)?;
        let (input, string) = field_as("string", "", take(length), |string| quoted(string)).parse(input)?;
        describe(|| quoted(string));
        Ok((input, string.to_vec()))
    })
    .parse(input)
}

/// All bytes that are left, one at least.
pub(super) fn to_the_end<'a>(
    name: &'static str,
    comment: &'static str,
    input: &'a [u8],
) -> Parsed<'a, Vec<u8>, Reason> {
    if input.is_empty() {
        return refuse(input, Reason::EndsEarly);
    }
    let (input, bytes) = field(name, comment, rest).parse(input)?;
    Ok((input, bytes.to_vec()))
}

/// Writes bytes up to the end of the data, one at least.
pub(super) fn write_to_the_end(rtype: RecordType, bytes: &[u8], out: &mut Writer) {
    if bytes.is_empty() {
        out.refuse(Reason::NothingAtTheEnd { rtype });
    }
    out.bytes(bytes);
}

/// Bytes as hexadecimal digits.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}
