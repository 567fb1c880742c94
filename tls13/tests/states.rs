//! The states of both ends, as the figures of RFC 8446 §A name them, after each message of a capture.

#[path = "common/streams.rs"]
mod streams;

use barewire_dissect::Direction;
use barewire_tls13::Epoch;
use barewire_tls13::observe::{Observer, Resumption};
use streams::{Connection, capture};

/// After each record that changed something: the client's state and keys, the server's state and keys.
fn steps(capture_name: &str, which: usize, keys: bool) -> Vec<String> {
    let capture = capture(capture_name);
    let connection = streams::connections(&capture).remove(which);
    let mut observer = Observer::new();
    if keys {
        capture.secrets.iter().for_each(|text| observer.add_key_log(text));
    }
    let mut steps = Vec::new();
    for (way, at, record) in records(&connection) {
        observer.receive(way, at, &record);
        let ([client, server], [to_server, to_client]) = (observer.states(), observer.epochs());
        let step = format!("{client} {} | {server} {}", short(to_server), short(to_client));
        if steps.last() != Some(&step) {
            steps.push(step);
        }
    }
    steps
}

fn short(epoch: Epoch) -> String {
    match epoch {
        Epoch::Plaintext => "-".to_owned(),
        Epoch::EarlyData => "early".to_owned(),
        Epoch::Handshake => "hs".to_owned(),
        Epoch::Application(number) => format!("ap{number}"),
        Epoch::Older => "old".to_owned(),
    }
}

/// The pieces of a connection, cut so that each call of `receive` sees one record at most.
fn records(connection: &Connection) -> Vec<(Direction, u64, Vec<u8>)> {
    let mut ends = [(Vec::new(), 0u64), (Vec::new(), 0u64)];
    let mut records = Vec::new();
    for (way, _, bytes) in &connection.pieces {
        let (waiting, at) = &mut ends[way.index()];
        waiting.extend_from_slice(bytes);
        while let Some(&[_, _, _, high, low]) = waiting.first_chunk() {
            let length = 5 + usize::from(u16::from_be_bytes([high, low]));
            if waiting.len() < length {
                break;
            }
            records.push((*way, *at, waiting.drain(..length).collect()));
            *at += length as u64;
        }
    }
    records
}

#[test]
fn a_full_handshake() {
    let expected = [
        "WAIT_SH - | RECVD_CH -",
        "WAIT_EE hs | NEGOTIATED hs",
        "WAIT_CERT_CR hs | NEGOTIATED hs",
        "WAIT_CV hs | NEGOTIATED hs",
        "WAIT_FINISHED hs | NEGOTIATED hs",
        "WAIT_FINISHED hs | WAIT_FLIGHT2 ap0",
        "CONNECTED ap0 | CONNECTED ap0",
        "CLOSED ap0 | CONNECTED ap0",
    ];
    assert_eq!(steps("aes128", 0, true)[..8], expected);
}

#[test]
fn a_hello_retry_request_goes_back_to_start() {
    let steps = steps("hello_retry", 0, true);
    assert_eq!(
        steps[..4],
        [
            "WAIT_SH - | RECVD_CH -",
            "WAIT_SH - | START -",
            "WAIT_SH - | RECVD_CH -",
            "WAIT_EE hs | NEGOTIATED hs"
        ]
    );
}

#[test]
fn a_client_that_is_asked_for_its_certificate() {
    let steps = steps("client_certificate", 0, true);
    let asked = steps.iter().position(|step| step.starts_with("WAIT_CERT hs")).unwrap();
    assert_eq!(
        steps[asked..asked + 7],
        [
            "WAIT_CERT hs | NEGOTIATED hs",
            "WAIT_CV hs | NEGOTIATED hs",
            "WAIT_FINISHED hs | NEGOTIATED hs",
            "WAIT_FINISHED hs | WAIT_FLIGHT2 ap0",
            "WAIT_FINISHED hs | WAIT_CV ap0",
            "WAIT_FINISHED hs | WAIT_FINISHED ap0",
            "CONNECTED ap0 | CONNECTED ap0",
        ]
    );
    // The empty Certificate of a client that has none: no CertificateVerify follows.
    let none = self::steps("certificate_request", 0, true);
    assert!(none.contains(&"WAIT_FINISHED hs | WAIT_FINISHED ap0".to_owned()), "{none:#?}");
    assert!(!none.contains(&"WAIT_FINISHED hs | WAIT_CV ap0".to_owned()), "{none:#?}");
}

