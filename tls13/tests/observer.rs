//! An observer on the wire between our client and rustls: whatever the cuts, gaps and repetitions, it keeps its
//! place or says that it lost it.

mod common;

use std::io::Write;
use std::sync::Arc;

use barewire_dissect::Direction;
use barewire_tls13::key_log::Secrets;
use barewire_tls13::observe::{Inner, Observer, Sealed, Seen};
use barewire_tls13::record::ContentType;
use barewire_tls13::{AlertDescription, Reason};
use common::{Identity, Log, Pair, only_group};
use rustls::NamedGroup;

/// A connection with everything in it: HelloRetryRequest, tickets, data, key updates both ways, goodbyes.
fn connection() -> (Vec<(Direction, Vec<u8>)>, String) {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let log = Log::default();
    let mut config = identity.client();
    config.key_log = Some(Box::new(log.clone()));
    let server = identity.server_with(|p| only_group(p, NamedGroup::secp256r1));
    let mut pair = Pair::new(config, server);
    let mut wire = Vec::new();
    step(&mut pair, &mut wire);
    pair.client.write(b"request one").unwrap();
    step(&mut pair, &mut wire);
    pair.server.refresh_traffic_keys().unwrap();
    pair.server.writer().write_all(b"answer one").unwrap();
    step(&mut pair, &mut wire);
    pair.client.write(b"request two").unwrap();
    pair.client.close();
    step(&mut pair, &mut wire);
    pair.server.writer().write_all(b"answer two").unwrap();
    pair.server.send_close_notify();
    step(&mut pair, &mut wire);
    (wire, log.lines().join("\n"))
}

/// Moves bytes until neither side has any, and keeps them in their order.
fn step(pair: &mut Pair, wire: &mut Vec<(Direction, Vec<u8>)>) {
    loop {
        let mut moved = false;
        while let Some(bytes) = pair.client.transmit(pair.now) {
            pair.server.read_tls(&mut &bytes[..]).unwrap();
            pair.server.process_new_packets().unwrap();
            wire.push((Direction::ToServer, bytes));
            moved = true;
        }
        let mut bytes = Vec::new();
        while pair.server.wants_write() {
            pair.server.write_tls(&mut bytes).unwrap();
        }
        if !bytes.is_empty() {
            pair.client.receive(pair.now, &bytes).unwrap();
            wire.push((Direction::ToClient, bytes));
            moved = true;
        }
        if !moved {
            return;
        }
    }
}

fn watch(wire: &[(Direction, Vec<u8>)], keys: &str, piece: usize) -> Vec<Seen> {
    let mut observer = Observer::new();
    observer.add_key_log(keys);
    let (mut to_server, mut to_client) = (0, 0);
    let mut seen = Vec::new();
    for (direction, bytes) in wire {
        let at = if *direction == Direction::ToServer { &mut to_server } else { &mut to_client };
        for piece in bytes.chunks(piece) {
            seen.extend(observer.receive(*direction, *at, piece));
            *at += piece.len() as u64;
        }
    }
    seen
}

fn data(seen: &[Seen], direction: Direction) -> Vec<u8> {
    let side = seen.iter().filter(|seen| seen.direction == direction).filter_map(Seen::content);
    side.filter(|content| content.0 == ContentType::APPLICATION_DATA)
        .flat_map(|content| content.1.to_vec())
        .collect()
}

#[test]
fn everything_is_seen_however_it_is_cut() {
    let (wire, keys) = connection();
    let whole = watch(&wire, &keys, usize::MAX);
    assert!(whole.iter().all(|seen| !matches!(seen.inner, Inner::Sealed { .. })), "{whole:?}");
    assert_eq!(data(&whole, Direction::ToServer), b"request onerequest two");
    assert_eq!(data(&whole, Direction::ToClient), b"answer oneanswer two");
    let messages: Vec<String> =
        whole.iter().flat_map(|seen| &seen.messages).map(|message| message.to_string()).collect();
    for expected in [
        "ClientHello x25519, 3 suites",
        "HelloRetryRequest secp256r1, AES-128-GCM",
        "ClientHello secp256r1, 3 suites",
        "ServerHello secp256r1, AES-128-GCM",
        "Certificate www.example.test",
        "CertificateVerify ed25519",
        "KeyUpdate and asks for the same",
        "KeyUpdate",
    ] {
        assert!(messages.iter().any(|message| message == expected), "{expected} is not among {messages:#?}");
    }
    let goodbyes = whole.iter().filter_map(|seen| seen.alert);
    assert_eq!(goodbyes.filter(|alert| alert.description == AlertDescription::CLOSE_NOTIFY).count(), 2);
    for piece in [1, 7, 100] {
        assert_eq!(watch(&wire, &keys, piece), whole, "pieces of {piece}");
    }
}

