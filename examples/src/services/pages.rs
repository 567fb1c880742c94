//! What the toy web server has to offer.

use std::fmt::Write as _;
use std::time::Duration;

use super::app::Incoming;

/// How the server marks the end of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It says the length in front.
    Length,
    /// It sends the body in chunks as they come.
    Chunks,
    /// The same, with fields after the last chunk.
    Trailers,
    /// It closes the connection.
    Close,
}

/// A page, and how the server sends it.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The status code.
    pub(super) status: u16,
    /// The body, in the pieces in which the server produces it.
    pub(super) pieces: Vec<Vec<u8>>,
    /// How long the server thinks before the head, and before each later piece.
    pub(super) think: Duration,
    /// How the end of the body is marked.
    pub(super) ending: Ending,
    /// What Content-Type says.
    pub(super) kind: &'static str,
    /// More fields of the head.
    pub(super) fields: Vec<(&'static str, String)>,
    /// Whether a 103 response comes at once (RFC 8297).
    pub(super) hint: bool,
}

/// The page that the server called `host` has for this request.
pub(super) fn page(host: &str, request: &Incoming) -> Page {
    let path = request.head.target.split('?').next().unwrap_or_default();
    let instant = Duration::from_micros(100);
    let page = |pieces, think, ending| Page {
        status: 200,
        pieces,
        think,
        ending,
        kind: "text/html",
        fields: Vec::new(),
        hint: false,
    };
    if let Some(length) = path.strip_prefix("/bytes/").and_then(length) {
        return page(vec![filler(length)], instant, Ending::Length);
    }
    if let Some((status, location)) = redirect(path) {
        let fields = vec![("Location", location.clone())];
        return Page { status, fields, ..page(vec![moved(&location)], instant, Ending::Length) };
    }
    if let Some(status) = path.strip_prefix("/status/").and_then(status) {
        let line = format!("the status of this page is {status}\n").into_bytes();
        return Page { status, ..page(vec![line], instant, Ending::Length) };
    }
    match path {
        "/" => page(vec![home(host)], instant, Ending::Length),
        "/large" => page(vec![filler(200_000)], instant, Ending::Length),
        "/chunked" => page((1..=5).map(piece).collect(), instant, Ending::Chunks),
        "/slow" => page((1..=5).map(piece).collect(), Duration::from_millis(120), Ending::Chunks),
        "/close" => page(vec![piece(1)], instant, Ending::Close),
        "/trailers" => {
            let fields = vec![("Trailer", "Server-Timing".to_owned())];
            Page { fields, ..page((1..=2).map(piece).collect(), instant, Ending::Trailers) }
        }
        "/early" => {
            let think = Duration::from_millis(40);
            Page { hint: true, ..page(vec![piece(1)], think, Ending::Length) }
        }
        // What it does must not be done for a copy of the request (RFC 8470 §5.2).
        "/once" if request.early => Page { status: 425, ..page(vec![too_early()], instant, Ending::Length) },
        "/once" => page(vec![b"This was done once.\n".to_vec()], instant, Ending::Length),
        "/echo" => Page { kind: "text/plain", ..page(vec![echo(request)], instant, Ending::Length) },
        _ => Page { status: 404, ..page(vec![missing(path)], instant, Ending::Length) },
    }
}

/// `/redirect/N` leads on N times and ends at the first page, `/moved/STATUS` to the echo, `/away` to another host, and
/// `/loop` to itself.
fn redirect(path: &str) -> Option<(u16, String)> {
    let left = path.strip_prefix("/redirect/").and_then(|text| text.parse::<u32>().ok());
    if let Some(left @ 1..=1000) = left {
        return Some((302, if left == 1 { "/".to_owned() } else { format!("/redirect/{}", left - 1) }));
    }
    if let Some(status) =
        path.strip_prefix("/moved/").and_then(status).filter(|code| (300..400).contains(code))
    {
        return Some((status, "/echo".to_owned()));
    }
    match path {
        "/away" => Some((302, "https://retry.example.test/echo".to_owned())),
        "/loop" => Some((302, "loop".to_owned())),
        _ => None,
    }
}

/// The status of a page whose status is chosen: one that can have a body.
fn status(text: &str) -> Option<u16> {
    text.parse().ok().filter(|status| (200..600).contains(status) && !matches!(status, 204 | 205 | 304))
}

fn moved(location: &str) -> Vec<u8> {
    format!("<p>Moved to <a href=\"{location}\">{location}</a></p>\n").into_bytes()
}

fn too_early() -> Vec<u8> {
    b"Ask again when the handshake is done.\n".to_vec()
}

/// The request, as it came.
fn echo(request: &Incoming) -> Vec<u8> {
    let mut text = format!("{}\n", request.head);
    for field in request.head.headers.iter() {
        let _ = writeln!(text, "{}: {}", field.name, field.text());
    }
    let mut bytes = text.into_bytes();
    bytes.extend([b"\n", &*request.body].concat());
    bytes
}

fn home(host: &str) -> Vec<u8> {
    format!(
        "<!doctype html>\n\
         <title>The toy internet</title>\n\
         <h1>You are reading a page from {host}</h1>\n\
         <p>It never left this process, but every packet of it was real:\n\
         a DNS question, a TCP handshake, TLS 1.3 with a certificate\n\
         that was checked, one HTTP request and this answer.</p>\n\
         <p>Other pages: <a href=\"/large\">large</a>, <a href=\"/chunked\">chunked</a>,\n\
         <a href=\"/slow\">slow</a>, <a href=\"/close\">close</a>.</p>\n"
    )
    .into_bytes()
}

/// The bytes of a page whose length is chosen: up to ten million, so that a run ends in a moment.
fn length(text: &str) -> Option<usize> {
    text.parse().ok().filter(|length| *length <= 10_000_000)
}

/// Numbered lines, so that a byte out of place shows.
fn filler(length: usize) -> Vec<u8> {
    let mut text: Vec<u8> = Vec::with_capacity(length + 80);
    while text.len() < length {
        text.extend(format!("line {:06}: all work and no play makes a dull page\n", text.len()).bytes());
    }
    text.truncate(length);
    text
}

fn piece(number: u32) -> Vec<u8> {
    format!("piece {number} of the page, sent when it was ready\n").into_bytes()
}

fn missing(path: &str) -> Vec<u8> {
    format!("no page at {path:?}; `barewire fetch --help` lists them\n").into_bytes()
}
