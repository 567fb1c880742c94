//! LOC: a place on the Earth (RFC 1876 §2).
//!
//! ```text
//!   00                    VERSION 0
//!   33 16 13              SIZE 3 × 10³ cm, HORIZ PRE 1 × 10⁶ cm, VERT PRE 1 × 10³ cm
//!   89172dd0              LATITUDE 42° 21' 54" N: thousandths of a second, from 2³¹ on
//!   70be15f0              LONGITUDE 71° 06' 18" W
//!   00989680              ALTITUDE 0 m
//! ```
//!
//! Data of another version is kept as bytes: "make no assumptions about the format", says RFC 1876 §2. The text of
//! its parts is in `loc/`.

mod angle;
mod length;

use std::fmt;

use barewire_dissect::{Parsed, field, field_as, refuse};
use nom::Parser;
use nom::number::complete::{be_u32, u8};

use angle::{Axis, LATITUDE, LONGITUDE};
pub use length::Length;

use super::source::Source;
use crate::compress::Writer;
use crate::reason::{BrokenRule, Reason};
use crate::text::fields::{Fields, Text};

/// A place on the Earth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loc {
    /// The diameter of what is there.
    pub size: Length,
    /// How exact the latitude and the longitude are.
    pub horizontal: Length,
    /// How exact the altitude is.
    pub vertical: Length,
    /// In thousandths of a second of arc: 2³¹ is the equator, more is north.
    pub latitude: u32,
    /// The same: 2³¹ is Greenwich, more is east.
    pub longitude: u32,
    /// In centimetres, from 100,000 m below the ellipsoid of GPS.
    pub altitude: u32,
}

/// RFC 1876 §2: "each integer is in the range zero to nine".
static DIGITS: BrokenRule = BrokenRule {
    field: "SIZE, HORIZ PRE or VERT PRE",
    rule: "RFC 1876 §2",
    says: "both halves of the byte are from 0 to 9",
};

static NOWHERE: BrokenRule = BrokenRule {
    field: "LATITUDE or LONGITUDE",
    rule: "RFC 1876 §3",
    says: "no place is more than 90 degrees from the equator, or 180 from Greenwich",
};

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Loc, Reason> {
    let (input, _) = field("VERSION", "0", u8).parse(input)?;
    let (input, size) = length("SIZE", "the diameter of what is there", input)?;
    let (input, horizontal) = length("HORIZ PRE", "how exact latitude and longitude are", input)?;
    let (input, vertical) = length("VERT PRE", "how exact the altitude is", input)?;
    let (input, latitude) = angle(&LATITUDE, input)?;
    let (input, longitude) = angle(&LONGITUDE, input)?;
    let (input, altitude) = field_as("ALTITUDE", "", be_u32, |at| length::altitude(*at)).parse(input)?;
    Ok((input, Loc { size, horizontal, vertical, latitude, longitude, altitude }))
}

fn length<'a>(name: &'static str, comment: &'static str, start: &'a [u8]) -> Parsed<'a, Length, Reason> {
    let length = u8.map(|byte| Length { digit: byte >> 4, power: byte & 0x0f });
    let (rest, length) = field_as(name, comment, length, Length::to_string).parse(start)?;
    if length.is_valid() { Ok((rest, length)) } else { refuse(start, Reason::Broken(&DIGITS)) }
}

fn angle<'a>(axis: &Axis, start: &'a [u8]) -> Parsed<'a, u32, Reason> {
    let (rest, angle) = field_as(axis.name, "", be_u32, |angle| axis.show(*angle)).parse(start)?;
    if axis.holds(angle) { Ok((rest, angle)) } else { refuse(start, Reason::Broken(&NOWHERE)) }
}

pub(super) fn write(loc: &Loc, out: &mut Writer) {
    out.u8(0);
    for length in [loc.size, loc.horizontal, loc.vertical] {
        if !length.is_valid() {
            out.refuse(Reason::Broken(&DIGITS));
        }
        out.u8(length.byte());
    }
    if !LATITUDE.holds(loc.latitude) || !LONGITUDE.holds(loc.longitude) {
        out.refuse(Reason::Broken(&NOWHERE));
    }
    for number in [loc.latitude, loc.longitude, loc.altitude] {
        out.u32(number);
    }
}

/// `42 21 54.000 N 71 06 18.000 W -24.00m 30m 10000m 10m` (RFC 1876 §3). What is left out at the end has a default.
pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Loc> {
    let latitude = LATITUDE.read(text)?;
    let longitude = LONGITUDE.read(text)?;
    let altitude = length::read_altitude(text)?;
    let mut length = |name, default| if text.is_empty() { Ok(default) } else { length::read(text, name) };
    let size = length("SIZE", Length { digit: 1, power: 2 })?;
    let horizontal = length("HORIZ PRE", Length { digit: 1, power: 6 })?;
    let vertical = length("VERT PRE", Length { digit: 1, power: 3 })?;
    Ok(Loc { size, horizontal, vertical, latitude, longitude, altitude })
}

pub(super) fn to_text(loc: &Loc, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (latitude, longitude) = (LATITUDE.show(loc.latitude), LONGITUDE.show(loc.longitude));
    write!(f, "{latitude} {longitude} {} ", length::altitude(loc.altitude))?;
    write!(f, "{} {} {}", loc.size, loc.horizontal, loc.vertical)
}