#[test]
fn repeated_bytes_are_dropped_and_a_gap_is_told_once() {
    let (wire, keys) = connection();
    let mut observer = Observer::new();
    observer.add_key_log(&keys);
    let first = &wire[0].1;
    assert_eq!(observer.receive(Direction::ToServer, 0, &first[..10]).len(), 0);
    assert_eq!(observer.receive(Direction::ToServer, 0, first).len(), 1);
    assert_eq!(observer.receive(Direction::ToServer, 0, first).len(), 0);
    let lost = observer.receive(Direction::ToServer, first.len() as u64 + 5, b"more");
    let from = first.len() as u64;
    assert_eq!(lost[0].sealed(), Some(&Sealed::Gap { from, to: from + 5 }));
    assert_eq!(lost[0].content_type, None);
    assert_eq!(observer.held(), 0);
    assert_eq!(observer.receive(Direction::ToServer, first.len() as u64 + 9, b"more").len(), 0);
    // The other direction goes on.
    assert_eq!(observer.receive(Direction::ToClient, 0, &wire[1].1)[0].messages.len(), 1);
}

#[test]
fn what_is_not_tls_is_said_and_given_up() {
    let mut observer = Observer::new();
    observer.receive(Direction::ToServer, 0, &connection().0[0].1);
    let seen = observer.receive(Direction::ToClient, 0, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].range, 0..28);
    let Some(Sealed::NotTls(refused)) = seen[0].sealed() else { panic!("{seen:?}") };
    assert_eq!((refused.offset, &refused.reason), (0, &Reason::ContentType(b'H')));
    assert_eq!(observer.receive(Direction::ToClient, 28, &[0; 1000]), []);
}

#[test]
fn a_wrong_key_is_said_record_by_record() {
    let (wire, keys) = connection();
    // The last digit of every secret changed.
    let wrong: Vec<String> = keys
        .lines()
        .map(|line| {
            let (rest, last) = line.split_at(line.len() - 1);
            format!("{rest}{}", if last == "0" { "1" } else { "0" })
        })
        .collect();
    let seen = watch(&wire, &wrong.join("\n"), usize::MAX);
    let sealed = seen.iter().filter(|seen| matches!(seen.sealed(), Some(Sealed::BadTag { .. })));
    assert!(sealed.count() > 4);
    assert_eq!(data(&seen, Direction::ToServer), b"");
}

const ANSWER: (ContentType, &[u8]) = (ContentType::APPLICATION_DATA, b"answer one");

/// Every record counts, whether it opens or not (RFC 8446 §5.3): one that was damaged does not hide those after it.
#[test]
fn a_damaged_record_is_told_and_the_next_ones_open() {
    let (mut wire, keys) = connection();
    let whole = watch(&wire, &keys, usize::MAX);
    let answer = |seen: &&Seen| seen.direction == Direction::ToClient && seen.content() == Some(ANSWER);
    let at = whole.iter().find(answer).unwrap().range.end - 1;
    let mut end = 0;
    for (_, bytes) in wire.iter_mut().filter(|(way, _)| *way == Direction::ToClient) {
        let start = end;
        end += bytes.len() as u64;
        if (start..end).contains(&at) {
            bytes[(at - start) as usize] ^= 1;
        }
    }
    let seen = watch(&wire, &keys, usize::MAX);
    let sealed: Vec<&Seen> = seen.iter().filter(|seen| seen.sealed().is_some()).collect();
    assert_eq!(sealed.len(), 1, "{sealed:?}");
    assert!(matches!(sealed[0].sealed(), Some(Sealed::BadTag { .. })), "{sealed:?}");
    assert_eq!(seen.len(), whole.len());
    assert_eq!(data(&seen, Direction::ToClient), b"answer two");
}

