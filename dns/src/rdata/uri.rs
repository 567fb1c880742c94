//! URI: where a service is, as a URI (RFC 7553 §4.5). The owner is as with SRV.
//!
//! ```text
//!   000a 0001                    Priority 10, Weight 1
//!   https://www.example.test/    Target: all bytes that are left, without a length
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u16;

use super::parts::{to_the_end, write_to_the_end};
use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::record_type::RecordType;
use crate::text::escape::quoted;
use crate::text::fields::{Fields, Text};

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uri {
    /// The URIs of the lowest number are tried first.
    pub priority: u16,
    /// The share of this one among those of the same priority.
    pub weight: u16,
    /// The URI, at least one byte.
    pub target: Vec<u8>,
}

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Uri, Reason> {
    let (input, priority) = field("Priority", "the lowest is tried first", be_u16).parse(input)?;
    let (input, weight) = field("Weight", "the share among URIs of this priority", be_u16).parse(input)?;
    let (input, target) = to_the_end("Target", "the URI", input)?;
    Ok((input, Uri { priority, weight, target }))
}

pub(super) fn write(uri: &Uri, out: &mut Writer) {
    out.u16(uri.priority);
    out.u16(uri.weight);
    write_to_the_end(RecordType::URI, &uri.target, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Uri> {
    let (priority, weight) = (text.u16("Priority")?, text.u16("Weight")?);
    let token = text.token("Target")?;
    let target = text.unescaped(token)?;
    if target.is_empty() {
        return text.refuse(token, "Target", "a URI in quotes");
    }
    Ok(Uri { priority, weight, target })
}

pub(super) fn to_text(uri: &Uri, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {} {}", uri.priority, uri.weight, quoted(&uri.target))
}
