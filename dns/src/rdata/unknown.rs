//! Any type without a file of its own: the bytes as they came (RFC 3597 §3).
//!
//! ```text
//!   0a000001     \# 4 0a000001
//! ```
//!
//! Nobody looks for a name in such data. A type newer than RFC 1035 must not compress its names (RFC 3597 §4), so its
//! bytes mean the same in every message they are copied to.

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::combinator::rest;

use crate::reason::Reason;
use crate::record_type::RecordType;

/// Data of a type that this crate does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The record's type.
    pub rtype: RecordType,
    /// Its RDATA.
    pub bytes: Vec<u8>,
}

pub(super) fn parse(rtype: RecordType, input: &[u8]) -> Parsed<'_, Unknown, Reason> {
    let (input, bytes) = field("data", "of a type that is kept as bytes", rest).parse(input)?;
    Ok((input, Unknown { rtype, bytes: bytes.to_vec() }))
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
