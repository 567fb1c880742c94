//! A resource record: a name, a class, a time to live, and data that the type lays out (RFC 1035 §4.1.3).
//!
//! A record has no type beside its data: the type follows from the data, so that the two cannot disagree.
//! Tested in `tests/message.rs`, `tests/types/` and `tests/hickory.rs`.

use std::fmt;

use barewire_dissect::{Parsed, Refused, describe, field, field_as, grouped, grouped_as, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32};

use crate::class::Class;
use crate::compress::Writer;
use crate::edns::Edns;
use crate::name::{Name, Owner};
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::reason::{Reason, when_it_ends_early};
use crate::record_type::RecordType;
use crate::text::fields::Fields;
use crate::text::reason::TextReason;
use crate::text::tokens::{Entry, only_entry};

/// A resource record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The owner: the name that the record is about.
    pub name: Name,
    /// Almost always [`Class::IN`].
    pub class: Class,
    /// The 32 bits as they came. For seconds use [`Record::ttl_seconds`].
    pub ttl: u32,
    /// The data, laid out by the type.
    pub data: RData,
}

/// An entry of the additional section.
pub(crate) enum Additional {
    Record(Record),
    /// The OPT record, and the bits of the response code that stand in it.
    Edns(Edns, Rcode),
}

impl Record {
    /// A record of class IN with the type of `data`; `ttl` is in seconds.
    pub fn new(name: Name, ttl: u32, data: RData) -> Record {
        Record { name, class: Class::IN, ttl, data }
    }

    /// What the record holds.
    pub fn rtype(&self) -> RecordType {
        self.data.rtype()
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
        owner: &mut Owner,
        input: &'a [u8],
    ) -> Parsed<'a, Record, Reason> {
        grouped_as(section, "", input, Record::to_string, |start| {
            let (input, (name, rtype)) = owner_and_type(message, owner, start)?;
            Record::fields(name, rtype, message, input)
        })
    }

    /// Reads an entry of the additional section. An OPT record whose name is the root is EDNS.
    pub(crate) fn parse_additional<'a>(
        section: &'static str,
        message: &'a [u8],
        owner: &mut Owner,
        input: &'a [u8],
    ) -> Parsed<'a, Additional, Reason> {
        grouped(section, "", input, |start| {
            let (input, (name, rtype)) = owner_and_type(message, owner, start)?;
            if rtype == RecordType::OPT && name.is_root() {
                return edns(input);
            }
            let (input, record) = Record::fields(name, rtype, message, input)?;
            describe(|| record.to_string());
            Ok((input, Additional::Record(record)))
        })
    }

    /// What follows the type.
    #[inline(always)]
    fn fields<'a>(
        name: Name,
        rtype: RecordType,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, Record, Reason> {
        let show_class = |class: &Class| class.show_with("cache-flush");
        let (input, class) = field_as("CLASS", "", be_u16.map(Class), show_class).parse(input)?;
        let (input, ttl) = field("TTL", "seconds it may be cached", be_u32).parse(input)?;
        let (input, data) = rdata(rtype, input, |bytes| RData::parse(rtype, class, Some(message), bytes))?;
        Ok((input, Record { name, class, ttl, data }))
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        if self.data.is_misread_in(self.class) {
            out.refuse(Reason::OtherLayout { rtype: self.rtype() });
        }
        out.name(&self.name);
        out.u16(self.rtype().0);
        out.u16(self.class.0);
        out.u32(self.ttl);
        out.counted(|out| self.data.write(out));
    }

    /// Reads a record as a master file has it: owner, TTL, class, type, data. Class and TTL may change places; without
    /// a class it is IN. Names without a final dot are taken from the root.
    ///
    /// # Errors
    /// [`Refused`], with an offset into `text`.
    ///
    /// ```
    /// use barewire_dns::Record;
    /// let record = Record::parse_text("www.example.test. 300 IN A 203.0.113.80")?;
    /// assert_eq!((record.ttl, record.data.to_string()), (300, "203.0.113.80".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_text(text: &str) -> Result<Record, Refused<TextReason>> {
        let (origin, end) = (Name::root(), text.len());
        let entry = only_entry(text)?.unwrap_or(Entry { starts_blank: false, tokens: Vec::new(), end });
        let mut fields = Fields::new(&entry.tokens, entry.end, &origin, RecordType::ANY);
        let name = fields.name("owner")?;
        let (ttl, class, rtype) = ttl_class_type(&mut fields)?;
        let class = class.unwrap_or(Class::IN);
        let data = RData::from_text(rtype, class, &mut fields.of_type(rtype))?;
        Ok(Record { name, class, ttl: ttl.unwrap_or(0), data })
    }
}

