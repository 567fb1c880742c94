//! A set of types, as NSEC, NSEC3 and CSYNC hold it (RFC 4034 §4.1.2).
//!
//! The 65,536 types stand in 256 windows of 256. A window that has types is its number, a length, and a bit for each
//! type from the window's first on. Windows come in ascending order, and no window ends in a zero byte: so a set has
//! one form only.

use std::fmt;

use barewire_dissect::{Parsed, describe, field, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::u8;

use crate::compress::Writer;
use crate::reason::{BrokenRule, Reason};
use crate::record_type::RecordType;
use crate::text::fields::{Fields, Text};

/// Types in ascending order, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Types(Vec<RecordType>);

impl Types {
    /// The set of these types.
    pub fn new(mut types: Vec<RecordType>) -> Types {
        types.sort();
        types.dedup();
        Types(types)
    }

    /// Whether the type is in the set.
    pub fn contains(&self, rtype: RecordType) -> bool {
        self.0.binary_search(&rtype).is_ok()
    }

    /// The types, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = RecordType> + '_ {
        self.0.iter().copied()
    }
}

static WINDOW: BrokenRule = BrokenRule {
    field: "Window Block",
    rule: "RFC 4034 §4.1.2",
    says: "windows stand in ascending order, each once",
};
static LENGTH: BrokenRule =
    BrokenRule { field: "Bitmap Length", rule: "RFC 4034 §4.1.2", says: "a window has 1 to 32 bytes" };
static ZEROS: BrokenRule = BrokenRule {
    field: "Bitmap",
    rule: "RFC 4034 §4.1.2",
    says: "a window does not end in a byte without a type",
};

/// Reads windows up to the end of the data.
pub(super) fn parse(mut input: &[u8]) -> Parsed<'_, Types, Reason> {
    let mut types = Vec::new();
    let mut next = 0;
    while !input.is_empty() {
        let (rest, (window, bits)) = group("Type Bit Map", "", |input| window(input, next)).parse(input)?;
        types.extend(types_of(window, bits));
        next = u16::from(window) + 1;
        input = rest;
    }
    Ok((input, Types(types)))
}

/// One window; its number is at least `next`.
fn window(input: &[u8], next: u16) -> Parsed<'_, (u8, &[u8]), Reason> {
    let (rest, window) = field("Window Block", "the upper byte of the types", u8).parse(input)?;
    if u16::from(window) < next {
        return refuse(input, Reason::Broken(&WINDOW));
    }
    let (bytes, length) = field("Bitmap Length", "bytes", u8).parse(rest)?;
    if !(1..=32).contains(&length) {
        return refuse(rest, Reason::Broken(&LENGTH));
    }
    let (rest, bits) =
        field_as("Bitmap", "a bit for each type", take(length), |bits: &&[u8]| names(types_of(window, bits)))
            .parse(bytes)?;
    if bits.last() == Some(&0) {
        return refuse(bytes, Reason::Broken(&ZEROS));
    }
    describe(|| names(types_of(window, bits)));
    Ok((rest, (window, bits)))
}

/// The types whose bits are set, the highest bit of each byte first.
fn types_of(window: u8, bits: &[u8]) -> impl Iterator<Item = RecordType> + '_ {
    let types = (0..=255u8).filter(|low| {
        let byte = bits.get(usize::from(low / 8)).copied().unwrap_or_default();
        byte & (0x80 >> (low % 8)) != 0
    });
    types.map(move |low| RecordType(u16::from_be_bytes([window, low])))
}

fn names(types: impl Iterator<Item = RecordType>) -> String {
    types.map(RecordType::name).collect::<Vec<_>>().join(" ")
}

pub(super) fn write(types: &Types, out: &mut Writer) {
    // exercise: dns05
    // instead: let _ = (types, out);
    for window in types.0.chunk_by(|a, b| a.0 >> 8 == b.0 >> 8) {
        let mut bits = [0; 32];
        let mut length = 0;
        for rtype in window {
            let [_, low] = rtype.0.to_be_bytes();
            bits[usize::from(low / 8)] |= 0x80 >> (low % 8);
            length = low / 8 + 1;
        }
        out.u8(window.first().map_or(0, |rtype| (rtype.0 >> 8) as u8));
        out.u8(length);
        out.bytes(&bits[..usize::from(length)]);
    }
    // exercise: end
}

/// Reads the mnemonics up to the end of the entry.
pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Types> {
    let mut types = Vec::new();
    while !text.is_empty() {
        types.push(text.rtype("Type Bit Maps")?);
    }
    Ok(Types::new(types))
}

/// The mnemonics, each with a space in front.
impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|rtype| write!(f, " {}", rtype.name()))
    }
}
