//! The presentation language of RFC 8446 §3: numbers in network order, and vectors with a length in front.
//!
//! Reading goes through [`field`](barewire_dissect::field), so that every byte has a name; writing is
//! the mirror of it. Left out: nothing that TLS 1.3 messages need. Tested by every parser of this crate.

use barewire_dissect::{Parsed, field, refuse};
use byteorder::{BigEndian, ByteOrder, WriteBytesExt};
use nom::Parser;
use nom::number::complete::{be_u16, be_u24, u8};

use crate::reason::Reason;

/// What the parsers of this crate return.
pub type Read<'a, T> = Parsed<'a, T, Reason>;

/// The bounds of a vector as RFC 8446 writes them: `opaque cookie<1..2^16-1>` is
/// `Vector { length: "cookie length", prefix: 2, least: 1, most: 0xffff }`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vector {
    /// The name of the length field.
    pub(crate) length: &'static str,
    /// How many bytes the length field takes: 1, 2 or 3.
    pub(crate) prefix: usize,
    /// The fewest content bytes allowed.
    pub(crate) least: usize,
    /// The most content bytes allowed.
    pub(crate) most: usize,
}

impl Vector {
    /// A vector whose only upper bound is what its length field can say.
    pub(crate) const fn new(length: &'static str, prefix: usize, least: usize) -> Vector {
        Vector { length, prefix, least, most: (1 << (8 * prefix)) - 1 }
    }

    /// The same with an upper bound, in bytes.
    pub(crate) const fn at_most(self, most: usize) -> Vector {
        Vector { most, ..self }
    }

    /// Reads the length, then exactly that many bytes with `content`.
    pub(crate) fn read<'a, T>(
        self,
        input: &'a [u8],
        content: impl FnOnce(&'a [u8]) -> Read<'a, T>,
    ) -> Read<'a, T> {
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

    fn number(self, input: &[u8]) -> Read<'_, usize> {
        match self.prefix {
            1 => u8(input).map(|(rest, n)| (rest, usize::from(n))),
            2 => be_u16(input).map(|(rest, n)| (rest, usize::from(n))),
            _ => be_u24(input).map(|(rest, n)| (rest, n as usize)),
        }
    }
}

/// All of the input: the content of a vector of opaque bytes. It cannot fail.
pub(crate) fn everything(input: &[u8]) -> Read<'_, &[u8]> {
    let end = input.len();
    Ok((&input[end..], input))
}

/// Reads `item` until the input is used up: the content of a vector of structures.
pub(crate) fn repeat<'a, T>(
    mut input: &'a [u8],
    mut item: impl FnMut(&'a [u8]) -> Read<'a, T>,
) -> Read<'a, Vec<T>> {
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
/// What this crate writes is bounded by its own configuration, which [`ClientConfig`](crate::ClientConfig) checks,
/// but for a server's cookie, whose length is checked before it is sent back. Panics if the content outgrows its
/// length field.
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
