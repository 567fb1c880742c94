//! The words, texts and signs of the packet language, each with its place.

use std::ops::Range;

use super::error::{Error, Reason};

/// The longest text that is read, in bytes: the largest packet in hexadecimal digits, and as much again.
const LONGEST: usize = 300_000;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Its bytes in the text.
    pub(super) at: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a number, an address: whatever has no sign in it.
    Word(String),
    /// Text between double quotes, its escapes undone.
    Text(Vec<u8>),
    /// One of `( ) [ ] , = /`
    Sign(char),
}

const SIGNS: &str = "()[],=/";

/// Cuts a text into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    if text.len() > LONGEST {
        return Err(Error::new(text, 0..0, Reason::TextTooLong { most: LONGEST }));
    }
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let kind = match c {
            _ if c.is_whitespace() => continue,
            '"' => Kind::Text(quoted(text, start, &mut rest)?),
            _ if SIGNS.contains(c) => Kind::Sign(c),
            _ if c.is_control() => {
                return Err(Error::new(text, start..start + c.len_utf8(), Reason::Character(c)));
            }
            _ => {
                let is_word = |(_, c): &(usize, char)| {
                    !c.is_whitespace() && !c.is_control() && *c != '"' && !SIGNS.contains(*c)
                };
                while rest.next_if(is_word).is_some() {}
                let end = rest.peek().map_or(text.len(), |(at, _)| *at);
                Kind::Word(text[start..end].to_owned())
            }
        };
        let end = rest.peek().map_or(text.len(), |(at, _)| *at);
        tokens.push(Token { kind, at: start..end });
    }
    Ok(tokens)
}

/// The rest of a quoted text, up to its second quote: `\n`, `\r`, `\t`, `\0`, `\\`, `\"` and `\xHH` are escapes.
fn quoted(
    text: &str,
    start: usize,
    rest: &mut impl Iterator<Item = (usize, char)>,
) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => return Ok(bytes),
            '\\' => {
                let Some((end, escape)) = rest.next() else { break };
                let digit = |digit: Option<(usize, char)>| digit.and_then(|(_, c)| c.to_digit(16));
                let byte = match escape {
                    'n' => Some(b'\n'),
                    'r' => Some(b'\r'),
                    't' => Some(b'\t'),
                    '0' => Some(0),
                    '\\' => Some(b'\\'),
                    '"' => Some(b'"'),
                    'x' => digit(rest.next()).zip(digit(rest.next())).map(|(a, b)| (a << 4 | b) as u8),
                    _ => None,
                };
                let wrong = || Error::new(text, at..end + escape.len_utf8(), Reason::Escape);
                bytes.push(byte.ok_or_else(wrong)?);
            }
            c => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    Err(Error::new(text, start..text.len(), Reason::OpenText))
}

/// Bytes as a text between double quotes, so that [`tokens`] reads them again.
pub(super) fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' | b'\\' => out.extend(['\\', *byte as char]),
            0x20..=0x7e => out.push(*byte as char),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out + "\""
}
