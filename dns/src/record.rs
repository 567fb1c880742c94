//! A resource record: a name, a type, a class, a time to live, and data that the type lays out
//! (RFC 1035 §4.1.3).
//!
//! OPT has the form of a record, and says something else: where others have CLASS and TTL it says what its sender's
//! EDNS can do (RFC 6891 §6.1.2 and §6.1.3). [`Record`] keeps those numbers as they came; read them with
//! [`Message::edns`](crate::Message::edns). Tested in `tests/message.rs` and `tests/hickory.rs`.

use std::fmt;

use barewire_dissect::{Parsed, Refused, field, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32};

use crate::class::Class;
use crate::compress::Writer;
use crate::name::Name;
use crate::rdata::{RData, opt};
use crate::reason::{Reason, when_it_ends_early};
use crate::record_type::RecordType;

/// A resource record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The owner: the name that the record is about.
    pub name: Name,
    /// What the record holds.
    pub rtype: RecordType,
    /// Almost always [`Class::IN`]. In an OPT record it is the sender's UDP payload size.
    pub class: Class,
    /// The 32 bits as they came. For seconds use [`Record::ttl_seconds`].
    pub ttl: u32,
    /// The data, laid out by the type.
    pub data: RData,
}

impl Record {
    /// A record of class IN with the type of `data`; `ttl` is in seconds.
    pub fn new(name: Name, ttl: u32, data: RData) -> Record {
        Record { name, rtype: data.rtype(), class: Class::IN, ttl, data }
    }

    /// For how many seconds the record may be kept. A time with its top bit set counts as 0
    /// (RFC 2181 §8).
    pub fn ttl_seconds(&self) -> u32 {
        if self.ttl > i32::MAX as u32 { 0 } else { self.ttl }
    }

    /// Reads a record; the tree shows it under the name `section`.
    pub(crate) fn parse<'a>(
        section: &'static str,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, Record, Reason> {
        field_as(section, "", |start| Record::fields(message, start), Record::to_string).parse(input)
    }

    fn fields<'a>(message: &'a [u8], start: &'a [u8]) -> Parsed<'a, Record, Reason> {
        let (input, name) = Name::parse("NAME", "the owner of the record", message, start)?;
        let (input, rtype) = field("TYPE", "", be_u16.map(RecordType)).parse(input)?;
        let (input, (class, ttl)) = match rtype {
            RecordType::OPT if name.is_root() => opt::class_and_ttl(input)?,
            RecordType::OPT => return refuse(start, Reason::OptNotAtRoot),
            _ => class_and_ttl(input)?,
        };
        let (input, data) = rdata(rtype, class, message, input)?;
        Ok((input, Record { name, rtype, class, ttl, data }))
    }

    pub(crate) fn write(&self, out: &mut Writer) -> Result<(), Refused<Reason>> {
        out.name(&self.name);
        out.u16(self.rtype.0);
        out.u16(self.class.0);
        out.u32(self.ttl);
        let length_at = out.len();
        out.u16(0);
        self.data.write(out)?;
        out.fill_in_length(length_at)
    }
}

fn class_and_ttl(input: &[u8]) -> Parsed<'_, (Class, u32), Reason> {
    let (input, class) = field("CLASS", "", be_u16.map(Class)).parse(input)?;
    let (input, ttl) = field("TTL", "seconds it may be cached", be_u32).parse(input)?;
    Ok((input, (class, ttl)))
}

/// RDLENGTH, and as many bytes of RDATA. The fields of the type must take all of them.
fn rdata<'a>(
    rtype: RecordType,
    class: Class,
    message: &'a [u8],
    input: &'a [u8],
) -> Parsed<'a, RData, Reason> {
    let (input, length) = field("RDLENGTH", "bytes of RDATA", be_u16).parse(input)?;
    let beyond = || Reason::RdataBeyondEnd { length, left: input.len() };
    let (input, bytes) = when_it_ends_early(take(length).parse(input), beyond)?;
    let parsed = group("RDATA", "", |bytes| RData::parse(rtype, class, message, bytes)).parse(bytes);
    let (unread, data) = when_it_ends_early(parsed, || Reason::RdataTooShort { rtype, length })?;
    if !unread.is_empty() {
        return refuse(unread, Reason::RdataTooLong { rtype, length, unread: unread.len() });
    }
    Ok((input, data))
}

/// As in a master file (RFC 1035 §5.1): `www.example.test 300 IN A 203.0.113.80`.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rtype == RecordType::OPT {
            return write!(f, "OPT, UDP payload size {}", self.class.0);
        }
        let (ttl, class, rtype) = (self.ttl_seconds(), self.class.name(), self.rtype.name());
        write!(f, "{} {ttl} {class} {rtype} {}", self.name, self.data)
    }
}
