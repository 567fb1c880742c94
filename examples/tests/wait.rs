//! What the wait for the first byte was made of, and what the server says of it.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Trip, Wait as Split};
use barewire::views::{self, Style};
use wire::{ACK, Talk, Wire, at, story};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

/// A connection whose round trip is 10 ms.
fn talk(wire: &mut Wire) -> Talk {
    wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10)
}

fn answer(talk: &mut Talk, wire: &mut Wire, fields: &str) {
    let head = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 5\r\n\r\nhello");
    talk.send(wire, 1, ACK, head.as_bytes());
}

/// Milliseconds of sending, network and server.
fn parts(wait: &Split) -> [u128; 3] {
    [wait.sending, wait.network, wait.server].map(|time| time.as_millis())
}

/// The ACK of the request comes 2 ms later than the SYN-ACK did, and the answer 40 ms after that.
#[test]
fn the_ack_of_the_request_tells_the_servers_time() {
    let mut wire = Wire::default();
    let mut talk = talk(&mut wire);
    talk.send(&mut wire, 0, ACK, REQUEST);
    wire.wait(12);
    talk.send(&mut wire, 1, ACK, b"");
    wire.wait(40);
    let fields =
        "Server-Timing: db;dur=60, cache;desc=hit\r\nX-Runtime: 0.0101\r\nX-Response-Time: 40.5ms\r\n";
    answer(&mut talk, &mut wire, fields);
    let budget = story(&wire).budget();
    let wait = budget.wait.as_ref().expect("a wait");
    assert_eq!((parts(wait), wait.by), ([0, 12, 40], Trip::Request));
    let text = views::budget(&budget, &Style::default());
    for line in [
        "    the wait was 12.0 ms of network (ACK of the request) and 40.0 ms of server\n",
        "    the server says Server-Timing: db 60.0 ms; 20.0 ms more than the packets\n      leave the server\n",
        "    the server says X-Response-Time: 40.5 ms\n",
        "    the server says X-Runtime: 10.1 ms; the packets leave the server 29.9 ms\n      more",
    ] {
        assert!(text.contains(line), "wanted {line:?}:\n{text}");
    }
}

/// An ACK that is held back, and none at all.
#[test]
fn without_an_ack_at_once_the_shortest_round_trip_counts() {
    for held_back in [Some(50), None] {
        let mut wire = Wire::default();
        let mut talk = talk(&mut wire);
        talk.send(&mut wire, 0, ACK, REQUEST);
        if let Some(ms) = held_back {
            wire.wait(ms);
            talk.send(&mut wire, 1, ACK, b"");
        }
        wire.wait(60 - held_back.unwrap_or(0));
        answer(&mut talk, &mut wire, "");
        let wait = story(&wire).budget().wait.expect("a wait");
        assert_eq!((parts(&wait), wait.by), ([0, 10, 50], Trip::Shortest), "{held_back:?}");
    }
}

/// An upload takes 30 ms to send. They are not the server's.
#[test]
fn what_the_client_sends_is_not_the_servers_time() {
    let mut wire = Wire::default();
    let mut talk = talk(&mut wire);
    talk.send(&mut wire, 0, ACK, b"PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\n123");
    wire.wait(30);
    talk.send(&mut wire, 0, ACK, b"456");
    wire.wait(25);
    answer(&mut talk, &mut wire, "");
    let budget = story(&wire).budget();
    assert_eq!(budget.wait.as_ref().map(parts), Some([30, 10, 15]));
    let text = views::budget(&budget, &Style::default());
    assert!(
        text.contains("the wait was 30.0 ms of sending, 10.0 ms of network and 15.0 ms of server"),
        "{text}"
    );
}

/// The answer comes as soon as it can: there is nothing to split.
#[test]
fn a_wait_of_one_round_trip_is_the_networks() {
    let mut wire = Wire::default();
    let mut talk = talk(&mut wire);
    talk.send(&mut wire, 0, ACK, REQUEST);
    wire.wait(10);
    answer(&mut talk, &mut wire, "Server-Timing: db;dur=60\r\n");
    assert_eq!(story(&wire).budget().wait, None);
}