#[test]
fn a_key_log_of_other_connections_is_told_from_none() {
    let (wire, keys) = connection();
    let random = keys.split(' ').nth(1).unwrap();
    let others = keys.replace(random, &"0f".repeat(32));
    let label = barewire_tls13::key_log::SERVER_HANDSHAKE;
    let seen = watch(&wire, &others, usize::MAX);
    let why = seen.iter().find_map(Seen::sealed).unwrap();
    assert_eq!(why, &Sealed::NotInKeyLog { label });
    assert_eq!(why.to_string(), "the key log has no SERVER_HANDSHAKE_TRAFFIC_SECRET for this connection");
    let mut observer = Observer::new();
    let (_, first) = &wire[0];
    observer.receive(Direction::ToServer, 0, first);
    let seen = observer.receive(Direction::ToClient, 0, &to_client(&wire));
    let why = seen.iter().find_map(Seen::sealed);
    assert_eq!(why, Some(&Sealed::NoKeyLog));
    // The ServerHello alone: nobody knows which lines of the key log belong to the connection.
    let mut observer = Observer::new();
    observer.add_key_log(&others);
    let seen = observer.receive(Direction::ToClient, 0, &to_client(&wire));
    assert_eq!(seen.iter().find_map(Seen::sealed), Some(&Sealed::NoClientHello));
}

/// Somebody puts a hello into the stream after the handshake: the keys stay.
#[test]
fn a_hello_after_the_hellos_changes_nothing() {
    let (mut wire, keys) = connection();
    let hello = wire[0].1.clone();
    let last = wire.iter().rposition(|(way, _)| *way == Direction::ToServer).unwrap();
    let mut other = hello.clone();
    other[11] ^= 1; // the random
    wire.insert(last, (Direction::ToServer, other));
    let seen = watch(&wire, &keys, usize::MAX);
    assert!(seen.iter().all(|seen| seen.sealed().is_none()), "{seen:?}");
    assert_eq!(data(&seen, Direction::ToServer), b"request onerequest two");
    assert_eq!(data(&seen, Direction::ToClient), b"answer oneanswer two");
}

#[test]
fn observers_can_share_a_key_log() {
    let (wire, keys) = connection();
    let mut secrets = Secrets::default();
    secrets.add(&keys);
    let secrets = Arc::new(secrets);
    for mut observer in [Observer::sharing(Arc::clone(&secrets)), Observer::sharing(secrets)] {
        observer.receive(Direction::ToServer, 0, &to_server(&wire));
        let seen = observer.receive(Direction::ToClient, 0, &to_client(&wire));
        assert!(seen.iter().all(|seen| seen.sealed().is_none()), "{seen:?}");
    }
}

fn to_server(wire: &[(Direction, Vec<u8>)]) -> Vec<u8> {
    wire.iter().filter(|(way, _)| *way == Direction::ToServer).flat_map(|(_, bytes)| bytes.clone()).collect()
}

fn to_client(wire: &[(Direction, Vec<u8>)]) -> Vec<u8> {
    wire.iter().filter(|(way, _)| *way == Direction::ToClient).flat_map(|(_, bytes)| bytes.clone()).collect()
}

/// A message of 16 MiB is announced: its bytes are passed over, and the next message is read.
#[test]
fn a_message_that_is_too_long_is_passed_over_in_bounded_memory() {
    let hello = connection().0[0].1[5..].to_vec();
    let length = 0xff_ffff_usize;
    let mut stream = vec![11, 0xff, 0xff, 0xff];
    stream.resize(4 + length, 7);
    stream.extend_from_slice(&hello);
    let mut observer = Observer::new();
    let (mut at, mut messages) = (0, Vec::new());
    for part in stream.chunks(1 << 14) {
        let mut record = vec![22, 3, 3, (part.len() >> 8) as u8, part.len() as u8];
        record.extend_from_slice(part);
        for seen in observer.receive(Direction::ToServer, at, &record) {
            messages.extend(seen.messages.iter().map(|message| message.to_string()));
        }
        at += record.len() as u64;
        assert!(observer.held() <= Observer::MAX_HELD, "{} bytes are held", observer.held());
    }
    assert_eq!(
        messages,
        ["Certificate of 16,777,215 bytes, too long to be read", "ClientHello x25519, 3 suites"]
    );
}

#[test]
fn random_bytes_never_panic() {
    use rand_chacha::rand_core::Rng;
    let (wire, keys) = connection();
    let mut random = common::rng();
    for _ in 0..200 {
        let mut wire = wire.clone();
        for (_, bytes) in &mut wire {
            for _ in 0..3 {
                let at = random.next_u32() as usize % bytes.len();
                bytes[at] = random.next_u32() as u8;
            }
        }
        watch(&wire, &keys, 50 + random.next_u32() as usize % 1000);
    }
}
