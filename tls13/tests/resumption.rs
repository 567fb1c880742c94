//! Coming back (RFC 8446 §2.2, §4.2.11, §4.6.1): sessions from a rustls server, resumed with it; what fits, what a
//! store keeps, and what is said about the server.

mod common;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::Message;
use barewire_tls13::{
    Client, Config, Error, Event, ExternalPsk, Group, MemoryStore, PreSharedKey, Session, SessionStore,
    Suite, Summary, Trust, Unfit, Verified,
};
use common::forger::Forger;
use common::{Identity, Log, Pair, only_group, only_suite, rng, wall_clock};
use rustls::server::ServerSessionMemoryCache;
use rustls::{CipherSuite, NamedGroup, ServerConfig};

/// A server that keeps its sessions, so each of its tickets is good for one connection.
fn keeping(mut server: ServerConfig) -> ServerConfig {
    server.session_storage = ServerSessionMemoryCache::new(64);
    server
}

/// The sessions of one full handshake.
fn sessions(config: Config, server: &ServerConfig) -> Vec<Session> {
    let mut pair = Pair::new(config, server.clone());
    pair.handshake();
    tickets(&mut pair)
}

fn tickets(pair: &mut Pair) -> Vec<Session> {
    let ticket = |event| match event {
        Event::Ticket(session) => Some(*session),
        _ => None,
    };
    pair.events().into_iter().filter_map(ticket).collect()
}

fn resuming(mut config: Config, session: &Session) -> Config {
    config.pre_shared_key = Some(PreSharedKey::Session(Box::new(session.clone())));
    config
}

fn is_resumed(summary: &Summary) -> bool {
    matches!(summary.verified, Verified::InSession(_))
}

#[test]
fn a_session_is_resumed_and_its_identity_is_that_of_the_first_connection() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for suite in [
        CipherSuite::TLS13_AES_128_GCM_SHA256,
        CipherSuite::TLS13_AES_256_GCM_SHA384,
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    ] {
        let server = keeping(identity.server_with(|p| only_suite(p, suite)));
        let session = sessions(identity.client(), &server).remove(0);
        let mut pair = Pair::new(resuming(identity.client(), &session), server);
        let summary = pair.handshake();
        assert_eq!(pair.server.handshake_kind(), Some(rustls::HandshakeKind::Resumed));
        // What was not seen in this connection is not claimed.
        assert_eq!((summary.signature, summary.chain.as_slice()), (None, &[][..]));
        let Verified::InSession(origin) = &summary.verified else { panic!("{summary:?}") };
        assert_eq!(origin.anchor.as_deref(), Some("CN=Test Root CA"));
        assert_eq!(origin.facts().unwrap().names, ["www.example.test"]);
        assert!(summary.verified.is_by_certificate());
        let says = "no certificate shown: resumed from a connection of 2026-06-01 00:00:00 UTC, whose chain led to \
                    CN=Test Root CA";
        assert_eq!(summary.verified.to_string(), says);
        pair.client.write(b"ping").unwrap();
        pair.run().unwrap();
        // A ticket of the resumed connection still has its origin in the first one, and is good again.
        let next = tickets(&mut pair).remove(0);
        assert_eq!((&next.origin, next.psk == session.psk), (origin, false));
    }
}

#[test]
fn a_session_carries_all_that_its_ticket_said() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut server = keeping(identity.server());
    server.max_early_data_size = 1_234;
    server.send_tls13_tickets = 3;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut config = identity.client();
    config.server_name = "WWW.example.test.".to_owned();
    config.alpn = vec![b"http/1.1".to_vec()];
    let sessions = sessions(config, &server);
    assert_eq!(sessions.len(), 3);
    for session in &sessions {
        assert_eq!(session.server_name, "www.example.test");
        assert_eq!(session.alpn.as_deref(), Some(&b"http/1.1"[..]));
        assert_eq!((session.max_early_data, session.lifetime), (1_234, 86_400));
        assert!((wall_clock()..wall_clock() + Duration::from_secs(600)).contains(&session.received));
    }
    let [a, b, c] = &sessions[..] else { panic!() };
    assert!(a.psk != b.psk && b.psk != c.psk && a.nonce != b.nonce && a.ticket != b.ticket);
}

