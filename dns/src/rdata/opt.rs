//! OPT: where the fields of EDNS(0) stand on the wire (RFC 6891 §6.1.2 and §6.1.3).
//!
//! The RDATA holds options: each is a code, a length and as many bytes. The rest stands where other records have
//! CLASS and TTL. What all of it means is [`Edns`](crate::Edns). Left out: the inside of each option; a code with a
//! well-known name is shown with that name. Tested in `tests/message.rs` and `tests/hostile.rs`.
//!
//! ```text
//!   000a 0008            OPTION-CODE 10, a cookie, and OPTION-LENGTH 8
//!   2464c4abcf10c957     OPTION-DATA: the client's cookie (RFC 7873 §4.1)
//! ```

use std::fmt;

use barewire_dissect::{Bits, Parsed, Refused, Show as _, Word, describe, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, u8};

use crate::class::Class;
use crate::compress::Writer;
use crate::reason::{Reason, unwritable};

/// The options of an OPT record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opt {
    /// In the order they came.
    pub options: Vec<EdnsOption>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdnsOption {
    /// What it is about: a number of IANA's registry "DNS EDNS0 Option Codes (OPT)".
    pub code: u16,
    /// What it says, up to 65,535 bytes.
    pub data: Vec<u8>,
}

/// The flags of EDNS: parser, writer and tree read this table.
pub(crate) static FLAGS: Word<2> = Word::new([
    Bits::new("DO", 1, "the sender wants DNSSEC's records").shown(|bit| (bit == 1).to_string()),
    Bits::new("Z", 15, "reserved, zero"),
]);

/// What OPT has in the place of CLASS and TTL, as the numbers that they would be.
pub(crate) fn class_and_ttl(input: &[u8]) -> Parsed<'_, (Class, u32), Reason> {
    let (input, size) =
        field("UDP payload size", "the largest UDP message that the sender takes", be_u16).parse(input)?;
    let (input, rcode) = field("extended RCODE", "eight bits above the header's RCODE", u8).parse(input)?;
    let (input, version) = field("EDNS version", "", u8).parse(input)?;
    let flags = be_u16.map(|word| FLAGS.split(word.into()));
    let (input, flags) =
        field_as("EDNS flags", "", flags, |bits| format!("{:#06x}", FLAGS.join(*bits))).parse(input)?;
    let ttl = u32::from(rcode) << 24 | u32::from(version) << 16 | FLAGS.join(flags);
    Ok((input, (Class(size), ttl)))
}

pub(super) fn parse(mut input: &[u8]) -> Parsed<'_, Opt, Reason> {
    let mut options = Vec::new();
    while !input.is_empty() {
        let (rest, option) = option(input)?;
        options.push(option);
        input = rest;
    }
    Ok((input, Opt { options }))
}

fn option(input: &[u8]) -> Parsed<'_, EdnsOption, Reason> {
    group("option", "", |input| {
        let (input, code) =
            field_as("OPTION-CODE", "", be_u16, |code| format!("{} ({code})", name_of(*code)))
                .parse(input)?;
        let (input, length) = field("OPTION-LENGTH", "bytes of data", be_u16).parse(input)?;
        let (input, data) = field("OPTION-DATA", "", take(length)).parse(input)?;
        describe(|| format!("{} {}", name_of(code), data.show()));
        Ok((input, EdnsOption { code, data: data.to_vec() }))
    })
    .parse(input)
}

fn name_of(code: u16) -> &'static str {
    match code {
        3 => "NSID",
        8 => "client subnet",
        9 => "expire",
        10 => "cookie",
        11 => "TCP keepalive",
        12 => "padding",
        13 => "chain",
        15 => "extended DNS error",
        _ => "option",
    }
}

impl Opt {
    pub(super) fn write(&self, out: &mut Writer) -> Result<(), Refused<Reason>> {
        for option in &self.options {
            let length = u16::try_from(option.data.len())
                .map_err(|_| unwritable(out.len(), Reason::MessageTooLong))?;
            out.u16(option.code);
            out.u16(length);
            out.bytes(&option.data);
        }
        Ok(())
    }
}

impl fmt::Display for Opt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, option) in self.options.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", name_of(option.code), option.data.show())?;
        }
        Ok(())
    }
}
