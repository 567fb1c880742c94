//! Deadlines of both cores: for a head, for each piece of a body, and for a connection that rests. Time is handed in.

use std::time::{Duration, Instant};

use barewire_http1::{Body, Config, Kind, Reason, Request, Response, client, server};

const SECOND: Duration = Duration::from_secs(1);

/// One second for a head, two for a piece of a body, three at rest.
fn config() -> Config {
    Config {
        head_timeout: Some(SECOND),
        body_timeout: Some(2 * SECOND),
        idle_timeout: Some(3 * SECOND),
        ..Config::default()
    }
}

#[test]
fn a_server_waits_for_a_head_a_body_and_a_request() {
    let start = Instant::now();
    let at = |seconds: u32| start + seconds * SECOND;
    let mut server = server::Connection::new(config());
    assert_eq!(server.transmit(start), None);
    assert_eq!(server.deadline(), Some(at(3)), "before the first byte it rests");
    server.receive(at(2), b"POST / HTTP/1.1\r\n").unwrap();
    assert_eq!(server.deadline(), Some(at(3)), "a head has one second from its first byte");
    server.receive(at(2), b"Host: a\r\n").unwrap();
    assert_eq!(server.deadline(), Some(at(3)), "and not one second a line");
    server.receive(at(3), b"Content-Length: 3\r\n\r\n").unwrap();
    assert_eq!(server.deadline(), Some(at(5)), "a body has two");
    server.receive(at(4), b"ab").unwrap();
    assert_eq!(server.deadline(), Some(at(6)), "from each piece to the next");
    server.receive(at(5), b"c").unwrap();
    assert_eq!(server.deadline(), None, "now the server is to answer");
    server.respond(&Response::new(204), Body::None).unwrap();
    assert_eq!(server.next_cycle(at(5)), Ok(true));
    assert_eq!(server.deadline(), Some(at(8)), "between two requests it rests");
    assert_eq!(server.on_deadline(at(7)), Ok(()));
    let late = server.on_deadline(at(8)).unwrap_err();
    assert_eq!((late.reason.kind(), &late.reason), (Kind::Late, &Reason::IdleTimeout));
    assert_eq!(late.reason.status_hint(), 408, "RFC 9110 §15.5.9");
    assert_eq!(server.deadline(), None);
}

#[test]
fn a_late_body_ends_a_request() {
    let start = Instant::now();
    let mut server = server::Connection::new(config());
    server.receive(start, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab").unwrap();
    let late = server.on_deadline(start + 2 * SECOND).unwrap_err();
    assert_eq!(
        late.to_string(),
        format!(
            "the body did not go on in time: it had come up to byte {}; \
             RFC 9112 §9.5 leaves such time limits to each side",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab".len()
        )
    );
    server.respond(&Response::new(408), Body::None).unwrap();
    assert!(server.transmit(start).unwrap().starts_with(b"HTTP/1.1 408 "));
    assert_eq!(server.next_cycle(start), Ok(false), "no other request is read");
}

#[test]
fn a_client_waits_for_a_head_a_body_and_nothing() {
    let start = Instant::now();
    let at = |seconds: u32| start + seconds * SECOND;
    let mut client = client::Connection::new(config());
    client.request(&Request::get("a", "/"), Body::None).unwrap();
    client.transmit(start).unwrap();
    assert_eq!(client.deadline(), Some(at(1)), "the head has one second from the end of the request");
    client.receive(start, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n").unwrap();
    assert_eq!(client.deadline(), Some(at(2)));
    client.receive(at(1), b"ab").unwrap();
    assert_eq!(client.deadline(), Some(at(3)), "from each piece of the body to the next");
    client.receive(at(1), b"c").unwrap();
    assert_eq!(client.deadline(), Some(at(4)), "three at rest");
    let late = client.on_deadline(at(4)).unwrap_err();
    assert_eq!(late.reason, Reason::IdleTimeout);
    assert!(!client.is_ready());
}

/// Without settings nothing is late, but a body that waits for 100: one second.
#[test]
fn by_default_only_100_is_waited_for() {
    let start = Instant::now();
    let mut client = client::Connection::new(Config::default());
    let request = Request::new("PUT", "a", "/").with("Expect", "100-continue");
    client.request(&request, Body::Length(1)).unwrap();
    client.body(b"x").unwrap();
    client.transmit(start).unwrap();
    assert_eq!(client.deadline(), Some(start + SECOND));
    client.on_deadline(start + SECOND).unwrap();
    assert_eq!(client.transmit(start + SECOND).as_deref(), Some(&b"x"[..]));
    client.finish().unwrap();
    assert_eq!((client.transmit(start + SECOND), client.deadline()), (None, None));
    let mut server = server::Connection::new(Config::default());
    server.receive(start, b"GET").unwrap();
    assert_eq!((server.transmit(start), server.deadline()), (None, None));
}

/// Each answer has its own time, however the bytes are cut; and asking for more gives none of them more time.
#[test]
fn requests_that_are_sent_ahead_have_a_time_of_their_own() {
    let start = Instant::now();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
    for size in [1, answer.len()] {
        let config = Config { head_timeout: Some(10 * SECOND), pipeline: 3, ..Config::default() };
        let mut client = client::Connection::new(config);
        client.request(&Request::get("a", "/1"), Body::None).unwrap();
        client.request(&Request::get("a", "/2"), Body::None).unwrap();
        client.transmit(start).unwrap();
        assert_eq!(client.deadline(), Some(start + 10 * SECOND));
        client.request(&Request::get("a", "/3"), Body::None).unwrap();
        client.transmit(start + 9 * SECOND).unwrap();
        assert_eq!(client.deadline(), Some(start + 10 * SECOND), "another request gives no more time");
        answer.chunks(size).for_each(|piece| assert!(client.receive(start + 9 * SECOND, piece).is_ok()));
        assert_eq!(client.deadline(), Some(start + 19 * SECOND), "in pieces of {size}");
    }
}
