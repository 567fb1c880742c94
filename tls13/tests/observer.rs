//! An observer on the wire between our client and rustls: whatever the cuts, gaps and repetitions, it keeps its
//! place or says that it lost it.

mod common;

use std::io::Write;

use barewire_tls13::AlertDescription;
use barewire_tls13::observe::{Direction, Inner, Observer, Seen};
use barewire_tls13::record::ContentType;
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
    let messages: Vec<&str> =
        whole.iter().flat_map(|seen| &seen.messages).map(|message| message.summary.as_str()).collect();
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
        assert!(messages.contains(&expected), "{expected} is not among {messages:#?}");
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
    let Inner::Sealed { why } = &lost[0].inner else { panic!("{lost:?}") };
    assert!(why.contains("were not captured"), "{why}");
    assert_eq!(lost[0].content_type, None);
    assert_eq!(observer.receive(Direction::ToServer, first.len() as u64 + 9, b"more").len(), 0);
    // The other direction goes on.
    assert_eq!(observer.receive(Direction::ToClient, 0, &wire[1].1)[0].messages.len(), 1);
}

#[test]
fn what_is_not_tls_is_said_and_given_up() {
    let mut observer = Observer::new();
    let seen = observer.receive(Direction::ToClient, 0, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].range, 0..28);
    let Inner::Sealed { why } = &seen[0].inner else { panic!("{seen:?}") };
    assert!(why.contains("this is not TLS"), "{why}");
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
    let sealed =
        seen.iter().filter(|seen| matches!(&seen.inner, Inner::Sealed { why } if why.contains("tag")));
    assert!(sealed.count() > 4);
    assert_eq!(data(&seen, Direction::ToServer), b"");
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
