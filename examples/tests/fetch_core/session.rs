//! One connection, several exchanges, without DNS and TCP.

use std::io;
use std::time::Instant;

use barewire::fetch::{Input, Session};
use barewire_http1::Request;

use super::hand::{Hand, error, said};

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

fn lines(session: &mut Session) -> Vec<String> {
    std::iter::from_fn(|| session.event()).map(|event| said(&event)).collect()
}

fn body(session: &mut Session) -> Vec<u8> {
    let mut buffer = [0; 100];
    let length = session.read(&mut buffer);
    buffer[..length].to_vec()
}

#[test]
fn one_request_after_the_other() {
    let now = Instant::now();
    let mut session = Session::plain();
    for target in ["/a", "/b", "/c"] {
        assert!(session.is_ready());
        session.request(&Request::get("example.test", target), b"").expect("its turn");
        assert!(!session.is_ready());
        let sent = session.transmit(now).expect("a request");
        assert_eq!(
            String::from_utf8_lossy(&sent),
            format!("GET {target} HTTP/1.1\r\nHost: example.test\r\n\r\n")
        );
        let early = session.request(&Request::get("example.test", "/early"), b"").expect_err("not its turn");
        assert_eq!(early.exit_code(), 2);
        assert_eq!(session.transmit(now), None);
        session.receive(now, PAGE);
        assert_eq!(
            lines(&mut session),
            ["head 200 rule 6", "data", "finished: both sides keep the connection open"]
        );
        assert_eq!(body(&mut session), b"hi");
    }
    session.receive_eof(now);
    assert_eq!(lines(&mut session), ["closed"]);
    assert!(!session.is_ready());
}

#[test]
fn the_connection_of_a_fetch_is_kept() {
    let mut hand = Hand::exchanging("http://www.example.test/");
    assert!(hand.give(Input::Bytes(PAGE)).last().is_some_and(|line| line.starts_with("finished")));
    let now = hand.now;
    let mut session = hand.fetch.into_session().expect("a connection to keep");
    session.request(&Request::get("www.example.test", "/again"), b"").expect("its turn");
    assert!(session.transmit(now).expect("a request").starts_with(b"GET /again HTTP/1.1\r\n"));
    session.receive(now, PAGE);
    assert_eq!(
        lines(&mut session),
        ["head 200 rule 6", "data", "finished: both sides keep the connection open"]
    );
}

#[test]
fn a_fetch_that_is_not_finished_keeps_nothing() {
    assert!(Hand::exchanging("http://www.example.test/").fetch.into_session().is_none());
}

#[test]
fn a_connection_that_ended_takes_no_request() {
    let now = Instant::now();
    let close = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
    type End = fn(&mut Session, Instant);
    let ends: [(&str, &[u8], End, &[&str]); 5] = [
        ("the server says so", close, |_, _| {}, &[]),
        ("it closes while nothing is asked", PAGE, |session, now| session.receive_eof(now), &["closed"]),
        (
            "it resets while nothing is asked",
            PAGE,
            |session, now| session.receive_break(now, &error(io::ErrorKind::ConnectionReset)),
            &["failed 56: the stream says ConnectionReset"],
        ),
        (
            "it takes no more bytes",
            PAGE,
            |session, _| session.write_failed(error(io::ErrorKind::BrokenPipe)),
            &[],
        ),
        ("it answers what nobody asked", PAGE, |session, now| session.receive(now, PAGE), &["failed 56: "]),
    ];
    for (what, page, end, wanted) in ends {
        let mut session = Session::plain();
        session.request(&Request::get("example.test", "/"), b"").expect("its turn");
        session.transmit(now);
        session.receive(now, page);
        assert_eq!(lines(&mut session).len(), 3, "{what}");
        end(&mut session, now);
        let got = lines(&mut session);
        assert_eq!(got.len(), wanted.len(), "{what}: {got:?}");
        assert!(got.iter().zip(wanted).all(|(got, wanted)| got.starts_with(wanted)), "{what}: {got:?}");
        assert!(!session.is_ready(), "{what}");
        assert_eq!(session.transmit(now), None, "{what}");
        assert_eq!(body(&mut session), b"hi", "{what}: what came before can be read");
    }
}

#[test]
fn a_request_that_was_not_sent_in_time_is_not_sent() {
    let now = Instant::now();
    let mut session = Session::plain();
    session.request(&Request::get("example.test", "/"), b"").expect("its turn");
    session.receive_break(now, &error(io::ErrorKind::ConnectionReset));
    assert_eq!(session.transmit(now), None);
    assert_eq!(lines(&mut session), ["failed 56: the stream says ConnectionReset"]);
}

/// RFC 9112 §9.5: what a server has refused is not sent on. An answer that goes well may be an echo of what is sent.
#[test]
fn a_refusal_ends_the_upload() {
    for (status, goes_on) in [(200, true), (302, true), (400, false), (413, false), (503, false)] {
        let now = Instant::now();
        let mut session = Session::plain();
        session.request_with(&Request::new("PUT", "a.test", "/"), Some(9)).expect("a request");
        assert!(session.wants_body());
        session.body(b"abc").expect("three of nine bytes");
        assert!(!session.wants_body(), "what was given has not been handed out");
        let bytes = session.transmit(now).expect("head and body");
        assert!(bytes.ends_with(b"\r\n\r\nabc") && session.wants_body());
        session.receive(now, format!("HTTP/1.1 {status} x\r\nContent-Length: 5\r\n\r\nhe").as_bytes());
        while session.event().is_some() {}
        assert_eq!((session.wants_body(), session.uploaded()), (goes_on, 3), "{status}");
    }
}
