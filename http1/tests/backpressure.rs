//! A caller that does not read: `receive` stops at the bound that the caller set, and nothing is lost.

use std::time::{Duration, Instant};

use barewire_http1::{Body, Config, Limits, Persistence, Request, Response, client, server};

fn config(unread: usize) -> Config {
    Config { limits: Limits { unread, ..Limits::default() }, ..Config::default() }
}

#[test]
fn a_client_takes_no_more_than_its_caller_reads() {
    let now = Instant::now();
    let body: Vec<u8> = (0..100_000u32).map(|number| number as u8).collect();
    let whole = [&b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"[..], &body].concat();
    for piece in [1, 7, 1000, 4096] {
        let mut client = client::Connection::new(config(4096));
        client.request(&Request::get("a", "/"), Body::None).unwrap();
        let (mut left, mut got, mut full) = (whole.as_slice(), Vec::new(), 0);
        while !left.is_empty() {
            let given = &left[..piece.min(left.len())];
            let taken = client.receive(now, given).unwrap();
            left = &left[taken..];
            while client.event().is_some() {}
            assert!(client.content().len() < 4096 + piece, "pieces of {piece}");
            if taken < given.len() {
                full += 1;
                got.extend_from_slice(client.content());
                client.consume(client.content().len());
            }
        }
        got.extend_from_slice(client.content());
        assert!(got == body, "pieces of {piece}: the bytes in their order");
        assert!(full >= 20, "pieces of {piece}: it stopped {full} times");
    }
}

#[test]
fn a_server_too_and_also_between_chunks() {
    let now = Instant::now();
    let mut whole = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    whole.extend_from_slice(&b"3;x=y\r\nabc\r\n".repeat(1000));
    whole.extend_from_slice(b"0\r\nT: u\r\n\r\n");
    for piece in [1, 5, 64, 100_000] {
        let mut server = server::Connection::new(config(50));
        let (mut left, mut got, mut end) = (whole.as_slice(), Vec::new(), None);
        while !left.is_empty() {
            let taken = server.receive(now, &left[..piece.min(left.len())]).unwrap();
            left = &left[taken..];
            assert!(server.content().len() < 50 + 3, "pieces of {piece}");
            while let Some(event) = server.event() {
                end = Some(event);
            }
            if server.content().len() >= 50 {
                got.extend_from_slice(server.content());
                server.consume(server.content().len());
            }
        }
        got.extend_from_slice(server.content());
        assert!(got == b"abc".repeat(1000), "pieces of {piece}");
        assert_eq!(end, Some(server::Event::End(Persistence::KeepsOpen)), "pieces of {piece}");
    }
}

/// Many small chunks are one piece of news: 16 KiB of them in one `receive` were 2,730 events once.
#[test]
fn many_chunks_make_few_events() {
    let now = Instant::now();
    let mut client = client::Connection::new(Config::default());
    client.request(&Request::get("a", "/"), Body::None).unwrap();
    client.receive(now, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
    assert!(matches!(client.event(), Some(client::Event::Response { .. })));
    client.receive(now, &b"1\r\nx\r\n".repeat(2730)).unwrap();
    assert_eq!((client.event(), client.event()), (Some(client::Event::Data), None));
    assert_eq!(client.content().len(), 2730);
}

/// A connection that rests takes less than 512 bytes: its settings can be shared, and it holds nothing else.
#[test]
fn an_idle_connection_is_small() {
    let sizes = (size_of::<client::Connection>(), size_of::<server::Connection>());
    assert!(sizes.0 < 512 && sizes.1 < 512, "client and server take {sizes:?} bytes");
}

/// A body that fills the bound to its last byte is complete, and its sender is not blamed for the caller.
#[test]
fn a_body_may_fill_the_bound() {
    let (now, late) = (Instant::now(), Duration::from_secs(5));
    let config = Config { body_timeout: Some(late), ..config(3) };
    let mut client = client::Connection::new(config.clone());
    client.request(&Request::get("a", "/"), Body::None).unwrap();
    let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    assert_eq!(client.receive(now, whole), Ok(whole.len()));
    assert_eq!(client.on_deadline(now + late), Ok(()));
    client.event();
    assert_eq!(client.event(), Some(client::Event::Data));
    assert_eq!(client.event(), Some(client::Event::End(Persistence::KeepsOpen)));
    assert_eq!((client.receive_eof(now), client.content()), (Ok(()), &b"abc"[..]));
    let mut server = server::Connection::new(config);
    let whole = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    assert_eq!(server.receive(now, whole), Ok(whole.len()));
    assert_eq!((server.receive_eof(now), server.content()), (Ok(()), &b"abc"[..]));
}

/// While the caller does not read, the peer is not late.
#[test]
fn no_time_runs_against_a_peer_that_may_not_send() {
    let (now, late) = (Instant::now(), Duration::from_secs(5));
    let mut client = client::Connection::new(Config { body_timeout: Some(late), ..config(3) });
    client.request(&Request::get("a", "/"), Body::None).unwrap();
    client.receive(now, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").unwrap();
    assert_eq!(client.receive(now, b"def"), Ok(0));
    assert_eq!(client.deadline(), None);
    client.event();
    client.consume(3);
    assert_eq!(client.receive(now + late, b"def"), Ok(3));
    client.consume(3);
    client.receive(now + late, b"").unwrap();
    assert_eq!(client.deadline(), Some(now + 2 * late));
}

/// The end of the stream is met after all that came before it, also where that waits for the caller.
#[test]
fn requests_that_were_sent_ahead_wait_for_the_caller_too() {
    let now = Instant::now();
    let mut server = server::Connection::new(config(3));
    let first = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let second =
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n";
    server.receive(now, &[&first[..], second].concat()).unwrap();
    server.receive_eof(now).unwrap();
    server.respond(&Response::new(204), Body::None).unwrap();
    assert_eq!(server.next_cycle(now), Ok(true));
    let mut got = Vec::new();
    for _ in 0..4 {
        got.extend_from_slice(server.content());
        server.consume(usize::MAX);
        server.receive(now, b"").unwrap();
    }
    assert_eq!(got, b"abcdef");
    let mut last = None;
    while let Some(event) = server.event() {
        last = Some(event);
    }
    assert_eq!(last, Some(server::Event::End(Persistence::KeepsOpen)));
}
