//! RFC 9110 §6.5.1: what frames, routes or controls a message must stand in its head. Such trailers are not written,
//! and those that are received are handed on apart from the others.

use barewire_http1::{
    Body, Config, Headers, Kind, Persistence, Reason, Request, Response, chunked, client, server,
};
use std::time::Instant;

/// Fields of each group that RFC 9110 §6.5.1 lists: their own sections say what they do, and not that they may be
/// trailers.
const MISPLACED: [&str; 16] = [
    "Transfer-Encoding",
    "Content-Length",
    "Host",
    "Trailer",
    "TE",
    "Expect",
    "Max-Forwards",
    "Cache-Control",
    "If-None-Match",
    "Range",
    "Authorization",
    "Set-Cookie",
    "Vary",
    "Content-Encoding",
    "content-type",
    "CONTENT-RANGE",
];

/// RFC 9110 §8.8.3, §14.3 and §11.6.3 allow these; and names that nobody knows.
const ALLOWED: [&str; 5] = ["ETag", "Accept-Ranges", "Authentication-Info", "Server-Timing", "X-Mine"];

fn one(name: &str) -> Headers {
    let mut headers = Headers::new();
    headers.push(name, "1");
    headers
}

#[test]
fn a_misplaced_trailer_is_not_written() {
    let now = Instant::now();
    for (name, refused) in
        MISPLACED.map(|name| (name, true)).into_iter().chain(ALLOWED.map(|name| (name, false)))
    {
        let mut client = client::Connection::new(Config::default());
        client.request(&Request::new("POST", "a", "/"), Body::Chunked).unwrap();
        let mut server = server::Connection::new(Config::default());
        server.receive(now, &client.transmit(now).unwrap()).unwrap();
        server.respond(&Response::new(200), Body::Chunked).unwrap();
        server.transmit(now).unwrap();
        for result in [client.finish_with(&one(name)), server.finish_with(&one(name))] {
            let Err(error) = result else {
                assert!(!refused, "{name} was written");
                continue;
            };
            let is_misplaced =
                matches!(&error.reason, Reason::MisplacedTrailer { name: said, .. } if &**said == name);
            assert!(refused && is_misplaced && error.reason.kind() == Kind::Misuse, "{name}: {error}");
        }
        let sent = [client.transmit(now), server.transmit(now)];
        let wanted = (!refused).then(|| format!("0\r\n{name}: 1\r\n\r\n").into_bytes());
        assert_eq!(sent, [wanted.clone(), wanted], "{name}");
        // A body whose trailer was refused can still be ended.
        assert_eq!((client.finish(), server.finish()), (Ok(()), Ok(())), "{name}");
        let ended = refused.then(|| b"0\r\n\r\n".to_vec());
        assert_eq!([client.transmit(now), server.transmit(now)], [ended.clone(), ended], "{name}");
    }
    let error = chunked::write_end(&one("Host"), &mut Vec::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the trailer Host was not sent: it routes the message; RFC 9110 §6.5.1 allows it in the header section only"
    );
}

#[test]
fn misplaced_trailers_are_handed_on_apart() {
    let now = Instant::now();
    let names = MISPLACED.iter().chain(&ALLOWED);
    let section: String = names.map(|name| format!("{name}: 1\r\n")).collect();
    let body = format!("Transfer-Encoding: chunked\r\n\r\n0\r\n{section}\r\n");
    let listed = |headers: &Headers| headers.iter().map(|field| field.name.clone()).collect::<Vec<_>>();

    let mut client = client::Connection::new(Config::default());
    client.request(&Request::get("a", "/"), Body::None).unwrap();
    client.receive(now, format!("HTTP/1.1 200 OK\r\n{body}").as_bytes()).unwrap();
    client.event();
    let Some(client::Event::Trailers { fields, misplaced }) = client.event() else { panic!() };
    assert_eq!(
        (listed(&fields), listed(&misplaced)),
        (ALLOWED.map(Into::into).to_vec(), MISPLACED.map(Into::into).to_vec())
    );

    let mut server = server::Connection::new(Config::default());
    server.receive(now, format!("POST / HTTP/1.1\r\nHost: a\r\n{body}").as_bytes()).unwrap();
    server.event();
    let Some(server::Event::Trailers { fields, misplaced }) = server.event() else { panic!() };
    assert_eq!(
        (listed(&fields), listed(&misplaced)),
        (ALLOWED.map(Into::into).to_vec(), MISPLACED.map(Into::into).to_vec())
    );
    let end = server::Event::End(Persistence::KeepsOpen);
    assert_eq!(server.event(), Some(end), "the request stays as it was framed");
}
