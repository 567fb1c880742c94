//! Captures of other clients and servers, opened with their key logs: see `captures/README.md` for what they are.
//! Every file is held to the full law, but for those that say here what they lack.

#[path = "common/streams.rs"]
mod streams;

use barewire_dissect::{Direction, Refused, Tree, record};
use barewire_packet::capture::Capture;
use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::{HandshakeType, Message};
use barewire_tls13::observe::{Facts, Inner, Observer, Sealed, Seen};
use barewire_tls13::record::ContentType;
use barewire_tls13::{AlertDescription, Reason, dissect};
use streams::{capture, captures};

/// Whether a capture lacks a whole handshake of TLS 1.3: it is older, refused, given up after the second ClientHello,
/// or cut off.
fn is_cut_short(file: &str) -> bool {
    file.contains("tls12") || file.starts_with("mid_") || ["alerts", "hello_retry_cookie"].contains(&file)
}

/// What is told of each connection of a capture.
fn observe(capture: &Capture) -> Vec<Vec<Seen>> {
    streams::observe(capture).into_iter().map(|(_, seen)| seen).collect()
}

fn summaries(seen: &[Seen], direction: Direction) -> Vec<String> {
    let side = seen.iter().filter(|seen| seen.direction == direction);
    side.flat_map(|seen| &seen.messages).map(|message| message.to_string()).collect()
}

/// Messages in the clear are hellos, or of TLS 1.2.
fn parse<'a>(seen: &Seen, bytes: &'a [u8]) -> Result<Message<'a>, Refused<Reason>> {
    if seen.is_encrypted() { Message::parse(bytes) } else { Message::parse_older(bytes) }
}

fn check(file: &str, what: &str, tree: &Tree) {
    tree.check_coverage().unwrap_or_else(|error| panic!("{file}: {what}: {error}"));
}