#[test]
fn a_ticket_that_was_used_leads_to_a_full_handshake() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = keeping(identity.server());
    let session = sessions(identity.client(), &server).remove(0);
    for resumed in [true, false] {
        let summary = Pair::new(resuming(identity.client(), &session), server.clone()).handshake();
        assert_eq!(is_resumed(&summary), resumed);
        assert_eq!(summary.chain.len(), usize::from(!resumed));
        assert_eq!(summary.verified == Verified::Yes { anchor: "CN=Test Root CA".to_owned() }, !resumed);
    }
}

/// The binder of the second ClientHello covers the first one and the HelloRetryRequest.
#[test]
fn a_hello_retry_request_and_a_session() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for suite in [CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS13_AES_256_GCM_SHA384] {
        let server = keeping(identity.server_with(|p| {
            only_group(p, NamedGroup::secp256r1);
            only_suite(p, suite);
        }));
        let session = sessions(identity.client(), &server).remove(0);
        let mut pair = Pair::new(resuming(identity.client(), &session), server);
        let summary = pair.handshake();
        assert_eq!((summary.group, summary.hello_retry), (Group::Secp256r1, true));
        assert!(is_resumed(&summary), "{summary:?}");
        assert_eq!(pair.server.handshake_kind(), Some(rustls::HandshakeKind::Resumed));
    }
}

/// RFC 8446 §4.1.4 lets a client leave out a key whose hash the server has not chosen; rustls refuses a ClientHello
/// that does. So the key stays, with a binder in its own hash, and the server passes over it.
#[test]
fn a_session_of_another_hash_survives_a_retry_and_is_not_taken() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let sha256 = keeping(identity.server_with(|p| only_suite(p, CipherSuite::TLS13_AES_128_GCM_SHA256)));
    let session = sessions(identity.client(), &sha256).remove(0);
    let sha384 = identity.server_with(|p| {
        only_group(p, NamedGroup::secp256r1);
        only_suite(p, CipherSuite::TLS13_AES_256_GCM_SHA384);
    });
    let summary = Pair::new(resuming(identity.client(), &session), sha384).handshake();
    assert!(summary.hello_retry && !is_resumed(&summary), "{summary:?}");
}

#[test]
fn the_age_is_hidden() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = keeping(identity.server());
    let session = sessions(identity.client(), &server).remove(0);
    let later = session.received + Duration::from_millis(90_123);
    assert_eq!(session.obfuscated_age(later), session.age_add.wrapping_add(90_123));
    let mut config = resuming(identity.client(), &session);
    config.wall_clock = later;
    let mut client = Client::new(std::time::Instant::now(), config, &mut rng()).unwrap();
    let hello = client.transmit(std::time::Instant::now()).unwrap();
    let Ok(Message::ClientHello(hello)) = Message::parse(&hello[5..]) else { panic!() };
    let Some(Extension::PreSharedKeys(offered)) = hello.extensions.last() else { panic!() };
    assert_eq!(offered.identities[0].identity, session.ticket);
    assert_eq!(offered.identities[0].obfuscated_ticket_age, session.age_add.wrapping_add(90_123));
}

