//! Writing heads, checked: nothing is written that a reader would understand in another way.
//!
//! Targets and field values often hold text from somebody else. A CR and LF in it would end the line, and the text
//! after that would be a field, or a message, that this somebody chose (header injection, RFC 9110 §5.5, RFC 9112
//! §11.1). So every part is checked against the grammar of the reader, and the fields that declare the body against the
//! body. Tested in `tests/write.rs`.

use crate::framing::{Body, content_length};
use crate::grammar;
use crate::headers::Headers;
use crate::message::{Request, Response};
use crate::reason::{Reason, misuse};
use crate::target::{check_form, target_length};
use barewire_dissect::Refused;

/// Appends a request's head to `out`.
///
/// # Errors
/// A part of the head breaks the grammar. Then nothing is appended.
pub fn request_head(request: &Request, out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
    let mut head = Vec::with_capacity(256);
    check("the method", request.method.as_bytes(), grammar::is_tchar)?;
    check_target(request.method.as_bytes(), request.target.as_bytes())?;
    head.extend_from_slice(request.to_string().as_bytes());
    head.extend_from_slice(b"\r\n");
    fields(&request.headers, &mut head)?;
    out.append(&mut head);
    Ok(())
}

/// Appends a response's head to `out`.
///
/// # Errors
/// A part of the head breaks the grammar. Then nothing is appended.
pub fn response_head(response: &Response, out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
    let mut head = Vec::with_capacity(256);
    if !(100..=999).contains(&response.status) {
        return Err(misuse(Reason::Unwritable { what: "the status code", byte: None }));
    }
    check_text("the reason phrase", response.reason.as_bytes())?;
    head.extend_from_slice(response.to_string().as_bytes());
    head.extend_from_slice(b"\r\n");
    fields(&response.headers, &mut head)?;
    out.append(&mut head);
    Ok(())
}

/// Appends fields and the empty line after them.
pub(crate) fn fields(headers: &Headers, out: &mut Vec<u8>) -> Result<(), Refused<Reason>> {
    for field in headers {
        check("the field name", field.name.as_bytes(), grammar::is_tchar)?;
        check_text("the field value", &field.value)?;
        if field.value != field.value.trim_ascii() {
            // A reader takes this whitespace off, so the value that is read would not be the one that was meant.
            let byte = field.value.iter().find(|byte| byte.is_ascii_whitespace()).copied();
            return Err(misuse(Reason::Unwritable { what: "the field value", byte }));
        }
        out.extend_from_slice(field.name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(&field.value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
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

fn check(what: &'static str, text: &[u8], allowed: fn(u8) -> bool) -> Result<(), Refused<Reason>> {
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
fn check_text(what: &'static str, text: &[u8]) -> Result<(), Refused<Reason>> {
    if text.is_empty() { Ok(()) } else { check(what, text, grammar::is_text) }
}

/// Adds the fields that declare `body` to `headers`, unless they are there. Fields that declare another body are
/// refused. `says_none`: a missing body is declared too (`Content-Length: 0`).
pub(crate) fn declare(headers: &mut Headers, body: Body, says_none: bool) -> Result<(), Refused<Reason>> {
    let only_chunked = |headers: &Headers| {
        headers.list("Transfer-Encoding").iter().all(|coding| coding.eq_ignore_ascii_case("chunked"))
    };
    let contradicts = |why| Err(misuse(Reason::ContradictsBody(why)));
    let length = content_length(headers).map_err(misuse)?;
    let coded = headers.contains("Transfer-Encoding");
    match (body, length, coded) {
        (Body::Chunked, None, false) => headers.push("Transfer-Encoding", "chunked"),
        (Body::Chunked, None, true) if only_chunked(headers) => {}
        (Body::Length(length), None, false) => headers.push("Content-Length", length.to_string()),
        (Body::Length(length), Some(said), false) if length == said => {}
        (Body::None, None, false) if says_none => headers.push("Content-Length", "0"),
        (Body::None, None | Some(0), false) | (Body::UntilClose, None, false) => {}
        (_, Some(_), true) => return contradicts("the head has both Content-Length and Transfer-Encoding"),
        (_, Some(_), false) => return contradicts("the head's Content-Length is not that of its body"),
        (Body::Chunked, None, true) => {
            return contradicts("the head has a transfer coding that is not applied here");
        }
        (_, None, true) => return contradicts("the head has a Transfer-Encoding, and its body has none"),
    }
    Ok(())
}
