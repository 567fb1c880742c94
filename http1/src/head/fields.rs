//! The fields of a head or a trailer section, as slices of the bytes that came (RFC 9112 §5), and what such a section
//! may look like. Tested in `tests/clauses.rs`.

use std::borrow::Cow;

use barewire_dissect::offset_of;

use crate::config::{Config, Limits};
use crate::headers::{Headers, Lookup};
use crate::message::Role;
use crate::reason::Reason;

/// A field line, as slices of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldLine<'a> {
    /// The name: a token.
    pub name: &'a [u8],
    /// The value without the whitespace around it. In a response it may be folded over several lines.
    pub value: &'a [u8],
}

/// What a head or a section of fields may look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// Which start line is expected.
    pub(crate) role: Role,
    /// Whether the fields are trailers, and no start line stands in front of them.
    pub(crate) are_trailers: bool,
    /// How many bytes at most.
    pub(crate) limit: usize,
    /// How many bytes the start line may have, with its line end.
    pub(crate) start_line: usize,
    /// How many bytes a method may have, and a target.
    pub(crate) method: usize,
    pub(crate) target: usize,
    /// How many fields at most.
    pub(crate) fields: usize,
    /// Whether LF alone ends a line.
    pub(crate) bare_lf: bool,
    /// Whether lines may be folded.
    pub(crate) folded: bool,
    /// Whether a target may hold bytes that no URI has.
    pub(crate) any_target_byte: bool,
}

impl Rules {
    pub(crate) fn requests(config: &Config) -> Rules {
        let (tolerate, limits) = (config.tolerate, config.limits);
        Rules {
            role: Role::Request,
            are_trailers: false,
            limit: limits.head,
            start_line: limits.method.saturating_add(limits.target).saturating_add(" HTTP/1.1 \r\n".len()),
            method: limits.method,
            target: limits.target,
            fields: limits.fields,
            bare_lf: tolerate.bare_lf,
            folded: tolerate.obs_fold,
            any_target_byte: tolerate.any_target_byte,
        }
    }

    pub(crate) fn responses(config: &Config) -> Rules {
        Rules {
            role: Role::Response,
            start_line: config.limits.head,
            folded: true,
            ..Rules::requests(config)
        }
    }

    /// A trailer section has the form of a header section, without its tolerances.
    pub(crate) fn trailers(limits: &Limits) -> Rules {
        // Trailers have no start line, so its limits are not used.
        let config = Config { limits: *limits, ..Config::default() };
        Rules { are_trailers: true, limit: limits.trailers, ..Rules::requests(&config) }
    }
}

/// A part of a head, by its place in it: a head that is not complete may still move in memory. It is aligned so that it
/// is copied as one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(8))]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// A head has a limit, which is far below 4 GiB.
    pub(crate) fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }

    /// The place of `part` in `whole`.
    pub(crate) fn of(whole: &[u8], part: &[u8]) -> Span {
        let start = offset_of(whole, part);
        Span::new(start, start + part.len())
    }

    pub(crate) fn extend_to(&mut self, end: usize) {
        self.end = end as u32;
    }

    pub(crate) fn in_bytes(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A field line, by the places of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spans {
    pub(crate) name: Span,
    pub(crate) value: Span,
}

/// The fields of a head, in order, as slices of the bytes they were read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    spans: &'a [Spans],
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8], spans: &'a [Spans]) -> Fields<'a> {
        Fields { bytes, spans }
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = FieldLine<'a>> + ExactSizeIterator + use<'a> {
        let bytes = self.bytes;
        self.spans.iter().map(move |Spans { name, value }| FieldLine {
            name: name.in_bytes(bytes),
            value: value.in_bytes(bytes),
        })
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The fields with text of their own. Folded lines are joined.
    pub fn to_headers(&self) -> Headers {
        let mut headers = Headers::with_room(self.len());
        for line in self.iter() {
            headers.push(String::from_utf8_lossy(line.name), unfolded(line.value));
        }
        headers
    }

    /// Where the field stands that decides where the body ends, for an error about that: the last Content-Length or
    /// Transfer-Encoding. Without such a field it is the start of the head.
    pub(crate) fn framing_at(&self, reason: &Reason) -> usize {
        match reason {
            // Whatever stands beside it.
            Reason::CodingInHttp10 => self.place_of(&["Transfer-Encoding"]),
            _ => self.place_of(&["Content-Length", "Transfer-Encoding"]),
        }
    }

    /// Where the value of the first field of this name stands, or 0.
    pub(crate) fn value_at(&self, name: &str) -> usize {
        let field = self.iter().find(|field| field.name.eq_ignore_ascii_case(name.as_bytes()));
        field.map_or(0, |field| offset_of(self.bytes, field.value))
    }

    /// Where the last field with one of these names stands, or 0.
    pub(crate) fn place_of(&self, names: &[&str]) -> usize {
        let is_named =
            |field: &FieldLine<'_>| names.iter().any(|name| field.name.eq_ignore_ascii_case(name.as_bytes()));
        self.iter().rfind(is_named).map_or(0, |field| offset_of(self.bytes, field.name))
    }
}

impl Lookup for Fields<'_> {
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, [u8]>> {
        let named = self.iter().filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes()));
        named.map(|field| unfolded(field.value))
    }
}

/// The value on one line: each obs-fold becomes one space (RFC 9112 §5.2).
fn unfolded(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.contains(&b'\n') {
        return Cow::Borrowed(value);
    }
    let lines: Vec<&[u8]> = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    Cow::Owned(lines.join(&b' ').trim_ascii().to_vec())
}
