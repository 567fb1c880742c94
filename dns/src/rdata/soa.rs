//! SOA: the start of a zone of authority (RFC 1035 §3.3.13).
//!
//! In an answer that says "no such name" or "no such data" it stands in the authority section, and
//! tells how long that may be remembered: the lower of MINIMUM and the record's own TTL (RFC 2308 §5).

use std::fmt;

use barewire_dissect::field;
use nom::Parser;
use nom::number::complete::be_u32;

use super::RData;
use crate::compress::Writer;
use crate::error::Wire;
use crate::name::Name;

/// Who runs a zone, and its timers in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soa {
    /// The server that the zone's data comes from.
    pub mname: Name,
    /// The mailbox of who is responsible, its `@` written as a dot.
    pub rname: Name,
    /// The version of the zone.
    pub serial: u32,
    /// How often secondary servers ask whether the serial has changed.
    pub refresh: u32,
    /// How soon they ask again when that failed.
    pub retry: u32,
    /// After how long without success they stop answering.
    pub expire: u32,
    /// How long negative answers may be cached (RFC 2308 §4).
    pub minimum: u32,
}

pub(super) fn parse<'a>(message: &'a [u8], input: &'a [u8]) -> Wire<'a, RData> {
    let (input, mname) = Name::parse("MNAME", "the server that the zone's data comes from", message, input)?;
    let (input, rname) = Name::parse("RNAME", "the mailbox of who is responsible", message, input)?;
    let (input, serial) = field("SERIAL", "the version of the zone", be_u32).parse(input)?;
    let (input, refresh) = field("REFRESH", "seconds between checks of the serial", be_u32).parse(input)?;
    let (input, retry) =
        field("RETRY", "seconds until the next check after a failed one", be_u32).parse(input)?;
    let (input, expire) =
        field("EXPIRE", "seconds without success until the data is void", be_u32).parse(input)?;
    let (input, minimum) = field("MINIMUM", "seconds to cache negative answers", be_u32).parse(input)?;
    let soa = Soa { mname, rname, serial, refresh, retry, expire, minimum };
    Ok((input, RData::Soa(Box::new(soa))))
}

impl Soa {
    pub(super) fn write(&self, out: &mut Writer) {
        out.name(&self.mname);
        out.name(&self.rname);
        for number in [self.serial, self.refresh, self.retry, self.expire, self.minimum] {
            out.u32(number);
        }
    }
}

impl fmt::Display for Soa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Soa { mname, rname, serial, refresh, retry, expire, minimum } = self;
        write!(f, "{mname} {rname} {serial} {refresh} {retry} {expire} {minimum}")
    }
}
