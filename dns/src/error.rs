//! What can be wrong with a message or a name: the byte, the reason, and the rule that was broken.
//!
//! [`Error`] is what every parser and writer of this crate fails with. What can go wrong with a
//! whole lookup is another list: [`stub::Error`](crate::stub::Error).
//! Tested in `tests/hostile.rs` and `tests/names.rs`, which read every sentence below.

use std::fmt;

use barewire_dissect::{Lesson, Parsed};
use nom::error::ErrorKind;

use crate::rtype::RecordType;

/// A message or a name that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Where: for a message an offset from its first byte, for the text of a name an offset into the text.
    pub offset: usize,
    /// What was seen there.
    pub reason: Reason,
}

/// What was seen that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes end before the field that should stand here does.
    CutShort,
    /// The bytes end inside a question or record that a count of the header announces.
    CountNotMet {
        /// Which of them, counted from 1.
        number: u16,
        /// How many the header announces.
        count: u16,
        /// The counter's name: QDCOUNT, ANCOUNT, NSCOUNT or ARCOUNT.
        counter: &'static str,
    },
    /// Bytes follow the last record that the header's counts announce.
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// A compression pointer that does not point back before the name it stands in.
    PointerNotBackward {
        /// Where it points.
        to: usize,
    },
    /// A name that goes through more pointers than a name can have labels.
    PointerChain,
    /// A label that starts with the bits 01 or 10.
    LabelType {
        /// Its first byte.
        byte: u8,
    },
    /// A name that takes more than 255 bytes.
    NameTooLong,
    /// A label of more than 63 bytes.
    LabelTooLong {
        /// How many.
        length: usize,
    },
    /// Two dots with nothing between them, or a dot in front.
    EmptyLabel,
    /// A backslash that no character and no number from 000 to 255 follows.
    BadEscape,
    /// A character outside ASCII in the text of a name.
    NotAscii,
    /// RDLENGTH counts more bytes than the message has left.
    RdataBeyondEnd {
        /// RDLENGTH.
        length: u16,
        /// The bytes that are left.
        left: usize,
    },
    /// RDATA ends inside a field that its type needs.
    RdataTooShort {
        /// The type.
        rtype: RecordType,
        /// RDLENGTH.
        length: u16,
    },
    /// RDATA goes on after the fields of its type.
    RdataTooLong {
        /// The type.
        rtype: RecordType,
        /// RDLENGTH.
        length: u16,
        /// The bytes that no field takes.
        unread: usize,
    },
    /// An OPT record whose name is not the root.
    OptNotAtRoot,
    /// More than one OPT record.
    OptTwice,
    /// A message that would take more than 65,535 bytes.
    MessageTooLong,
    /// A character-string of more than 255 bytes.
    StringTooLong {
        /// How many.
        length: usize,
    },
}

impl From<ErrorKind> for Reason {
    /// The nom parsers used here fail for one reason only: the input was too short.
    fn from(_: ErrorKind) -> Reason {
        Reason::CutShort
    }
}

/// What the wire parsers of this crate return.
pub(crate) type Wire<'a, T> = Parsed<'a, T, Reason>;

/// Gives the error of `parsed` a more telling reason when its bytes ran out.
pub(crate) fn when_cut_short<'a, T>(parsed: Wire<'a, T>, reason: impl FnOnce() -> Reason) -> Wire<'a, T> {
    parsed.map_err(|error| {
        error.map(|mut located| {
            if located.reason == Reason::CutShort {
                located.reason = reason();
            }
            located
        })
    })
}

impl std::error::Error for Error {}

impl Lesson for Error {
    fn offset(&self) -> usize {
        self.offset
    }

