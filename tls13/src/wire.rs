//! The presentation language of RFC 8446 §3: numbers with the most significant byte first, and vectors with a length in
//! front.
//!
//! Every read goes through `dissect::field`, so that every byte has a name. Writing is the mirror
//! of it. Left out: nothing that TLS 1.3 messages need. Tested by every parser of this crate, in `tests/messages.rs`.

use std::ops::RangeInclusive;

use barewire_dissect::{Parsed, field, field_as, refuse};
use byteorder::{BigEndian, ByteOrder, WriteBytesExt};
use nom::Parser;
use nom::number::complete::{be_u16, be_u24, u8};

use crate::reason::Reason;

/// A vector with its bounds, as RFC 8446 §3.4 writes them: `Extension extensions<0..2^16-1>` is
/// `Vector::new("extensions length", 0..=0xffff)`. The length field takes as many bytes as the upper bound needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vector {
    /// The name of the length field.
    length: &'static str,
    /// The fewest content bytes allowed.
    least: usize,
    /// The most content bytes allowed.
    most: usize,
}

impl Vector {
    pub(crate) const fn new(length: &'static str, bounds: RangeInclusive<usize>) -> Vector {
        Vector { length, least: *bounds.start(), most: *bounds.end() }
    }

    /// Reads the length, then exactly that many bytes with `content`.
    pub(crate) fn read<'a, T>(
        self,
        input: &'a [u8],
        content: impl FnOnce(&'a [u8]) -> Parsed<'a, T, Reason>,
    ) -> Parsed<'a, T, Reason> {
        let start = input;
        let (input, length) = field(self.length, "in bytes", |input| self.number(input)).parse(input)?;
        if length < self.least || length > self.most {
            let (what, least, most) = (self.length, self.least, self.most);
            return refuse(start, Reason::Length { what, seen: length, least, most });
        }
        let Some((inside, after)) = input.split_at_checked(length) else {
            return refuse(start, Reason::Overruns { what: self.length, says: length, left: input.len() });
        };
        let (rest, value) = content(inside)?;
        if !rest.is_empty() {
            return refuse(rest, Reason::LeftOver { what: self.length, bytes: rest.len() });
        }
        Ok((after, value))
    }

    fn number(self, input: &[u8]) -> Parsed<'_, usize, Reason> {
        match self.most {
            0..=0xff => u8(input).map(|(rest, n)| (rest, usize::from(n))),
            0x100..=0xffff => be_u16(input).map(|(rest, n)| (rest, usize::from(n))),
            _ => be_u24(input).map(|(rest, n)| (rest, n as usize)),
        }
    }
}

/// Reads a vector of bytes without structure: `opaque cookie<1..2^16-1>` is
/// `opaque("cookie length", 1..=0xffff, "cookie", "what it is for")`.
pub(crate) fn opaque<'a>(
    length: &'static str,
    bounds: RangeInclusive<usize>,
    name: &'static str,
    comment: &'static str,
) -> impl FnMut(&'a [u8]) -> Parsed<'a, &'a [u8], Reason> {
    let vector = Vector::new(length, bounds);
    move |input| vector.read(input, |content| field(name, comment, everything).parse(content))
}

/// The same for bytes that are shown as text.
pub(crate) fn text<'a>(
    length: &'static str,
    bounds: RangeInclusive<usize>,
    name: &'static str,
    comment: &'static str,
) -> impl FnMut(&'a [u8]) -> Parsed<'a, &'a [u8], Reason> {
    let vector = Vector::new(length, bounds);
    let show = |text: &&[u8]| String::from_utf8_lossy(text).into_owned();
    move |input| vector.read(input, |content| field_as(name, comment, everything, show).parse(content))
}

/// Reads a vector of structures, each read by `item`.
pub(crate) fn list<'a, T>(
    length: &'static str,
    bounds: RangeInclusive<usize>,
    mut item: impl FnMut(&'a [u8]) -> Parsed<'a, T, Reason>,
) -> impl FnMut(&'a [u8]) -> Parsed<'a, Vec<T>, Reason> {
    let vector = Vector::new(length, bounds);
    move |input| vector.read(input, |content| repeat(content, &mut item))
}

/// Takes all of the input. It cannot fail.
pub(crate) fn everything(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let end = input.len();
    Ok((&input[end..], input))
}

/// Reads `item` until the input is used up.
pub(crate) fn repeat<'a, T>(
    mut input: &'a [u8],
    mut item: impl FnMut(&'a [u8]) -> Parsed<'a, T, Reason>,
) -> Parsed<'a, Vec<T>, Reason> {
    let mut items = Vec::new();
    while !input.is_empty() {
        let (rest, value) = item(input)?;
        items.push(value);
        input = rest;
    }
    Ok((input, items))
}

/// Appends a vector: a length field of `prefix` bytes, then what `content` appends.
///
/// Panics if the content outgrows its length field. That cannot happen: what this crate writes comes from its own
/// configuration, which [`Config`](crate::Config) checks, or is a server's cookie, which is checked before it is sent.
pub(crate) fn put_vector(out: &mut Vec<u8>, prefix: usize, content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.resize(start + prefix, 0);
    content(out);
    let length = (out.len() - start - prefix) as u64;
    BigEndian::write_uint(&mut out[start..start + prefix], length, prefix);
}

/// Appends a 16-bit number.
pub(crate) fn put_u16(out: &mut Vec<u8>, value: u16) {
    // Writing to a Vec cannot fail.
    let _ = out.write_u16::<BigEndian>(value);
}

/// Appends a 32-bit number.
pub(crate) fn put_u32(out: &mut Vec<u8>, value: u32) {
    let _ = out.write_u32::<BigEndian>(value);
}
