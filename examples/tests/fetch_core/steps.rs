//! The whole way, step by step: every line that the core says or wants, in its order.

use std::io::{Read, Write};

use barewire::fetch::Input;
use barewire::network::toy;
use rustls::ServerConnection;

use super::hand::{Hand, job};

#[test]
fn plain_http_from_the_name_to_the_goodbye() {
    let mut hand = Hand::new(job("http://www.example.test/"));
    assert_eq!(hand.lines(), ["ask 10.0.0.53:53 over UDP: A www.example.test"]);
    assert_eq!(
        hand.answer_with(&["203.0.113.80", "203.0.113.81"]),
        ["resolved 203.0.113.80:80, 203.0.113.81:80", "connect to 203.0.113.80:80"]
    );
    assert_eq!(
        hand.give(Input::NotConnected(super::hand::refused())),
        ["not connected to 203.0.113.80:80: 7", "connect to 203.0.113.81:80"]
    );
    assert_eq!(hand.give(Input::Connected), ["connected to 203.0.113.81:80", "write \"GET / HTTP/1.1\""]);
    assert_eq!(
        String::from_utf8_lossy(&hand.written),
        format!(
            "GET / HTTP/1.1\r\nHost: www.example.test\r\nUser-Agent: barewire/{}\r\nAccept: */*\r\n\r\n",
            env!("CARGO_PKG_VERSION")
        )
    );
    let head = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel";
    assert_eq!(hand.give(Input::Bytes(head)), ["informational 103", "head 200 rule 6", "data"]);
    assert_eq!(hand.give(Input::Bytes(b"lo")), ["data", "finished: both sides keep the connection open"]);
    assert_eq!(hand.body, b"hello");
    assert_eq!(hand.fetch.deadline(), None);
    hand.fetch.close(hand.now);
    assert_eq!(hand.lines(), ["close"]);
}

/// rustls's end of a connection. Gives what it has to say to these bytes.
pub(crate) fn server_says(server: &mut ServerConnection, mut bytes: &[u8]) -> Vec<u8> {
    while !bytes.is_empty() {
        server.read_tls(&mut bytes).expect("TLS bytes");
        server.process_new_packets().expect("TLS that rustls takes");
    }
    let mut out = Vec::new();
    while server.wants_write() {
        server.write_tls(&mut out).expect("room");
    }
    out
}

/// What rustls has received.
pub(crate) fn server_reads(server: &mut ServerConnection) -> Vec<u8> {
    let mut plain = Vec::new();
    // "Would block" is how the reader says that this is all for now.
    let _ = server.reader().read_to_end(&mut plain);
    plain
}

/// A fetch that has sent its ClientHello, and the server that it is to talk to.
pub(crate) fn secure(name: &str) -> (Hand, ServerConnection) {
    let mut hand = Hand::at("203.0.113.80", job(&format!("https://{name}/")));
    assert_eq!(hand.lines(), ["resolved 203.0.113.80:443", "connect to 203.0.113.80:443"]);
    assert_eq!(
        hand.give(Input::Connected),
        ["connected to 203.0.113.80:443", "write a TLS record of type 22"]
    );
    (hand, toy::server(name).expect("the toy server"))
}

#[test]
fn https_with_a_tls_server_that_we_did_not_write() {
    let (mut hand, mut server) = secure("www.example.test");
    let flight = server_says(&mut server, &std::mem::take(&mut hand.written));
    // The handshake's last record and the request are two writes. The event stands before both.
    assert_eq!(
        hand.give(Input::Bytes(&flight)),
        [
            "handshake done: TLS_AES_128_GCM_SHA256",
            "write a TLS record of type 20",
            "write a TLS record of type 23"
        ]
    );
    let tickets = server_says(&mut server, &std::mem::take(&mut hand.written));
    assert!(hand.give(Input::Bytes(&tickets)).iter().all(|line| line == "TLS has news"));
    assert!(server_reads(&mut server).starts_with(b"GET / HTTP/1.1\r\n"));
    server.writer().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").expect("room");
    let page = server_says(&mut server, &[]);
    let lines = hand.give(Input::Bytes(&page));
    assert_eq!(lines, ["head 200 rule 6", "data", "finished: both sides keep the connection open"]);
    assert_eq!(hand.body, b"hello");
    hand.fetch.close(hand.now);
    assert_eq!(hand.lines(), ["write a TLS record of type 23", "close"]);
    let mut goodbye = &hand.written[..];
    server.read_tls(&mut goodbye).expect("bytes");
    assert!(
        server.process_new_packets().expect("TLS").peer_has_closed(),
        "close_notify comes before the FIN"
    );
}

