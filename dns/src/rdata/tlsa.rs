//! TLSA: which certificate a TLS server has (RFC 6698 §2.1). The owner is `_443._tcp` and a host.
//!
//! ```text
//!   03 01 01     usage 3 (this certificate), selector 1 (its key), matching type 1 (SHA-256)
//!   d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971
//! ```
//!
//! The digest is that of RFC 6698 §2.3.

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

/// What a server's certificate must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tlsa {
    /// Whose certificate the data is about: 0 and 2 an authority's, 1 and 3 the server's.
    pub usage: u8,
    /// What of the certificate: 0 all, 1 its public key.
    pub selector: u8,
    /// The form of the data: 0 the bytes as they are, 1 SHA-256, 2 SHA-512.
    pub matching_type: u8,
    /// The bytes or their digest, at least one byte.
    pub data: Vec<u8>,
}

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Tlsa, Reason> {
    let (input, usage) = field("Cert. Usage", "whose certificate the data is about", u8).parse(input)?;
    let (input, selector) = field("Selector", "0 the whole certificate, 1 its key", u8).parse(input)?;
    let (input, matching_type) =
        field("Matching Type", "0 the bytes, 1 SHA-256, 2 SHA-512", u8).parse(input)?;
    let (input, data) = to_the_end("Certificate Association Data", "", input)?;
    Ok((input, Tlsa { usage, selector, matching_type, data }))
}

pub(super) fn write(tlsa: &Tlsa, out: &mut Writer) {
    out.u8(tlsa.usage);
    out.u8(tlsa.selector);
    out.u8(tlsa.matching_type);
    write_to_the_end(RecordType::TLSA, &tlsa.data, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Tlsa> {
    Ok(Tlsa {
        usage: text.u8("Cert. Usage")?,
        selector: text.u8("Selector")?,
        matching_type: text.u8("Matching Type")?,
        data: text.hex("Certificate Association Data")?,
    })
}

pub(super) fn to_text(tlsa: &Tlsa, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Tlsa { usage, selector, matching_type, data } = tlsa;
    write!(f, "{usage} {selector} {matching_type} {}", Hex(data))
}
