//! OPT: the options of EDNS(0), each a code, a length and as many bytes (RFC 6891 §6.1.2).
//!
//! The rest of what EDNS says stands in the record's CLASS and TTL: see [`Edns`](crate::Edns).
//! Left out: what is inside each option. A code that has a well-known name is shown with it.

use std::fmt;

use barewire_dissect::{Show as _, describe, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::be_u16;

use super::RData;
use crate::compress::Writer;
use crate::error::{Error, Reason, Wire};

/// The options of an OPT record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opt {
    /// In the order they came.
    pub options: Vec<EdnsOption>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdnsOption {
    /// What it is about.
    pub code: u16,
    /// What it says, up to 65,535 bytes.
    pub data: Vec<u8>,
}

pub(super) fn parse(mut input: &[u8]) -> Wire<'_, RData> {
    let mut options = Vec::new();
    while !input.is_empty() {
        let (rest, option) = option(input)?;
        options.push(option);
        input = rest;
    }
    Ok((input, RData::Opt(Opt { options })))
}

fn option(input: &[u8]) -> Wire<'_, EdnsOption> {
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
    pub(super) fn write(&self, out: &mut Writer) -> Result<(), Error> {
        for option in &self.options {
            let length = u16::try_from(option.data.len())
                .map_err(|_| Error { offset: out.len(), reason: Reason::MessageTooLong })?;
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
