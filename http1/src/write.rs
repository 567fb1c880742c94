//! Writing heads, checked: nothing is written that a reader would understand in another way.
//!
//! Targets and field values often hold text from somebody else. A CR and LF in it would end the line, and the text
//! after that would be a field, or a message, that this somebody chose (header injection, RFC 9110 §5.5, RFC 9112
//! §11.1). So every part is checked against the grammar of the reader, and the fields that declare the body against the
//! body. Tested in `tests/write.rs`.

use std::borrow::Cow;
use std::io::Write;

use crate::framing::{Body, content_length};
use crate::grammar;
use crate::headers::{Headers, Lookup};
use crate::message::{Request, Response};
use crate::reason::{Part, Reason, misuse};
use crate::target::{check_form, target_length};
use barewire_dissect::Refused;

/// Appends a request's head to `out`.
///
/// # Errors
/// A part of the head breaks the grammar. Then nothing is appended.
pub fn request_head(request: &Request, out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
    whole(out, |out| write_request(request, Added::default(), out))
}

/// Appends a response's head to `out`.
///
/// # Errors
/// A part of the head breaks the grammar. Then nothing is appended.
pub fn response_head(response: &Response, out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
    whole(out, |out| write_response(response, Added::default(), out))
}

/// All of it is appended, or nothing.
pub(crate) fn whole(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), Refused<Reason>>,
) -> Result<(), Refused<Reason>> {
    let before = out.len();
    write(out).inspect_err(|_| out.truncate(before))
}

/// What a connection adds to the fields of a head.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Added {
    /// How it declares the body.
    pub(crate) body: Option<Declaration>,
    /// What it says about itself.
    pub(crate) connection: Option<&'static str>,
}

/// A field that declares a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declaration {
    Length(u64),
    Chunked,
}

pub(crate) fn write_request(
    request: &Request,
    added: Added,
    out: &mut Vec<u8>,
) -> Result<(), Refused<Reason>> {
    check(Part::Method, request.method.as_bytes(), grammar::is_tchar)?;
    check_target(request.method.as_bytes(), request.target.as_bytes())?;
    out.reserve(room(&request.headers, request.method.len() + request.target.len()));
    append(out, &[request.method.as_bytes(), b" ", request.target.as_bytes()]);
    append(out, &[b" HTTP/1.", &[b'0' + request.version.minor % 10], b"\r\n"]);
    fields(&request.headers, added, out)
}

pub(crate) fn write_response(
    response: &Response,
    added: Added,
    out: &mut Vec<u8>,
) -> Result<(), Refused<Reason>> {
    if !(100..=999).contains(&response.status) {
        return Err(misuse(Reason::Unwritable { what: Part::StatusCode, byte: None }));
    }
    check_text(Part::ReasonPhrase, response.reason.as_bytes())?;
    out.reserve(room(&response.headers, response.reason.len()));
    append(out, &[b"HTTP/1.", &[b'0' + response.version.minor % 10], b" "]);
    number(u64::from(response.status), out);
    append(out, &[b" ", response.reason.as_bytes(), b"\r\n"]);
    fields(&response.headers, added, out)
}

/// About how many bytes a head takes, so that it is written into memory that need not grow.
fn room(headers: &Headers, start_line: usize) -> usize {
    let lines = headers.iter().map(|field| field.name.len() + field.value.len() + ": \r\n".len());
    start_line + lines.sum::<usize>() + 128
}

/// Appends fields and the empty line after them.
pub(crate) fn fields(headers: &Headers, added: Added, out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
    for field in headers {
        check(Part::FieldName, field.name.as_bytes(), grammar::is_tchar)?;
        check_text(Part::FieldValue, &field.value)?;
        if field.value != field.value.trim_ascii() {
            // A reader takes this whitespace off, so the value that is read would not be the one that was meant.
            let is_first = field.value.first().is_some_and(u8::is_ascii_whitespace);
            let at = if is_first { 0 } else { field.value.trim_ascii_end().len() };
            let reason = Reason::Unwritable { what: Part::FieldValue, byte: field.value.get(at).copied() };
            return Err(Refused { offset: at, ..misuse(reason) });
        }
        append(out, &[field.name.as_bytes(), b": ", &field.value, b"\r\n"]);
    }
    match added.body {
        Some(Declaration::Chunked) => append(out, &[b"Transfer-Encoding: chunked\r\n"]),
        Some(Declaration::Length(length)) => {
            append(out, &[b"Content-Length: "]);
            number(length, out);
            append(out, &[b"\r\n"]);
        }
        None => {}
    }
    if let Some(option) = added.connection {
        append(out, &[b"Connection: ", option.as_bytes(), b"\r\n"]);
    }
    append(out, &[b"\r\n"]);
    Ok(())
}

