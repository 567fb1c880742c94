//! Captures of other clients and servers, opened with their key logs: see `captures/README.md` for what they are.
//! Every file is held to the full law, but for those that say here what they lack.

#[path = "common/streams.rs"]
mod streams;

use std::path::PathBuf;

use barewire_dissect::{Tree, record};
use barewire_packet::capture::Capture;
use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::{HandshakeType, Message};
use barewire_tls13::observe::{Direction, Inner, Observer, Seen};
use barewire_tls13::record::ContentType;
use barewire_tls13::{AlertDescription, dissect_plaintext, dissect_records};

/// Older, refused, or given up after the second ClientHello.
const NO_WHOLE_HANDSHAKE: [&str; 3] = ["tls12_server", "alerts", "hello_retry_cookie"];

fn captures() -> Vec<(String, Capture)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures"));
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    files.sort();
    assert!(files.len() >= 12, "captures are missing: {files:?}");
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, Capture::read(&std::fs::read(path).unwrap()).unwrap())
    };
    files.iter().map(read).collect()
}

fn capture(name: &str) -> Capture {
    captures().into_iter().find(|(file, _)| file == name).expect(name).1
}

/// Each connection of a capture as an observer with the key log sees it.
fn observe(capture: &Capture) -> Vec<Vec<Seen>> {
    let observe_one = |connection: streams::Connection| {
        let mut observer = Observer::new();
        capture.secrets.iter().for_each(|text| observer.add_key_log(text));
        let pieces = connection.pieces.iter();
        pieces.flat_map(|(direction, offset, bytes)| observer.receive(*direction, *offset, bytes)).collect()
    };
    streams::connections(capture).into_iter().map(observe_one).collect()
}

fn summaries(seen: &[Seen], direction: Direction) -> Vec<&str> {
    let side = seen.iter().filter(|seen| seen.direction == direction);
    side.flat_map(|seen| &seen.messages).map(|message| message.summary.as_str()).collect()
}

fn check(file: &str, what: &str, tree: &Tree) {
    tree.check_coverage().unwrap_or_else(|error| panic!("{file}: {what}: {error}"));
}

#[test]
fn every_record_opens_and_a_handshake_is_seen() {
    for (file, capture) in captures() {
        if NO_WHOLE_HANDSHAKE.contains(&file.as_str()) {
            continue;
        }
        for seen in observe(&capture) {
            for record in &seen {
                assert!(!matches!(record.inner, Inner::Sealed { .. }), "{file}: {record:?}");
            }
            for direction in [Direction::ToServer, Direction::ToClient] {
                let messages = summaries(&seen, direction);
                assert!(messages.contains(&"Finished"), "{file}: {direction:?}: {messages:?}");
            }
            let server = summaries(&seen, Direction::ToClient);
            assert!(server.iter().any(|summary| summary.starts_with("ServerHello ")), "{file}: {server:?}");
        }
    }
}

#[test]
fn every_record_and_message_obeys_the_coverage_law() {
    let mut messages = 0;
    for (file, capture) in captures() {
        for connection in streams::connections(&capture) {
            for direction in [Direction::ToServer, Direction::ToClient] {
                let stream = connection.stream(direction);
                let (headers, tree) = record(&stream, || dissect_records(&stream));
                headers.unwrap_or_else(|error| panic!("{file} {direction:?}: {error}"));
                check(&file, "a stream", &tree);
            }
        }
        for seen in observe(&capture).concat() {
            for message in &seen.messages {
                let parse = if file == "tls12_server" { Message::parse_older } else { Message::parse };
                let (parsed, tree) = record(&message.bytes, || parse(&message.bytes));
                parsed.unwrap_or_else(|error| panic!("{file}: {}: {error}", message.summary));
                check(&file, &message.summary, &tree);
                messages += 1;
            }
            let Inner::Opened { content_type, plaintext, .. } = &seen.inner else { continue };
            let (_, tree) = record(plaintext, || dissect_plaintext(*content_type, plaintext).unwrap());
            check(&file, "decrypted content", &tree);
        }
    }
    assert!(messages > 100, "{messages}");
}

#[test]
fn records_stand_where_they_are_said_to_stand() {
    for (file, capture) in captures() {
        let seen = observe(&capture);
        for (connection, seen) in streams::connections(&capture).iter().zip(seen) {
            for direction in [Direction::ToServer, Direction::ToClient] {
                let stream = connection.stream(direction);
                let mut at = 0;
                for record in seen.iter().filter(|seen| seen.direction == direction) {
                    assert_eq!(record.range.start, at, "{file} {direction:?}");
                    let range = record.range.start as usize..record.range.end as usize;
                    assert_eq!(stream[range], record.bytes, "{file} {direction:?}");
                    at = record.range.end;
                }
                assert_eq!(at, stream.len() as u64, "{file} {direction:?}");
            }
        }
    }
}

