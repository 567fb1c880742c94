//! Every capture in `tests/captures`: real clients and servers, read by the observer, by both cores, and field by
//! field.

mod streams;

use std::time::Instant;

use barewire_http1::observe::{Direction, Lost, Seen, What};
use barewire_http1::{Body, Config, Kind, Request, Response, Role, client, dissect, server, write};
use streams::{captures, connections, observe, packets};

/// The heads that were seen, and how what went wrong did, one line each.
fn summary(seen: &[Seen]) -> Vec<String> {
    let told = |what: &What| {
        matches!(what, What::RequestHead(_) | What::ResponseHead { .. } | What::Trailers(_) | What::Lost(_))
    };
    let line = |what: &What| match what {
        What::Lost(Lost::Broken(refused)) => format!("{:?}", refused.reason),
        other => other.to_string(),
    };
    seen.iter().filter(|seen| told(&seen.what)).map(|seen| line(&seen.what)).collect()
}

/// What each capture shows, as its README says.
fn expected(name: &str) -> Option<Vec<&'static str>> {
    Some(match name {
        "keep_alive" => vec![
            "GET / HTTP/1.1",
            "200 OK, text/html, 57 bytes",
            "GET /style.css HTTP/1.1",
            "200 OK, text/css, 21 bytes",
            "GET /index.html HTTP/1.1",
            "200 OK, text/html, 57 bytes",
        ],
        "truncated" => vec![
            "GET /short HTTP/1.1",
            "200 OK, text/plain, 100 bytes",
            "TruncatedBody { got: 40, want: Some(100) }",
            "GET /cut HTTP/1.1",
            "200 OK, text/plain, chunked",
            "TruncatedBody { got: 40, want: None }",
        ],
        "trailers" => vec!["GET /trailers HTTP/1.1", "200 OK, text/plain, chunked", "2 trailer fields"],
        "not_modified" => vec![
            "GET / HTTP/1.1",
            "304 Not Modified, no body",
            "GET /style.css HTTP/1.1",
            "304 Not Modified, no body",
        ],
        "node" => vec![
            "GET /trailers HTTP/1.1",
            "200 OK, chunked",
            "1 trailer field",
            "GET /hints HTTP/1.1",
            "103 Early Hints",
            "103 Early Hints",
            "200 OK, 6 bytes",
            "GET /close HTTP/1.1",
            "200 OK, until the connection closes",
            "POST /echo HTTP/1.1",
            "100 Continue",
            "200 OK, chunked",
            "1 trailer field",
        ],
        "refused" => vec![
            "PUT /refused HTTP/1.1",
            "417 Expectation Failed, 2 bytes",
            // The connection closes, and the body was announced and never came.
            "TruncatedBody { got: 0, want: Some(21) }",
            "PUT /taken HTTP/1.1",
            "100 Continue",
            "200 OK, chunked",
            "1 trailer field",
        ],
        "tunnel" => vec!["CONNECT echo.test:7 HTTP/1.1", "200 Connected, no body"],
        "websocket" => vec!["GET /chat HTTP/1.1", "101 Switching Protocols"],
        "head" => vec![
            "HEAD / HTTP/1.1",
            "200 OK, text/html, no body",
            "GET / HTTP/1.1",
            "200 OK, text/html, 57 bytes",
        ],
        _ => return None,
    })
}

#[test]
fn the_observer_tells_what_happened() {
    for (name, capture) in captures() {
        let lines: Vec<String> =
            connections(&packets(&capture)).iter().flat_map(|one| summary(&observe(one))).collect();
        println!("{name}: {lines:#?}");
        match expected(&name) {
            Some(wanted) => assert_eq!(lines, wanted, "{name}"),
            None => assert!(lines.len() > 1, "{name}: {lines:?}"),
        }
    }
}

/// A message of a capture: the offset of its first head, the offset after its end, and whether it came whole.
struct Message {
    request: Option<Request>,
    start: usize,
    end: Option<usize>,
}

