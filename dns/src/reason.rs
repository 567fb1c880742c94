//! Why a message or a name is refused: what was seen, and the rule against it.
//!
//! Every parser and writer of this crate fails with [`Refused`]: a [`Reason`], and the offset of the byte where it was
//! found. For a message the offset counts from its first byte, for the text of a name from the start of the text. The
//! text of records has reasons of its own: [`TextReason`](crate::TextReason). How a
//! whole lookup can fail is another list: [`stub::Error`](crate::stub::Error).
//! Tested in `tests/hostile.rs` and `tests/names.rs`, which read every sentence below.

use std::fmt;

use barewire_dissect::{Explain, Parsed, Refused, refuse, several};
use nom::error::ErrorKind;

use crate::edns::OptionCode;
use crate::record_type::RecordType;

/// Why a message or a name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes end before the field that should stand here does.
    EndsEarly,
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
        /// Where it points, as an offset from the start of the message.
        to: usize,
    },
    /// A compression pointer to bytes that run over the end of the message, read as a name.
    PointerToNoName {
        /// Where it points, as an offset from the start of the message.
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
    /// A backslash without a character, or a number from 000 to 255, after it.
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
        /// How many bytes are left over.
        unread: usize,
    },
    /// A record to write whose data has another layout than its type has in its class.
    OtherLayout {
        /// The type.
        rtype: RecordType,
    },
    /// The last field of the RDATA has no length of its own, and no byte to write.
    NothingAtTheEnd {
        /// The type.
        rtype: RecordType,
    },
    /// An OPT record whose name is not the root.
    OptNotAtRoot,
    /// More than one OPT record.
    OptTwice,
    /// An OPT record in another section than the additional one.
    OptElsewhere,
    /// A pointer in data that others copy as bytes.
    PointerInData,
    /// An option of EDNS whose data is longer or shorter than its code lays out.
    OptionLength {
        /// The code.
        code: OptionCode,
        /// OPTION-LENGTH.
        length: u16,
    },
    /// An option of EDNS to write as bytes, though it has a layout.
    OptionLayout {
        /// The code.
        code: OptionCode,
    },
    /// A field whose value breaks a rule.
    Broken(&'static BrokenRule),
    /// A message that would take more than 65,535 bytes.
    MessageTooLong,
    /// A character-string of more than 255 bytes.
    StringTooLong {
        /// How many.
        length: usize,
    },
}

/// A field, and the rule that its value breaks.
#[derive(Debug, PartialEq, Eq)]
pub struct BrokenRule {
    /// The field.
    pub field: &'static str,
    /// The rule: an RFC and its section.
    pub rule: &'static str,
    /// What the rule says.
    pub says: &'static str,
}

impl From<ErrorKind> for Reason {
    /// The nom parsers used here fail for one reason only: the input is too short.
    fn from(_: ErrorKind) -> Reason {
        Reason::EndsEarly
    }
}

/// Gives a parser that ran out of bytes a more exact reason: its caller knows which length or count was wrong.
#[inline(always)]
pub(crate) fn when_it_ends_early<'a, T>(
    parsed: Parsed<'a, T, Reason>,
    reason: impl FnOnce() -> Reason,
) -> Parsed<'a, T, Reason> {
    match parsed {
        Err(nom::Err::Error(located) | nom::Err::Failure(located)) if located.reason == Reason::EndsEarly => {
            refuse(located.at, reason())
        }
        parsed => parsed,
    }
}

/// A message that cannot be written: the fault is at `offset` of what would have been sent.
pub(crate) fn unwritable(offset: usize, reason: Reason) -> Refused<Reason> {
    Refused { what: "DNS message", offset, reason }
}

