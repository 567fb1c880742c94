//! A caller that does not read: `receive` stops at the bound that the caller set, and nothing is lost.

use std::time::Instant;

use barewire_http1::{Body, Config, Limits, Persistence, Request, client, server};

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
