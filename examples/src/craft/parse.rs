//! The parser of the packet language.
//!
//! ```text
//!   packet  = layer *("/" layer)
//!   layer   = TEXT / WORD ["(" [arguments] ")"]
//!   argument = WORD "=" value / value        ; without a name: the bytes of raw, hex and zeros
//!   value   = 1*WORD / TEXT / option / "[" [option *("," option)] "]"
//!   option  = WORD ["(" [WORD *("," WORD)] ")"]
//! ```
//!
//! It has no recursion, and every token is looked at once.

use std::ops::Range;

use barewire_dns::Name;

use super::error::{Error, Reason};
use super::header::{Family, Field, Form, Header};
use super::headers;
use super::option::{Choice, shapes};
use super::packet::{Given, Layer, Packet, Place, Text, Value};
use super::token::{Kind, Token, tokens};
use super::value;

/// How many headers a packet has at the most.
const MOST_HEADERS: usize = 64;

/// Reads a packet.
pub(super) fn packet(text: &str) -> Result<Packet, Error> {
    let mut parser = Parser { text, tokens: tokens(text)?, next: 0 };
    let mut layers = vec![parser.layer()?];
    while parser.sign('/') {
        if layers.len() == MOST_HEADERS {
            return parser.wrong(Reason::TooManyHeaders { most: MOST_HEADERS });
        }
        layers.push(parser.layer()?);
    }
    if parser.next < parser.tokens.len() {
        return parser.wrong(Reason::Wanted("a / and the next header, or the end"));
    }
    Ok(Packet { text: Text(text.to_owned()), layers })
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
}

