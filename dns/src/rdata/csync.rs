//! CSYNC: which records of the owner the zone above should copy (RFC 7477 §2.1).
//!
//! ```text
//!   00000042     SOA Serial 66
//!   0003         Flags: immediate, and not before the zone has that serial
//!   00 04 60000008     window 0, 4 bytes: A, NS and AAAA
//! ```

use std::fmt;

use barewire_dissect::{Bits, Parsed, Word, field, field_as};
use nom::Parser;
use nom::number::complete::{be_u16, be_u32};

use super::bitmap::{self, Types};
use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// What the zone above should copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csync {
    /// The serial that the zone must have reached, if the flag says so.
    pub serial: u32,
    /// Bit 0: without asking a person. Bit 1: the serial counts.
    pub flags: u16,
    /// The types to copy.
    pub types: Types,
}

/// RFC 7477 §2.1.1.2.
static FLAGS: Word<3> = Word::new([
    Bits::new("reserved", 14, "zero"),
    Bits::new("soaminimum", 1, "not before the zone has this serial"),
    Bits::new("immediate", 1, "without asking a person"),
]);

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Csync, Reason> {
    let (input, serial) = field("SOA Serial", "", be_u32).parse(input)?;
    let flags = be_u16.map(|word| FLAGS.join(FLAGS.split(word.into())) as u16);
    let (input, flags) = field_as("Flags", "", flags, |flags| format!("{flags:#06x}")).parse(input)?;
    let (input, types) = bitmap::parse(input)?;
    Ok((input, Csync { serial, flags, types }))
}

pub(super) fn write(csync: &Csync, out: &mut Writer) {
    out.u32(csync.serial);
    out.u16(csync.flags);
    bitmap::write(&csync.types, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Csync> {
    let (serial, flags) = (text.u32("SOA Serial")?, text.u16("Flags")?);
    Ok(Csync { serial, flags, types: bitmap::from_text(text)? })
}

pub(super) fn to_text(csync: &Csync, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {}{}", csync.serial, csync.flags, csync.types)
}