#[test]
fn every_record_opens_and_a_handshake_is_seen() {
    for (file, capture) in captures() {
        if is_cut_short(&file) {
            continue;
        }
        for seen in observe(&capture) {
            for record in &seen {
                assert!(!matches!(record.inner, Inner::Sealed { .. }), "{file}: {record:?}");
            }
            for direction in [Direction::ToServer, Direction::ToClient] {
                let messages = summaries(&seen, direction);
                assert!(messages.contains(&"Finished".to_owned()), "{file}: {direction:?}: {messages:?}");
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
                let (headers, tree) = dissect(&stream);
                if file.starts_with("mid_") && direction == Direction::ToClient {
                    assert!(headers.is_err(), "{file}: a stream that starts inside a record");
                    continue;
                }
                headers.unwrap_or_else(|error| panic!("{file} {direction:?}: {error}"));
                check(&file, "a stream", &tree);
            }
        }
        for seen in observe(&capture).concat() {
            for message in &seen.messages {
                let (parsed, tree) = record(&message.bytes, || parse(&seen, &message.bytes));
                parsed.unwrap_or_else(|error| panic!("{file}: {message}: {error}"));
                check(&file, message.name(), &tree);
                messages += 1;
            }
            let (read, tree) = seen.dissect();
            read.unwrap_or_else(|error| panic!("{file}: {error}"));
            check(&file, "a record", &tree);
            let Some((read, tree)) = seen.opened_tree() else { continue };
            read.unwrap_or_else(|error| panic!("{file}: {error}"));
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
        let seen = observe(&capture).concat();
        for (seen, message) in
            seen.iter().flat_map(|seen| seen.messages.iter().map(move |message| (seen, message)))
        {
            let bytes = &message.bytes;
            let written = match parse(seen, bytes).unwrap() {
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
            assert_eq!(&written, bytes, "{file}: {message}");
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

/// Certificate and data each took several records of 512 bytes.
#[test]
fn messages_that_take_several_records_are_put_together() {
    let seen = observe(&capture("fragments")).remove(0);
    let server: Vec<&Seen> = seen.iter().filter(|seen| seen.direction == Direction::ToClient).collect();
    let continued: Vec<usize> = server.iter().map(|seen| seen.continues).filter(|&bytes| bytes > 0).collect();
    assert!(!continued.is_empty() && continued.iter().all(|&bytes| bytes <= 512), "{continued:?}");
    let messages = summaries(&seen, Direction::ToClient);
    assert!(messages.contains(&"Certificate www.example.test".to_owned()), "{messages:?}");
    let certificate =
        server.iter().flat_map(|seen| &seen.messages).find(|m| m.name() == "Certificate").unwrap();
    assert!(certificate.bytes.len() > 512, "{}", certificate.bytes.len());
}

/// Early data opens with the secret of its own, whether the server takes it or not.
#[test]
fn early_data_is_opened() {
    for (file, taken) in [("early_data", true), ("early_data_refused", false)] {
        let seen = observe(&capture(file)).remove(1);
        assert!(seen.iter().all(|seen| seen.sealed().is_none()), "{file}: {seen:?}");
        let client: Vec<&Seen> = seen.iter().filter(|seen| seen.direction == Direction::ToServer).collect();
        let data = (ContentType::APPLICATION_DATA, &b"early words\n"[..]);
        assert_eq!(client[2].content(), Some(data), "{file}");
        let messages = summaries(&seen, Direction::ToServer);
        assert_eq!(messages.contains(&"EndOfEarlyData".to_owned()), taken, "{file}: {messages:?}");
        let facts: Vec<_> = seen.iter().flat_map(|seen| &seen.messages).map(|m| m.facts.clone()).collect();
        assert!(
            facts.contains(&Facts::EncryptedExtensions { alpn: None, early_data: taken }),
            "{file}: {facts:?}"
        );
    }
}

/// What a reader of the chapter on coming back is to find out. RFC 5077 §4: a ticket begins with the name of the key
/// that encrypts it, 16 bytes. A ticket that is a number has nothing of that kind.
#[test]
fn tickets_of_nginx_name_their_key_and_those_of_a_server_with_early_data_are_numbers() {
    let tickets = |file| -> Vec<Vec<u8>> {
        let seen = observe(&capture(file));
        let messages = seen.iter().flatten().flat_map(|seen| &seen.messages);
        let ticket = |bytes: &[u8]| match Message::parse(bytes) {
            Ok(Message::NewSessionTicket(message)) => Some(message.ticket.to_vec()),
            _ => None,
        };
        messages.filter_map(|message| ticket(&message.bytes)).collect()
    };
    let (nginx, numbers) = (tickets("resumption"), tickets("early_data"));
    assert_eq!(nginx.iter().map(Vec::len).collect::<Vec<_>>(), [224; 3]);
    assert_eq!(numbers.iter().map(Vec::len).collect::<Vec<_>>(), [32; 3]);
    let name = 0x4f154d2f3c0c3586df68e1254d63665e_u128.to_be_bytes();
    assert!(nginx.iter().all(|ticket| ticket[..16] == name));
    assert!(nginx[0][16] != nginx[1][16] && numbers[0][0] != numbers[1][0]);
}

#[test]
fn without_its_secret_early_data_is_sealed_and_the_rest_is_read() {
    let mut capture = capture("early_data");
    for text in &mut capture.secrets {
        *text = text.replace("CLIENT_EARLY_TRAFFIC_SECRET", "ANOTHER_LABEL");
    }
    let seen = observe(&capture).remove(1);
    let sealed: Vec<&Seen> = seen.iter().filter(|seen| seen.sealed().is_some()).collect();
    let why = Sealed::NotInKeyLog { label: "CLIENT_EARLY_TRAFFIC_SECRET" };
    // The data, and EndOfEarlyData.
    assert!(sealed.len() == 2 && sealed.iter().all(|seen| seen.sealed() == Some(&why)), "{sealed:?}");
    assert_eq!(summaries(&seen, Direction::ToServer)[1..], ["Finished"]);
}

/// A ClientHello that cannot be read still names the connection in the key log.
#[test]
fn a_broken_hello_is_told_and_its_random_is_used() {
    let capture = capture("aes128");
    let mut connection = streams::connections(&capture).remove(0);
    let (_, _, hello) = &mut connection.pieces[0];
    // The length of the suites gets odd: it is not a list of 16-bit numbers any more.
    let suites = 5 + 4 + 2 + 32 + 1 + 32;
    hello[suites + 1] ^= 1;
    let mut observer = Observer::new();
    capture.secrets.iter().for_each(|text| observer.add_key_log(text));
    let pieces = connection.pieces.iter();
    let seen: Vec<Seen> = pieces.flat_map(|(way, at, bytes)| observer.receive(*way, *at, bytes)).collect();
    let first = &seen[0].messages[0];
    assert!(matches!(first.facts, Facts::Broken(_)), "{first:?}");
    assert!(first.to_string().starts_with("ClientHello that cannot be read: ClientHello, byte "), "{first}");
    assert!(seen.iter().all(|seen| seen.sealed().is_none()), "{seen:?}");
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
    assert_eq!(messages[1].name(), "HelloRetryRequest");
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
    assert_eq!(seen.iter().find_map(Seen::sealed), Some(&Sealed::NoKeyLog));
    assert!(!summaries(&seen, Direction::ToClient).contains(&"Finished".to_owned()));
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
    assert!(seen.iter().any(|seen| seen.sealed() == Some(&Sealed::OlderVersion(0x0303))));
}
