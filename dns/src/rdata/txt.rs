//! TXT: one or more character-strings, each a length byte and up to 255 bytes (RFC 1035 §3.3.14).

use std::fmt::{self, Write as _};

use barewire_dissect::{describe, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::u8;

use super::RData;
use crate::compress::Writer;
use crate::error::{Error, Reason, Wire};

/// Strings, which are bytes: nothing says that they are UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Txt {
    /// One or more strings of up to 255 bytes each.
    pub strings: Vec<Vec<u8>>,
}

pub(super) fn parse(input: &[u8]) -> Wire<'_, RData> {
    // The first is read whether or not there is one, as there has to be one.
    let (mut input, first) = string(input)?;
    let mut strings = vec![first];
    while !input.is_empty() {
        let (rest, next) = string(input)?;
        strings.push(next);
        input = rest;
    }
    Ok((input, RData::Txt(Txt { strings })))
}

fn string(input: &[u8]) -> Wire<'_, Vec<u8>> {
    group("TXT-DATA", "a character-string", |input| {
        let (input, length) = field("length", "of the string that follows", u8).parse(input)?;
        let (input, string) = field_as("string", "", take(length), |string| quoted(string)).parse(input)?;
        describe(|| quoted(string));
        Ok((input, string.to_vec()))
    })
    .parse(input)
}

impl Txt {
    pub(super) fn write(&self, out: &mut Writer) -> Result<(), Error> {
        for string in &self.strings {
            let Ok(length) = u8::try_from(string.len()) else {
                let reason = Reason::StringTooLong { length: string.len() };
                return Err(Error { offset: out.len(), reason });
            };
            out.bytes(&[length]);
            out.bytes(string);
        }
        Ok(())
    }
}

/// In quotes, with `\"`, `\\` and `\DDD` (RFC 1035 §5.1).
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
