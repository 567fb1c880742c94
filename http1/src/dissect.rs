//! A whole message, for the annotated tree: every byte in exactly one field.
//!
//! The parsers are those of the cores. This file only calls them one after the other, where the cores take a body
//! piece by piece. Tested in `tests/dissect.rs` and on every message of `tests/captures.rs`.

use barewire_dissect::{Parsed, Refused, Tree, computed, field_as, finish, group, record, refuse};
use nom::Parser;

use crate::chunked;
use crate::config::{Config, Limits, Tolerances};
use crate::framing::{Body, Framing};
use crate::head::{self, Fields};
use crate::message::Role;
use crate::reason::Reason;
use crate::shown::shown_content;

/// Names every byte of the message at the start of `bytes`, head and body. Gives the length of the message in bytes,
/// and the tree. A body that ends with its connection takes all bytes there are. Bytes after the message belong to no
/// field.
///
/// ```
/// use barewire_http1::{Reason, Role, dissect};
///
/// let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
/// let (length, tree) = dissect(Role::Response, bytes);
/// assert_eq!(length, Ok(bytes.len()));
/// assert_eq!(tree.check_coverage(), Ok(()));
/// assert_eq!(tree.find("field name").unwrap().value.as_deref(), Some("Content-Length"));
/// ```
pub fn dissect(role: Role, bytes: &[u8]) -> (Result<usize, Refused<Reason>>, Tree) {
    record(bytes, || whole_message(role, bytes))
}

fn whole_message(role: Role, bytes: &[u8]) -> Result<usize, Refused<Reason>> {
    // Names do no harm, whatever stands in the target.
    let tolerate = Tolerances { any_target_byte: true, ..Tolerances::default() };
    let config = Config { tolerate, ..Config::default() };
    let parsed = match role {
        Role::Request => request(bytes, &config),
        Role::Response => response(bytes, &config),
    };
    let ((), rest) = finish("HTTP message", bytes, parsed)?;
    Ok(bytes.len() - rest.len())
}

fn request<'a>(whole: &'a [u8], config: &Config) -> Parsed<'a, (), Reason> {
    let (input, head) = head::parsed(whole, head::read_request(whole, config))?;
    let framing = Framing::of_request_head(head.version(), &head.fields(), false);
    body(input, framed(whole, &head.fields(), framing)?, &config.limits)
}

fn response<'a>(whole: &'a [u8], config: &Config) -> Parsed<'a, (), Reason> {
    let (input, head) = head::parsed(whole, head::read_response(whole, config))?;
    let start = (head.version(), head.status());
    let framing = Framing::of_response_head("GET", start, &head.fields(), false);
    body(input, framed(whole, &head.fields(), framing)?, &config.limits)
}

/// The framing; a refusal gets the place of the field that decided.
fn framed<'a>(
    whole: &'a [u8],
    fields: &Fields<'_>,
    framing: Result<Framing, Reason>,
) -> Result<Framing, nom::Err<barewire_dissect::Located<'a, Reason>>> {
    framing.or_else(|reason| {
        let at = whole.get(fields.framing_at(&reason)..).unwrap_or_default();
        refuse(at, reason).map(|(_, framing)| framing)
    })
}

fn body<'a>(input: &'a [u8], framing: Framing, limits: &Limits) -> Parsed<'a, (), Reason> {
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
    let (input, _) = field_as("content", "", content, shown_content).parse(input)?;
    Ok((input, ()))
}