#[test]
fn a_resumed_handshake_waits_for_no_certificate() {
    assert_eq!(
        steps("resumption", 1, true)[..5],
        [
            "WAIT_SH - | RECVD_CH -",
            "WAIT_EE hs | NEGOTIATED hs",
            "WAIT_FINISHED hs | NEGOTIATED hs",
            "WAIT_FINISHED hs | WAIT_FLIGHT2 ap0",
            "CONNECTED ap0 | CONNECTED ap0",
        ]
    );
}

#[test]
fn early_data_has_keys_of_its_own_until_it_ends() {
    assert_eq!(
        steps("early_data", 1, true)[..6],
        [
            "WAIT_SH early | RECVD_CH -",
            "WAIT_EE early | NEGOTIATED hs",
            "WAIT_FINISHED early | NEGOTIATED hs",
            "WAIT_FINISHED early | WAIT_EOED ap0",
            "WAIT_FINISHED hs | WAIT_FLIGHT2 ap0",
            "CONNECTED ap0 | CONNECTED ap0",
        ]
    );
    // Refused: no EndOfEarlyData comes, and the client's next record is under the handshake keys.
    let refused = steps("early_data_refused", 1, true);
    assert!(refused.contains(&"WAIT_FINISHED early | WAIT_FLIGHT2 ap0".to_owned()), "{refused:#?}");
    assert!(refused.contains(&"CONNECTED ap0 | CONNECTED ap0".to_owned()), "{refused:#?}");
}

#[test]
fn key_updates_count_the_keys() {
    let steps = steps("key_update", 0, true);
    let keys: Vec<&str> = steps.iter().map(|step| step.split_once('|').unwrap().0).collect();
    for keys_of_client in ["CONNECTED ap0 ", "CONNECTED ap1 ", "CONNECTED ap2 "] {
        assert!(keys.contains(&keys_of_client), "{steps:#?}");
    }
    assert!(steps.iter().any(|step| step.ends_with("CONNECTED ap1")), "the server's answer: {steps:#?}");
}

#[test]
fn without_a_key_log_the_state_is_not_visible() {
    assert_eq!(
        steps("aes128", 0, false),
        ["WAIT_SH - | RECVD_CH -", "WAIT_EE hs | NEGOTIATED hs", "not visible hs | not visible hs"]
    );
}

#[test]
fn tls12_names_no_states() {
    assert_eq!(
        steps("tls12", 0, true),
        [
            "WAIT_SH - | RECVD_CH -",
            "handshake of TLS 1.2 or older - | handshake of TLS 1.2 or older -",
            "handshake of TLS 1.2 or older old | handshake of TLS 1.2 or older -",
            "handshake of TLS 1.2 or older old | handshake of TLS 1.2 or older old",
            "CONNECTED old | CONNECTED old",
        ]
    );
}

#[test]
fn an_alert_ends_it() {
    let last = |which| steps("alerts", which, true).pop().unwrap();
    for which in 0..3 {
        assert!(last(which).starts_with("CLOSED "), "{which}: {}", last(which));
        assert!(last(which).contains("| CLOSED "), "{which}: {}", last(which));
    }
}

#[test]
fn what_was_agreed_on_is_told_as_data() {
    let observe = |name: &str, which| streams::observe(&capture(name)).remove(which).0;
    let observer = observe("h2", 0);
    assert_eq!(observer.alpn(), Some(&b"h2"[..]));
    assert_eq!(observer.offer().unwrap().alpn, [b"h2".to_vec(), b"http/1.1".to_vec()]);
    assert_eq!((observer.version(), observer.suite()), (Some(0x0304), Some(0x1301)));
    let observer = observe("resumption", 1);
    let choice = observer.choice().unwrap();
    assert_eq!(choice.resumed, Some(Resumption::Psk));
    assert_eq!(choice.to_string(), "x25519, AES-128-GCM, resumed (PSK)");
    assert!(observer.offer().unwrap().psk && !observer.offer().unwrap().early_data);
    assert!(observe("early_data", 1).offer().unwrap().early_data);
}
