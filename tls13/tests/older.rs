//! TLS 1.2 and older, and captures without a beginning: recognised, named, and never read by the layouts of TLS 1.3.
//!
//! Expected names are those that tshark gives the same captures (see `tests/tshark.rs`); the suites are those that
//! `captures/README.md` asks for.

#[path = "common/streams.rs"]
mod streams;

use barewire_dissect::Direction::{self, ToClient, ToServer};
use barewire_tls13::observe::{
    Facts, HandshakeState, Inner, Message, Observer, Resumption, Sealed, Seen, looks_like_tls,
};
use barewire_tls13::record::ContentType;
use barewire_tls13::{Epoch, dissect};
use streams::{capture, captures, observe};

const TLS12: u16 = 0x0303;

/// The rows of a ladder, one a record.
fn rows(seen: &[Seen], direction: Direction) -> Vec<String> {
    let row = |seen: &Seen| match (&seen.inner, seen.content_type) {
        (Inner::Sealed { why }, _) => why.to_string(),
        (_, Some(ContentType::CHANGE_CIPHER_SPEC)) => "ChangeCipherSpec".to_owned(),
        _ => seen.messages.iter().map(Message::to_string).collect::<Vec<_>>().join(", "),
    };
    seen.iter().filter(|seen| seen.direction == direction).map(row).collect()
}

#[test]
fn a_connection_of_tls12_is_named_message_by_message() {
    let (observer, seen) = observe(&capture("tls12")).remove(0);
    let sealed = "encrypted by TLS 1.2, not read further";
    let server = rows(&seen, ToClient);
    assert_eq!(
        server[..5],
        [
            "ServerHello TLS 1.2, ECDHE-RSA-AES128-GCM-SHA256",
            "Certificate",
            "ServerKeyExchange",
            "ServerHelloDone",
            "ChangeCipherSpec"
        ]
    );
    assert!(server[5..].iter().all(|row| row == sealed), "{server:?}");
    let client = rows(&seen, ToServer);
    assert!(client[0].starts_with("ClientHello "), "{client:?}");
    assert_eq!(client[1..3], ["ClientKeyExchange", "ChangeCipherSpec"]);
    assert!(client[3..].iter().all(|row| row == sealed), "{client:?}");
    assert_eq!((observer.version(), observer.suite()), (Some(TLS12), Some(0xc02f)));
    assert_eq!(observer.alpn(), Some(&b"http/1.1"[..]), "it stands in the ServerHello");
    assert_eq!(observer.states(), [HandshakeState::Connected; 2]);
    assert_eq!(observer.epochs(), [Epoch::Older; 2]);
    let offer = observer.offer().unwrap();
    assert_eq!(offer.server_name.as_deref(), Some("www.example.test"));
    assert_eq!(offer.versions, [TLS12]);
    // Said once, then repeated.
    let news = seen.iter().filter(|seen| seen.sealed().is_some() && !seen.repeats);
    assert_eq!(news.count(), 2, "one for each direction");
}

#[test]
fn a_client_certificate_of_tls12_is_named() {
    let (observer, seen) = observe(&capture("tls12_client_certificate")).remove(0);
    let server = rows(&seen, ToClient);
    assert_eq!(
        server[..5],
        [
            "ServerHello TLS 1.2, DHE-RSA-AES256-GCM-SHA384",
            "Certificate",
            "ServerKeyExchange",
            "CertificateRequest",
            "ServerHelloDone"
        ]
    );
    let client = rows(&seen, ToServer);
    assert_eq!(client[1..5], ["Certificate", "ClientKeyExchange", "CertificateVerify", "ChangeCipherSpec"]);
    assert_eq!(observer.states(), [HandshakeState::Connected; 2]);
}

#[test]
fn an_ocsp_response_of_tls12_is_named() {
    let seen = observe(&capture("tls12_status")).remove(0).1;
    assert_eq!(rows(&seen, ToClient)[1..3], ["Certificate", "CertificateStatus"]);
}

#[test]
fn a_resumed_session_of_tls12_says_so() {
    let connections = observe(&capture("tls12_resumption"));
    let [(first, full), (second, seen)] = &connections[..] else { panic!("{}", connections.len()) };
    assert_eq!(first.choice().unwrap().resumed, None);
    assert_eq!(rows(full, ToClient)[4..6], ["NewSessionTicket", "ChangeCipherSpec"]);
    assert_eq!(second.choice().unwrap().resumed, Some(Resumption::SessionId));
    assert_eq!(
        rows(seen, ToClient)[..2],
        ["ServerHello TLS 1.2, ECDHE-RSA-AES128-GCM-SHA256, resumed (session id)", "ChangeCipherSpec"]
    );
}

