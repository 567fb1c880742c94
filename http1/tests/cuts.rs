//! A stream may be cut anywhere, and the events must not depend on where.

use barewire_dissect::Refused;
use std::time::Instant;

use barewire_http1::{Body, Config, Reason, Request, client, server};

/// What happened, with the data that was read.
#[derive(Debug, PartialEq)]
enum Happened<E> {
    Event(E),
    Data(Vec<u8>),
}

/// Adds data. Pieces of it are joined, because where they are cut is the only thing that may differ.
fn join<E>(happened: &mut Vec<Happened<E>>, more: &[u8]) {
    match happened.last_mut() {
        Some(Happened::Data(before)) => before.extend_from_slice(more),
        _ => happened.push(Happened::Data(more.to_vec())),
    }
}

fn client_events(pieces: &[&[u8]], eof: bool) -> (Vec<Happened<client::Event>>, Option<Refused<Reason>>) {
    use client::Event;
    let now = Instant::now();
    let mut connection = client::Connection::new(Config::default());
    let request = Request::get("a", "/").with("Upgrade", "x").with("Connection", "upgrade");
    connection.request(&request, Body::None).unwrap();
    let mut events = Vec::new();
    let mut buffer = [0; 200];
    let mut result = Ok(());
    for piece in pieces {
        result = result.and_then(|()| connection.receive(now, piece).map(drop));
        while let Some(event) = connection.event() {
            match event {
                Event::Data => {
                    let length = connection.read(&mut buffer);
                    join(&mut events, &buffer[..length]);
                }
                event => events.push(Happened::Event(event)),
            }
        }
    }
    if eof && result.is_ok() {
        result = connection.receive_eof(now);
        events.extend(connection.event().map(Happened::Event));
    }
    (events, result.err())
}

fn server_events(pieces: &[&[u8]]) -> (Vec<Happened<server::Event>>, Option<Refused<Reason>>) {
    use server::Event;
    let now = Instant::now();
    let mut connection = server::Connection::new(Config::default());
    let mut events = Vec::new();
    let mut buffer = [0; 200];
    let mut result = Ok(());
    for piece in pieces {
        result = result.and_then(|()| connection.receive(now, piece).map(drop));
        while let Some(event) = connection.event() {
            match event {
                Event::Data => {
                    let length = connection.read(&mut buffer);
                    join(&mut events, &buffer[..length]);
                }
                event => events.push(Happened::Event(event)),
            }
        }
    }
    let result = result.and_then(|()| connection.receive_eof(now));
    (events, result.err())
}

/// Whole, byte by byte, and cut in two at every place.
fn at_every_cut<T: PartialEq + std::fmt::Debug>(bytes: &[u8], see: impl Fn(&[&[u8]]) -> T) {
    let text = String::from_utf8_lossy(bytes);
    let whole = see(&[bytes]);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(see(&single), whole, "byte by byte: {text:?}");
    for cut in 0..=bytes.len() {
        let (before, after) = bytes.split_at(cut);
        assert_eq!(see(&[before, after]), whole, "cut at {cut}: {text:?}");
    }
}

#[test]
fn responses() {
    let messages: [(&[u8], bool); 22] = [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\r\n\r\n", false),
        (b"HTTP/1.1 204\r\n\r\n", false),
        (b"HTTP/1.1 103 E\r\nLink: a\r\n\r\nHTTP/1.1 100 \r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n\r\nbody", true),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb;x=\"y\"\r\nhello world\r\n1\r\n\n\r\n0\r\nA: b\r\n\r\n", false),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b", true),
        (b"HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nwhatever", false),
        (b"HTTP/1.1 101 Go\r\n\r\nwhatever", false),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", true),
        (b"HTTP/1.1 200 OK\r\nContent-", true),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\nhello", true),
        (b"HTTP/1.1 200 OK\r\nA: b\r\nC d: \r\n\r\n", true),
        (b"HTTP/1.1 200 OK\r\nA: \0\r\n\n", true),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhellox\r\n", true),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello", true),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", true),
        (b"HTP", true),
        (b"\x15\x03\x01\x00\x02\x02\x46", true),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", true),
        (b"\nx", true),
        // What is wrong in the last line counts, also when the line never ends.
        (b"HTTP/1.1 200 OK\r\nX-Long-Enough-Name: value\0more", true),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n folded and lo\0ng enough", true),
    ];
    for (bytes, eof) in messages {
        at_every_cut(bytes, |pieces| client_events(pieces, eof));
    }
}

#[test]
fn requests() {
    let messages: [&[u8]; 9] = [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET\n",
        b"\x16\x03\x01",
        b"",
    ];
    for bytes in messages {
        at_every_cut(bytes, server_events);
    }
}

/// Empty lines before, between and after responses: whenever a request is queued, the same is seen.
#[test]
fn a_request_may_be_queued_at_any_byte_between_responses() {
    const RESPONSE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let now = Instant::now();
    for empty in ["", "\r\n", "\r\n\r\n\r\n"] {
        let bytes = format!("{empty}{RESPONSE}{empty}{RESPONSE}{empty}");
        // Where the empty lines before each response begin, and where they end.
        let second = empty.len() + RESPONSE.len();
        let places = (0..=empty.len()).flat_map(|one| (0..=empty.len()).map(move |two| (one, second + two)));
        for ((first, second), size) in places.flat_map(|place| (1..50).map(move |size| (place, size))) {
            let mut connection = client::Connection::new(Config::default());
            let mut seen = Vec::new();
            let parts = [(false, &bytes[..first]), (true, &bytes[first..second]), (true, &bytes[second..])];
            for (asks, part) in parts {
                if asks {
                    assert_eq!(connection.request(&Request::get("a", "/"), Body::None).map(|_| ()), Ok(()));
                }
                for piece in part.as_bytes().chunks(size) {
                    let result = connection.receive(now, piece);
                    assert_eq!(
                        result,
                        Ok(piece.len()),
                        "asked at {first} and {second}, pieces of {size}: {bytes:?}"
                    );
                }
                while let Some(event) = connection.event() {
                    seen.push(match event {
                        client::Event::Response { head, .. } => head.status().to_string(),
                        client::Event::End(persistence) => persistence.to_string(),
                        _ => continue,
                    });
                }
            }
            let one = ["200", "both sides keep the connection open"];
            assert_eq!(
                seen,
                [one, one].concat(),
                "asked at {first} and {second}, pieces of {size}: {bytes:?}"
            );
            assert!(connection.is_ready());
        }
    }
}
