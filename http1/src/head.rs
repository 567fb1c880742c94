//! Heads: the start line, the fields, and the empty line that ends them (RFC 9112 §2.1, §3 to §5).
//!
//! The parsers take a buffer that holds a whole head and give slices of it, so a head costs one list of fields.
//! [`RequestHead::to_request`] and [`ResponseHead::to_response`] make values that own their text.
//!
//! Stricter than most, because two readers of one message must agree on it: lines end with CRLF, one space parts a
//! start line, a name touches its colon, requests are not folded ([`Tolerances`](crate::Tolerances) names what can
//! be overlooked). In two places as kind as all others are: the space behind a status code may be missing when no
//! reason follows it, and folded lines of responses are joined (RFC 9112 §5.2 obliges a client to).
//! Tested in `tests/clauses.rs`, and against httparse in `tests/httparse.rs`.

use barewire_dissect::{describe, field, field_as, finish, group, offset_of, refuse, unrecorded};
use nom::Parser;

use crate::error::{Error, Problem};
use crate::grammar::{self, Parsed};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::message::{Request, Response, Version};

/// A field line, as slices of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldLine<'a> {
    /// The name: a token.
    pub name: &'a [u8],
    /// The value without the whitespace around it. In a response it may be folded over several lines.
    pub value: &'a [u8],
}

/// The head of a request, as slices of the buffer it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead<'a> {
    /// A token.
    pub method: &'a [u8],
    /// Printable ASCII, in one of the four forms of RFC 9112 §3.2.
    pub target: &'a [u8],
    /// The sender's version.
    pub version: Version,
    /// The fields, in order.
    pub fields: Vec<FieldLine<'a>>,
}

/// The head of a response, as slices of the buffer it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead<'a> {
    /// The sender's version.
    pub version: Version,
    /// 100 to 999.
    pub status: u16,
    /// May be empty.
    pub reason: &'a [u8],
    /// The fields, in order.
    pub fields: Vec<FieldLine<'a>>,
}

/// Reads the head of a request from the start of `bytes`. Gives it and its length.
///
/// ```
/// use barewire_http1::{Limits, head};
///
/// let bytes = b"GET /hello HTTP/1.1\r\nHost: example.test\r\n\r\nwhat follows";
/// let (head, length) = head::read_request(bytes, &Limits::default()).unwrap();
/// assert_eq!((head.method, head.target), (&b"GET"[..], &b"/hello"[..]));
/// assert_eq!(&bytes[length..], b"what follows");
/// ```
pub fn read_request<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(RequestHead<'a>, usize), Error> {
    let rules = Rules::requests(limits);
    let (head, rest) = finish("request head", bytes, request_head(bytes, rules))
        .map_err(|refused| Error::new(refused.offset, refused.reason))?;
    Ok((head, bytes.len() - rest.len()))
}

/// Reads the head of a response from the start of `bytes`. Gives it and its length.
pub fn read_response<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(ResponseHead<'a>, usize), Error> {
    let rules = Rules::responses(limits);
    let (head, rest) = finish("response head", bytes, response_head(bytes, rules))
        .map_err(|refused| Error::new(refused.offset, refused.reason))?;
    Ok((head, bytes.len() - rest.len()))
}

/// What a section of fields may look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// How many fields at most.
    pub(crate) fields: usize,
    /// Whether LF alone ends a line.
    pub(crate) bare_lf: bool,
    /// Whether lines may be folded.
    pub(crate) folded: bool,
}

impl Rules {
    pub(crate) fn requests(limits: &Limits) -> Rules {
        Rules { fields: limits.fields, bare_lf: limits.tolerate.bare_lf, folded: limits.tolerate.obs_fold }
    }

    pub(crate) fn responses(limits: &Limits) -> Rules {
        Rules { folded: true, ..Rules::requests(limits) }
    }
}

/// `request-line *( field-line CRLF ) CRLF`
pub(crate) fn request_head(input: &[u8], rules: Rules) -> Parsed<'_, RequestHead<'_>> {
    let (input, (method, target, version)) =
        group("request line", "what is asked for", |input| request_line(input, rules)).parse(input)?;
    let (input, fields) = group("header section", "", |input| fields(input, rules)).parse(input)?;
    Ok((input, RequestHead { method, target, version, fields }))
}

/// `status-line *( field-line CRLF ) CRLF`
pub(crate) fn response_head(input: &[u8], rules: Rules) -> Parsed<'_, ResponseHead<'_>> {
    let (input, (version, status, reason)) =
        group("status line", "how it went", |input| status_line(input, rules)).parse(input)?;
    let (input, fields) = group("header section", "", |input| fields(input, rules)).parse(input)?;
    Ok((input, ResponseHead { version, status, reason, fields }))
}