#[test]
fn a_session_is_offered_only_where_it_fits() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut server = keeping(identity.server_with(|p| only_suite(p, CipherSuite::TLS13_AES_128_GCM_SHA256)));
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    let config = || Config { alpn: vec![b"http/1.1".to_vec()], ..identity.client() };
    let session = sessions(config(), &server).remove(0);
    assert_eq!(session.fits(&config().wanted()), Ok(()));
    let after = |seconds| session.received + Duration::from_secs(seconds);
    let cases: [(Unfit, Config); 8] = [
        (Unfit::Server, Config { server_name: "other.example.test".to_owned(), ..config() }),
        (Unfit::Protocol, Config { alpn: vec![b"h2".to_vec()], ..config() }),
        (Unfit::Protocol, Config { alpn: Vec::new(), ..config() }),
        (Unfit::Hash, Config { suites: vec![Suite::Aes256GcmSha384], ..config() }),
        (Unfit::Expired, Config { wall_clock: after(86_400), ..config() }),
        (Unfit::Expired, Config { wall_clock: session.received - Duration::from_secs(1), ..config() }),
        (Unfit::Trust, Config { trust: Trust::MozillaRoots, ..config() }),
        (Unfit::Trust, Config { trust: Trust::Nothing, ..config() }),
    ];
    for (unfit, config) in cases {
        assert_eq!(session.fits(&config.wanted()), Err(unfit));
        let mut store = MemoryStore::default();
        store.insert(session.clone());
        assert_eq!(store.take(&config.wanted()), None);
        let error =
            Client::new(std::time::Instant::now(), resuming(config, &session), &mut rng()).unwrap_err();
        assert_eq!(error, Error::Config(format!("the session cannot be offered: {unfit}")));
    }
    // RFC 8446 §4.6.1: a week at most, whatever the server says.
    let years = Session { lifetime: u32::MAX, ..session.clone() };
    let fits_after = |seconds| years.fits(&Config { wall_clock: after(seconds), ..config() }.wanted());
    assert_eq!([fits_after(604_799), fits_after(604_800)], [Ok(()), Err(Unfit::Expired)]);
    // The certificate runs out on 2027-01-01; this ticket came the day before.
    let new_year = SystemTime::UNIX_EPOCH + Duration::from_secs(1_798_761_600);
    let last = Session { received: new_year - Duration::from_secs(60), ..session.clone() };
    let at = |now| Config { wall_clock: now, ..config() };
    assert_eq!(last.fits(&at(new_year).wanted()), Ok(()));
    assert_eq!(last.fits(&at(new_year + Duration::from_secs(1)).wanted()), Err(Unfit::Certificate));
}

/// A session that began without a check stays without one.
#[test]
fn what_nobody_checked_is_not_called_verified_later() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = keeping(identity.server());
    let config = || Config { trust: Trust::Nothing, ..identity.client() };
    let session = sessions(config(), &server).remove(0);
    assert_eq!(session.fits(&identity.client().wanted()), Err(Unfit::Trust));
    let summary = Pair::new(resuming(config(), &session), server).handshake();
    assert!(is_resumed(&summary) && !summary.verified.is_by_certificate());
    assert!(summary.verified.to_string().starts_with("NOT verified: resumed from"), "{}", summary.verified);
}

/// A session in a file: every byte counts, and no broken one does harm.
#[test]
fn a_session_is_saved_and_read_again() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for suite in [CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS13_AES_256_GCM_SHA384] {
        let mut server = keeping(identity.server_with(|p| only_suite(p, suite)));
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = || Config { alpn: vec![b"http/1.1".to_vec()], ..identity.client() };
        let session = sessions(config(), &server).remove(0);
        let bytes = session.to_bytes();
        let read = Session::from_bytes(&bytes).unwrap();
        assert_eq!(read, session);
        assert!(is_resumed(&Pair::new(resuming(config(), &read), server).handshake()));
        for length in 0..bytes.len() {
            let refused = Session::from_bytes(&bytes[..length]).unwrap_err();
            assert!(refused.offset <= length, "{refused}");
        }
        let longer = Session::from_bytes(&[&bytes[..], &[0]].concat()).unwrap_err();
        assert_eq!(longer.offset, bytes.len(), "{longer}");
        let other_form = Session::from_bytes(&[&[2], &bytes[1..]].concat()).unwrap_err();
        let says = "session, byte 0: form is 0x2, it has to be 1; the form of saved sessions";
        assert_eq!(other_form.to_string(), says);
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 0xff;
            let read = Session::from_bytes(&broken);
            assert_ne!(read.as_ref(), Ok(&session));
            // What is read is written the same.
            assert!(read.is_err() || read.unwrap().to_bytes() == broken, "byte {at}");
        }
    }
}