/// Every byte has a name, and no layout of TLS 1.3 is applied: nothing is refused, and no node of a certificate
/// appears.
#[test]
fn no_message_of_tls12_is_read_by_the_layouts_of_tls13() {
    for (file, capture) in captures().into_iter().filter(|(file, _)| file.contains("tls12")) {
        for (_, seen) in observe(&capture) {
            for seen in seen {
                let (result, tree) = seen.dissect();
                assert_eq!(result, Ok(()), "{file}");
                assert_eq!(tree.check_coverage(), Ok(()), "{file}");
                assert!(tree.find("certificate entry").is_none(), "{file}");
                assert!(
                    seen.messages.iter().all(|m| !matches!(m.facts, Facts::Broken(_))),
                    "{file}: {seen:?}"
                );
            }
        }
        for connection in streams::connections(&capture) {
            for way in Direction::BOTH {
                let stream = connection.stream(way);
                if file.starts_with("mid_") && way == ToClient {
                    continue;
                }
                let (result, tree) = dissect(&stream);
                assert!(result.is_ok(), "{file} {way}: {result:?}");
                assert_eq!(tree.check_coverage(), Ok(()), "{file} {way}");
            }
        }
    }
}

/// The same messages without the ServerHello: its direction was not captured, or it came later.
#[test]
fn one_direction_of_tls12_alone_gives_no_false_error() {
    // Of each direction, the messages in the clear: not the Finished, which is encrypted.
    let clear = |direction| match direction {
        ToServer => [1, 11, 15, 16].as_slice(),
        ToClient => [2, 4, 11, 12, 13, 14].as_slice(),
    };
    for file in ["tls12", "tls12_client_certificate", "tls12_resumption", "tls12_server"] {
        for (direction, connection) in Direction::BOTH
            .into_iter()
            .flat_map(|way| streams::connections(&capture(file)).into_iter().map(move |c| (way, c)))
        {
            let mut observer = Observer::new();
            let seen = observer.receive(direction, 0, &connection.stream(direction));
            for message in seen.iter().flat_map(|seen| &seen.messages) {
                assert!(clear(direction).contains(&message.kind.0), "{file} {direction}: {message}");
                assert!(!matches!(message.facts, Facts::Broken(_)), "{file} {direction}: {message}");
            }
            assert!(seen.iter().any(|seen| seen.sealed().is_some()), "{file} {direction}");
        }
    }
}

/// After a change_cipher_spec nothing is in the clear but a hello, even if it looks like a message.
#[test]
fn ciphertext_that_looks_like_a_message_is_not_one() {
    let finished = [&[22, 3, 3, 0, 40, 20, 0, 0, 36][..], &[7; 36]].concat();
    let hello = [&[22, 3, 3, 0, 40, 1, 0, 0, 36][..], &[7; 36]].concat();
    let zeros = [&[22, 3, 3, 0, 40][..], &[0; 40]].concat();
    let changed = [20, 3, 3, 0, 1, 1];
    for (stream, clear) in [
        (finished.clone(), [true].as_slice()),
        ([&changed[..], &finished].concat(), &[true, false]),
        ([&changed[..], &hello].concat(), &[true, true]),
        (zeros, &[false]),
    ] {
        let seen = Observer::new().receive(ToServer, 0, &stream);
        let inner: Vec<bool> = seen.iter().map(|seen| seen.inner == Inner::Plain).collect();
        assert_eq!(inner, clear, "{stream:02x?}");
        let (result, tree) = dissect(&stream);
        assert_eq!(tree.find("encrypted_record").is_some(), clear.contains(&false), "{result:?}");
    }
}

#[test]
fn a_capture_that_starts_in_the_middle_says_so_once_for_each_direction() {
    for file in ["mid_connection", "mid_connection_tls12"] {
        let (observer, seen) = observe(&capture(file)).remove(0);
        for direction in Direction::BOTH {
            let side: Vec<&Seen> = seen.iter().filter(|seen| seen.direction == direction).collect();
            assert!(side.len() > 1, "{file}: {side:?}");
            assert!(
                side.iter().all(|seen| seen.sealed() == Some(&Sealed::MidConnection)),
                "{file}: {side:?}"
            );
            let news: Vec<bool> = side.iter().map(|seen| !seen.repeats).collect();
            assert_eq!(news.iter().filter(|&&news| news).count(), 1, "{file} {direction}: {news:?}");
            assert!(news[0]);
        }
        // The server's stream starts inside a record; later its segments start with one.
        let server = seen.iter().filter(|seen| seen.direction == ToClient);
        let types: Vec<bool> = server.map(|seen| seen.content_type.is_some()).collect();
        assert!(!types[0] && types[types.len() - 1], "{file}: {types:?}");
        assert!(types.is_sorted(), "{file}: once a record was found, the place is not lost again: {types:?}");
        assert_eq!(observer.states(), [HandshakeState::Hidden; 2], "{file}");
        assert_eq!(observer.version(), None);
        for seen in &seen {
            let (result, tree) = seen.dissect();
            assert_eq!((result, tree.check_coverage()), (Ok(()), Ok(())), "{file}");
        }
    }
}