    fn rule(&self) -> &'static str {
        match self.reason {
            Reason::CutShort | Reason::TrailingBytes { .. } => "RFC 1035 §4.1",
            Reason::CountNotMet { .. } => "RFC 1035 §4.1.1",
            Reason::PointerNotBackward { .. } | Reason::PointerChain | Reason::LabelType { .. } => {
                "RFC 1035 §4.1.4"
            }
            Reason::NameTooLong | Reason::LabelTooLong { .. } => "RFC 1035 §2.3.4",
            Reason::EmptyLabel => "RFC 1035 §3.1",
            Reason::BadEscape => "RFC 1035 §5.1",
            Reason::NotAscii => "RFC 5890 §2.3.2.1",
            Reason::RdataBeyondEnd { .. } => "RFC 1035 §4.1.3",
            Reason::RdataTooShort { rtype, .. } | Reason::RdataTooLong { rtype, .. } => rtype.rule(),
            Reason::OptNotAtRoot => "RFC 6891 §6.1.2",
            Reason::OptTwice => "RFC 6891 §6.1.1",
            Reason::MessageTooLong => "RFC 1035 §4.2.2",
            Reason::StringTooLong { .. } => "RFC 1035 §3.3",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, rule) = (self.offset, self.rule());
        match &self.reason {
            Reason::CutShort => {
                write!(f, "the bytes end inside the field at byte {at}; {rule} gives the layout")
            }
            Reason::CountNotMet { number, count, counter } => write!(
                f,
                "the message ends inside the field at byte {at}, in number {number} of the {count} that {counter} \
                 announces ({rule})"
            ),
            Reason::TrailingBytes { count } => {
                write!(
                    f,
                    "{count} bytes follow at byte {at}, after the last record; {rule} has nothing there"
                )
            }
            Reason::PointerNotBackward { to } if *to > at => {
                write!(
                    f,
                    "label pointer at byte {at} points forward to {to}; {rule} allows only an earlier name"
                )
            }
            Reason::PointerNotBackward { to } => write!(
                f,
                "label pointer at byte {at} points to {to}, into its own name; {rule} allows only an earlier name"
            ),
            Reason::PointerChain => write!(
                f,
                "the name reaches its pointer number 128 at byte {at}; {rule} has pointers stand for labels, and a \
                 name has at most 127"
            ),
            Reason::LabelType { byte } => write!(
                f,
                "label at byte {at} starts with {byte:#04x}; its first bits must be 00 (a length) or 11 (a \
                 pointer), {rule} keeps the others back"
            ),
            Reason::NameTooLong => {
                write!(f, "the label at byte {at} makes the name longer than the 255 bytes of {rule}")
            }
            Reason::LabelTooLong { length } => {
                write!(f, "the label at byte {at} has {length} bytes; {rule} allows 63")
            }
            Reason::EmptyLabel => {
                write!(f, "an empty label at byte {at}; only the root, at the end, is empty ({rule})")
            }
            Reason::BadEscape => write!(
                f,
                "the backslash at byte {at} must be followed by a character or by three digits up to 255 ({rule})"
            ),
            Reason::NotAscii => write!(
                f,
                "a character outside ASCII at byte {at}; the DNS holds such names as A-labels, xn--... ({rule})"
            ),
            Reason::RdataBeyondEnd { length, left } => write!(
                f,
                "RDLENGTH says {length} bytes, but {left} are left at byte {at}; {rule} has it count the RDATA"
            ),
            Reason::RdataTooShort { rtype, length } => write!(
                f,
                "the {length} bytes of RDATA end inside the field at byte {at}, which a record of type {} has by \
                 {rule}",
                rtype.name()
            ),
            Reason::RdataTooLong { rtype, length, unread } => write!(
                f,
                "{unread} of the {length} bytes of RDATA are left over at byte {at}; {rule} gives type {} no more \
                 fields",
                rtype.name()
            ),
            Reason::OptNotAtRoot => {
                write!(f, "the OPT record at byte {at} does not have the root as its name, as {rule} demands")
            }
            Reason::OptTwice => write!(f, "a second OPT record at byte {at}; {rule} allows one"),
            Reason::MessageTooLong => write!(
                f,
                "the message would grow past byte {at}; a length of 16 bits ({rule}) carries 65535 bytes at most"
            ),
            Reason::StringTooLong { length } => write!(
                f,
                "a character-string of {length} bytes at byte {at}; its length is one byte, so {rule} allows 255"
            ),
        }
    }
}