/// What stands between the owner and the data: a TTL and a class in any order, each or none, then the type
/// (RFC 1035 §5.1).
pub(crate) fn ttl_class_type(
    fields: &mut Fields<'_>,
) -> Result<(Option<u32>, Option<Class>, RecordType), Refused<TextReason>> {
    let (mut ttl, mut class) = (None, None);
    loop {
        let next = fields.peek().filter(|token| !token.quoted);
        let digit = next.is_some_and(|token| token.text.first().is_some_and(u8::is_ascii_digit));
        if ttl.is_none() && digit {
            ttl = Some(fields.seconds("TTL")?);
            continue;
        }
        let word = next.and_then(|token| str::from_utf8(token.text).ok());
        match word.and_then(Class::from_name).filter(|_| class.is_none()) {
            Some(named) => {
                class = Some(named);
                fields.token("class")?;
            }
            None => return Ok((ttl, class, fields.rtype("type")?)),
        }
    }
}

#[inline(always)]
fn owner_and_type<'a>(
    message: &'a [u8],
    owner: &mut Owner,
    start: &'a [u8],
) -> Parsed<'a, (Name, RecordType), Reason> {
    let (input, name) = owner.parse(message, start)?;
    let (input, rtype) = field("TYPE", "", be_u16.map(RecordType)).parse(input)?;
    Ok((input, (name, rtype)))
}

fn edns(input: &[u8]) -> Parsed<'_, Additional, Reason> {
    let (input, (mut edns, rcode)) = Edns::parse_fixed(input)?;
    let (input, options) = rdata(RecordType::OPT, input, Edns::parse_options)?;
    edns.options = options;
    describe(|| format!("OPT, UDP payload size {}", edns.udp_size));
    Ok((input, Additional::Edns(edns, rcode)))
}

/// RDLENGTH, and as many bytes of RDATA. The fields of the type must take all of them.
#[inline(always)]
fn rdata<'a, T>(
    rtype: RecordType,
    input: &'a [u8],
    data: impl FnOnce(&'a [u8]) -> Parsed<'a, T, Reason>,
) -> Parsed<'a, T, Reason> {
    let (input, length) = field("RDLENGTH", "bytes of RDATA", be_u16).parse(input)?;
    let beyond = || Reason::RdataBeyondEnd { length, left: input.len() };
    let (input, bytes) = when_it_ends_early(take(length).parse(input), beyond)?;
    let parsed = grouped("RDATA", "", bytes, data);
    let (unread, data) = when_it_ends_early(parsed, || Reason::RdataTooShort { rtype, length })?;
    if !unread.is_empty() {
        return refuse(unread, Reason::RdataTooLong { rtype, length, unread: unread.len() });
    }
    Ok((input, data))
}

/// As in a master file (RFC 1035 §5.1): `www.example.test. 300 IN A 203.0.113.80`.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ttl, class, rtype) = (self.ttl_seconds(), self.class.name(), self.rtype().name());
        write!(f, "{} {ttl} {class} {rtype} {}", self.name.with_dot(), self.data)
    }
}
