//! HTTP heads (RFC 9112 §3 to §5): ours against httparse, which hyper reads with.
//!
//! Both give slices of the input. Ours come in a `Vec`, httparse fills an array that the caller left uninitialised,
//! as hyper has it do: its fastest way. Ours also checks what httparse leaves to others (the form of the target,
//! line ends, limits).

use std::hint::black_box;
use std::mem::MaybeUninit;

use barewire_http1::{Config, head};
use httparse::{Header, ParserConfig, Request, Response};

use crate::measure::{Comparison, Unit, repeat};

/// What curl wrote, given the fields of a browser: 670 bytes, 15 fields.
pub(super) const REQUEST: &[u8] = include_bytes!("../../data/request.http");
/// What nginx answered: 457 bytes, 13 fields.
pub(super) const RESPONSE: &[u8] = include_bytes!("../../data/response.http");

const TIMES: u64 = 50_000;
const MOST_FIELDS: usize = 64;
const PEER: &str = "httparse";

/// A head as text: start line, then name and value of each field.
type Shown = Vec<(String, String)>;

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    check();
    let config = Config::default();
    let what = |kind, bytes: &[u8]| format!("HTTP/1.1 {kind} head, {} bytes", bytes.len());
    vec![
        Comparison::run(
            what("request", REQUEST),
            PEER,
            Unit::Nanoseconds,
            rounds,
            || {
                repeat(TIMES, || {
                    black_box(head::read_request(black_box(REQUEST), &config).expect("a request"));
                })
            },
            || {
                repeat(TIMES, || {
                    let mut fields = [MaybeUninit::uninit(); MOST_FIELDS];
                    black_box(parse_request(black_box(REQUEST), &mut fields));
                })
            },
        ),
        Comparison::run(
            what("response", RESPONSE),
            PEER,
            Unit::Nanoseconds,
            rounds,
            || {
                repeat(TIMES, || {
                    black_box(head::read_response(black_box(RESPONSE), &config).expect("a response"));
                })
            },
            || {
                repeat(TIMES, || {
                    let mut fields = [MaybeUninit::uninit(); MOST_FIELDS];
                    black_box(parse_response(black_box(RESPONSE), &mut fields));
                })
            },
        ),
    ]
}

/// Both read the same.
fn check() {
    assert_eq!(our_request(REQUEST), their_request(REQUEST), "the request is read in two ways");
    assert_eq!(our_response(RESPONSE), their_response(RESPONSE), "the response is read in two ways");
}

fn parse_request<'h, 'b>(bytes: &'b [u8], fields: &'h mut [MaybeUninit<Header<'b>>]) -> Request<'h, 'b> {
    let mut request = Request::new(&mut []);
    let status = ParserConfig::default().parse_request_with_uninit_headers(&mut request, bytes, fields);
    assert!(status.expect("a request").is_complete());
    request
}

fn parse_response<'h, 'b>(bytes: &'b [u8], fields: &'h mut [MaybeUninit<Header<'b>>]) -> Response<'h, 'b> {
    let mut response = Response::new(&mut []);
    // Folded lines are joined by ours as well: RFC 9112 §5.2 obliges a client to.
    let status = ParserConfig::default()
        .allow_obsolete_multiline_headers_in_responses(true)
        .parse_response_with_uninit_headers(&mut response, bytes, fields);
    assert!(status.expect("a response").is_complete());
    response
}

fn our_request(bytes: &[u8]) -> Shown {
    let (head, length) = head::read_request(bytes, &Config::default()).expect("a request");
    assert_eq!(length, bytes.len());
    let start = head.to_string();
    shown(start, head.fields().iter().map(|field| (text(field.name), text(field.value))))
}

fn their_request(bytes: &[u8]) -> Shown {
    let mut fields = [MaybeUninit::uninit(); MOST_FIELDS];
    let head = parse_request(bytes, &mut fields);
    let version = head.version.expect("a version");
    let start = format!("{} {} HTTP/1.{version}", head.method.unwrap_or(""), head.path.unwrap_or(""));
    shown(start, head.headers.iter().map(|field| (field.name.to_owned(), text(field.value))))
}

fn our_response(bytes: &[u8]) -> Shown {
    let (head, length) = head::read_response(bytes, &Config::default()).expect("a response");
    assert_eq!(length, bytes.len());
    let start = head.to_string();
    shown(start, head.fields().iter().map(|field| (text(field.name), text(field.value))))
}

fn their_response(bytes: &[u8]) -> Shown {
    let mut fields = [MaybeUninit::uninit(); MOST_FIELDS];
    let head = parse_response(bytes, &mut fields);
    let (version, code) = (head.version.expect("a version"), head.code.expect("a code"));
    let start = format!("HTTP/1.{version} {code} {}", head.reason.unwrap_or(""));
    shown(start, head.headers.iter().map(|field| (field.name.to_owned(), text(field.value))))
}

fn shown(start: String, fields: impl Iterator<Item = (String, String)>) -> Shown {
    std::iter::once((start, String::new())).chain(fields).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_read_the_same() {
        super::check();
        assert_eq!(super::our_request(super::REQUEST).len(), 1 + 15);
        assert_eq!(super::our_response(super::RESPONSE).len(), 1 + 13);
    }
}