/// The messages of one direction, by the observer. A response begins with the 1xx responses before it.
fn messages(seen: &[Seen], direction: Direction) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for one in seen.iter().filter(|one| one.direction == direction) {
        let open = messages.last().is_some_and(|last| last.end.is_none());
        match &one.what {
            What::RequestHead(request) => messages.push(Message {
                request: Some(request.clone()),
                start: one.range.start as usize,
                end: None,
            }),
            What::ResponseHead { .. } if !open => {
                messages.push(Message { request: None, start: one.range.start as usize, end: None });
            }
            What::End { .. } => messages.last_mut().unwrap().end = Some(one.range.end as usize),
            _ => {}
        }
    }
    messages
}

/// The content of one direction, whose bytes are `stream`.
fn content(seen: &[Seen], direction: Direction, stream: &[u8]) -> Vec<u8> {
    let bodies = seen.iter().filter(|one| one.direction == direction).filter_map(|one| match &one.what {
        What::Body { .. } => Some(&stream[one.range.start as usize..one.range.end as usize]),
        _ => None,
    });
    bodies.collect::<Vec<_>>().concat()
}

/// All bytes that a core has for its caller, by its `read`.
fn read_all(mut read: impl FnMut(&mut [u8]) -> usize) -> Vec<u8> {
    let mut buffer = vec![0; 1 << 20];
    let length = read(&mut buffer);
    buffer.truncate(length);
    buffer
}

/// The client's core asks what the capture's client asked, and gets what that got.
#[test]
fn the_client_reads_the_servers_side() {
    let mut truncated = 0;
    for (name, capture) in captures() {
        for one in connections(&packets(&capture)) {
            let seen = observe(&one);
            let mut got = Vec::new();
            let mut client = client::Connection::new(Config::default());
            let now = Instant::now();
            let answers = messages(&seen, Direction::ToClient);
            let ends = answers.iter().skip(1).map(|next| next.start).chain([one.to_client.bytes.len()]);
            for ((ask, answer), end) in messages(&seen, Direction::ToServer).iter().zip(&answers).zip(ends) {
                let request = ask.request.as_ref().unwrap();
                let body = match request.headers.get("Content-Length") {
                    Some(length) => Body::Length(length.parse().unwrap()),
                    None if request.headers.contains("Transfer-Encoding") => Body::Chunked,
                    None => Body::None,
                };
                let Ok(_) = client.request(request, body) else {
                    assert_eq!(
                        request.headers.get("Transfer-Encoding").as_deref(),
                        Some("cow"),
                        "{name}: {request}"
                    );
                    continue;
                };
                if let Body::Length(length) = body {
                    client.body(&vec![b'x'; length as usize]).unwrap();
                }
                client.finish().unwrap();
                client.transmit(now);
                let result = client.receive(now, &one.to_client.bytes[answer.start..end]);
                result.unwrap_or_else(|error| panic!("{name}: {request}: {error}"));
                if end == one.to_client.bytes.len() && one.to_client.fin {
                    let cut =
                        client.receive_eof(now).is_err_and(|error| error.reason.kind() == Kind::Truncated);
                    truncated += usize::from(cut);
                    assert_eq!(cut, name == "truncated", "{name}: {request}");
                }
                let (mut whole, mut tunnel) = (false, false);
                while let Some(event) = client.event() {
                    match event {
                        // The bytes of a tunnel are not content.
                        client::Event::Data if tunnel => {}
                        client::Event::Data => got.extend(read_all(|out| client.read(out))),
                        client::Event::End(_) => whole = true,
                        client::Event::Tunnel => (whole, tunnel) = (true, true),
                        _ => {}
                    }
                }
                assert_eq!(whole, name != "truncated", "{name}: {request}");
            }
            if name != "errors" {
                assert_eq!(
                    got,
                    content(&seen, Direction::ToClient, &one.to_client.bytes),
                    "{name}: the observer and the core agree"
                );
            }
        }
    }
    assert!(truncated >= 2, "{truncated} truncated bodies were noticed");
}

