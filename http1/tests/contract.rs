//! The contract of the five verbs (front page of `barewire_dissect`), as both cores keep it.

use barewire_dissect::Refused;
use std::time::{Duration, Instant};

use barewire_http1::{Body, Config, Persistence, Reason, Request, Response, client, server};

const SECOND: Duration = Duration::from_secs(1);

fn config() -> Config {
    Config { head_timeout: Some(SECOND), ..Config::default() }
}

fn client(now: Instant) -> client::Connection {
    let mut client = client::Connection::new(config());
    client.request(&Request::get("a", "/"), Body::None).unwrap();
    client.transmit(now).unwrap();
    client
}

/// "receive and on_deadline return an error only when the core is over. From then on they return the same error."
#[test]
fn an_error_stays() {
    let now = Instant::now();
    let mut late = client(now);
    let mut broken = client(now);
    let mut cut = client(now);
    let refusals = [
        (late.on_deadline(now + SECOND), Reason::HeadTimeout),
        (broken.receive(now, b"x").map(drop), Reason::BadVersion),
        (cut.receive_eof(now), Reason::EmptyReply),
    ];
    for (client, (result, reason)) in [late, broken, cut].iter_mut().zip(refusals) {
        let refused: Refused<Reason> = result.unwrap_err();
        assert_eq!((&refused.reason, refused.what), (&reason, "response"));
        assert_eq!(client.receive(now, b"HTTP/1.1 200 OK\r\n\r\n"), Err(refused.clone()));
        assert_eq!(client.on_deadline(now + SECOND), Err(refused.clone()));
        assert_eq!(client.receive_eof(now), Err(refused.clone()));
        assert_eq!(client.receive_incomplete_close(now), Err(refused.clone()));
        assert_eq!(client.request(&Request::get("a", "/"), Body::None), Err(refused));
        assert_eq!((client.event(), client.transmit(now), client.deadline()), (None, None, None));
    }
    let mut late = server::Connection::new(config());
    late.receive(now, b"G").unwrap();
    let mut broken = server::Connection::new(config());
    let refusals = [
        (late.on_deadline(now + SECOND), Reason::HeadTimeout),
        (broken.receive(now, b"G@").map(drop), Reason::NotASpace(b'@')),
    ];
    for (server, (result, reason)) in [late, broken].iter_mut().zip(refusals) {
        let refused: Refused<Reason> = result.unwrap_err();
        assert_eq!((&refused.reason, refused.what), (&reason, "request"));
        assert_eq!(server.receive(now, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Err(refused.clone()));
        assert_eq!(server.on_deadline(now + SECOND), Err(refused.clone()));
        assert_eq!(server.receive_eof(now), Err(refused.clone()));
        assert_eq!(server.event(), None);
        // It can still say why.
        server.respond(&Response::new(refused.reason.status_hint()), Body::None).unwrap();
        assert!(server.transmit(now).is_some());
        assert_eq!(server.persistence(), Persistence::Closes("the request was broken"));
    }
}

/// "Data is fetched by read, and an event says that there is some."
#[test]
fn data_is_announced_and_read() {
    let now = Instant::now();
    let mut client = client(now);
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.receive(now, &[&head[..], b"2\r\nab\r\n3\r\ncde\r\n"].concat()).unwrap();
    assert!(
        matches!(client.event(), Some(client::Event::Response { .. })),
        "before the bytes that it explains"
    );
    assert_eq!(client.event(), Some(client::Event::Data));
    assert_eq!(client.event(), None, "two chunks, one event");
    let mut three = [0; 3];
    assert_eq!((client.read(&mut three), three), (3, *b"abc"));
    client.receive(now, b"1\r\nf\r\n0\r\n\r\n").unwrap();
    assert_eq!(client.event(), Some(client::Event::Data));
    assert_eq!(client.event(), Some(client::Event::End(Persistence::KeepsOpen)));
    assert_eq!((client.read(&mut three), three), (3, *b"def"), "also after the end");
    assert_eq!(client.read(&mut three), 0);

    let mut server = server::Connection::new(Config::default());
    let put = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
    server.receive(now, &[&put[..], b"one", put, b"two"].concat()).unwrap();
    assert!(matches!(server.event(), Some(server::Event::Request { .. })));
    assert_eq!(server.event(), Some(server::Event::Data));
    server.respond(&Response::new(204), Body::None).unwrap();
    assert_eq!(server.next_cycle(now), Ok(true));
    assert_eq!(
        (server.read(&mut three), three),
        (3, *b"two"),
        "unread content of the first request is dropped"
    );
}

/// A caller that leaves a byte unread each time does not make the core keep all that was read before.
#[test]
fn read_content_does_not_pile_up() {
    let now = Instant::now();
    let mut client = client(now);
    client.receive(now, b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    assert!(matches!(client.event(), Some(client::Event::Response { .. })));
    let mut all = Vec::new();
    let mut buffer = [0; 99];
    for number in 0..100u8 {
        client.receive(now, &[number; 100]).unwrap();
        let length = client.read(&mut buffer);
        all.extend_from_slice(&buffer[..length]);
    }
    client.receive_eof(now).unwrap();
    loop {
        let length = client.read(&mut buffer);
        if length == 0 {
            break;
        }
        all.extend_from_slice(&buffer[..length]);
    }
    let sent: Vec<u8> = (0..100).flat_map(|number| [number; 100]).collect();
    assert!(all == sent, "the bytes in their order");
}
