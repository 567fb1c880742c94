//! What a connection holds when it rests, after much has gone through it; and what streaming costs meanwhile.

mod held;

use std::sync::Arc;
use std::time::Instant;

use barewire_http1::{Body, Config, Limits, Request, Response, client, server};
use held::measured;

const LENGTH: usize = 10 << 20;

/// A caller that reads nothing until all has come: the worst case.
fn config() -> Arc<Config> {
    let limits = Limits { unread: 2 * LENGTH, ..Limits::default() };
    Arc::new(Config { limits, pipeline: 4, ..Config::default() })
}

/// Lengths of the pieces in which the bytes come.
const PIECES: [usize; 3] = [1460, 16 << 10, LENGTH + 1000];

#[test]
fn a_client_that_rests_holds_nothing() {
    let (now, config) = (Instant::now(), config());
    let length = format!("HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: {LENGTH}\r\n\r\n");
    let sized = [length.into_bytes(), vec![b'x'; LENGTH]].concat();
    let chunk = [format!("{LENGTH:x}\r\n").into_bytes(), vec![b'x'; LENGTH]].concat();
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let chunked = [head, chunk, b"\r\n0\r\nDigest: x\r\n\r\n".to_vec()].concat();
    for (response, piece) in
        [&sized, &chunked].into_iter().flat_map(|bytes| PIECES.map(|piece| (bytes, piece)))
    {
        let (client, [most, left, _]) = measured(|| {
            let mut client = client::Connection::new(Arc::clone(&config));
            let request = Request::new("PUT", "a.test", "/").with("Expect", "100-continue");
            client.request(&request, Body::Length(4)).unwrap();
            client.body(b"body").unwrap();
            client.finish().unwrap();
            client.transmit(now);
            client.receive(now, b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
            client.transmit(now);
            for bytes in response.chunks(piece) {
                assert_eq!(client.receive(now, bytes), Ok(bytes.len()));
            }
            while client.event().is_some() {
                client.consume(usize::MAX);
            }
            client
        });
        assert!(client.is_ready() && most >= LENGTH);
        let all = size_of_val(&client) + left;
        assert!(all < 512, "pieces of {piece}: it holds {left} bytes, {all} with its own");
    }
}

#[test]
fn a_server_that_rests_holds_nothing() {
    let (now, config) = (Instant::now(), config());
    let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {LENGTH}\r\n\r\n");
    let request = [head.into_bytes(), vec![b'x'; LENGTH]].concat();
    for piece in PIECES {
        for reads in [true, false] {
            let (server, [_, left, _]) = measured(|| {
                let mut server = server::Connection::new(Arc::clone(&config));
                for bytes in request.chunks(piece) {
                    assert_eq!(server.receive(now, bytes), Ok(bytes.len()));
                }
                while server.event().is_some() {
                    server.consume(if reads { usize::MAX } else { 0 });
                }
                server.respond(&Response::new(200), Body::Length(4)).unwrap();
                server.body(b"body").unwrap();
                server.finish().unwrap();
                server.transmit(now);
                assert_eq!(server.next_cycle(now), Ok(true));
                server
            });
            let all = size_of_val(&server) + left;
            assert!(all < 512, "pieces of {piece}, {reads}: it holds {left} bytes, {all} with its own");
        }
    }
}

/// A tunnel may rest for hours.
#[test]
fn a_tunnel_that_rests_holds_little() {
    let (now, config) = (Instant::now(), config());
    let bytes = vec![b'x'; LENGTH];
    let (_tunnel, [_, left, _]) = measured(|| {
        let mut client = client::Connection::new(Arc::clone(&config));
        client.request(&Request::new("CONNECT", "a:443", "a:443"), Body::None).unwrap();
        client.transmit(now);
        client.receive(now, b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        while client.event().is_some() {}
        client.receive(now, &bytes).unwrap();
        client.consume(usize::MAX);
        client
    });
    assert!(left <= (64 << 10) + 512, "{left} bytes");
}

/// The memory of one piece serves the next one, too.
#[test]
fn pieces_that_are_read_as_they_come_cost_no_memory_each() {
    let (now, config) = (Instant::now(), config());
    for piece in [1460, 16 << 10, 64 << 10] {
        let mut client = client::Connection::new(Arc::clone(&config));
        client.request(&Request::get("a.test", "/"), Body::None).unwrap();
        client.transmit(now);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 1000 * piece);
        client.receive(now, head.as_bytes()).unwrap();
        let bytes = vec![b'x'; piece];
        let ((), [_, _, asks]) = measured(|| {
            for _ in 0..999 {
                client.receive(now, &bytes).unwrap();
                while client.event().is_some() {}
                client.consume(usize::MAX);
            }
        });
        assert!(asks <= 2, "{asks} times in 999 pieces of {piece}");
    }
}
