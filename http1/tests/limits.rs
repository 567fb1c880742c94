//! A peer that never stops is stopped.

use std::time::{Duration, Instant};

use barewire_http1::{Body, Limits, Problem, Request, client, server};

/// Feeds `start`, then `more` over and over, until the core refuses. Says after how many bytes.
fn until_refused(
    mut receive: impl FnMut(&[u8]) -> Option<Problem>,
    start: &[u8],
    more: &[u8],
) -> (Problem, usize) {
    let begun = Instant::now();
    let mut given = start.len();
    let mut problem = receive(start);
    while problem.is_none() {
        assert!(given < 4 << 20, "{given} bytes and no limit");
        assert!(begun.elapsed() < Duration::from_secs(20), "slow: {given} bytes so far");
        problem = receive(more);
        given += more.len();
    }
    (problem.unwrap(), given)
}

fn from_server(start: &[u8], more: &[u8]) -> (Problem, usize) {
    let now = Instant::now();
    let mut connection = client::Connection::new(Limits::default());
    connection.request(&Request::get("a", "/"), Body::None).unwrap();
    let receive = |bytes: &[u8]| {
        let problem = connection.receive(now, bytes).err().map(|error| error.problem);
        while connection.event().is_some() {}
        problem
    };
    until_refused(receive, start, more)
}

fn from_client(start: &[u8], more: &[u8]) -> (Problem, usize) {
    let now = Instant::now();
    let mut connection = server::Connection::new(Limits::default());
    let receive = |bytes: &[u8]| {
        let problem = connection.receive(now, bytes).err().map(|error| error.problem);
        while connection.event().is_some() {}
        problem
    };
    until_refused(receive, start, more)
}

#[test]
fn endless_heads() {
    let full = (Problem::SectionTooLong(64 << 10), 64 << 10);
    assert_eq!(from_server(b"HTTP/1.1 200 ", b"x"), full, "byte by byte, and still in linear time");
    assert_eq!(from_client(b"GET /", b"x"), full);
    assert_eq!(from_client(b"G", b"G"), full);
    assert_eq!(from_server(b"HTTP/1.1 200 OK\r\nA: ", b"x"), full);
    assert_eq!(from_server(b"HTTP/1.1 200 OK\r\n", b"Name: value\r\n").0, Problem::SectionTooLong(64 << 10));
    let many = [&b"HTTP/1.1 200 OK\r\n"[..], &b"A: b\r\n".repeat(101), b"\r\n"].concat();
    assert_eq!(from_server(&many, b"").0, Problem::TooManyFields(100));
}

#[test]
fn endless_chunk_headers_and_trailers() {
    let start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (problem, given) = from_server(&[&start[..], b"1;a="].concat(), b"x");
    assert_eq!((problem, given), (Problem::ChunkLineTooLong(4096), start.len() + 4096));
    let (problem, given) = from_server(start, b"1;aaaaaaaaaaaaaaaa\r\nx\r\n");
    assert_eq!(problem, Problem::ExtensionsTooLong(16 << 10));
    assert!(given < 32 << 10, "{given}");
    let (problem, given) = from_server(&[&start[..], b"0\r\nA: "].concat(), b"x");
    assert_eq!((problem, given), (Problem::SectionTooLong(16 << 10), start.len() + 3 + (16 << 10)));
    let (problem, _) = from_server(&[&start[..], b"ffffffffffffffff0\r\n"].concat(), b"x");
    assert_eq!(problem, Problem::ChunkTooLarge);
}

#[test]
fn endless_interim_responses() {
    let (problem, given) = from_server(b"", b"HTTP/1.1 102 Processing\r\n\r\n");
    assert_eq!((problem, given), (Problem::TooManyInformational(32), 33 * 27));
}

#[test]
fn endless_requests_ahead() {
    let (problem, given) =
        from_client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(problem, Problem::TooFarAhead(64 << 10));
    assert!(given < 66 << 10, "{given}");
}

#[test]
fn a_chunk_of_almost_two_to_the_64_waits_and_takes_no_memory() {
    let now = Instant::now();
    let mut connection = client::Connection::new(Limits::default());
    connection.request(&Request::get("a", "/"), Body::None).unwrap();
    let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc";
    connection.receive(now, bytes).unwrap();
    let error = connection.receive_eof(now).unwrap_err();
    assert_eq!(error.problem, Problem::TruncatedBody { got: 3, want: None });
}
