//! The client's core against bytes by hand: every framing, keep-alive, 1xx, tunnels and ends.

use std::time::{Duration, Instant};

use barewire_http1::client::{Connection, Event};
use barewire_http1::{Body, Config, Headers, Kind, Persistence, Reason, Request};

/// Asks with `method`, gives the whole answer at once, and closes if `eof`. All that was seen, in one line each.
fn answer(method: &str, bytes: &[u8], eof: bool) -> Vec<String> {
    let now = Instant::now();
    let mut connection = Connection::new(Config::default());
    let target = if method == "CONNECT" { "example.test:443" } else { "/" };
    let request = Request::new(method, "example.test", target);
    connection.request(&request, Body::None).unwrap();
    connection.transmit(now).unwrap();
    let mut seen = Vec::new();
    let mut result = connection.receive(now, bytes).map(drop);
    if eof && result.is_ok() {
        result = connection.receive_eof(now);
    }
    while let Some(event) = connection.event() {
        seen.push(line(&mut connection, event));
    }
    if let Err(error) = result {
        seen.push(format!("{:?}: {error}", error.reason.kind()));
    }
    seen
}

/// All bytes that wait.
fn content(connection: &mut Connection) -> Vec<u8> {
    let mut buffer = vec![0; 1 << 20];
    let length = connection.read(&mut buffer);
    buffer.truncate(length);
    buffer
}

fn line(connection: &mut Connection, event: Event) -> String {
    match event {
        Event::Informational(head) => format!("informational {}", head.status()),
        Event::Response { head, framing } => {
            format!("{} rule {}, {}", head.status(), framing.rule, framing.body)
        }
        Event::Data => format!("data {:?}", String::from_utf8_lossy(&content(connection))),
        Event::Trailers { fields, misplaced } if misplaced.is_empty() => format!("trailers {fields:?}"),
        Event::Trailers { fields, misplaced } => format!("trailers {fields:?}, misplaced {misplaced:?}"),
        Event::End(Persistence::KeepsOpen) => "end, reusable".into(),
        Event::End(Persistence::Closes(why)) => format!("end: {why}"),
        Event::Tunnel => "tunnel".into(),
        Event::Unasked(refused) => format!("unasked: {refused}"),
    }
}

#[test]
fn every_framing_ends_where_its_rule_says() {
    let cases: [(&str, &[u8], bool, &[&str]); 17] = [
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
            &["200 rule 2, no body", "tunnel", "data \"\\u{16}\\u{3}\""],
        ),
        (
            "CONNECT",
            b"HTTP/1.1 204 No Content\r\n\r\n\x16\x03",
            false,
            &["204 rule 2, no body", "tunnel", "data \"\\u{16}\\u{3}\""],
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
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n\x1f\x00",
            true,
            &[
                "200 rule 4, until the connection closes",
                "data \"\\u{1f}\\0\"",
                "end: the body ended with the connection",
            ],
        ),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\n\x1f\r\n0\r\nHost: a\r\nX: y\r\n\r\n",
            false,
            &[
                "200 rule 4, chunked",
                "data \"\\u{1f}\"",
                "trailers [X: \"y\"], misplaced [Host: \"a\"]",
                "end, reusable",
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
                "end, reusable",
                "unasked: the server sent bytes at byte 39 that answer no request; \
                 RFC 9112 §9.2 forbids to take them for a response",
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
            // After a 1xx response the final one is still to come: nothing was answered.
            let nothing = cut == 0 || message[..cut] == *b"HTTP/1.1 103 Early\r\n\r\n";
            let wanted = if nothing { "Empty: " } else { "Truncated: " };
            assert!(last.starts_with(wanted), "cut at {cut} of {message:?}: {seen:?}");
        }
    }
}

#[test]
fn a_broken_close_cuts_a_body_that_only_the_close_ends() {
    let now = Instant::now();
    let mut connection = Connection::new(Config::default());
    connection.request(&Request::get("example.test", "/"), Body::None).unwrap();
    connection.receive(now, b"HTTP/1.1 200 OK\r\n\r\nabc").unwrap();
    let error = connection.receive_incomplete_close(now).unwrap_err();
    assert_eq!((error.reason.kind(), error.offset), (Kind::Truncated, 22), "{error}");
}

