//! What is wrong with a text in the packet language, and where.

use std::fmt;
use std::ops::Range;

use super::header::{Family, Field, Form, Header};
use super::headers::HEADERS;
use super::option::{self, Shape};

/// A text that is not a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    text: String,
    /// The bytes of the text that it is about.
    pub at: Range<usize>,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Longer than anything that makes a packet.
    TextTooLong {
        /// How many bytes are read.
        most: usize,
    },
    /// A control character.
    Character(char),
    /// A text without its second quote.
    OpenText,
    /// An escape that has no meaning.
    Escape,
    /// Something else should stand there.
    Wanted(&'static str),
    /// No such header.
    Header(String),
    /// No such field.
    Field(&'static Header, String),
    /// A field twice, or two names for the same bits.
    Twice(&'static Field, &'static Field),
    /// A value that is not one of its field.
    Value(&'static Field, String),
    /// A value that does not fit.
    TooLarge(&'static Field),
    /// No such option.
    Option(Family, String),
    /// An option with other values than it has.
    OptionValues(&'static Shape),
    /// More options than the header can have.
    Options {
        /// How many bytes they are.
        length: usize,
        /// How many fit.
        most: usize,
    },
    /// A field that has to be given.
    Needed(&'static Header, &'static Field),
    /// A checksum over addresses, and no header that has them.
    NoAddresses(&'static Header),
    /// A header that cannot be the first.
    First(&'static Header),
    /// More headers than anybody needs.
    TooManyHeaders {
        /// How many are read.
        most: usize,
    },
    /// A packet that is larger than one can be.
    TooLong {
        /// How large it would be, in bytes.
        length: usize,
        /// How large one can be.
        most: usize,
    },
}

impl Error {
    pub(super) fn new(text: &str, at: Range<usize>, reason: Reason) -> Error {
        Error { text: text.to_owned(), at, reason }
    }

    /// The line of the text with its place below it, in at most `columns`.
    pub fn figure(&self, columns: usize) -> String {
        let visible = |c: char| if c.is_control() { '·' } else { c };
        let text: Vec<char> = self.text.chars().map(visible).collect();
        let place = |at: usize| self.text.char_indices().take_while(|(byte, _)| *byte < at).count();
        let (start, end) = (place(self.at.start), place(self.at.end));
        let width = columns.max(20) - 4;
        // So much of the text that the place is in it, and some of what stands before.
        let from = if end < width { 0 } else { start.saturating_sub(width / 2) };
        let shown: String = text.iter().skip(from).take(width).collect();
        let marks = (end - start).max(1).min(width.saturating_sub(start - from).max(1));
        format!("  {}\n  {:2$}{3}\n", shown, "", start - from, "^".repeat(marks))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.text.char_indices().take_while(|(byte, _)| *byte < self.at.start).count() + 1;
        write!(f, "column {column}: {}", self.reason)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::TextTooLong { most } => write!(f, "a packet takes less than {most} bytes of text"),
            Reason::Character(c) => {
                write!(f, "{c:?} cannot stand here; in a text it is written as an escape")
            }
            Reason::OpenText => f.write_str("this text has no second quote"),
            Reason::Escape => f.write_str("the escapes are \\n \\r \\t \\0 \\\\ \\\" and \\xHH"),
            Reason::Wanted(what) => write!(f, "wanted {what}"),
            Reason::Header(name) => {
                write!(f, "there is no header {name:?}; there are {}", names(&HEADERS, |header| header.name))
            }
            Reason::Field(header, name) => write!(
                f,
                "{} has no field {name:?}; it has {}",
                header.name,
                names(header.fields, |field| field.name)
            ),
            Reason::Twice(field, other) if field.name == other.name => {
                write!(f, "{} is given twice", field.name)
            }
            Reason::Twice(field, other) => {
                write!(f, "{} and {} are the same bytes: give one of them", other.name, field.name)
            }
            Reason::Value(field, text) => {
                write!(f, "{} is {}, and {text:?} is not", field.name, Wanted(field.form))
            }
            Reason::TooLarge(field) => {
                write!(f, "{} has {} bits: at most {}", field.name, field.width, field.most())
            }
            Reason::Option(family, name) => write!(
                f,
                "there is no option {name:?} here; there are {} and hex(00ff)",
                names(option::shapes(*family), |shape| shape.usage)
            ),
            Reason::OptionValues(shape) => write!(f, "this option is written {}", shape.usage),
            Reason::Options { length, most } => {
                write!(f, "these options take {length} bytes, and the header has room for {most}")
            }
            Reason::Needed(header, field) => {
                write!(f, "{} needs {}: {}({}=..)", header.name, field.name, header.name, field.name)
            }
            Reason::NoAddresses(header) => write!(
                f,
                "the checksum of {} covers the addresses of the packet: put ip(..)/ or ip6(..)/ before it",
                header.name
            ),
            Reason::First(header) => {
                write!(f, "a packet begins with ip, ip6 or ether, as in {}", Before(header))
            }
            Reason::TooManyHeaders { most } => write!(f, "a packet has at most {most} headers here"),
            Reason::TooLong { length, most } => {
                write!(f, "this would be {length} bytes; an IP packet has at most {most}")
            }
        }
    }
}

/// Names in a sentence.
fn names<T>(all: &[T], name: impl Fn(&T) -> &'static str) -> String {
    all.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What a value has to be, in words.
struct Wanted(Form);

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::Number | Form::Hex => f.write_str("a number such as 80 or 0x50"),
            Form::Named(all) => write!(f, "a number, or one of {}", names(all, |(name, _)| name)),
            Form::Flags(all) => write!(f, "a number, or made of {}", names(all, |flag| flag.letter)),
            Form::Ipv4 => f.write_str("an address such as 10.0.0.2"),
            Form::Ipv6 => f.write_str("an address such as 2001:db8::2"),
            Form::Mac => f.write_str("an address such as 02:00:00:00:00:01"),
            Form::RecordType => f.write_str("a type of record such as AAAA, or its number"),
            Form::Name => f.write_str("a name such as www.example.test"),
            Form::Options(_) => f.write_str("a list such as [nop]"),
            Form::Text => f.write_str("a text such as \"hello\""),
            Form::Bytes => f.write_str("pairs of hexadecimal digits such as 00ff"),
            Form::Zeros => f.write_str("a number of bytes"),
        }
    }
}

/// A header with another one before it.
struct Before(&'static Header);

impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = match (self.0.ethertype, self.0.protocol) {
            (Some(_), _) => "ether()",
            _ if self.0.name == "icmp6" => "ip6(dst=::1)",
            (None, Some(0 | 44 | 60)) => "ip6(dst=::1)",
            _ => "ip(dst=127.0.0.1)",
        };
        write!(f, "{before}/{}(..)", self.0.name)
    }
}
