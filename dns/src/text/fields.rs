//! The words of one entry, read one after another as the fields of a record's data.
//!
//! Each call takes the name of the field, as the RFC has it. Its error has that name, the word that stood there, and
//! the rule of the record's type.

use std::str::FromStr;

use barewire_dissect::Refused;
use data_encoding::{BASE32HEX_NOPAD, BASE64, HEXUPPER_PERMISSIVE};

use super::algorithm::algorithm;
use super::escape::unescape;
use super::reason::TextReason;
use super::time;
use super::tokens::{Token, bad};
use crate::name::Name;
use crate::reason::Reason;
use crate::record_type::RecordType;

/// What is left of an entry.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'t> {
    tokens: &'t [Token<'t>],
    /// Where the entry ends: the place of a field that is missing.
    end: usize,
    /// What completes a relative name.
    origin: &'t Name,
    rtype: RecordType,
}

/// A result with the place in the text.
pub(crate) type Text<T> = Result<T, Refused<TextReason>>;

impl<'t> Fields<'t> {
    pub(crate) fn new(
        tokens: &'t [Token<'t>],
        end: usize,
        origin: &'t Name,
        rtype: RecordType,
    ) -> Fields<'t> {
        Fields { tokens, end, origin, rtype }
    }

    /// The same words, as the data of this type.
    pub(crate) fn of_type(&self, rtype: RecordType) -> Fields<'t> {
        Fields { rtype, ..self.clone() }
    }

    /// How many words are left.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether no word is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The next word, which stays.
    pub(crate) fn peek(&self) -> Option<Token<'t>> {
        self.tokens.first().copied()
    }

    /// The next word as it stands in the text.
    pub(crate) fn token(&mut self, name: &'static str) -> Text<Token<'t>> {
        let Some((token, rest)) = self.tokens.split_first() else {
            return Err(bad(self.end, TextReason::TextEnds { name, rtype: self.rtype }));
        };
        self.tokens = rest;
        Ok(*token)
    }

    /// Refuses `token`, which is not what the field `name` wants.
    pub(crate) fn refuse<T>(&self, token: Token<'_>, name: &'static str, wanted: &'static str) -> Text<T> {
        let seen = token.text.escape_ascii().to_string();
        Err(bad(token.at, TextReason::NotInText { seen, name, wanted, rtype: self.rtype }))
    }

    /// The next word as text. A string in quotes is never a number, a class or a type.
    pub(crate) fn word(&mut self, name: &'static str) -> Text<(Token<'t>, &'t str)> {
        let token = self.token(name)?;
        match str::from_utf8(token.text) {
            Ok(_) if token.quoted => self.refuse(token, name, "a word without quotes"),
            Ok(word) => Ok((token, word)),
            Err(_) => self.refuse(token, name, "text in ASCII"),
        }
    }

    /// The next word, read as `wanted` says.
    pub(crate) fn value<T: FromStr>(&mut self, name: &'static str, wanted: &'static str) -> Text<T> {
        let (token, word) = self.word(name)?;
        // Rust reads `+1` as a number too; a master file has only digits.
        match word.parse().ok().filter(|_| !word.starts_with('+')) {
            Some(value) => Ok(value),
            None => self.refuse(token, name, wanted),
        }
    }

    pub(crate) fn u8(&mut self, name: &'static str) -> Text<u8> {
        self.value(name, "a number from 0 to 255")
    }

    pub(crate) fn u16(&mut self, name: &'static str) -> Text<u16> {
        self.value(name, "a number from 0 to 65535")
    }

    pub(crate) fn u32(&mut self, name: &'static str) -> Text<u32> {
        self.value(name, "a number from 0 to 4294967295")
    }

    /// Seconds, as a number or in units: `1h30m`.
    pub(crate) fn seconds(&mut self, name: &'static str) -> Text<u32> {
        let (token, word) = self.word(name)?;
        match time::seconds(word) {
            Some(seconds) => Ok(seconds),
            None => self.refuse(token, name, "a number of seconds, or a time like 1h30m"),
        }
    }

    /// A moment: `20260101120000` in UTC, or seconds since 1970 (RFC 4034 §3.2).
    pub(crate) fn moment(&mut self, name: &'static str) -> Text<u32> {
        let (token, word) = self.word(name)?;
        match time::moment(word) {
            Some(moment) => Ok(moment),
            None => self.refuse(token, name, "a time YYYYMMDDHHmmSS, or seconds since 1970"),
        }
    }

    /// An algorithm of DNSSEC, by its name or its number.
    pub(crate) fn algorithm(&mut self, name: &'static str) -> Text<u8> {
        let (token, word) = self.word(name)?;
        match algorithm(word) {
            Some(number) => Ok(number),
            None => self.refuse(token, name, "an algorithm by its name, or a number from 0 to 255"),
        }
    }

    /// A name; without a dot at its end it lies below the origin.
    pub(crate) fn name(&mut self, name: &'static str) -> Text<Name> {
        let token = self.token(name)?;
        Name::parse_relative(token.text, self.origin)
            .map_err(|error| wire(token.at + usize::from(token.quoted) + error.offset, error.reason))
    }

    /// A character-string of up to 255 bytes, in quotes or not.
    pub(crate) fn string(&mut self, name: &'static str) -> Text<Vec<u8>> {
        let token = self.token(name)?;
        let string = self.unescaped(token)?;
        if string.len() > 255 {
            return Err(wire(token.at, Reason::StringTooLong { length: string.len() }));
        }
        Ok(string)
    }

    /// The bytes that a word stands for.
    pub(crate) fn unescaped(&self, token: Token<'_>) -> Text<Vec<u8>> {
        let (mut bytes, mut at) = (Vec::with_capacity(token.text.len()), 0);
        while let Some(&byte) = token.text.get(at) {
            let (byte, taken) = match byte {
                b'\\' => {
                    let place = token.at + usize::from(token.quoted) + at;
                    unescape(token.text, at).ok_or_else(|| wire(place, Reason::BadEscape))?
                }
                _ => (byte, 1),
            };
            bytes.push(byte);
            at += taken;
        }
        Ok(bytes)
    }

    /// A type by its mnemonic, or `TYPEn`.
    pub(crate) fn rtype(&mut self, name: &'static str) -> Text<RecordType> {
        let (token, word) = self.word(name)?;
        match RecordType::from_name(word) {
            Some(rtype) => Ok(rtype),
            None => self.refuse(token, name, "a type of record"),
        }
    }

    /// One word in hexadecimal; `-` for no bytes at all.
    pub(crate) fn hex_or_dash(&mut self, name: &'static str) -> Text<Vec<u8>> {
        let token = self.token(name)?;
        match HEXUPPER_PERMISSIVE.decode(token.text) {
            _ if token.text == b"-" => Ok(Vec::new()),
            Ok(bytes) if bytes.len() <= 255 => Ok(bytes),
            Ok(_) | Err(_) => self.refuse(token, name, "up to 255 pairs of hexadecimal digits, or -"),
        }
    }

    /// One word in base32 with the extended alphabet (RFC 4648 §7).
    pub(crate) fn base32(&mut self, name: &'static str) -> Text<Vec<u8>> {
        let token = self.token(name)?;
        match BASE32HEX_NOPAD.decode(&token.text.to_ascii_uppercase()) {
            Ok(bytes) if (1..=255).contains(&bytes.len()) => Ok(bytes),
            Ok(_) | Err(_) => {
                self.refuse(token, name, "1 to 255 bytes in base32, with the digits 0 to 9 and A to V")
            }
        }
    }

    /// All words that are left, in hexadecimal.
    pub(crate) fn hex(&mut self, name: &'static str) -> Text<Vec<u8>> {
        let (first, joined) = self.rest(name)?;
        match HEXUPPER_PERMISSIVE.decode(&joined) {
            Ok(bytes) => Ok(bytes),
            Err(_) => self.refuse(first, name, "pairs of hexadecimal digits"),
        }
    }

    /// All words that are left, in base64 (RFC 4648 §4).
    pub(crate) fn base64(&mut self, name: &'static str) -> Text<Vec<u8>> {
        let (first, joined) = self.rest(name)?;
        match BASE64.decode(&joined) {
            Ok(bytes) => Ok(bytes),
            Err(_) => self.refuse(first, name, "base64"),
        }
    }

    /// All words that are left, as one; there is one at least.
    fn rest(&mut self, name: &'static str) -> Text<(Token<'t>, Vec<u8>)> {
        let first = self.token(name)?;
        let mut joined = first.text.to_vec();
        for token in std::mem::take(&mut self.tokens) {
            joined.extend_from_slice(token.text);
        }
        Ok((first, joined))
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Text<()> {
        match self.peek() {
            Some(token) => {
                let seen = token.text.escape_ascii().to_string();
                Err(bad(token.at, TextReason::TextGoesOn { seen, rtype: self.rtype }))
            }
            None => Ok(()),
        }
    }
}

fn wire(offset: usize, reason: Reason) -> Refused<TextReason> {
    bad(offset, TextReason::Wire(reason))
}
