//! `openssl s_server`: how many tickets, groups, early data, small and padded records, a key that both were given.

use barewire_tls13::{EarlyData, ExternalPsk, Group, MemoryStore, PreSharedKey, Suite, TlsStream, Verified};

use crate::need;
use crate::server::{Server, get, words};

/// s_server with a page about each connection.
fn with_pages(name: &str, more: &str) -> Server {
    start(name, &format!("-www {more}"))
}

fn start(name: &str, more: &str) -> Server {
    Server::start(name, |port, _| {
        words(&format!(
            "openssl s_server -accept 127.0.0.1:{port} -tls1_3 -cert cert.pem -key key.pem -keylogfile keys {more}"
        ))
    })
}

#[test]
fn openssl_with_five_tickets_and_with_none() {
    if !need::can_run("openssl_with_five_tickets_and_with_none", false, &["openssl"]) {
        return;
    }
    for tickets in [5, 0] {
        let server = with_pages(&format!("tickets{tickets}"), &format!("-num_tickets {tickets}"));
        let mut store = MemoryStore::default();
        let asked = server.ask(&mut store, &get("/"));
        assert_eq!((asked.is_resumed(), asked.tickets), (false, tickets));
        for _ in 0..3 {
            // A connection that goes on with a session brings one ticket, to take the place of the one it used.
            let asked = server.ask(&mut store, &get("/"));
            assert_eq!((asked.is_resumed(), asked.tickets), (tickets > 0, tickets.min(1)));
        }
    }
}

#[test]
fn openssl_with_each_suite_and_group() {
    if !need::can_run("openssl_with_each_suite_and_group", false, &["openssl"]) {
        return;
    }
    for suite in Suite::ALL {
        for (group, name) in [(Group::X25519, "X25519"), (Group::Secp256r1, "P-256")] {
            let server = with_pages(suite.name(), &format!("-groups {name} -ciphersuites {}", suite.name()));
            server.comes_back(group != Group::X25519);
            let asked = server.ask(&mut MemoryStore::default(), &get("/"));
            assert_eq!((asked.summary.suite, asked.summary.group), (suite, group));
        }
    }
}

/// A server that takes nothing but P-384: with a HelloRetryRequest, and with a share for it in the first hello.
#[test]
fn openssl_with_p384_only() {
    if !need::can_run("openssl_with_p384_only", false, &["openssl"]) {
        return;
    }
    let server = with_pages("p384", "-groups P-384");
    for (shares, hello_retry) in [(vec![], true), (vec![Group::Secp384r1], false)] {
        let mut store = MemoryStore::default();
        for resumed in [false, true] {
            let asked = server.ask_with(&mut store, &get("/"), |config| {
                config.groups = Group::ALL.to_vec();
                config.key_shares = shares.clone();
            });
            assert_eq!((asked.is_resumed(), asked.summary.hello_retry), (resumed, hello_retry));
            assert_eq!(asked.summary.group, Group::Secp384r1);
        }
    }
}

#[test]
fn openssl_with_small_and_with_padded_records() {
    if !need::can_run("openssl_with_small_and_with_padded_records", false, &["openssl"]) {
        return;
    }
    for (name, more) in [
        ("small", "-max_send_frag 512"),
        ("split", "-split_send_frag 512"),
        ("padded", "-record_padding 1024"),
        ("both", "-max_send_frag 512 -record_padding 500"),
    ] {
        let server = with_pages(name, more);
        server.comes_back(false);
        // The page ends whole, whatever it is cut into.
        let asked = server.ask(&mut MemoryStore::default(), &get("/"));
        assert!(asked.text().trim_end().ends_with("</HTML>"), "{}", asked.text());
    }
}

#[test]
fn openssl_takes_early_data() {
    if !need::can_run("openssl_takes_early_data", false, &["openssl"]) {
        return;
    }
    let server = start("early", "-early_data -max_early_data 100");
    let mut store = MemoryStore::default();
    server.ask(&mut store, b"");
    assert!(store.sessions().all(|session| session.max_early_data == 100));
    let asked = server.ask_early(&mut store, b"the early bird\n");
    assert!(asked.is_resumed(), "{}", server.log());
    assert_eq!(asked.summary.early_data, EarlyData::Accepted, "{}", server.log());
    let log = server.log();
    assert!(log.contains("Early data received:") && log.contains("the early bird\n"), "{log}");
}

/// It may also take the session for used up, and show its certificate: its guard against replays lets no session begin
/// two handshakes (RFC 8446 §8.1).
#[test]
fn openssl_asks_again_for_a_group_and_then_takes_no_early_data() {
    if !need::can_run("openssl_asks_again_for_a_group_and_then_takes_no_early_data", false, &["openssl"]) {
        return;
    }
    let server = start("early-retry", "-early_data -groups P-256");
    let mut store = MemoryStore::default();
    server.ask(&mut store, b"");
    let asked = server.ask_early(&mut store, b"the early bird\n");
    let summary = &asked.summary;
    assert_eq!((summary.hello_retry, summary.early_data), (true, EarlyData::Refused), "{}", server.log());
    assert!(server.log().contains("the early bird\n"), "it was not sent again: {}", server.log());
}

#[test]
fn openssl_with_an_external_key() {
    if !need::can_run("openssl_with_an_external_key", false, &["openssl"]) {
        return;
    }
    let server = start("external", "-psk 00112233445566778899aabbccddeeff -psk_identity us");
    let connect = |key: &[u8]| {
        let mut config = server.config(&mut MemoryStore::default());
        let suite = Suite::Aes128GcmSha256;
        let external = ExternalPsk { identity: b"us".to_vec(), key: key.to_vec(), suite };
        config.pre_shared_key = Some(PreSharedKey::External(external));
        TlsStream::connect(server.connect(), server.client(config)).map(|stream| stream.summary().clone())
    };
    let key: Vec<u8> = (0..16).map(|n| n * 0x11).collect();
    let summary = connect(&key).unwrap();
    assert_eq!(summary.verified, Verified::PreSharedKey { identity: b"us".to_vec() });
    assert_eq!((summary.signature, summary.chain.len()), (None, 0));
    // The binder of another key does not fit.
    let error = connect(&key[1..]).unwrap_err().to_string();
    assert!(error.contains("the server gave up with the alert illegal_parameter"), "{error}");
}