/// A tunnel for those who ask for one, and 404 for all others.
fn answer_to(request: &Request) -> Response {
    match request.headers.get("Upgrade") {
        Some(protocol) => {
            let response = Response::new(101).with("Connection", "upgrade");
            response.with("Upgrade", protocol.as_bytes())
        }
        None if request.method == "CONNECT" => Response::new(200),
        None => Response::new(404),
    }
}

/// The server's core reads what the capture's client sent.
#[test]
fn the_server_reads_the_clients_side() {
    for (name, capture) in captures() {
        for one in connections(&packets(&capture)) {
            let seen = observe(&one);
            let wanted = messages(&seen, Direction::ToServer).len();
            let (mut server, now) = (server::Connection::new(Config::default()), Instant::now());
            let (mut requests, mut got, mut answer) = (0, Vec::new(), Response::new(404));
            let mut result = server.receive(now, &one.to_server.bytes).map(drop);
            while result.is_ok() {
                match server.event() {
                    Some(server::Event::Request { head, .. }) => {
                        requests += 1;
                        answer = answer_to(&head.to_request());
                    }
                    Some(server::Event::Data) => got.extend(read_all(|out| server.read(out))),
                    Some(server::Event::End(_)) => {
                        server.respond(&answer, Body::None).unwrap();
                        // After 101, and after 200 to CONNECT, no other request follows.
                        if answer.status != 404 {
                            break;
                        }
                        result = server.next_cycle(now).map(|_| ());
                    }
                    Some(_) => {}
                    None => break,
                }
            }
            if let Err(error) = result {
                assert_eq!((name.as_str(), error.reason.status_hint()), ("errors", 400), "{error}");
                continue;
            }
            assert_eq!(requests, wanted, "{name}");
            assert_eq!(
                got,
                content(&seen, Direction::ToServer, &one.to_server.bytes),
                "{name}: the observer and the core agree"
            );
        }
    }
}

/// The law of the trees on each message, and each head written back as it came.
#[test]
fn every_byte_belongs_to_one_field() {
    let (mut count, mut same) = (0, 0);
    for (name, capture) in captures() {
        for one in connections(&packets(&capture)) {
            let seen = observe(&one);
            let asks = messages(&seen, Direction::ToServer);
            let heads =
                asks.iter().map(|ask| ask.request.as_ref().is_some_and(|request| request.method == "HEAD"));
            let to_head: Vec<bool> = heads.collect();
            let sides = [
                (Role::Request, Direction::ToServer, &one.to_server.bytes),
                (Role::Response, Direction::ToClient, &one.to_client.bytes),
            ];
            for (role, direction, stream) in sides {
                for (index, message) in messages(&seen, direction).iter().enumerate() {
                    let Some(end) = message.end.filter(|_| !to_head[index] || role == Role::Request) else {
                        continue;
                    };
                    let mut bytes = &stream[message.start..end];
                    // 1xx responses are messages of their own.
                    while !bytes.is_empty() {
                        let length = dissect(role, bytes).0.unwrap_or_else(|error| panic!("{name}: {error}"));
                        let first = &bytes[..length];
                        let (_, tree) = dissect(role, first);
                        tree.check_coverage().unwrap_or_else(|error| panic!("{name}: {error}"));
                        bytes = &bytes[length..];
                        count += 1;
                    }
                }
            }
            for one_seen in &seen {
                let mut written = Vec::new();
                let stream = match &one_seen.what {
                    What::RequestHead(request) => {
                        write::request_head(request, &mut written).unwrap();
                        &one.to_server.bytes
                    }
                    What::ResponseHead { head, .. } => {
                        write::response_head(head, &mut written).unwrap();
                        &one.to_client.bytes
                    }
                    _ => continue,
                };
                let range = one_seen.range.start as usize..one_seen.range.end as usize;
                // Whitespace after a value does not belong to it, and is the only thing that is not written back.
                let trimmed = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(" \r\n", "\r\n");
                assert_eq!(trimmed(&written), trimmed(&stream[range]), "{name}");
                same += 1;
            }
        }
    }
    assert!(count > 10 && same > 10, "{count} messages, {same} heads");
}