/// Names that are not UTF-8, and keys that do not fit the suite: found by fuzzing.
#[test]
fn a_saved_session_with_a_name_or_a_key_that_cannot_be_is_refused() {
    let session = common::session(&Identity::new(&rcgen::PKCS_ED25519).client());
    let session = Session { server_name: "x".repeat(255), ..session };
    let mut bytes = session.to_bytes();
    assert_eq!(Session::from_bytes(&bytes), Ok(session.clone()));
    bytes[2..257].fill(0x80);
    let refused = Session::from_bytes(&bytes).unwrap_err().to_string();
    assert_eq!(
        refused,
        "session, byte 1: server_name is 0x80, it has to be UTF-8; the form of saved sessions"
    );
    let longer = Session { psk: barewire_tls13::key_schedule::Secret::new(&[5; 48]), ..session };
    let refused = Session::from_bytes(&longer.to_bytes()).unwrap_err().to_string();
    assert!(refused.contains("psk length says 48 bytes, allowed are 32 to 32"), "{refused}");
}

#[test]
fn a_store_gives_each_session_once_and_has_a_bound() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let session = sessions(identity.client(), &keeping(identity.server())).remove(0);
    let wanted_config = identity.client();
    let numbered = |server_name: &str, number: u8| Session {
        server_name: server_name.to_owned(),
        ticket: vec![number],
        ..session.clone()
    };
    let mut store = MemoryStore::new(4, 3);
    (1..=5).for_each(|number| store.insert(numbered("www.example.test", number)));
    let kept = |store: &MemoryStore| store.sessions().map(|kept| kept.ticket[0]).collect::<Vec<_>>();
    assert_eq!(kept(&store), [3, 4, 5], "three of one server");
    (6..=7).for_each(|number| store.insert(numbered("other.example.test", number)));
    assert_eq!(kept(&store), [4, 5, 6, 7], "four in all");
    let mut take = || store.take(&wanted_config.wanted()).map(|taken| taken.ticket[0]);
    assert_eq!([take(), take(), take()], [Some(5), Some(4), None], "the newest first, each once");
    store.insert(Session { lifetime: 0, ..numbered("www.example.test", 8) });
    assert_eq!(kept(&store), [6, 7], "a lifetime of 0 means: do not keep it (RFC 8446 §4.6.1)");
    let later = session.received + Duration::from_secs(86_400);
    store.insert(Session { received: later, ..numbered("www.example.test", 9) });
    assert_eq!(kept(&store), [9], "those before are too old by now");
}

#[test]
fn a_server_cannot_fill_the_memory_with_tickets() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut server = identity.server();
    server.send_tls13_tickets = 100;
    let mut pair = Pair::new(identity.client(), server);
    pair.handshake();
    assert_eq!(tickets(&mut pair).len(), 16);
    assert_eq!(pair.client.events_dropped(), 84);
}

#[test]
fn both_sides_export_the_same_bytes() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = keeping(identity.server());
    let session = sessions(identity.client(), &server).remove(0);
    for config in [identity.client(), resuming(identity.client(), &session)] {
        let mut pair = Pair::new(config, server.clone());
        assert!(matches!(pair.client.export("x", b"", &mut [0; 8]), Err(Error::NotWritable(_))));
        pair.handshake();
        for (label, context, length) in [
            ("EXPORTER-Channel-Binding", &b""[..], 32),
            ("EXPERIMENTAL x", b"context", 7),
            ("", &[1; 300], 1_000),
        ] {
            let mut ours = vec![0; length];
            pair.client.export(label, context, &mut ours).unwrap();
            let theirs = vec![0; length];
            let theirs = pair.server.export_keying_material(theirs, label.as_bytes(), Some(context)).unwrap();
            assert_eq!(ours, theirs, "{label}");
        }
        assert!(matches!(pair.client.export(&"x".repeat(250), b"", &mut [0; 8]), Err(Error::Config(_))));
        assert!(matches!(pair.client.export("x", b"", &mut vec![0; 255 * 48 + 1]), Err(Error::Config(_))));
    }
}

