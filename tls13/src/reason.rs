//! Why a parser refused its input: a [`Reason`], which becomes a [`DecodeError`] with the byte offset at the
//! crate's border. Tested in `tests/messages.rs`.

use std::fmt;

use barewire_dissect::{Lesson, finish};

use crate::alert::AlertDescription;
use crate::wire::Read;

/// Why a parser refused its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The input ends inside a field.
    Short,
    /// A length field says more than there is.
    Overruns {
        /// The length field.
        what: &'static str,
        /// What it says.
        says: usize,
        /// How many bytes are left.
        left: usize,
    },
    /// A length outside the bounds of its vector.
    Length {
        /// The length field.
        what: &'static str,
        /// What it says.
        seen: usize,
        /// The least allowed.
        least: usize,
        /// The most allowed.
        most: usize,
    },
    /// Bytes behind the last field.
    LeftOver {
        /// What they stand in.
        what: &'static str,
        /// How many.
        bytes: usize,
    },
    /// A field with a value that is not allowed.
    Value {
        /// The field.
        what: &'static str,
        /// Its value.
        seen: u32,
        /// What it has to be.
        wants: &'static str,
        /// The rule.
        rule: &'static str,
    },
    /// The same extension twice.
    DuplicateExtension(u16),
    /// A record type that RFC 8446 does not know.
    ContentType(u8),
    /// A record version that does not start with 3.
    RecordVersion(u16),
    /// A record that is too long.
    RecordOverflow {
        /// What its length field says.
        says: usize,
        /// The most it may say.
        limit: usize,
    },
}

impl From<nom::error::ErrorKind> for Reason {
    fn from(_: nom::error::ErrorKind) -> Reason {
        Reason::Short
    }
}

impl Reason {
    /// The rule that was broken.
    pub fn rule(&self) -> &'static str {
        match self {
            Reason::Short | Reason::Overruns { .. } | Reason::Length { .. } | Reason::LeftOver { .. } => {
                "RFC 8446 §3.4"
            }
            Reason::Value { rule, .. } => rule,
            Reason::DuplicateExtension(_) => "RFC 8446 §4.2",
            Reason::ContentType(_) | Reason::RecordVersion(_) => "RFC 8446 §5.1",
            Reason::RecordOverflow { limit, .. } if *limit > crate::record::MAX_CONTENT => "RFC 8446 §5.2",
            Reason::RecordOverflow { .. } => "RFC 8446 §5.1",
        }
    }

    /// The alert that answers it (RFC 8446 §6.2).
    pub fn alert(&self) -> AlertDescription {
        match self {
            Reason::Value { .. } | Reason::DuplicateExtension(_) => AlertDescription::ILLEGAL_PARAMETER,
            Reason::ContentType(_) | Reason::RecordVersion(_) => AlertDescription::UNEXPECTED_MESSAGE,
            Reason::RecordOverflow { .. } => AlertDescription::RECORD_OVERFLOW,
            _ => AlertDescription::DECODE_ERROR,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Short => f.write_str("the input ends inside a field"),
            Reason::Overruns { what, says, left } => {
                write!(f, "{what} says {says} bytes, but {left} are left")
            }
            Reason::Length { what, seen, least, most } => {
                write!(f, "{what} says {seen} bytes, allowed are {least} to {most}")
            }
            Reason::LeftOver { what, bytes } => {
                write!(f, "{bytes} bytes are left over inside what {what} counts")
            }
            Reason::Value { what, seen, wants, .. } => write!(f, "{what} is {seen:#x}, it has to be {wants}"),
            Reason::DuplicateExtension(id) => {
                write!(f, "extension {} appears twice", crate::extensions::extension_name(*id))
            }
            Reason::ContentType(seen) => {
                write!(
                    f,
                    "record type {seen} does not exist: this is not TLS, or its place in the stream was lost"
                )
            }
            Reason::RecordVersion(seen) => {
                write!(f, "record version {seen:#06x} does not start with 3: this is not TLS")
            }
            Reason::RecordOverflow { says, limit } => {
                write!(f, "the record's length says {says}, the most is {limit}")
            }
        }
    }
}

/// What could not be parsed, where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// What was being read: "record header", "ServerHello", ...
    pub what: &'static str,
    /// The offset of the refused byte, from the start of what was being read.
    pub offset: usize,
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, byte {}: {}; {}", self.what, self.offset, self.reason, self.reason.rule())
    }
}

impl std::error::Error for DecodeError {}

impl Lesson for DecodeError {
    fn offset(&self) -> usize {
        self.offset
    }
    fn rule(&self) -> &'static str {
        self.reason.rule()
    }
}

/// Ends a parse of `whole`: the value and what was left over, or the error with its offset.
pub(crate) fn parsed<'a, T>(
    what: &'static str,
    whole: &'a [u8],
    result: Read<'a, T>,
) -> Result<(T, &'a [u8]), DecodeError> {
    finish(what, whole, result).map_err(|refused| DecodeError {
        what,
        offset: refused.offset,
        reason: refused.reason,
    })
}
