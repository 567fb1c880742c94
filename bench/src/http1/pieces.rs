//! What a byte costs that comes alone: of a long message as much as of a short one, whatever is long in it. The peer is
//! our own client with an eighth of the bytes, so a ratio of 1 says that the cost is linear, and 8 that it is square.

use std::time::Instant;

use barewire_http1::client::{Connection, Event};
use barewire_http1::{Body, Config, Limits, Request};

use crate::measure::{Comparison, Stopwatch, Unit};

const SHORT: usize = 20_000;
const LONG: usize = 8 * SHORT;

/// What is long in a message, and how such a message is made: `length` bytes of it.
type Shape = (&'static str, fn(usize) -> Vec<u8>);

const SHAPES: [Shape; 4] = [
    ("one field", |length| {
        [&b"HTTP/1.1 200 OK\r\nA: "[..], &vec![b'x'; length], b"\r\nContent-Length: 0\r\n\r\n"].concat()
    }),
    ("many fields", |length| {
        let fields = b"Name: value\r\n".repeat(length / 13);
        [&b"HTTP/1.1 200 OK\r\n"[..], &fields, b"Content-Length: 0\r\n\r\n"].concat()
    }),
    ("chunks of one byte", |length| {
        let chunks = b"1\r\nx\r\n".repeat(length / 6);
        [&b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..], &chunks, b"0\r\n\r\n"].concat()
    }),
    ("trailers", |length| {
        let trailers = b"Name: value\r\n".repeat(length / 13);
        let head = &b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"[..];
        [head, &trailers, b"\r\n"].concat()
    }),
];

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let line = |(what, message): (&str, fn(usize) -> Vec<u8>)| {
        let (long, short) = (message(LONG), message(SHORT));
        Comparison::run(
            format!("HTTP/1.1, byte by byte: {what}"),
            "an eighth",
            Unit::Nanoseconds,
            rounds,
            move || byte_by_byte(&long),
            move || byte_by_byte(&short),
        )
    };
    SHAPES.map(line).into()
}

/// Nanoseconds a byte.
fn byte_by_byte(message: &[u8]) -> f64 {
    let limits = Limits { head: 1 << 20, fields: 1 << 20, trailers: 1 << 20, ..Limits::default() };
    let (mut watch, now) = (Stopwatch::default(), Instant::now());
    let mut client = Connection::new(Config { limits, ..Config::default() });
    client.request(&Request::get("a", "/"), Body::None).expect("a good request");
    let ended = watch.run(|| {
        let mut ended = false;
        for byte in message.chunks(1) {
            client.receive(now, byte).expect("a good response");
            while let Some(event) = client.event() {
                ended |= matches!(event, Event::End(_));
                client.consume(usize::MAX);
            }
        }
        ended
    });
    assert!(ended, "all of it was read");
    watch.per(message.len() as u64)
}
