//! PX: how names of X.400 mail map to this one (RFC 2163 §4).
//!
//! ```text
//!   000a                   PREFERENCE 10
//!   04 mail 00             MAP822: the name of Internet mail
//!   04 x400 00             MAPX400: the name of X.400 mail
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u16;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// Two names for one mail system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Px {
    /// Which mapping to use first: the one with the lowest number.
    pub preference: u16,
    /// The name in Internet mail.
    pub map822: Name,
    /// The name in X.400 mail.
    pub mapx400: Name,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Px>, Reason> {
    let (input, preference) = field("PREFERENCE", "the lowest is tried first", be_u16).parse(input)?;
    let (input, map822) = source.name("MAP822", "the name in Internet mail", input)?;
    let (input, mapx400) = source.name("MAPX400", "the name in X.400 mail", input)?;
    Ok((input, Box::new(Px { preference, map822, mapx400 })))
}

pub(super) fn write(px: &Px, out: &mut Writer) {
    out.u16(px.preference);
    out.data_name(&px.map822);
    out.data_name(&px.mapx400);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Px>> {
    let preference = text.u16("PREFERENCE")?;
    Ok(Box::new(Px { preference, map822: text.name("MAP822")?, mapx400: text.name("MAPX400")? }))
}

pub(super) fn to_text(px: &Px, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {} {}", px.preference, px.map822.with_dot(), px.mapx400.with_dot())
}
