//! What the toy web server has to offer.

use std::time::Duration;

/// How the server marks the end of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It says the length in front.
    Length,
    /// It sends the body in chunks as they come.
    Chunks,
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
}

/// The page at `path` of the server called `host`.
pub(super) fn page(host: &str, path: &str) -> Page {
    let path = path.split('?').next().unwrap_or_default();
    let instant = Duration::from_micros(100);
    let page = |pieces, think, ending| Page { status: 200, pieces, think, ending };
    if let Some(length) = path.strip_prefix("/bytes/").and_then(length) {
        return page(vec![filler(length)], instant, Ending::Length);
    }
    match path {
        "/" => page(vec![home(host)], instant, Ending::Length),
        "/large" => page(vec![filler(200_000)], instant, Ending::Length),
        "/chunked" => page((1..=5).map(piece).collect(), instant, Ending::Chunks),
        "/slow" => page((1..=5).map(piece).collect(), Duration::from_millis(120), Ending::Chunks),
        "/close" => page(vec![piece(1)], instant, Ending::Close),
        _ => Page { status: 404, ..page(vec![missing(path)], instant, Ending::Length) },
    }
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
    format!("no page at {path:?}; there are /, /large, /chunked, /slow, /close and /bytes/N\n").into_bytes()
}