/// `request-line = method SP request-target SP HTTP-version`
pub(crate) fn request_line(input: &[u8], rules: Rules) -> Parsed<'_, (&[u8], &[u8], Version)> {
    let method = |input| grammar::token(input, "the method");
    let (input, method) = field_as("method", "case matters", method, shown).parse(input)?;
    let (input, _) = field_as("SP", "", grammar::sp, shown).parse(input)?;
    let at_target = input;
    let (input, target) =
        field_as("request target", "the URI without its host", grammar::target, shown).parse(input)?;
    if !grammar::target_fits(method, target) {
        return refuse(at_target, Problem::TargetForm);
    }
    let (input, _) = field_as("SP", "", grammar::sp, shown).parse(input)?;
    let (input, version) = field("HTTP version", "of the sender", version).parse(input)?;
    let (input, _) = line_end(input, rules)?;
    describe(|| format!("{} {} {version}", shown(&method), shown(&target)));
    Ok((input, (method, target, version)))
}

/// `status-line = HTTP-version SP status-code SP [ reason-phrase ]`
pub(crate) fn status_line(input: &[u8], rules: Rules) -> Parsed<'_, (Version, u16, &[u8])> {
    let (input, version) = field("HTTP version", "of the sender", version).parse(input)?;
    let (input, _) = field_as("SP", "", grammar::sp, shown).parse(input)?;
    let (input, status) = field("status code", class(input), grammar::status_code).parse(input)?;
    let (input, reason) = match input {
        // Servers that leave out the space before an empty reason are common and do no harm.
        [b'\r' | b'\n', ..] => (input, &input[..0]),
        _ => {
            let (input, _) = field_as("SP", "", grammar::sp, shown).parse(input)?;
            optional("reason phrase", "for people only", input, grammar::text)?
        }
    };
    let (input, _) = line_end(input, rules)?;
    describe(|| format!("{version} {status} {}", shown(&reason)));
    Ok((input, (version, status, reason)))
}

/// Whether `input` begins with a request line.
pub(crate) fn check_request_line(input: &[u8], rules: Rules) -> Parsed<'_, ()> {
    unrecorded(|| request_line(input, rules)).map(|(rest, _)| (rest, ()))
}

/// Whether `input` begins with a status line.
pub(crate) fn check_status_line(input: &[u8], rules: Rules) -> Parsed<'_, ()> {
    unrecorded(|| status_line(input, rules)).map(|(rest, _)| (rest, ()))
}

/// What the first digit of a status code says (RFC 9110 §15).
fn class(input: &[u8]) -> &'static str {
    match input {
        [b'1', ..] => "informational: another response follows",
        [b'2', ..] => "successful",
        [b'3', ..] => "redirection",
        [b'4', ..] => "the client erred",
        [b'5', ..] => "the server erred",
        _ => "",
    }
}

fn version(input: &[u8]) -> Parsed<'_, Version> {
    match grammar::http_version(input)? {
        (rest, (1, minor)) => Ok((rest, Version { minor })),
        (_, (major, _)) => refuse(input, Problem::OtherVersion(major)),
    }
}

impl barewire_dissect::Show for Version {
    fn show(&self) -> String {
        self.to_string()
    }
}

/// `*( field-line CRLF ) CRLF`: the fields and the empty line.
pub(crate) fn fields(mut input: &[u8], rules: Rules) -> Parsed<'_, Vec<FieldLine<'_>>> {
    let mut lines = Vec::with_capacity(16);
    loop {
        match input {
            [b'\r', b'\n', ..] | [b'\n', ..] => break,
            [b' ' | b'\t', ..] if lines.is_empty() => return refuse(input, Problem::SpaceBeforeFields),
            [b' ' | b'\t', ..] => return refuse(input, Problem::ObsFold),
            _ if lines.len() == rules.fields => return refuse(input, Problem::TooManyFields(rules.fields)),
            _ => {}
        }
        let (rest, line) = group("field line", "", |input| field_line(input, rules)).parse(input)?;
        lines.push(line);
        input = rest;
    }
    let end = |input| grammar::line_end(input, rules.bare_lf);
    let (input, _) = field_as("empty line", "ends the section", end, shown).parse(input)?;
    Ok((input, lines))
}

/// `field-line = field-name ":" OWS field-value OWS`, with the CRLF behind it.
#[inline]
fn field_line(input: &[u8], rules: Rules) -> Parsed<'_, FieldLine<'_>> {
    let name = |input| grammar::token(input, "the field name");
    let (input, name) = field_as("field name", "case does not matter", name, shown).parse(input)?;
    let (input, _) = field_as("colon", "", colon, shown).parse(input)?;
    let (input, _) = optional("OWS", "optional whitespace", input, grammar::ows)?;
    let (input, value) = optional("field value", "", input, |input| field_value(input, rules))?;
    let (input, _) = optional("OWS", "optional whitespace", input, grammar::ows)?;
    let (input, _) = line_end(input, rules)?;
    describe(|| format!("{}: {}", shown(&name), shown(&value)));
    Ok((input, FieldLine { name, value }))
}