#[test]
fn a_body_of_the_request_goes_out_with_its_head() {
    let written = String::from_utf8_lossy(&posting(&[]).written).into_owned();
    assert!(written.starts_with("POST /form HTTP/1.1\r\nHost: www.example.test\r\n"), "{written}");
    assert!(written.contains("\r\nContent-Length: 3\r\n"), "{written}");
    assert!(written.ends_with("\r\n\r\na=b"), "{written}");
}

/// RFC 9110 §10.1.1: until the server says 100, or until it has said nothing for a second.
#[test]
fn a_body_that_is_to_wait_does() {
    let expect = ("Expect".to_owned(), "100-continue".to_owned());
    let mut hand = posting(std::slice::from_ref(&expect));
    let head = hand.written.len();
    assert!(hand.written.ends_with(b"\r\n\r\n"), "the head alone");
    assert_eq!(hand.give(Input::Bytes(b"HTTP/1.1 100 Continue\r\n\r\n"))[0], "informational 100");
    assert_eq!(&hand.written[head..], b"a=b");
    let mut hand = posting(&[expect]);
    hand.wait();
    assert_eq!((&hand.written[head..], hand.elapsed()), (&b"a=b"[..], 1000));
}

/// A POST of three bytes over a stream that is open.
fn posting(headers: &[(String, String)]) -> Hand {
    let mut job = job("http://www.example.test/form");
    (job.method, job.body) = ("POST".to_owned(), Some(b"a=b".to_vec()));
    job.headers = headers.to_vec();
    let mut hand = Hand::at("203.0.113.80", job);
    hand.lines();
    hand.give(Input::Connected);
    hand
}

#[test]
fn a_tunnel_gives_its_bytes_and_then_its_end() {
    let mut job = job("http://www.example.test/chat");
    job.headers =
        vec![("Connection".to_owned(), "upgrade".to_owned()), ("Upgrade".to_owned(), "chat".to_owned())];
    let mut hand = Hand::at("203.0.113.80", job);
    hand.lines();
    hand.give(Input::Connected);
    let head = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nwelcome";
    assert_eq!(hand.give(Input::Bytes(head)), ["head 101 rule 1", "tunnel", "data"]);
    assert_eq!(hand.give(Input::Bytes(b"!")), ["data"]);
    assert_eq!(hand.give(Input::End), ["closed"]);
    assert_eq!(hand.body, b"welcome!");
}

#[test]
fn close_notify_ends_a_body_that_only_the_close_ends() {
    let (mut hand, mut server) = secure("www.example.test");
    let flight = server_says(&mut server, &std::mem::take(&mut hand.written));
    hand.give(Input::Bytes(&flight));
    let mut bytes = server_says(&mut server, &std::mem::take(&mut hand.written));
    server.writer().write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").expect("room");
    server.send_close_notify();
    bytes.extend(server_says(&mut server, &[]));
    let mut lines = hand.give(Input::Bytes(&bytes));
    lines.retain(|line| line != "TLS has news");
    assert_eq!(lines, ["head 200 rule 8", "data", "finished: the body ended with the connection"]);
    assert_eq!(hand.body, b"hello");
    assert!(hand.give(Input::End).is_empty(), "the FIN after it is no news");
}
