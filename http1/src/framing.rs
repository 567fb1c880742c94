//! Where a body ends: the decision of RFC 9112 §6.3, as a value that carries its rule.
//!
//! One function for requests and one for responses, both pure. Each step has the number that it has in the RFC's list.
//! The answer says which step decided and why, because most attacks on HTTP are two programs that decide this
//! differently.
//!
//! Left out: undoing transfer codings other than chunked. A request with one of them is refused. A response is framed
//! by rule 4, its content stays coded, and [`Response::transfer_codings`] says by what. `Transfer-Encoding: identity`,
//! which RFC 2616 had and RFC 7230 took away, codes nothing. Without a Content-Length such a body ends with the
//! connection, and curl and hyper end it there too. Beside a Content-Length it is refused like every other coding,
//! because a reader of RFC 2616 would go by the length. Tested in `tests/framing.rs`.

use std::fmt;

use barewire_dissect::several;

use crate::headers::Lookup;
use crate::message::{Request, Response, Version};
use crate::reason::Reason;

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    None,
    /// It has this many bytes.
    Length(u64),
    /// It comes in chunks, each with its size. A chunk of size zero ends it.
    Chunked,
    /// It ends when the connection closes.
    UntilClose,
}

/// How the end of a body is found, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    /// How the end is found.
    pub body: Body,
    /// The number of the deciding rule in the list of RFC 9112 §6.3: 1 to 8.
    pub rule: u8,
    /// Why, in a few words.
    pub why: &'static str,
}

impl Framing {
    fn new(rule: u8, body: Body, why: &'static str) -> Result<Framing, Reason> {
        Ok(Framing { body, rule, why })
    }

    /// How the end of a request's body is found.
    ///
    /// With `length_beside_coding` a Content-Length beside a Transfer-Encoding is overlooked (see
    /// [`Tolerances`](crate::Tolerances)).
    ///
    /// # Errors
    /// The fields contradict each other, or the end cannot be known.
    pub fn of_request(request: &Request, length_beside_coding: bool) -> Result<Framing, Reason> {
        Framing::of_request_head(request.version, &request.headers, length_beside_coding)
    }

    /// The same, by the fields of a head that is still slices.
    pub(crate) fn of_request_head(
        version: Version,
        fields: &impl Lookup,
        length_beside_coding: bool,
    ) -> Result<Framing, Reason> {
        // Rules 1 and 2 are about responses.
        match declared(version, fields, length_beside_coding, Peer::Client)? {
            Some(framing) => Ok(framing),
            None => Framing::new(
                7,
                Body::None,
                "a request without Content-Length or Transfer-Encoding has no body",
            ),
        }
    }

    /// How the end of a response's body is found. It depends on the `method` of the request too.
    ///
    /// # Errors
    /// The fields contradict each other, or the end cannot be known.
    ///
    /// ```
    /// use barewire_http1::{Body, Framing, Response};
    ///
    /// let response = Response::new(200).with("Content-Length", "512");
    /// let framing = Framing::of_response("GET", &response, false).unwrap();
    /// assert_eq!((framing.body, framing.rule), (Body::Length(512), 6));
    /// assert_eq!(Framing::of_response("HEAD", &response, false).unwrap().rule, 1);
    /// ```
    pub fn of_response(
        method: &str,
        response: &Response,
        length_beside_coding: bool,
    ) -> Result<Framing, Reason> {
        let Response { version, status, headers, .. } = response;
        Framing::of_response_head(method, (*version, *status), headers, length_beside_coding)
    }

    /// The same, by the fields of a head that is still slices.
    pub(crate) fn of_response_head(
        method: &str,
        (version, status): (Version, u16),
        fields: &impl Lookup,
        length_beside_coding: bool,
    ) -> Result<Framing, Reason> {
        // book: never-a-body
        match status {
            _ if method == "HEAD" => return Framing::new(1, Body::None, "a response to HEAD has no body"),
            100..=199 => return Framing::new(1, Body::None, "a 1xx response has no body"),
            // Before rule 1 for 204: any 2xx begins a tunnel (RFC 9110 §9.3.6), and what follows is not HTTP.
            200..=299 if method == "CONNECT" => {
                return Framing::new(2, Body::None, "a 2xx response to CONNECT begins a tunnel");
            }
            204 => return Framing::new(1, Body::None, "a 204 response has no body"),
            304 => return Framing::new(1, Body::None, "a 304 response has no body"),
            _ => {}
        }
        // book: end
        match declared(version, fields, length_beside_coding, Peer::Server)? {
            Some(framing) => Ok(framing),
            None => Framing::new(
                8,
                Body::UntilClose,
                "a response without Content-Length or Transfer-Encoding ends with its connection",
            ),
        }
    }
}