impl Parser<'_> {
    fn layer(&mut self) -> Result<Layer, Error> {
        let start = self.place().start;
        if let Some(bytes) = self.quoted() {
            return self.bytes_layer(start, bytes);
        }
        let at = self.place();
        let Some(name) = self.word() else {
            return self.wrong(Reason::Wanted("a header, such as ip(dst=127.0.0.1), or a text"));
        };
        let Some(header) = headers::find(&name) else {
            return self.wrong_at(at, Reason::Header(name));
        };
        let mut given: Vec<Given> = Vec::new();
        if self.sign('(') {
            while !self.sign(')') {
                let one = self.argument(header)?;
                self.is_new(&given, &one)?;
                given.push(one);
                if !self.sign(',') && !self.is_sign(')') {
                    return self.wrong(Reason::Wanted("a comma, or the ) of this header"));
                }
            }
        }
        Ok(Layer { header, given, at: Place(start..self.end()) })
    }

    /// A text that stands for `raw("text")`.
    fn bytes_layer(&self, start: usize, bytes: Vec<u8>) -> Result<Layer, Error> {
        let at = Place(start..self.end());
        let raw = headers::find("raw").and_then(|header| Some((header, header.fields.first()?)));
        let Some((header, field)) = raw else { return self.wrong(Reason::Wanted("a header")) };
        let given = vec![Given { field, value: Value::Bytes(bytes), at: at.clone() }];
        Ok(Layer { header, given, at })
    }

    /// No field may be there that has bits of this one.
    fn is_new(&self, given: &[Given], one: &Given) -> Result<(), Error> {
        let same = |other: &&Given| other.field.name == one.field.name || other.field.overlaps(one.field);
        match given.iter().find(same) {
            Some(other) => self.wrong_at(one.at.0.clone(), Reason::Twice(one.field, other.field)),
            None => Ok(()),
        }
    }

    fn argument(&mut self, header: &'static Header) -> Result<Given, Error> {
        let at = self.place();
        let is_named = matches!(self.tokens.get(self.next + 1), Some(Token { kind: Kind::Sign('='), .. }));
        let positional = header.fields.first().filter(|field| field.at.is_none() && !is_named);
        let field = match positional {
            Some(field) => field,
            None => {
                let Some(name) = self.word() else {
                    return self.wrong(Reason::Wanted("a field, as in dst=127.0.0.1"));
                };
                let Some(field) = header.field(&name) else {
                    return self.wrong_at(at, Reason::Field(header, name));
                };
                if !self.sign('=') {
                    return self.wrong(Reason::Wanted("a = and a value"));
                }
                field
            }
        };
        let value = self.value(field)?;
        Ok(Given { field, value, at: Place(at.start..self.end()) })
    }

    fn value(&mut self, field: &'static Field) -> Result<Value, Error> {
        let at = self.place();
        match field.form {
            Form::Options(family) => self.options(family).map(Value::Options),
            Form::Text => match self.quoted() {
                Some(bytes) => Ok(Value::Bytes(bytes)),
                None => self.not_a(field, at),
            },
            Form::Bytes => {
                let words: Vec<String> = std::iter::from_fn(|| self.word()).collect();
                match value::bytes(words.iter().map(String::as_str)) {
                    Some(bytes) if !words.is_empty() => Ok(Value::Bytes(bytes)),
                    _ => self.not_a(field, at.start..self.end()),
                }
            }
            Form::Name => {
                let name = self.word_or_text().and_then(|text| Name::parse_text(&text).ok());
                name.map(Value::Name).map_or_else(|| self.not_a(field, at), Ok)
            }
            form => {
                let number = self.word_or_text().and_then(|word| value::number(form, &word));
                let Some(number) = number else { return self.not_a(field, at) };
                if number > field.most() {
                    return self.wrong_at(at, Reason::TooLarge(field));
                }
                Ok(Value::Number(number))
            }
        }
    }

    /// `[mss(1460), nop]`, or one option without brackets.
    fn options(&mut self, family: Family) -> Result<Vec<Choice>, Error> {
        if !self.sign('[') {
            return Ok(vec![self.option(family)?]);
        }
        let mut options = Vec::new();
        while !self.sign(']') {
            options.push(self.option(family)?);
            if !self.sign(',') && !self.is_sign(']') {
                return self.wrong(Reason::Wanted("a comma, or the ] of the options"));
            }
        }
        Ok(options)
    }

    fn option(&mut self, family: Family) -> Result<Choice, Error> {
        let at = self.place();
        let Some(name) = self.word() else {
            return self.wrong(Reason::Wanted("an option, such as nop"));
        };
        if name.eq_ignore_ascii_case("hex") {
            return self.option_bytes();
        }
        let shape = shapes(family).iter().find(|shape| shape.name.eq_ignore_ascii_case(&name));
        let Some(shape) = shape else {
            return self.wrong_at(at, Reason::Option(family, name));
        };
        let form = if Choice::has_addresses(shape) { Form::Ipv4 } else { Form::Number };
        let mut values = Vec::new();
        if self.sign('(') {
            while !self.sign(')') {
                let number = self.word().and_then(|word| value::number(form, &word));
                let Some(number) = number.and_then(|number| u32::try_from(number).ok()) else {
                    return self.wrong_at(at.start..self.end(), Reason::OptionValues(shape));
                };
                values.push(number);
                if !self.sign(',') && !self.is_sign(')') {
                    return self.wrong(Reason::Wanted("a comma, or the ) of this option"));
                }
            }
        }
        match Choice::of(shape, values) {
            Some(choice) => Ok(choice),
            None => self.wrong_at(at.start..self.end(), Reason::OptionValues(shape)),
        }
    }

    fn option_bytes(&mut self) -> Result<Choice, Error> {
        let wanted = Reason::Wanted("the bytes of an option, as in hex(fd0400ff)");
        if !self.sign('(') {
            return self.wrong(wanted);
        }
        let at = self.place();
        let words: Vec<String> = std::iter::from_fn(|| self.word()).collect();
        match value::bytes(words.iter().map(String::as_str)) {
            Some(bytes) if self.sign(')') => Ok(Choice::Bytes(bytes)),
            _ => self.wrong_at(at.start..self.end().max(at.end), wanted),
        }
    }

    fn word(&mut self) -> Option<String> {
        let Kind::Word(word) = &self.tokens.get(self.next)?.kind else { return None };
        self.next += 1;
        Some(word.clone())
    }

    fn quoted(&mut self) -> Option<Vec<u8>> {
        let Kind::Text(bytes) = &self.tokens.get(self.next)?.kind else { return None };
        self.next += 1;
        Some(bytes.clone())
    }

    fn word_or_text(&mut self) -> Option<String> {
        self.word().or_else(|| String::from_utf8(self.quoted()?).ok())
    }

    /// Goes over a sign, if it is the next token.
    fn sign(&mut self, sign: char) -> bool {
        let is_it = self.is_sign(sign);
        self.next += usize::from(is_it);
        is_it
    }

    fn is_sign(&self, sign: char) -> bool {
        matches!(self.tokens.get(self.next), Some(Token { kind: Kind::Sign(c), .. }) if *c == sign)
    }

    /// Where the next token stands; at the end of the text, where there is none.
    fn place(&self) -> Range<usize> {
        self.tokens.get(self.next).map_or(self.text.len()..self.text.len(), |token| token.at.clone())
    }

    /// Where the token before ends.
    fn end(&self) -> usize {
        let last = self.next.checked_sub(1).and_then(|last| self.tokens.get(last));
        last.map_or(0, |token| token.at.end)
    }

    fn wrong<T>(&self, reason: Reason) -> Result<T, Error> {
        self.wrong_at(self.place(), reason)
    }

    fn wrong_at<T>(&self, at: Range<usize>, reason: Reason) -> Result<T, Error> {
        Err(Error::new(self.text, at, reason))
    }

    fn not_a<T>(&self, field: &'static Field, at: Range<usize>) -> Result<T, Error> {
        let at = at.start..at.end.max(at.start);
        let seen = self.text.get(at.clone()).unwrap_or_default().to_owned();
        self.wrong_at(at, Reason::Value(field, seen))
    }
}
