//! The client's core against bytes by hand: every framing, keep-alive, 1xx, tunnels and ends.

use std::time::Instant;

use barewire_http1::client::{Connection, Event};
use barewire_http1::{Body, Kind, Limits, Request};

/// Asks with `method`, gives the whole answer at once, and closes if `eof`. All that was seen, in one line each.
fn answer(method: &str, bytes: &[u8], eof: bool) -> Vec<String> {
    let now = Instant::now();
    let mut connection = Connection::new(Limits::default());
    let target = if method == "CONNECT" { "example.test:443" } else { "/" };
    let request = Request::new(method, "example.test", target);
    connection.request(&request, Body::None).unwrap();
    connection.transmit(now).unwrap();
    let mut seen = Vec::new();
    let mut result = connection.receive(now, bytes);
    if eof && result.is_ok() {
        result = connection.receive_eof(now);
    }
    while let Some(event) = connection.event() {
        seen.push(line(event));
    }
    if let Err(error) = result {
        seen.push(format!("{:?}: {error}", error.kind()));
    }
    seen
}

fn line(event: Event) -> String {
    match event {
        Event::Informational(head) => format!("informational {}", head.status),
        Event::Response { head, framing } => {
            format!("{} rule {}, {}", head.status, framing.rule, framing.body)
        }
        Event::Data(data) => format!("data {:?}", String::from_utf8_lossy(&data)),
        Event::Trailers(trailers) => format!("trailers {trailers:?}"),
        Event::End { reusable: true, .. } => "end, reusable".into(),
        Event::End { why, .. } => format!("end: {why}"),
        Event::Tunnel(bytes) => format!("tunnel {:?}", String::from_utf8_lossy(&bytes)),
    }
}

#[test]
fn every_framing_ends_where_its_rule_says() {
    let cases: [(&str, &[u8], bool, &[&str]); 14] = [
        (
            "HEAD",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            false,
            &["200 rule 1, no body", "end, reusable"],
        ),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", false, &["204 rule 1, no body", "end, reusable"]),
        (
            "GET",
            b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            false,
            &["304 rule 1, no body", "end, reusable"],
        ),
        (
            "GET",
            b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 \r\n\r\n",
            false,
            &["informational 103", "204 rule 1, no body", "end, reusable"],
        ),
        (
            "CONNECT",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\x16\x03",
            false,
            &["200 rule 2, no body", "tunnel \"\"", "tunnel \"\\u{16}\\u{3}\""],
        ),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=\"b\"\r\nabc\r\n0\r\nX: y\r\n\r\n",
            false,
            &["200 rule 4, chunked", "data \"abc\"", "trailers [X: \"y\"]", "end, reusable"],
        ),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            false,
            &["200 rule 6, 3 bytes", "data \"abc\"", "end, reusable"],
        ),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc",
            false,
            &["200 rule 6, 3 bytes", "data \"abc\"", "end, reusable"],
        ),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\n\r\nabc",
            true,
            &[
                "200 rule 8, until the connection closes",
                "data \"abc\"",
                "end: the body ended with the connection",
            ],
        ),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 0\r\n\r\n",
            false,
            &["200 rule 6, 0 bytes", "end: Connection: close"],
        ),
        (
            "GET",
            b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
            false,
            &["200 rule 6, 1 byte", "data \"a\"", "end: HTTP/1.0 without Connection: keep-alive"],
        ),
        (
            "GET",
            b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
            false,
            &["200 rule 6, 1 byte", "data \"a\"", "end, reusable"],
        ),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc",
            false,
            &[
                "200 rule 6, 1 byte",
                "data \"a\"",
                "end: bytes that answer no request came behind the response, and were dropped",
            ],
        ),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 0\r\n\r\n",
            false,
            &["200 rule 6, 0 bytes", "end, reusable"],
        ),
    ];
    for (method, bytes, eof, wanted) in cases {
        let got = answer(method, bytes, eof);
        assert_eq!(got, wanted, "{method} answered by {:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_message_that_stops_is_never_taken_for_whole() {
    let whole: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n",
    ];
    for message in whole {
        for cut in 0..message.len() {
            let seen = answer("GET", &message[..cut], true);
            let last = seen.last().expect("something is always seen");
            let wanted = if cut == 0 { "Empty: " } else { "Truncated: " };
            assert!(last.starts_with(wanted), "cut at {cut} of {message:?}: {seen:?}");
        }
    }
}

#[test]
fn a_broken_close_cuts_a_body_that_only_the_close_ends() {
    let now = Instant::now();
    let mut connection = Connection::new(Limits::default());
    connection.request(&Request::get("example.test", "/"), Body::None).unwrap();
    connection.receive(now, b"HTTP/1.1 200 OK\r\n\r\nabc").unwrap();
    let error = connection.receive_incomplete_close(now).unwrap_err();
    assert_eq!((error.kind(), error.offset), (Kind::Truncated, 22), "{error}");
}