#[test]
fn a_connection_carries_one_request_after_another() {
    let now = Instant::now();
    let mut connection = Connection::new(Config::default());
    for path in ["/1", "/2", "/3"] {
        assert!(connection.is_ready());
        connection.request(&Request::get("example.test", path), Body::None).unwrap();
        assert!(!connection.is_ready());
        let again = connection.request(&Request::get("example.test", path), Body::None).unwrap_err();
        assert_eq!(again.reason.kind(), Kind::Misuse, "no pipelining: {again}");
        connection.transmit(now).unwrap();
        connection.receive(now, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
        assert!(matches!(connection.event(), Some(Event::Response { .. })));
        assert!(matches!(connection.event(), Some(Event::End(Persistence::KeepsOpen))));
    }
    let unasked = b"HTTP/1.1 200 OK\r\n\r\n";
    assert_eq!(connection.receive(now, unasked), Ok(unasked.len()), "RFC 9112 §9.2: dropped, and told");
    let Some(Event::Unasked(refused)) = connection.event() else { panic!("nothing was told") };
    assert_eq!((refused.reason, refused.offset), (Reason::UnaskedBytes, 3 * 38));
    assert_eq!(connection.event(), None, "it is told once");
    assert!(!connection.is_ready());
}

#[test]
fn a_request_that_says_close_is_the_last() {
    let now = Instant::now();
    let mut connection = Connection::new(Config::default());
    let request = Request::get("example.test", "/").with("Connection", "close");
    connection.request(&request, Body::None).unwrap();
    connection.receive(now, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
    connection.event();
    assert!(matches!(connection.event(), Some(Event::End(Persistence::Closes(_)))));
    assert!(connection.request(&request, Body::None).is_err());
}

fn put() -> (Connection, Instant, Vec<u8>) {
    let now = Instant::now();
    let mut connection = Connection::new(Config::default());
    let request = Request::new("PUT", "example.test", "/").with("Expect", "100-continue");
    connection.request(&request, Body::Length(4)).unwrap();
    connection.body(b"body").unwrap();
    connection.finish().unwrap();
    let head = connection.transmit(now).unwrap();
    assert!(head.ends_with(b"\r\n\r\n"), "the body waits: {:?}", String::from_utf8_lossy(&head));
    (connection, now, head)
}

#[test]
fn a_body_waits_for_100_and_no_longer_than_a_second() {
    let (mut connection, now, _) = put();
    connection.receive(now, b"HTTP/1.1 103 Early Hints\r\n\r\n").unwrap();
    assert_eq!(connection.transmit(now), None, "103 is not 100");
    connection.receive(now, b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
    assert_eq!((connection.transmit(now).as_deref(), connection.deadline()), (Some(&b"body"[..]), None));

    let (mut connection, now, _) = put();
    let due = now + Duration::from_secs(1);
    assert_eq!(connection.deadline(), Some(due));
    connection.on_deadline(due).unwrap();
    assert_eq!(connection.transmit(due).as_deref(), Some(&b"body"[..]), "RFC 9110 §10.1.1: not for ever");

    let (mut connection, now, _) = put();
    connection.receive(now, b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n").unwrap();
    assert_eq!(connection.transmit(now), None, "a body that was refused is not sent");
    connection.event();
    assert!(matches!(connection.event(), Some(Event::End(Persistence::Closes(_)))));
}

#[test]
fn a_request_body_is_sent_as_declared() {
    let now = Instant::now();
    let mut connection = Connection::new(Config::default());
    let request = Request::new("POST", "example.test", "/");
    assert!(connection.request(&request, Body::UntilClose).is_err());
    connection.request(&request, Body::Chunked).unwrap();
    connection.body(b"Hello, ").unwrap();
    connection.body(b"").unwrap();
    connection.body(b"world of chunks").unwrap();
    let mut trailers = Headers::new();
    trailers.push("Digest", "x");
    connection.finish_with(&trailers).unwrap();
    assert_eq!(
        String::from_utf8(connection.transmit(now).unwrap()).unwrap(),
        "POST / HTTP/1.1\r\nHost: example.test\r\nTransfer-Encoding: chunked\r\n\r\n\
         7\r\nHello, \r\nf\r\nworld of chunks\r\n0\r\nDigest: x\r\n\r\n"
    );
    connection.receive(now, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();

    connection.request(&request, Body::None).unwrap();
    let bytes = connection.transmit(now).unwrap();
    assert!(
        String::from_utf8_lossy(&bytes).contains("Content-Length: 0\r\n"),
        "RFC 9110 §8.6: a POST says so"
    );
    connection.receive(now, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();

    connection.request(&request, Body::Length(3)).unwrap();
    assert!(connection.body(b"four").is_err());
    connection.body(b"tw").unwrap();
    assert_eq!(connection.finish().unwrap_err().reason, Reason::WrongBodyLength { declared: 3, given: 2 });
}

#[test]
fn a_switch_must_have_been_offered() {
    let now = Instant::now();
    let mut connection = Connection::new(Config::default());
    connection.request(&Request::get("example.test", "/"), Body::None).unwrap();
    let switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello";
    let error = connection.receive(now, switch).unwrap_err();
    assert_eq!(error.reason, Reason::UnaskedUpgrade);

    let mut connection = Connection::new(Config::default());
    let request = Request::get("example.test", "/").with("Upgrade", "x").with("Connection", "upgrade");
    connection.request(&request, Body::None).unwrap();
    connection.receive(now, switch).unwrap();
    assert!(matches!(connection.event(), Some(Event::Response { .. })));
    assert_eq!(connection.event(), Some(Event::Tunnel));
    assert_eq!(connection.event(), Some(Event::Data));
    assert_eq!(content(&mut connection), b"hello");
    assert!(connection.request(&request, Body::None).is_err());
}

#[test]
fn a_response_can_be_late() {
    let now = Instant::now();
    let limits = Config { head_timeout: Some(Duration::from_secs(9)), ..Config::default() };
    let mut connection = Connection::new(limits);
    connection.request(&Request::get("example.test", "/"), Body::None).unwrap();
    assert_eq!(connection.deadline(), None, "nothing was sent yet");
    connection.transmit(now).unwrap();
    assert_eq!(connection.deadline(), Some(now + Duration::from_secs(9)));
    let error = connection.on_deadline(now + Duration::from_secs(9)).unwrap_err();
    assert_eq!(error.reason.kind(), Kind::Late);
}

#[test]
fn both_lengths_in_one_response_are_refused() {
    let seen =
        answer("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", false);
    assert_eq!(
        seen,
        ["Broken: the message has both Content-Length and Transfer-Encoding, the last one at byte 36; \
             RFC 9112 §6.3 rule 3 calls it a sign of smuggling: two readers may end the body at different bytes"]
    );
}
