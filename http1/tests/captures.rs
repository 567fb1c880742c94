//! Every capture in `tests/captures`: real clients and servers, read by the observer, by both cores, and field by field.

use std::collections::HashMap;
use std::net::SocketAddrV4;
use std::path::PathBuf;
use std::time::Instant;

use barewire_dissect::record;
use barewire_http1::observe::{Direction, Lost, Observer, Seen, What};
use barewire_http1::{Body, Kind, Limits, Request, Role, client, dissect_message, server, write};
use barewire_packet::capture::Capture;

/// One direction of a TCP connection, put together.
#[derive(Default, Clone)]
struct Flow {
    first: Option<u32>,
    bytes: Vec<u8>,
    fin: bool,
}

/// What a packet carried: client or server first, the offset in its stream, the bytes, whether it ends the stream.
type Piece = (Direction, u64, Vec<u8>, bool);

#[derive(Default)]
struct Connection {
    to_server: Flow,
    to_client: Flow,
    pieces: Vec<Piece>,
}

/// The TCP connections of a capture without loss and reordering, in the order of their first packet.
fn connections(capture: &Capture) -> Vec<Connection> {
    let mut found: Vec<Connection> = Vec::new();
    let mut index: HashMap<(SocketAddrV4, SocketAddrV4), (usize, Direction)> = HashMap::new();
    for (_, _, ip) in capture.ip_packets() {
        let header = usize::from(ip[0] & 15) * 4;
        if ip[0] >> 4 != 4 || ip[9] != 6 {
            continue;
        }
        let tcp = &ip[header..usize::from(u16::from_be_bytes([ip[2], ip[3]]))];
        let address = |at: usize, port: usize| {
            let octets: [u8; 4] = ip[at..at + 4].try_into().unwrap();
            SocketAddrV4::new(octets.into(), u16::from_be_bytes([tcp[port], tcp[port + 1]]))
        };
        let (from, to) = (address(12, 0), address(16, 2));
        let sequence = u32::from_be_bytes(tcp[4..8].try_into().unwrap());
        let (flags, data) = (tcp[13], &tcp[usize::from(tcp[12] >> 4) * 4..]);
        let (syn, fin, ack) = (flags & 2 != 0, flags & 1 != 0, flags & 16 != 0);
        if syn && !ack {
            index.insert((from, to), (found.len(), Direction::ToServer));
            index.insert((to, from), (found.len(), Direction::ToClient));
            found.push(Connection::default());
        }
        let Some(&(number, direction)) = index.get(&(from, to)) else { continue };
        let connection = &mut found[number];
        let flow = match direction {
            Direction::ToServer => &mut connection.to_server,
            Direction::ToClient => &mut connection.to_client,
        };
        let first = *flow.first.get_or_insert(sequence.wrapping_add(u32::from(syn)));
        let offset = sequence.wrapping_add(u32::from(syn)).wrapping_sub(first);
        flow.fin |= fin;
        connection.pieces.push((direction, u64::from(offset), data.to_vec(), fin));
        // A retransmission adds nothing.
        if let Some(new) = flow.bytes.len().checked_sub(offset as usize).and_then(|known| data.get(known..)) {
            flow.bytes.extend_from_slice(new);
        }
    }
    found
}

fn captures() -> Vec<(String, Capture)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut captures = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("tests/captures is there") {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pcapng") {
            let capture = Capture::read(&std::fs::read(&path).unwrap()).unwrap();
            captures.push((path.file_stem().unwrap().to_string_lossy().into_owned(), capture));
        }
    }
    captures.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(
        !captures.is_empty(),
        "no capture in {}: record some with examples/captures/record.sh",
        folder.display()
    );
    captures
}

fn observe(connection: &Connection) -> Vec<Seen> {
    let mut observer = Observer::new();
    let mut seen = Vec::new();
    for (direction, offset, bytes, fin) in &connection.pieces {
        seen.extend(observer.receive(*direction, *offset, bytes));
        if *fin {
            seen.extend(observer.eof(*direction));
        }
    }
    seen
}

