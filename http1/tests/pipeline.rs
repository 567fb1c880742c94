//! A client that sends requests before the answers to others are complete (RFC 9112 §9.3.2): off by default.

use std::time::Instant;

use barewire_http1::client::{Connection, Event};
use barewire_http1::{Body, Config, Kind, Persistence, Request, Response, server};

/// A client that may have three requests under way.
fn client() -> (Connection, Instant) {
    (Connection::new(Config { pipeline: 3, ..Config::default() }), Instant::now())
}

fn get(target: &str) -> Request {
    Request::get("a", target)
}

/// The content of the message whose events are taken.
fn content(connection: &mut Connection) -> String {
    let content = String::from_utf8(connection.content().to_vec()).unwrap();
    connection.consume(content.len());
    content
}

#[test]
fn answers_come_in_the_order_of_the_requests() {
    let (mut client, now) = client();
    for target in ["/1", "/2", "/3"] {
        client.request(&get(target), Body::None).unwrap();
    }
    assert!(!client.is_ready(), "three are under way");
    let refused = client.request(&get("/4"), Body::None).unwrap_err();
    assert_eq!(refused.reason.kind(), Kind::Misuse);
    let mut server = server::Connection::new(Config::default());
    server.receive(now, &client.transmit(now).unwrap()).unwrap();
    for number in 1..=3 {
        let Some(server::Event::Request { head, .. }) = server.event() else { panic!("request {number}") };
        assert_eq!(head.target(), format!("/{number}"));
        server.respond(&Response::new(200), Body::Length(2)).unwrap();
        server.body(format!("a{number}").as_bytes()).unwrap();
        server.finish().unwrap();
        assert!(matches!(server.event(), Some(server::Event::End(Persistence::KeepsOpen))));
        assert_eq!(server.next_cycle(now), Ok(true));
    }
    // All three answers in one piece: what is read is still of one message.
    client.receive(now, &server.transmit(now).unwrap()).unwrap();
    for number in 1..=3 {
        assert!(matches!(client.event(), Some(Event::Response { .. })));
        assert_eq!(client.event(), Some(Event::Data));
        assert_eq!(content(&mut client), format!("a{number}"));
        assert_eq!(client.event(), Some(Event::End(Persistence::KeepsOpen)));
    }
    assert_eq!((client.event(), client.is_ready()), (None, true));
}

/// What was not read of one message is dropped when the next one is taken.
#[test]
fn content_that_nobody_read_is_not_taken_for_that_of_the_next_message() {
    let (mut client, now) = client();
    client.request(&get("/1"), Body::None).unwrap();
    client.request(&get("/2"), Body::None).unwrap();
    let answer = |text: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len());
    client.receive(now, (answer("first") + &answer("second")).as_bytes()).unwrap();
    while client.event() != Some(Event::End(Persistence::KeepsOpen)) {}
    assert!(matches!(client.event(), Some(Event::Response { .. })));
    assert_eq!(content(&mut client), "second");
}

/// RFC 9112 §9.3.2: after a close the rest is not answered, and a client sends it again elsewhere.
#[test]
fn a_close_leaves_requests_unanswered() {
    let (mut client, now) = client();
    client.request(&get("/1"), Body::None).unwrap();
    let first = client.transmit(now).unwrap().len() as u64;
    client.request(&get("/22"), Body::None).unwrap();
    assert_eq!(client.unanswered().collect::<Vec<_>>(), [first, 0], "the second has not left");
    client.transmit(now).unwrap();
    assert_eq!(client.unanswered().collect::<Vec<_>>(), [first, first + 1]);
    client.receive(now, b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").unwrap();
    client.event();
    assert_eq!(client.event(), Some(Event::End(Persistence::Closes("Connection: close"))));
    assert_eq!(client.unanswered().collect::<Vec<_>>(), [first + 1]);
    assert!(!client.is_ready());
    client.receive_eof(now).unwrap();
    assert_eq!(client.persistence(), Persistence::Closes("Connection: close"));
}

/// A close in the middle of an answer is an error; what was sent is known after it, too.
#[test]
fn a_cut_answer_leaves_all_requests_unanswered() {
    let (mut client, now) = client();
    let sent = [&get("/1"), &get("/2")].map(|request| {
        client.request(request, Body::None).unwrap();
        client.transmit(now).unwrap().len() as u64
    });
    client.receive(now, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc").unwrap();
    assert_eq!(client.receive_eof(now).unwrap_err().reason.kind(), Kind::Truncated);
    assert_eq!(client.unanswered().collect::<Vec<_>>(), sent);
}

/// Nothing follows a request that may turn the connection into something else: its bytes could go to a tunnel.
#[test]
fn nothing_is_sent_after_an_offer_to_switch() {
    let upgrade = get("/").with("Upgrade", "x").with("Connection", "upgrade");
    let connect = Request::new("CONNECT", "a:443", "a:443");
    for request in [upgrade, connect] {
        let (mut client, _) = client();
        client.request(&request, Body::None).unwrap();
        assert!(!client.is_ready(), "{request}");
    }
}

/// RFC 9110 §10.1.1: a body waits for the 100 that answers its own request, and not for one that answers another.
#[test]
fn a_held_body_belongs_to_the_last_request() {
    let (mut client, now) = client();
    client.request(&get("/"), Body::None).unwrap();
    let put = Request::new("PUT", "a", "/").with("Expect", "100-continue");
    client.request(&put, Body::Length(1)).unwrap();
    client.body(b"x").unwrap();
    client.finish().unwrap();
    client.transmit(now).unwrap();
    client.receive(now, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n").unwrap();
    assert_eq!(client.transmit(now), None, "that was about the GET");
    client.receive(now, b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
    assert_eq!(client.transmit(now).as_deref(), Some(&b"x"[..]));
}

/// RFC 9112 §9.6: a client that was told of the close sends no more requests; so they can surely be sent elsewhere.
#[test]
fn nothing_is_sent_after_a_close() {
    let closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let (mut client, now) = client();
    client.request(&get("/1"), Body::None).unwrap();
    client.transmit(now).unwrap();
    client.request(&get("/2"), Body::None).unwrap();
    client.request(&get("/3"), Body::None).unwrap();
    client.receive(now, closing).unwrap();
    assert_eq!(client.transmit(now), None);
    assert_eq!(client.unanswered().collect::<Vec<_>>(), [0, 0]);
    // Nor is a body that was held, or one that is being given.
    for expect in ["100-continue", "nothing"] {
        let (mut client, now) = self::client();
        client.request(&get("/1"), Body::None).unwrap();
        let put = Request::new("PUT", "a", "/").with("Expect", expect);
        client.request(&put, Body::Length(3)).unwrap();
        let sent = client.transmit(now).unwrap().len() as u64;
        client.receive(now, closing).unwrap();
        client.body(b"abc").unwrap();
        client.finish().unwrap();
        assert_eq!((client.transmit(now), client.deadline()), (None, None), "Expect: {expect}");
        let first = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".len() as u64;
        assert_eq!(client.unanswered().collect::<Vec<_>>(), [sent - first], "Expect: {expect}");
    }
}
