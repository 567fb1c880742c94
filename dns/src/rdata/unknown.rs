//! Any type without a file of its own: the bytes as they came (RFC 3597 §3).
//!
//! A name in such data is not looked for. Types newer than RFC 1035 may not compress the names in them
//! (RFC 3597 §4), so the bytes mean the same in any message they are copied to.

use std::fmt;

use barewire_dissect::field;
use nom::Parser;
use nom::combinator::rest;

use super::RData;
use crate::error::Wire;
use crate::rtype::RecordType;

/// Data that this crate does not look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The record's type.
    pub rtype: RecordType,
    /// Its RDATA.
    pub bytes: Vec<u8>,
}

pub(super) fn parse(rtype: RecordType, input: &[u8]) -> Wire<'_, RData> {
    let (input, bytes) = field("data", "of a type that is kept as bytes", rest).parse(input)?;
    Ok((input, RData::Unknown(Unknown { rtype, bytes: bytes.to_vec() })))
}

/// `\# 4 0a000001`: the form for data of any type (RFC 3597 §5).
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\\# {}", self.bytes.len())?;
        for (index, byte) in self.bytes.iter().enumerate() {
            let space = if index == 0 { " " } else { "" };
            write!(f, "{space}{byte:02x}")?;
        }
        Ok(())
    }
}
