//! A whole message, for the annotated tree: every byte in exactly one field.
//!
//! The parsers are those of the cores; this only strings them together, where the cores take a body as it comes.
//! Tested in `tests/dissect.rs` and on every message of `tests/captures.rs`.

use barewire_dissect::{computed, field_as, finish, group};
use nom::Parser;

use crate::chunked;
use crate::error::Error;
use crate::framing::{Body, Framing};
use crate::grammar::Parsed;
use crate::head::{self, Rules};
use crate::limits::Limits;
use crate::section::At;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// From a client.
    Request,
    /// From a server, and not an answer to HEAD or CONNECT.
    Response,
}

/// Reads one message that starts at the first of `bytes`, and its body, and gives the message's length. A body that
/// the connection's close ends takes all there is. Bytes behind the message are left, and belong to no field.
///
/// ```
/// use barewire_dissect::record;
/// use barewire_http1::{Role, dissect_message};
///
/// let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
/// let (length, tree) = record(bytes, || dissect_message(Role::Response, bytes));
/// assert_eq!(length, Ok(bytes.len()));
/// assert_eq!(tree.check_coverage(), Ok(()));
/// assert_eq!(tree.find("field name").unwrap().value.as_deref(), Some("Content-Length"));
/// ```
pub fn dissect_message(role: Role, bytes: &[u8]) -> Result<usize, Error> {
    let limits = Limits::default();
    let parsed = match role {
        Role::Request => request(bytes, &limits),
        Role::Response => response(bytes, &limits),
    };
    let ((), rest) = finish("HTTP message", bytes, parsed)
        .map_err(|refused| Error::new(refused.offset, refused.reason))?;
    Ok(bytes.len() - rest.len())
}

fn request<'a>(whole: &'a [u8], limits: &Limits) -> Parsed<'a, ()> {
    let (input, head) = head::request_head(whole, Rules::requests(limits))?;
    let framing = Framing::of_request(&head.to_request(), false);
    let framing = framing.map_err(|why| (head::framing_at(&head.fields, whole), why));
    body(whole, input, framing, limits)
}

fn response<'a>(whole: &'a [u8], limits: &Limits) -> Parsed<'a, ()> {
    let (input, head) = head::response_head(whole, Rules::responses(limits))?;
    let framing = Framing::of_response("GET", &head.to_response(), false);
    let framing = framing.map_err(|why| (head::framing_at(&head.fields, whole), why));
    body(whole, input, framing, limits)
}

fn body<'a>(
    whole: &'a [u8],
    input: &'a [u8],
    framing: Result<Framing, At>,
    limits: &Limits,
) -> Parsed<'a, ()> {
    let framing = match framing {
        Ok(framing) => framing,
        Err((at, problem)) => return barewire_dissect::refuse(whole.get(at..).unwrap_or_default(), problem),
    };
    computed("framing", "where the body ends, and why there", || framing.to_string());
    let length = match framing.body {
        Body::None | Body::Length(0) => return Ok((input, ())),
        Body::Chunked => {
            let body = |input| chunked::chunked_body(input, limits);
            let (input, _) = group("chunked body", "", body).parse(input)?;
            return Ok((input, ()));
        }
        Body::Length(length) => length,
        Body::UntilClose if input.is_empty() => return Ok((input, ())),
        Body::UntilClose => input.len() as u64,
    };
    let content = |input| chunked::exactly(input, length);
    let (input, _) = field_as("content", "", content, head::shown_content).parse(input)?;
    Ok((input, ()))
}
