//! TXT: one or more character-strings, each a length byte and up to 255 bytes (RFC 1035 §3.3.14).
//!
//! ```text
//!   05 hello     a string of 5 bytes
//!   00           an empty one
//! ```

use std::fmt::{self, Write as _};

use barewire_dissect::{Parsed, Refused, describe, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::u8;

use crate::compress::Writer;
use crate::reason::{Reason, unwritable};

/// Strings of bytes: no rule says that they are UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Txt {
    /// One or more strings of up to 255 bytes each.
    pub strings: Vec<Vec<u8>>,
}

pub(super) fn parse(input: &[u8]) -> Parsed<'_, Txt, Reason> {
    // One string at least must be there, so the first is read without a look at what is left.
    let (mut input, first) = string(input)?;
    let mut strings = vec![first];
    while !input.is_empty() {
        let (rest, next) = string(input)?;
        strings.push(next);
        input = rest;
    }
    Ok((input, Txt { strings }))
}

fn string(input: &[u8]) -> Parsed<'_, Vec<u8>, Reason> {
    group("TXT-DATA", "a character-string", |input| {
        let (input, length) = field("length", "of the string that follows", u8).parse(input)?;
        let (input, string) = field_as("string", "", take(length), |string| quoted(string)).parse(input)?;
        describe(|| quoted(string));
        Ok((input, string.to_vec()))
    })
    .parse(input)
}

impl Txt {
    pub(super) fn write(&self, out: &mut Writer) -> Result<(), Refused<Reason>> {
        for string in &self.strings {
            let Ok(length) = u8::try_from(string.len()) else {
                return Err(unwritable(out.len(), Reason::StringTooLong { length: string.len() }));
            };
            out.bytes(&[length]);
            out.bytes(string);
        }
        Ok(())
    }
}

/// The string in quotes, with `\"`, `\\` and `\DDD` (RFC 1035 §5.1).
fn quoted(string: &[u8]) -> String {
    let mut text = String::from("\"");
    for &byte in string {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'"' | b'\\' => write!(text, "\\{}", byte as char),
            b' '..=b'~' => text.write_char(byte as char),
            _ => write!(text, "\\{byte:03}"),
        };
    }
    text.push('"');
    text
}

impl fmt::Display for Txt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, string) in self.strings.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{}", quoted(string))?;
        }
        Ok(())
    }
}
