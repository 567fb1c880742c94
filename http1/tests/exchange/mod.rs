//! Exchanges by chance: requests and responses with any method, target, fields, body and trailers that may be written.
#![allow(dead_code)]

use barewire_http1::{Body, Headers, Request, Response, Version};
use proptest::prelude::*;

/// How a body is declared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    None,
    Length,
    Chunked,
    UntilClose,
}

/// A body, and what comes after it.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) kind: Kind,
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) trailers: Headers,
}

impl Content {
    /// As it is declared.
    pub(crate) fn body(&self) -> Body {
        match self.kind {
            Kind::None => Body::None,
            Kind::Length => Body::Length(self.bytes().len() as u64),
            Kind::Chunked => Body::Chunked,
            Kind::UntilClose => Body::UntilClose,
        }
    }

    /// All of it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        if self.kind == Kind::None { Vec::new() } else { self.pieces.concat() }
    }

    fn chunked_trailers(mut self) -> Content {
        if self.kind != Kind::Chunked {
            self.trailers = Headers::new();
        }
        self
    }
}

/// A request and its response, with the 1xx responses before it.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    pub(crate) sent: Content,
    pub(crate) interim: Vec<Response>,
    pub(crate) response: Response,
    pub(crate) answered: Content,
}

impl Exchange {
    /// Whether the response has no body, whatever its head says (RFC 9112 §6.3 rule 1).
    pub(crate) fn answers_without_body(&self) -> bool {
        self.request.method == "HEAD" || matches!(self.response.status, 204 | 304)
    }
}

/// Text of this form. The form is read once, and not for each text.
fn text(form: &str) -> impl Strategy<Value = String> + use<> {
    prop::string::string_regex(form).expect("a form")
}

/// `token`
fn token() -> impl Strategy<Value = String> {
    text("[!#$%&'*+.^_`|~0-9a-zA-Z-]{1,12}")
}

/// `field-value`: any bytes that are allowed, without white space at either end.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![8 => 0x20u8..0x7f, 1 => 0x80u8..=0xff, 1 => Just(b'\t')];
    prop::collection::vec(byte, 0..40).prop_map(|bytes| {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
        let start = bytes.iter().take_while(|byte| is_space(byte)).count();
        let end = bytes[start..].iter().rev().take_while(|byte| is_space(byte)).count();
        bytes[start..bytes.len() - end].to_vec()
    })
}

/// Fields that mean nothing to HTTP.
fn fields() -> impl Strategy<Value = Headers> {
    prop::collection::vec((token(), value()), 0..6).prop_map(|lines| {
        let mut headers = Headers::new();
        for (name, value) in lines {
            headers.push(format!("x-{name}"), value);
        }
        headers
    })
}

fn with_fields(mut headers: Headers, more: &Headers) -> Headers {
    for field in more {
        headers.push(field.name.clone(), field.value.clone());
    }
    headers
}

fn content(kinds: &'static [Kind]) -> impl Strategy<Value = Content> {
    let pieces = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..6);
    (prop::sample::select(kinds), pieces, fields())
        .prop_map(|(kind, pieces, trailers)| Content { kind, pieces, trailers }.chunked_trailers())
}

/// The two forms that any method but CONNECT may have.
fn target() -> impl Strategy<Value = String> {
    let path = text("(http://a\\.test|HTTP://A\\.TEST)?/[a-zA-Z0-9._~!$&'()*+,;=:@%/|-]{0,30}");
    let query = text("(\\?[a-z0-9{}|^`/?\\\\=&]{0,12})?");
    (path, query).prop_map(|(path, query)| path + &query)
}

fn request() -> impl Strategy<Value = (Request, Content)> {
    let named =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", "PATCH"].map(str::to_owned).to_vec();
    let method = prop_oneof![4 => prop::sample::select(named), 1 => token().prop_filter("no tunnel", |it| it != "CONNECT")];
    let closes = prop_oneof![3 => Just(None), 1 => Just(Some("close")), 1 => Just(Some("keep-alive, x"))];
    let version = prop_oneof![4 => Just(1u8), 1 => Just(0)];
    let kinds = content(&[Kind::None, Kind::Length, Kind::Chunked]);
    (method, target(), version, fields(), kinds, closes).prop_map(
        |(method, target, minor, more, mut content, closes)| {
            let mut request =
                Request { version: Version { minor }, ..Request::new(method, "a.test", target) };
            request.headers = with_fields(request.headers, &more);
            if let Some(says) = closes {
                request.headers.push("Connection", says);
            }
            if minor == 0 && content.kind == Kind::Chunked {
                content.kind = Kind::Length;
            }
            (request, content.chunked_trailers())
        },
    )
}

fn response() -> impl Strategy<Value = (Vec<Response>, Response, Content)> {
    let status = prop_oneof![4 => Just(200u16), 1 => Just(204), 1 => Just(304), 2 => 200u16..=999];
    let kinds =
        content(&[Kind::None, Kind::Length, Kind::Chunked, Kind::Length, Kind::Chunked, Kind::UntilClose]);
    let interim = prop::collection::vec((prop_oneof![Just(100u16), Just(103), 102u16..=199], fields()), 0..3);
    let reason = text("[ -~\t\u{e9}]{0,20}");
    let closes = prop_oneof![5 => Just(false), 1 => Just(true)];
    (status, reason, fields(), kinds, interim, closes).prop_map(
        |(status, reason, headers, mut content, interim, closes)| {
            let mut response = Response { reason, headers, ..Response::new(status) };
            if closes {
                response.headers.push("Connection", "close");
            }
            // RFC 9110 §15.3.5, §15.4.5: no content. A 304 may say how long it would be.
            if status == 204 || (status == 304 && content.kind == Kind::UntilClose) {
                content.kind = Kind::None;
            }
            let interim =
                interim.into_iter().map(|(status, headers)| Response { headers, ..Response::new(status) });
            (interim.collect(), response, content.chunked_trailers())
        },
    )
}

/// Some exchanges that follow one another on a connection.
pub(crate) fn exchanges() -> impl Strategy<Value = Vec<Exchange>> {
    let one = (request(), response()).prop_map(|((request, sent), (mut interim, response, answered))| {
        // RFC 9110 §15.2: an HTTP/1.0 client gets none. Nobody offered a switch.
        interim.retain(|one| request.version.minor > 0 && one.status != 101);
        Exchange { request, sent, interim, response, answered }
    });
    prop::collection::vec(one, 1..5)
}