impl Explain for Reason {
    fn rule(&self) -> &'static str {
        match self {
            Reason::EndsEarly | Reason::TrailingBytes { .. } => "RFC 1035 §4.1",
            Reason::CountNotMet { .. } => "RFC 1035 §4.1.1",
            Reason::PointerNotBackward { .. }
            | Reason::PointerToNoName { .. }
            | Reason::PointerChain
            | Reason::LabelType { .. } => "RFC 1035 §4.1.4",
            Reason::NameTooLong | Reason::LabelTooLong { .. } => "RFC 1035 §2.3.4",
            Reason::EmptyLabel => "RFC 1035 §3.1",
            Reason::BadEscape => "RFC 1035 §5.1",
            Reason::NotAscii => "RFC 5890 §2.3.2.1",
            Reason::RdataBeyondEnd { .. } => "RFC 1035 §4.1.3",
            Reason::RdataTooShort { rtype, .. }
            | Reason::RdataTooLong { rtype, .. }
            | Reason::OtherLayout { rtype } => rtype.rule(),
            Reason::OptNotAtRoot => "RFC 6891 §6.1.2",
            Reason::OptTwice => "RFC 6891 §6.1.1",
            Reason::OptElsewhere => "RFC 6891 §6.1.1",
            Reason::NothingAtTheEnd { rtype } => rtype.rule(),
            Reason::PointerInData => "RFC 3597 §4",
            Reason::OptionLength { code, .. } | Reason::OptionLayout { code } => code.rule(),
            Reason::Broken(broken) => broken.rule,
            Reason::MessageTooLong => "RFC 1035 §4.2.2",
            Reason::StringTooLong { .. } => "RFC 1035 §3.3",
        }
    }

    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.rule();
        match self {
            Reason::EndsEarly => {
                write!(f, "the {what} ends inside the field at byte {at}; {rule} gives the layout")
            }
            Reason::CountNotMet { number, count, counter } => write!(
                f,
                "the {what} ends inside the field at byte {at}, in number {number} of the {count} that {counter} \
                 announces ({rule})"
            ),
            Reason::TrailingBytes { count } => {
                let (some, follow) = (bytes(*count), plural(*count, "follows", "follow"));
                write!(f, "{some} {follow} at byte {at}, after the last record; {rule} has nothing there")
            }
            Reason::PointerNotBackward { to } if *to > at => write!(
                f,
                "label pointer at byte {at} points forward to {to}; {rule} allows only an earlier name"
            ),
            Reason::PointerNotBackward { to } => write!(
                f,
                "label pointer at byte {at} points to {to}, into its own name; {rule} allows only an earlier name"
            ),
            Reason::PointerToNoName { to } => write!(
                f,
                "label pointer at byte {at} leads to {to}, from where a name runs over the end of the {what}; {rule} \
                 has a whole name there"
            ),
            Reason::PointerChain => write!(
                f,
                "the name reaches its pointer number 128 at byte {at}; {rule} has pointers stand for labels, and a \
                 name has at most 127"
            ),
            Reason::LabelType { byte } => write!(
                f,
                "label at byte {at} starts with {byte:#04x}; its first bits must be 00 (a length) or 11 (a \
                 pointer), {rule} reserves the others"
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
            Reason::RdataBeyondEnd { length, left } => {
                let (says, are) = (bytes(usize::from(*length)), plural(*left, "is", "are"));
                write!(
                    f,
                    "RDLENGTH says {says}, but {left} {are} left at byte {at}; {rule} has it count the RDATA"
                )
            }
            Reason::RdataTooShort { rtype, length } => {
                let length = usize::from(*length);
                let (all, end, name) = (bytes(length), plural(length, "ends", "end"), rtype.name());
                write!(
                    f,
                    "the {all} of RDATA {end} inside the field at byte {at}, which a record of type {name} has by \
                     {rule}"
                )
            }
            Reason::RdataTooLong { rtype, length, unread } => {
                let (all, are, name) =
                    (bytes(usize::from(*length)), plural(*unread, "is", "are"), rtype.name());
                write!(
                    f,
                    "{unread} of the {all} of RDATA {are} left over at byte {at}; {rule} gives type {name} no more \
                     fields"
                )
            }
            Reason::OtherLayout { rtype } => write!(
                f,
                "the data of the record at byte {at} does not have the layout that {rule} gives type {} in this class",
                rtype.name()
            ),
            Reason::OptNotAtRoot => {
                write!(f, "the OPT record at byte {at} does not have the root as its name, as {rule} demands")
            }
            Reason::OptTwice => write!(f, "a second OPT record at byte {at}; {rule} allows one"),
            Reason::NothingAtTheEnd { rtype } => write!(
                f,
                "the last field of type {} at byte {at} has no byte; {rule} gives it one at least",
                rtype.name()
            ),
            Reason::OptElsewhere => {
                write!(f, "an OPT record at byte {at}, outside the additional section, where {rule} wants it")
            }
            Reason::PointerInData => write!(
                f,
                "label pointer at byte {at} in data that others copy as bytes, where it would lead astray; {rule} \
                 forbids it"
            ),
            Reason::OptionLength { code, length } => {
                let length = usize::from(*length);
                let (all, fit, name) = (bytes(length), plural(length, "does", "do"), code.name());
                write!(f, "the {all} of EDNS option {name} {fit} not fit its fields at byte {at} ({rule})")
            }
            Reason::OptionLayout { code } => {
                let name = code.name();
                write!(f, "EDNS option {name} at byte {at} is held as bytes, but {rule} gives it fields")
            }
            Reason::Broken(broken) => write!(f, "{} at byte {at}: {} ({rule})", broken.field, broken.says),
            Reason::MessageTooLong => write!(
                f,
                "the message would grow past byte {at}; a length of 16 bits ({rule}) carries 65,535 bytes at most"
            ),
            Reason::StringTooLong { length } => write!(
                f,
                "a character-string of {length} bytes at byte {at}; its length is one byte, so {rule} allows 255"
            ),
        }
    }
}

/// A number of bytes in words: `1 byte`, `2 bytes`.
pub(crate) fn bytes(count: usize) -> String {
    several(count as u64, "byte")
}

fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}