#[test]
fn messages_write_back_to_the_same_bytes() {
    for (file, capture) in captures() {
        for message in observe(&capture).concat().into_iter().flat_map(|seen| seen.messages) {
            let bytes = &message.bytes;
            let parse = if file == "tls12_server" { Message::parse_older } else { Message::parse };
            let written = match parse(bytes).unwrap() {
                Message::ClientHello(message) => message.to_bytes(),
                Message::ServerHello(message) => message.to_bytes(),
                Message::EncryptedExtensions(message) => message.to_bytes(),
                Message::CertificateRequest(message) => message.to_bytes(),
                Message::Certificate(message) => message.to_bytes(),
                Message::CertificateVerify(message) => message.to_bytes(),
                Message::Finished(message) => message.to_bytes(),
                Message::NewSessionTicket(message) => message.to_bytes(),
                Message::KeyUpdate(message) => message.to_bytes(),
                Message::Other { .. } => continue,
            };
            assert_eq!(&written, bytes, "{file}: {}", message.summary);
        }
    }
}

#[test]
fn the_story_of_a_plain_handshake() {
    let seen = observe(&capture("aes128")).remove(0);
    let client = summaries(&seen, Direction::ToServer);
    assert!(client[0].starts_with("ClientHello x25519, "), "{client:?}");
    assert_eq!(client[1..], ["Finished"]);
    let server = summaries(&seen, Direction::ToClient);
    assert_eq!(server[0], "ServerHello x25519, AES-128-GCM");
    assert_eq!(server[1], "EncryptedExtensions http/1.1");
    assert!(server[2].starts_with("Certificate www.example.test"), "{server:?}");
    assert_eq!(server[3..5], ["CertificateVerify ecdsa_secp256r1_sha256", "Finished"]);
    assert!(server[5..].iter().all(|summary| summary.starts_with("NewSessionTicket ")), "{server:?}");
    let data: Vec<u8> = seen
        .iter()
        .filter(|seen| seen.direction == Direction::ToClient)
        .filter_map(|seen| seen.content())
        .filter(|(content_type, _)| *content_type == ContentType::APPLICATION_DATA)
        .flat_map(|(_, bytes)| bytes.to_vec())
        .collect();
    assert!(data.starts_with(b"HTTP/1.1 200 OK\r\n"));
    let goodbye = seen.iter().find_map(|seen| seen.alert).unwrap();
    assert_eq!(goodbye.description, AlertDescription::CLOSE_NOTIFY);
}

#[test]
fn a_hello_retry_request_is_told_apart() {
    let seen = observe(&capture("hello_retry")).remove(0);
    let server = summaries(&seen, Direction::ToClient);
    assert!(server[0].starts_with("HelloRetryRequest secp256r1, "), "{server:?}");
    assert!(server[1].starts_with("ServerHello secp256r1, "), "{server:?}");
    let client = summaries(&seen, Direction::ToServer);
    assert!(client[1].starts_with("ClientHello secp256r1, "), "{client:?}");
}

#[test]
fn a_cookie_comes_back_as_it_was() {
    let seen = observe(&capture("hello_retry_cookie")).concat();
    let messages: Vec<_> = seen.iter().flat_map(|seen| &seen.messages).collect();
    let cookie_in = |at: usize| {
        let extensions = match Message::parse(&messages[at].bytes).unwrap() {
            Message::ClientHello(hello) => hello.extensions,
            Message::ServerHello(hello) => hello.extensions,
            other => panic!("{other:?}"),
        };
        extensions.into_iter().find_map(|extension| match extension {
            Extension::Cookie(cookie) => Some(cookie.to_vec()),
            _ => None,
        })
    };
    assert!(messages[1].summary.starts_with("HelloRetryRequest "), "{}", messages[1].summary);
    assert_eq!(cookie_in(0), None);
    assert!(cookie_in(1).is_some_and(|cookie| cookie.len() > 20));
    assert_eq!(cookie_in(1), cookie_in(2));
}

#[test]
fn without_a_key_log_records_stay_sealed_and_say_why() {
    let capture = capture("aes128");
    let connection = streams::connections(&capture).remove(0);
    let mut observer = Observer::new();
    let pieces = connection.pieces.iter();
    let seen: Vec<Seen> = pieces.flat_map(|(way, at, bytes)| observer.receive(*way, *at, bytes)).collect();
    let sealed = seen.iter().find_map(|seen| match &seen.inner {
        Inner::Sealed { why } => Some(why.as_str()),
        _ => None,
    });
    assert_eq!(sealed, Some("the key log has no SERVER_HANDSHAKE_TRAFFIC_SECRET for this connection"));
    assert!(!summaries(&seen, Direction::ToClient).contains(&"Finished"));
}

#[test]
fn failed_handshakes_end_in_alerts() {
    let seen = observe(&capture("alerts"));
    let alerts: Vec<_> =
        seen.concat().iter().filter_map(|seen| seen.alert).map(|alert| alert.description.name()).collect();
    for name in ["protocol_version", "unknown_ca", "handshake_failure"] {
        assert!(alerts.contains(&name), "{name} is not among {alerts:?}");
    }
}

#[test]
fn tls12_is_followed_as_far_as_it_is_in_the_clear() {
    let seen = observe(&capture("tls12_server")).remove(0);
    let server = seen.iter().filter(|seen| seen.direction == Direction::ToClient);
    let hello =
        server.flat_map(|seen| &seen.messages).find(|m| m.kind == HandshakeType::SERVER_HELLO).unwrap();
    let Ok(Message::ServerHello(hello)) = Message::parse(&hello.bytes) else { panic!("not a ServerHello") };
    assert_eq!(hello.version(), 0x0303);
    let why = |seen: &Seen| matches!(&seen.inner, Inner::Sealed { why } if why.contains("TLS 1.2"));
    assert!(seen.iter().any(why));
}
