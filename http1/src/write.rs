//! Writing heads, checked: what would not be read as it is meant is not written.
//!
//! Text from elsewhere ends up in targets and field values. A CR and LF in it would end the line, and what follows
//! would be a field, or a message, of somebody else's making (header injection, RFC 9110 §5.5, RFC 9112 §11.1). So
//! every part is checked against the grammar of the reader, and the body's framing against the fields that declare
//! it. Tested in `tests/write.rs`.

use crate::error::{Error, Problem};
use crate::framing::{Body, content_length};
use crate::grammar;
use crate::headers::Headers;
use crate::message::{Request, Response};

/// Appends a request's head to `out`. On an error nothing is appended.
pub fn request_head(request: &Request, out: &mut Vec<u8>) -> Result<(), Error> {
    let mut head = Vec::with_capacity(256);
    check("the method", request.method.as_bytes(), grammar::is_tchar)?;
    // RFC 9112 §3.2 takes the fragment off a URI before it is sent.
    check("the request target", request.target.as_bytes(), |byte| byte.is_ascii_graphic() && byte != b'#')?;
    if !grammar::target_fits(request.method.as_bytes(), request.target.as_bytes()) {
        return Err(Error::misuse(Problem::TargetForm).into_unwritable("the request target"));
    }
    head.extend_from_slice(request.to_string().as_bytes());
    head.extend_from_slice(b"\r\n");
    fields(&request.headers, &mut head)?;
    out.append(&mut head);
    Ok(())
}

/// Appends a response's head to `out`. On an error nothing is appended.
pub fn response_head(response: &Response, out: &mut Vec<u8>) -> Result<(), Error> {
    let mut head = Vec::with_capacity(256);
    if !(100..=999).contains(&response.status) {
        return Err(Error::misuse(Problem::Unwritable { what: "the status code", byte: None }));
    }
    check_text("the reason phrase", response.reason.as_bytes())?;
    head.extend_from_slice(response.to_string().as_bytes());
    head.extend_from_slice(b"\r\n");
    fields(&response.headers, &mut head)?;
    out.append(&mut head);
    Ok(())
}

/// Appends fields and the empty line behind them.
pub(crate) fn fields(headers: &Headers, out: &mut Vec<u8>) -> Result<(), Error> {
    for field in headers {
        check("the field name", field.name.as_bytes(), grammar::is_tchar)?;
        check_text("the field value", &field.value)?;
        if field.value != field.value.trim_ascii() {
            // A reader would take the whitespace off: what was meant would not be what is read.
            let byte = field.value.iter().find(|byte| byte.is_ascii_whitespace()).copied();
            return Err(Error::misuse(Problem::Unwritable { what: "the field value", byte }));
        }
        out.extend_from_slice(field.name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(&field.value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
}

fn check(what: &'static str, text: &[u8], allowed: fn(u8) -> bool) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::misuse(Problem::Unwritable { what, byte: None }));
    }
    match text.iter().position(|&byte| !allowed(byte)) {
        Some(at) => Err(Error::new(at, Problem::Unwritable { what, byte: text.get(at).copied() })),
        None => Ok(()),
    }
}

/// For what may be empty.
fn check_text(what: &'static str, text: &[u8]) -> Result<(), Error> {
    if text.is_empty() { Ok(()) } else { check(what, text, grammar::is_text) }
}

impl Error {
    fn into_unwritable(self, what: &'static str) -> Error {
        Error { problem: Problem::Unwritable { what, byte: None }, ..self }
    }
}

/// Adds the fields that declare `body` to `headers`, unless they are there; fields that declare another one are
/// refused. `says_none` is whether a missing body has to be said too (`Content-Length: 0`).
pub(crate) fn declare(headers: &mut Headers, body: Body, says_none: bool) -> Result<(), Error> {
    let contradicts = |why| Err(Error::misuse(Problem::ContradictsBody(why)));
    let length = content_length(headers).map_err(Error::misuse)?;
    let coded = headers.contains("Transfer-Encoding");
    match (body, length, coded) {
        (Body::Chunked, None, false) => headers.push("Transfer-Encoding", "chunked"),
        (Body::Chunked, None, true) => {}
        (Body::Length(length), None, false) => headers.push("Content-Length", length.to_string()),
        (Body::Length(length), Some(said), false) if length == said => {}
        (Body::None, None, false) if says_none => headers.push("Content-Length", "0"),
        (Body::None, None | Some(0), false) | (Body::UntilClose, None, false) => {}
        (_, Some(_), true) => return contradicts("the head has both Content-Length and Transfer-Encoding"),
        (_, Some(_), false) => return contradicts("the head's Content-Length is not that of its body"),
        (_, None, true) => return contradicts("the head has a Transfer-Encoding that its body has not"),
    }
    Ok(())
}