/// The heads that were seen, and how what went wrong did, one line each.
fn summary(seen: &[Seen]) -> Vec<String> {
    let told = |what: &What| {
        matches!(what, What::RequestHead(_) | What::ResponseHead { .. } | What::Trailers(_) | What::Lost(_))
    };
    let line = |what: &What| match what {
        What::Lost(Lost::Broken(error)) => format!("{:?}", error.problem),
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
            connections(&capture).iter().flat_map(|one| summary(&observe(one))).collect();
        println!("{name}: {lines:#?}");
        match expected(&name) {
            Some(wanted) => assert_eq!(lines, wanted, "{name}"),
            None => assert!(lines.len() > 1, "{name}: {lines:?}"),
        }
    }
}

/// A message of a capture: its first head's offset, the offset behind it, and whether it came whole.
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

fn content(seen: &[Seen], direction: Direction) -> Vec<u8> {
    let chunks = seen.iter().filter(|one| one.direction == direction).filter_map(|one| match &one.what {
        What::Body { chunk, .. } => Some(chunk.clone()),
        _ => None,
    });
    chunks.collect::<Vec<_>>().concat()
}

/// The client's core asks what the capture's client asked, and gets what that got.
#[test]
fn the_client_reads_the_servers_side() {
    let mut truncated = 0;
    for (name, capture) in captures() {
        for one in connections(&capture) {
            let seen = observe(&one);
            let mut got = Vec::new();
            let mut client = client::Connection::new(Limits::default());
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
                    let cut = client.receive_eof(now).is_err_and(|error| error.kind() == Kind::Truncated);
                    truncated += usize::from(cut);
                    assert_eq!(cut, name == "truncated", "{name}: {request}");
                }
                let mut whole = false;
                while let Some(event) = client.event() {
                    match event {
                        client::Event::Data(data) => got.extend_from_slice(&data),
                        client::Event::End { .. } => whole = true,
                        _ => {}
                    }
                }
                assert_eq!(whole, name != "truncated", "{name}: {request}");
            }
            if name != "errors" {
                assert_eq!(
                    got,
                    content(&seen, Direction::ToClient),
                    "{name}: the observer and the core agree"
                );
            }
        }
    }
    assert!(truncated >= 2, "{truncated} truncated bodies were noticed");
}

/// The server's core reads what the capture's client sent.
#[test]
fn the_server_reads_the_clients_side() {
    for (name, capture) in captures() {
        for one in connections(&capture) {
            let seen = observe(&one);
            let wanted = messages(&seen, Direction::ToServer).len();
            let (mut server, now) = (server::Connection::new(Limits::default()), Instant::now());
            let (mut requests, mut got) = (0, Vec::new());
            let mut result = server.receive(now, &one.to_server.bytes);
            while result.is_ok() {
                match server.event() {
                    Some(server::Event::Request { .. }) => requests += 1,
                    Some(server::Event::Data(data)) => got.extend_from_slice(&data),
                    Some(server::Event::End) => {
                        server.respond(&barewire_http1::Response::new(404), Body::None).unwrap();
                        result = server.next_cycle(now).map(|_| ());
                    }
                    Some(_) => {}
                    None => break,
                }
            }
            if let Err(error) = result {
                assert_eq!((name.as_str(), error.status_hint()), ("errors", 400), "{error}");
                continue;
            }
            assert_eq!(requests, wanted, "{name}");
            assert_eq!(got, content(&seen, Direction::ToServer), "{name}: the observer and the core agree");
        }
    }
}

/// The law of the trees on each message, and each head written back as it came.
#[test]
fn every_byte_belongs_to_one_field() {
    let (mut count, mut same) = (0, 0);
    for (name, capture) in captures() {
        for one in connections(&capture) {
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
                        let length =
                            dissect_message(role, bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
                        let first = &bytes[..length];
                        let (_, tree) = record(first, || dissect_message(role, first));
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
                // Whitespace behind a value is no part of it, and the only thing that is not written back.
                let trimmed = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(" \r\n", "\r\n");
                assert_eq!(trimmed(&written), trimmed(&stream[range]), "{name}");
                same += 1;
            }
        }
    }
    assert!(count > 10 && same > 10, "{count} messages, {same} heads");
}
