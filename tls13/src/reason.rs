//! Why a parser refused its input.
//!
//! At the crate's border a [`Reason`] becomes a [`Refused`](../../barewire_dissect/struct.Refused.html), which adds the
//! byte offset. Tested in `tests/messages.rs`.

use std::fmt;

use barewire_dissect::{Explain, several};

use crate::extensions::names::extension_name;

/// Why a parser refused its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The input ends inside a field.
    EndsEarly,
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
    /// Bytes after the last field.
    LeftOver {
        /// The length field that counts them, or the structure that they stand in.
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
        /// The rule that sets this limit.
        rule: &'static str,
    },
}

impl From<nom::error::ErrorKind> for Reason {
    /// The nom parsers used here fail for one reason only: the input is too short.
    fn from(_: nom::error::ErrorKind) -> Reason {
        Reason::EndsEarly
    }
}

impl Explain for Reason {
    fn rule(&self) -> &'static str {
        match self {
            Reason::EndsEarly | Reason::Overruns { .. } | Reason::Length { .. } | Reason::LeftOver { .. } => {
                "RFC 8446 §3.4"
            }
            Reason::Value { rule, .. } | Reason::RecordOverflow { rule, .. } => rule,
            Reason::DuplicateExtension(_) => "RFC 8446 §4.2",
            Reason::ContentType(_) | Reason::RecordVersion(_) => "RFC 8446 §5.1",
        }
    }

    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{what}, byte {at}: {self}; {}", self.rule())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::EndsEarly => f.write_str("the input ends inside a field"),
            Reason::Overruns { what, says, left } => {
                write!(f, "{what} says {}, but {} left", bytes_in_words(*says), are(*left))
            }
            Reason::Length { what, seen, least, most } => {
                write!(f, "{what} says {}, allowed are {least} to {most}", bytes_in_words(*seen))
            }
            Reason::LeftOver { what, bytes } => {
                write!(f, "{} left over inside what {what} counts", are(*bytes))
            }
            Reason::Value { what, seen, wants, .. } => write!(f, "{what} is {seen:#x}, it has to be {wants}"),
            Reason::DuplicateExtension(id) => write!(f, "extension {} appears twice", extension_name(*id)),
            Reason::ContentType(seen) => write!(
                f,
                "record type {seen} does not exist: this is not TLS, or the place in the stream was lost"
            ),
            Reason::RecordVersion(seen) => {
                write!(f, "record version {seen:#06x} does not start with 3: this is not TLS")
            }
            Reason::RecordOverflow { says, limit, .. } => {
                write!(f, "the record's length says {says}, the most is {limit}")
            }
        }
    }
}

/// `1 byte`, `2 bytes`.
pub(crate) fn bytes_in_words(count: usize) -> String {
    several(count as u64, "byte")
}

/// `1 byte is`, `2 bytes are`.
fn are(count: usize) -> String {
    format!("{} {}", bytes_in_words(count), if count == 1 { "is" } else { "are" })
}