#[test]
fn a_resumed_connection_logs_the_same_secrets_as_rustls() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut server = keeping(identity.server());
    let session = sessions(identity.client(), &server).remove(0);
    let (ours, theirs) = (Log::default(), Log::default());
    let mut config = resuming(identity.client(), &session);
    config.key_log = Some(Box::new(ours.clone()));
    server.key_log = Arc::new(theirs.clone());
    assert!(is_resumed(&Pair::new(config, server).handshake()));
    let (mut ours, mut theirs) = (ours.lines(), theirs.lines());
    ours.sort();
    theirs.sort();
    // rustls makes the early secret of every ClientHello with a key, early data or not.
    theirs.retain(|line| !line.starts_with(barewire_tls13::key_log::CLIENT_EARLY));
    assert_eq!((ours.len(), &ours), (5, &theirs));
}

/// RFC 8446 §4.2.11: what a server may not say about the key that was offered.
#[test]
fn answers_that_do_not_fit_the_offer_are_refused() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = keeping(identity.server_with(|p| only_suite(p, CipherSuite::TLS13_AES_128_GCM_SHA256)));
    let session = sessions(identity.client(), &server).remove(0);
    let refused = |config: Config, suite: Suite, number: u16| {
        let mut forger = Forger::new(&identity, config);
        let result = forger.hello(|h| {
            h.hello.cipher_suite = suite.id();
            h.hello.extensions.push(Extension::SelectedIdentity(number));
        });
        let error = result.unwrap_err();
        (error.alert().unwrap().to_string(), error.to_string())
    };
    let (alert, says) = refused(resuming(identity.client(), &session), Suite::Aes128GcmSha256, 1);
    assert!(alert.starts_with("illegal_parameter"), "{alert}");
    assert!(says.starts_with("the server takes pre-shared key 1, only number 0 was offered"), "{says}");
    let (alert, says) = refused(resuming(identity.client(), &session), Suite::Aes256GcmSha384, 0);
    assert!(alert.starts_with("illegal_parameter"), "{alert}");
    assert!(says.contains("TLS_AES_256_GCM_SHA384, which has another hash"), "{says}");
    let (alert, says) = refused(identity.client(), Suite::Aes128GcmSha256, 0);
    assert!(alert.starts_with("unsupported_extension"), "{alert}");
    assert!(says.contains("pre_shared_key, which was not asked for"), "{says}");
}

/// Somebody who knows the ticket but not its key can take the offer, and gets no further.
#[test]
fn a_server_without_the_key_is_found_out() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let server = keeping(identity.server_with(|p| only_suite(p, CipherSuite::TLS13_AES_128_GCM_SHA256)));
    let session = sessions(identity.client(), &server).remove(0);
    let mut forger = Forger::new(&identity, resuming(identity.client(), &session));
    forger.hello(|h| h.hello.extensions.push(Extension::SelectedIdentity(0))).unwrap();
    let extensions = forger.encrypted_extensions(Vec::new());
    let error = forger.say(&extensions).unwrap_err();
    assert!(matches!(error, Error::Decrypt(_)), "{error}");
    assert_eq!(forger.client.summary(), None);
}

#[test]
fn an_external_key() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let external = |key: &[u8]| {
        let (identity, suite) = (b"line 7".to_vec(), Suite::Aes128GcmSha256);
        PreSharedKey::External(ExternalPsk { identity, key: key.to_vec(), suite })
    };
    assert!(!format!("{:?}", external(b"secret")).contains("secret"));
    // A server that does not know it shows its certificate.
    let config = Config { pre_shared_key: Some(external(&[7; 32])), ..identity.client() };
    let summary = Pair::new(config, identity.server()).handshake();
    assert_eq!(summary.chain.len(), 1);
    // One that does not exist cannot be offered.
    let config = Config { pre_shared_key: Some(external(b"")), ..identity.client() };
    assert!(matches!(Client::new(std::time::Instant::now(), config, &mut rng()), Err(Error::Config(_))));
}
