//! A peer that never stops is stopped.

use std::time::Instant;

use barewire_http1::{Body, Config, Reason, Request, client, server};

/// Feeds `start`, then `more` over and over, until the core refuses. Says after how many bytes.
fn until_refused(
    mut receive: impl FnMut(&[u8]) -> Option<Reason>,
    start: &[u8],
    more: &[u8],
) -> (Reason, usize) {
    let mut given = start.len();
    let mut reason = receive(start);
    while reason.is_none() {
        assert!(given < 4 << 20, "{given} bytes and no limit");
        reason = receive(more);
        given += more.len();
    }
    (reason.unwrap(), given)
}

fn from_server(start: &[u8], more: &[u8]) -> (Reason, usize) {
    let now = Instant::now();
    let mut connection = client::Connection::new(Config::default());
    connection.request(&Request::get("a", "/"), Body::None).unwrap();
    let receive = |bytes: &[u8]| {
        let reason = connection.receive(now, bytes).err().map(|error| error.reason);
        while connection.event().is_some() {}
        reason
    };
    until_refused(receive, start, more)
}

fn from_client(start: &[u8], more: &[u8]) -> (Reason, usize) {
    let now = Instant::now();
    let mut connection = server::Connection::new(Config::default());
    let receive = |bytes: &[u8]| {
        let reason = connection.receive(now, bytes).err().map(|error| error.reason);
        while connection.event().is_some() {}
        reason
    };
    until_refused(receive, start, more)
}

#[test]
fn endless_heads() {
    let long_line = (Reason::StatusLineTooLong(64 << 10), 64 << 10);
    assert_eq!(from_server(b"HTTP/1.1 200 ", b"x"), long_line, "byte by byte");
    // A method, a target, the version and CRLF.
    let request_line = 64 + (16 << 10) + 12;
    let long_target = (Reason::StartLineTooLong(request_line), request_line);
    assert_eq!(from_client(b"GET /", b"x"), long_target);
    assert_eq!(long_target.0.status_hint(), 414, "RFC 9112 §3 MUST");
    let target = [b"GET /", &b"x".repeat(16 << 10)[..], b" HTTP/1.1\r\n"].concat();
    assert_eq!(from_client(&target, b"").0, Reason::TargetTooLong(16 << 10));
    assert_eq!(Reason::TargetTooLong(16 << 10).status_hint(), 414);
    let long_method = from_client(b"G", b"G");
    assert_eq!(long_method, (Reason::MethodTooLong(64), request_line));
    assert_eq!(long_method.0.status_hint(), 501, "RFC 9112 §3 SHOULD");
    let full = (Reason::SectionTooLong(64 << 10), 64 << 10);
    assert_eq!(from_server(b"HTTP/1.1 200 OK\r\nA: ", b"x"), full);
    assert_eq!(full.0.status_hint(), 431, "RFC 6585 §5");
    // A field too many is refused when it comes, and not when the head ends.
    let fields = from_server(b"HTTP/1.1 200 OK\r\n", b"Name: value\r\n");
    assert_eq!(fields, (Reason::TooManyFields(100), 17 + 101 * 13));
    // As many as the limit are fine, also when they come line by line.
    let now = Instant::now();
    let mut connection = client::Connection::new(Config::default());
    connection.request(&Request::get("a", "/"), Body::None).unwrap();
    let lines = [vec![&b"HTTP/1.1 200 OK\r\n"[..]], vec![b"A: b\r\n"; 100], vec![b"\r\n"]].concat();
    lines.iter().for_each(|line| assert_eq!(connection.receive(now, line), Ok(line.len())));
    assert!(matches!(connection.event(), Some(client::Event::Response { .. })));
    let many = [&b"HTTP/1.1 200 OK\r\n"[..], &b"A: b\r\n".repeat(101), b"\r\n"].concat();
    assert_eq!(from_server(&many, b"").0, Reason::TooManyFields(100));
}

#[test]
fn endless_chunk_headers_and_trailers() {
    let start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (reason, given) = from_server(&[&start[..], b"1;a="].concat(), b"x");
    assert_eq!((reason, given), (Reason::ChunkLineTooLong(4096), start.len() + 4096));
    let (reason, given) = from_server(start, b"1;aaaaaaaaaaaaaaaa\r\nx\r\n");
    assert_eq!(reason, Reason::ExtensionsTooLong(16 << 10));
    assert!(given < 32 << 10, "{given}");
    let (reason, given) = from_server(&[&start[..], b"0\r\nA: "].concat(), b"x");
    assert_eq!((reason, given), (Reason::SectionTooLong(16 << 10), start.len() + 3 + (16 << 10)));
    let (reason, _) = from_server(&[&start[..], b"ffffffffffffffff0\r\n"].concat(), b"x");
    assert_eq!(reason, Reason::ChunkTooLarge);
}

#[test]
fn endless_interim_responses() {
    let (reason, given) = from_server(b"", b"HTTP/1.1 102 Processing\r\n\r\n");
    assert_eq!((reason, given), (Reason::TooManyInformational(32), 33 * 27));
}

#[test]
fn endless_requests_ahead() {
    let (reason, given) =
        from_client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(reason, Reason::TooFarAhead(64 << 10));
    assert!(given < 66 << 10, "{given}");
}

#[test]
fn a_chunk_of_almost_two_to_the_64_waits_and_takes_no_memory() {
    let now = Instant::now();
    let mut connection = client::Connection::new(Config::default());
    connection.request(&Request::get("a", "/"), Body::None).unwrap();
    let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc";
    connection.receive(now, bytes).unwrap();
    let error = connection.receive_eof(now).unwrap_err();
    assert_eq!(error.reason, Reason::TruncatedBody { got: 3, want: None });
}