#[inline]
fn colon(input: &[u8]) -> Parsed<'_, &[u8]> {
    match input {
        [b':', rest @ ..] => Ok((rest, &input[..1])),
        [b' ' | b'\t', ..] => refuse(input, Problem::SpaceBeforeColon),
        [byte, ..] => refuse(input, Problem::MissingColon(*byte)),
        [] => refuse(input, Problem::EndsEarly),
    }
}

/// `field-value = *field-content`, up to the last byte that is not whitespace; over several lines where folding
/// is allowed (`obs-fold = OWS CRLF RWS`).
#[inline]
fn field_value(input: &[u8], rules: Rules) -> Parsed<'_, &[u8]> {
    let (mut rest, line) = grammar::text(input)?;
    let mut end = trimmed(line).len();
    while let Some(next) = next_fold(rest, rules) {
        let (after, line) = grammar::text(next)?;
        // A fold of nothing but whitespace belongs to the value as well, up to its CRLF.
        end = input.len() - next.len() + trimmed(line).len();
        rest = after;
    }
    Ok((&input[end..], &input[..end]))
}

/// The line behind this line end, if it goes on with the value before it.
#[inline]
fn next_fold(input: &[u8], rules: Rules) -> Option<&[u8]> {
    if !rules.folded {
        return None;
    }
    let (next, _) = grammar::line_end(input, rules.bare_lf).ok()?;
    matches!(next, [b' ' | b'\t', ..]).then_some(next)
}

/// Without the spaces and tabs at the end.
#[inline]
fn trimmed(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
    &value[..end]
}

#[inline]
fn line_end(input: &[u8], rules: Rules) -> Parsed<'_, &[u8]> {
    field_as("line end", "", |input| grammar::line_end(input, rules.bare_lf), shown).parse(input)
}

/// Reads a part that may be empty, and names it only when it is not: an empty leaf tells a reader nothing.
#[inline]
fn optional<'a>(
    name: &'static str,
    comment: &'static str,
    input: &'a [u8],
    mut part: impl FnMut(&'a [u8]) -> Parsed<'a, &'a [u8]>,
) -> Parsed<'a, &'a [u8]> {
    let (rest, value) = part(input)?;
    if value.is_empty() || !barewire_dissect::listening() {
        return Ok((rest, value));
    }
    field_as(name, comment, part, shown).parse(input)
}

/// Bytes as text, for the tree.
pub(crate) fn shown(bytes: &&[u8]) -> String {
    match *bytes {
        b"\r\n" => "CRLF".to_owned(),
        b"\n" => "LF".to_owned(),
        bytes if !bytes.is_empty() && bytes.iter().all(|byte| matches!(byte, b' ' | b'\t')) => {
            format!("{:?}", String::from_utf8_lossy(bytes))
        }
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Content, for the tree: spelled out when it is short and text.
pub(crate) fn shown_content(bytes: &&[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.len() <= 32 => format!("{text:?}"),
        _ => format!("{} bytes", bytes.len()),
    }
}

impl RequestHead<'_> {
    /// The same with text of its own.
    pub fn to_request(&self) -> Request {
        Request {
            method: String::from_utf8_lossy(self.method).into_owned(),
            target: String::from_utf8_lossy(self.target).into_owned(),
            version: self.version,
            headers: to_headers(&self.fields),
        }
    }
}

impl ResponseHead<'_> {
    /// The same with text of its own; folded lines are joined.
    pub fn to_response(&self) -> Response {
        Response {
            version: self.version,
            status: self.status,
            reason: String::from_utf8_lossy(self.reason).into_owned(),
            headers: to_headers(&self.fields),
        }
    }
}

/// Where the field stands that decides on the body's end, for an error about that: the last Content-Length or
/// Transfer-Encoding. `whole` is the head that the fields were read from; without such a field it is its start.
pub(crate) fn framing_at(fields: &[FieldLine<'_>], whole: &[u8]) -> usize {
    let frames = |field: &&FieldLine<'_>| {
        [&b"Content-Length"[..], b"Transfer-Encoding"]
            .iter()
            .any(|name| field.name.eq_ignore_ascii_case(name))
    };
    let field = fields.iter().rfind(frames);
    field.map_or(0, |field| offset_of(whole, field.name))
}

pub(crate) fn to_headers(lines: &[FieldLine<'_>]) -> Headers {
    let mut headers = Headers::new();
    for line in lines {
        headers.push(String::from_utf8_lossy(line.name), unfolded(line.value));
    }
    headers
}

/// The value on one line: each obs-fold becomes one space (RFC 9112 §5.2).
fn unfolded(value: &[u8]) -> Vec<u8> {
    if !value.contains(&b'\n') {
        return value.to_vec();
    }
    let lines: Vec<&[u8]> = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    lines.join(&b' ').trim_ascii().to_vec()
}