/// The method of a request as far as the framing of its response goes by it. GET stands for all others.
pub(crate) fn framing_method(method: &str) -> &'static str {
    match method {
        "HEAD" => "HEAD",
        "CONNECT" => "CONNECT",
        _ => "GET",
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Peer {
    Client,
    Server,
}

/// Rules 3 to 6, which requests and responses share.
fn declared(
    version: Version,
    fields: &impl Lookup,
    length_beside_coding: bool,
    sender: Peer,
) -> Result<Option<Framing>, Reason> {
    // book: declared
    // exercise: http02
    // instead: match content_length(fields)? {
    // instead:     Some(length) => Framing::new(6, Body::Length(length), "Content-Length").map(Some),
    // instead:     None => Ok(None),
    // instead: }
    let coded = fields.has_field("Transfer-Encoding");
    if coded && version < Version::HTTP_1_1 {
        return Err(Reason::CodingInHttp10);
    }
    if coded && fields.has_field("Content-Length") {
        // Rule 3.
        if !length_beside_coding {
            return Err(Reason::LengthAndCoding);
        }
        let (body, _) = by_codings(fields, sender)?;
        let why = "Transfer-Encoding overrides the Content-Length beside it";
        return Framing::new(3, body, why).map(Some);
    }
    if coded {
        // Rule 4.
        let (body, why) = by_codings(fields, sender)?;
        return Framing::new(4, body, why).map(Some);
    }
    // Rule 5, and 6.
    match content_length(fields)? {
        Some(length) => Framing::new(6, Body::Length(length), "Content-Length").map(Some),
        None => Ok(None),
    }
    // exercise: end
    // book: end
}

/// Rule 4: chunks end the body where chunked is the last transfer coding. Else the connection does, in a response.
fn by_codings(fields: &impl Lookup, sender: Peer) -> Result<(Body, &'static str), Reason> {
    let codings = fields.elements("Transfer-Encoding");
    let (chunked, others): (Vec<&String>, Vec<&String>) =
        codings.iter().partition(|coding| coding.eq_ignore_ascii_case("chunked"));
    let has_parameters = |coding: &&String| {
        let name = coding.split(';').next().unwrap_or_default();
        name.trim_ascii().eq_ignore_ascii_case("chunked")
    };
    if others.iter().any(has_parameters) {
        return Err(Reason::ChunkedParameters);
    }
    if chunked.len() > 1 {
        return Err(Reason::ChunkedTwice);
    }
    let ends_chunked = codings.last().is_some_and(|last| last.eq_ignore_ascii_case("chunked"));
    match (sender, ends_chunked, others.first()) {
        (_, true, None) => Ok((Body::Chunked, "Transfer-Encoding: chunked")),
        (Peer::Client, true, Some(other)) => Err(Reason::OtherCoding(other.as_str().into())),
        (Peer::Client, false, _) => Err(Reason::ChunkedNotLast),
        (Peer::Server, true, Some(_)) => {
            Ok((Body::Chunked, "the last transfer coding is chunked; the content is still coded by others"))
        }
        (Peer::Server, false, None) => {
            Ok((Body::UntilClose, "Transfer-Encoding names no coding, and only the close ends such a body"))
        }
        (Peer::Server, false, Some(one)) if codings.len() == 1 && one.eq_ignore_ascii_case("identity") => {
            Ok((
                Body::UntilClose,
                "Transfer-Encoding: identity codes nothing, and only the close ends such a body",
            ))
        }
        (Peer::Server, false, Some(_)) => Ok((
            Body::UntilClose,
            "the last transfer coding is not chunked, so only the close ends the body; the content is still coded",
        )),
    }
}

/// Rule 5: one number, or the same one several times.
pub(crate) fn content_length(fields: &impl Lookup) -> Result<Option<u64>, Reason> {
    // exercise: http05
    // instead: let first = fields.values("Content-Length").next();
    // instead: first.map(|value| decimal(&value).ok_or(Reason::BadLength)).transpose()
    let mut length = None;
    for value in fields.values("Content-Length") {
        for element in value.split(|&byte| byte == b',') {
            let value = decimal(element.trim_ascii()).ok_or(Reason::BadLength)?;
            match length {
                Some(other) if other != value => return Err(Reason::DifferentLengths(other, value)),
                _ => length = Some(value),
            }
        }
    }
    Ok(length)
    // exercise: end
}

/// `Content-Length = 1*DIGIT`: digits and nothing else, where Rust's own parser would take a `+`.
fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::None => write!(f, "no body"),
            Body::Length(length) => f.write_str(&several(*length, "byte")),
            Body::Chunked => write!(f, "chunked"),
            Body::UntilClose => write!(f, "until the connection closes"),
        }
    }
}

/// `512 bytes (RFC 9112 §6.3 rule 6: Content-Length)`
impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (RFC 9112 §6.3 rule {}: {})", self.body, self.rule, self.why)
    }
}