fn append(out: &mut Vec<u8>, parts: &[&[u8]]) {
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// Appends decimal digits. Writing into memory cannot fail.
fn number(number: u64, out: &mut Vec<u8>) {
    let _ = write!(out, "{number}");
}

/// As the reader checks it.
fn check_target(method: &[u8], target: &[u8]) -> Result<(), Refused<Reason>> {
    let refused = |offset, byte| Err(Refused { offset, ..misuse(Reason::UnwritableTarget(byte)) });
    let length = target_length(target, false);
    if let Some(&byte) = target.get(length) {
        return refused(length, Some(byte));
    }
    check_form(method, target).or_else(|(at, _)| refused(at, None))
}

fn check(what: Part, text: &[u8], allowed: fn(u8) -> bool) -> Result<(), Refused<Reason>> {
    if text.is_empty() {
        return Err(misuse(Reason::Unwritable { what, byte: None }));
    }
    match text.iter().position(|&byte| !allowed(byte)) {
        Some(at) => {
            Err(Refused { offset: at, ..misuse(Reason::Unwritable { what, byte: text.get(at).copied() }) })
        }
        None => Ok(()),
    }
}

/// For text that may be empty.
fn check_text(what: Part, text: &[u8]) -> Result<(), Refused<Reason>> {
    if text.is_empty() { Ok(()) } else { check(what, text, grammar::is_text) }
}

/// The field that has to be added to `headers`, so that they declare `body`. Fields that declare another body are
/// refused. `says_none`: a missing body is declared too (`Content-Length: 0`).
pub(crate) fn declaration(
    headers: &Headers,
    body: Body,
    says_none: bool,
) -> Result<Option<Declaration>, Refused<Reason>> {
    let only_chunked = |headers: &Headers| {
        headers.list("Transfer-Encoding").iter().all(|coding| coding.eq_ignore_ascii_case("chunked"))
    };
    let contradicts = |why| Err(misuse(Reason::ContradictsBody(why)));
    let length = content_length(headers).map_err(misuse)?;
    let coded = headers.contains("Transfer-Encoding");
    match (body, length, coded) {
        (Body::Chunked, None, false) => Ok(Some(Declaration::Chunked)),
        (Body::Chunked, None, true) if only_chunked(headers) => Ok(None),
        (Body::Length(length), None, false) => Ok(Some(Declaration::Length(length))),
        (Body::Length(length), Some(said), false) if length == said => Ok(None),
        (Body::None, None, false) if says_none => Ok(Some(Declaration::Length(0))),
        (Body::None, None | Some(0), false) | (Body::UntilClose, None, false) => Ok(None),
        (_, Some(_), true) => contradicts("the head has both Content-Length and Transfer-Encoding"),
        (_, Some(_), false) => contradicts("the head's Content-Length is not that of its body"),
        (Body::Chunked, None, true) => contradicts("the head has a transfer coding that is not applied here"),
        (_, None, true) => contradicts("the head has a Transfer-Encoding, and its body has none"),
    }
}

/// The fields of a head with the one that is added, as a reader will find them.
#[derive(Debug)]
pub(crate) struct WithAdded<'a>(pub(crate) &'a Headers, pub(crate) Option<Declaration>);

impl Lookup for WithAdded<'_> {
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, [u8]>> {
        let added = match self.1 {
            Some(Declaration::Chunked) if name == "Transfer-Encoding" => Some(Cow::Borrowed(&b"chunked"[..])),
            Some(Declaration::Length(length)) if name == "Content-Length" => {
                Some(Cow::Owned(length.to_string().into_bytes()))
            }
            _ => None,
        };
        self.0.values(name).chain(added)
    }
}
