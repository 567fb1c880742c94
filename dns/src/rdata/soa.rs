//! SOA: the start of a zone of authority (RFC 1035 §3.3.13).
//!
//! ```text
//!   03 ns1 c00c          MNAME: ns1, then a pointer to byte 12: example.test, the question's name
//!   0a hostmaster c00c   RNAME: hostmaster@example.test
//!   00000007             SERIAL 7
//!   00001c20 00000e10    REFRESH after 2 hours, RETRY after 1 hour
//!   00127500 0000012c    EXPIRE after 14 days, MINIMUM 5 minutes
//! ```
//!
//! A reply that says "no such name" or "no such data" has it in its authority section. There it tells how long the
//! client may remember that: for the lower of MINIMUM and the record's own TTL (RFC 2308 §5).

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u32;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// Who runs a zone, and its timers, all in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soa {
    /// The server that the zone's data comes from.
    pub mname: Name,
    /// The mailbox of the person who runs the zone, with a dot in the place of `@`.
    pub rname: Name,
    /// The version of the zone.
    pub serial: u32,
    /// How often secondary servers ask whether the serial has changed.
    pub refresh: u32,
    /// How soon they ask again after a failure.
    pub retry: u32,
    /// How long they go on answering without a successful check.
    pub expire: u32,
    /// How long negative answers may be cached (RFC 2308 §4).
    pub minimum: u32,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Soa>, Reason> {
    let (input, mname) = source.name("MNAME", "the server that the zone's data comes from", input)?;
    let (input, rname) = source.name("RNAME", "the mailbox of the person who runs the zone", input)?;
    let (input, serial) = field("SERIAL", "the version of the zone", be_u32).parse(input)?;
    let (input, refresh) = field("REFRESH", "seconds between checks of the serial", be_u32).parse(input)?;
    let (input, retry) =
        field("RETRY", "seconds until the next check after a failed one", be_u32).parse(input)?;
    let (input, expire) =
        field("EXPIRE", "seconds without success until the data is void", be_u32).parse(input)?;
    let (input, minimum) = field("MINIMUM", "seconds to cache negative answers", be_u32).parse(input)?;
    Ok((input, Box::new(Soa { mname, rname, serial, refresh, retry, expire, minimum })))
}

pub(super) fn write(soa: &Soa, out: &mut Writer) {
    out.data_name(&soa.mname);
    out.data_name(&soa.rname);
    for number in [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum] {
        out.u32(number);
    }
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Soa>> {
    Ok(Box::new(Soa {
        mname: text.name("MNAME")?,
        rname: text.name("RNAME")?,
        serial: text.u32("SERIAL")?,
        refresh: text.seconds("REFRESH")?,
        retry: text.seconds("RETRY")?,
        expire: text.seconds("EXPIRE")?,
        minimum: text.seconds("MINIMUM")?,
    }))
}

pub(super) fn to_text(soa: &Soa, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Soa { mname, rname, serial, refresh, retry, expire, minimum } = soa;
    let (mname, rname) = (mname.with_dot(), rname.with_dot());
    write!(f, "{mname} {rname} {serial} {refresh} {retry} {expire} {minimum}")
}