/// RFC 5246 §6.2.3: an encrypted record may be 2^14 + 2048 bytes long, more than in TLS 1.3.
#[test]
fn a_record_of_tls12_may_be_longer() {
    let start = streams::connections(&capture("tls12")).remove(0).stream(ToClient);
    for (length, is_tls) in [((1 << 14) + 2048, true), ((1 << 14) + 2049, false)] {
        let header = [23, 3, 3, (length >> 8) as u8, length as u8];
        let stream = [&start[..], &header, &vec![7; length]].concat();
        let seen = Observer::new().receive(ToClient, 0, &stream);
        let last = seen.last().unwrap();
        assert_eq!(
            last.sealed() == Some(&Sealed::OlderVersion(TLS12)),
            is_tls,
            "{length}: {:?}",
            last.sealed()
        );
        assert_eq!(last.dissect().0.is_ok(), is_tls, "{length}");
        assert_eq!(dissect(&stream).0.is_ok(), is_tls, "{length}");
    }
}

/// RFC 5246 §E.2, written by hand: TLS 1.0 wanted, one suite, a challenge of 16 bytes.
fn ssl2_hello() -> Vec<u8> {
    let mut hello = vec![0x80, 28, 1, 3, 1, 0, 3, 0, 0, 0, 16, 0, 0, 0x2f];
    hello.extend([7; 16]);
    hello
}

#[test]
fn a_hello_in_the_form_of_ssl2_is_recognised_and_what_follows_is_followed() {
    let mut observer = Observer::new();
    let hello = ssl2_hello();
    let connection = streams::connections(&capture("tls12")).remove(0);
    // What curl sent after its ClientHello.
    let client = connection.stream(ToServer);
    let after = 5 + usize::from(u16::from_be_bytes([client[3], client[4]]));
    let mut seen =
        observer.receive(ToServer, 0, &[&hello[..], &client[after..]].concat()[..hello.len() + 20]);
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!((seen[0].sealed(), seen[0].range.clone()), (Some(&Sealed::Ssl2Hello), 0..30));
    assert_eq!(seen[0].dissect().0, Ok(()));
    assert_eq!(observer.states(), [HandshakeState::WaitServerHello, HandshakeState::ReceivedClientHello]);
    seen = observer.receive(ToClient, 0, &connection.stream(ToClient));
    assert_eq!(rows(&seen, ToClient)[0], "ServerHello TLS 1.2, ECDHE-RSA-AES128-GCM-SHA256");
    seen = observer.receive(ToServer, hello.len() as u64, &client[after..]);
    assert_eq!(rows(&seen, ToServer)[..2], ["ClientKeyExchange", "ChangeCipherSpec"]);
}

#[test]
fn the_first_bytes_tell_tls_from_others() {
    for (file, capture) in captures() {
        for connection in streams::connections(&capture) {
            for way in Direction::BOTH {
                let cut = file.starts_with("mid_") && way == ToClient;
                assert_eq!(looks_like_tls(&connection.stream(way)), !cut, "{file} {way}");
            }
        }
    }
    assert!(looks_like_tls(&ssl2_hello()));
    for other in [
        &b"GET / HTTP/1.1\r\n"[..],
        b"HTTP/1.1 200 OK\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x16\x03\x01\x02",                 // four bytes of a header
        b"\x16\x03\x05\x00\x10\x01",         // no such version
        b"\x16\x03\x01\x00\x00\x01",         // an empty record
        b"\x16\x03\x01\xff\xff\x01",         // a record that is too long
        b"\x18\x03\x03\x00\x03\x01",         // heartbeat, or nothing
        b"\x80\x2e\x02\x03\x01\0\0\0\0\0\0", // SSL 2.0 framing, another message
        b"",
    ] {
        assert!(!looks_like_tls(other), "{other:02x?}");
    }
}
