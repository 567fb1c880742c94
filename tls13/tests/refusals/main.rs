//! What a server may not do, as tables: the message, how it is bent, and the alert that RFC 8446 wants for it. A server
//! with the right keys says each one (`common/forger.rs`). The alert is read from the wire, and has to be the last
//! record of the client. One test for each section of the RFC, so that `tests/index` can name them.
//!
//! In reading order: [`hellos`] (§4.1, §4.2), [`flight`] (§4.3, §4.4), [`resumed`] (§4.2.10, §4.2.11), [`records`] (§5,
//! §6), [`connected`] and [`tickets`] (§4.6).

#[path = "../common/mod.rs"]
mod common;
mod connected;
mod flight;
mod hellos;
mod records;
mod resumed;
mod tickets;

use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::HELLO_RETRY_RANDOM;
use barewire_tls13::record::ContentType;
use barewire_tls13::{AlertDescription, Config, Error};
use common::Identity;
use common::forger::{Forger, Sent};

/// The message, how it is bent, the alert wanted, and what the server does.
type Case = (&'static str, &'static str, AlertDescription, fn(&mut Forger) -> Result<(), Error>);

/// A server, and a client that offered ALPN beside what it always offers.
fn forger() -> Forger {
    forger_for(|_| ())
}

/// The same for a client whose settings are as `change` left them.
fn forger_for(change: impl FnOnce(&mut Config)) -> Forger {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut config = identity.client();
    config.alpn = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    change(&mut config);
    Forger::new(&identity, config)
}

/// Plays each case, and fails with all that went wrong.
#[track_caller]
fn all_refused(cases: &[Case]) {
    all_refused_by(forger, cases);
}

/// The same with a client that has offered something else.
#[track_caller]
fn all_refused_by(forger: impl Fn() -> Forger, cases: &[Case]) {
    let faults: Vec<String> = cases
        .iter()
        .filter_map(|(message, bend, alert, play)| {
            let mut forger = forger();
            let result = play(&mut forger);
            let fault = fault(&mut forger, result, *alert)?;
            Some(format!("{message}, {bend}: {fault}"))
        })
        .collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

/// Why this is not the refusal that was wanted.
fn fault(forger: &mut Forger, result: Result<(), Error>, wanted: AlertDescription) -> Option<String> {
    let Err(error) = result else { return Some("it was taken".to_owned()) };
    let sent = forger.sent();
    let Some((last, before)) = sent.split_last() else { return Some(format!("no alert for: {error}")) };
    if (last.content_type, &last.content[..]) != (ContentType::ALERT, &[2, wanted.0]) {
        return Some(format!("{last:?} instead of {wanted} for: {error}"));
    }
    if forger.client.failure() != Some(&error) || forger.raw(&[22]).as_ref() != Err(&error) {
        return Some(format!("the connection goes on after: {error}"));
    }
    // RFC 8446 §6: the secrets of a failed connection are forgotten.
    let kept = forger.client.handshake_secrets().is_some() || forger.client.application_secrets().is_some();
    if kept || forger.client.export("EXPORTER-x", b"", &mut [0; 8]).as_ref() != Err(&error) {
        return Some(format!("secrets are kept after: {error}"));
    }
    if before.iter().any(|record| record.content_type == ContentType::ALERT) {
        return Some("two alerts".to_owned());
    }
    // RFC 8446 §5.1: only the record of the first ClientHello may say another version.
    if let Some(other) = sent.iter().find(|record| record.legacy_version != 0x0303) {
        return Some(format!("{other:?} says another version than 0x0303"));
    }
    without_change_cipher_spec(&sent)
}

/// RFC 8446 §D.4: one change_cipher_spec comes before the first record that is encrypted, also if that is an alert.
fn without_change_cipher_spec(sent: &[Sent]) -> Option<String> {
    let is_dummy = |record: &Sent| record.content_type == ContentType::CHANGE_CIPHER_SPEC;
    let encrypted = sent.iter().position(|record| record.encrypted)?;
    match (sent.iter().position(is_dummy), sent.iter().filter(|record| is_dummy(record)).count()) {
        (Some(at), 1) if at < encrypted => None,
        (at, count) => Some(format!("{count} change_cipher_spec, at {at:?}, encrypted from {encrypted} on")),
    }
}

/// What the tables are worth without: an honest server is not refused.
#[test]
fn honest_messages_are_taken() {
    let mut forger = forger();
    forger.handshake().unwrap();
    assert!(forger.client.summary().is_some());
    let sent = forger.sent();
    assert_eq!(sent.len(), 2, "change_cipher_spec and Finished: {sent:?}");
    assert_eq!(without_change_cipher_spec(&sent), None);
}

#[test]
fn rfc8446_sd_4_an_alert_in_the_place_of_the_second_flight() {
    // A close_notify of our own, too, before the handshake is done.
    for messages in 1..5 {
        let mut forger = forger();
        forger.flight(messages).unwrap();
        forger.client.close();
        let sent = forger.sent();
        let types: Vec<(bool, u8)> =
            sent.iter().map(|record| (record.encrypted, record.content_type.0)).collect();
        assert_eq!(types, [(false, 20), (true, 21)], "after {messages} messages");
    }
    // After a HelloRetryRequest it went out already, before the second ClientHello.
    let mut forger = forger();
    forger.retry(vec![Extension::SelectedVersion(0x0304), Extension::Cookie(b"crumbs")]).unwrap();
    forger.flight(1).unwrap();
    let result = forger.say(&forger.finished());
    assert_eq!(fault(&mut forger, result, AlertDescription::UNEXPECTED_MESSAGE), None);
}

/// RFC 8446 §6.1: close_notify is the last that its sender says. So a client that gives up during the handshake does
/// not go on with it, and a fault that comes later is not told.
#[test]
fn rfc8446_s6_1_nothing_follows_our_close_notify() {
    for messages in 0..5 {
        let mut forger = forger();
        forger.flight(messages).unwrap();
        forger.client.close();
        let sent = forger.sent();
        assert_eq!(sent.last().unwrap().content, [1, 0]);
        forger.messages(messages..5).unwrap();
        assert_eq!(
            (forger.sent().len(), forger.client.summary()),
            (sent.len(), None),
            "after {messages} messages"
        );
        assert_eq!(forger.client.receive_eof(forger.now), Ok(()));
    }
    let mut forger = forger();
    forger.client.close();
    let sent = forger.sent();
    let asks = vec![Extension::SelectedVersion(0x0304), Extension::Cookie(b"crumbs")];
    forger.hello(|h| (h.hello.random, h.hello.extensions) = (HELLO_RETRY_RANDOM, asks)).unwrap();
    assert_eq!(forger.sent(), sent, "a second ClientHello");
    let mut forger = self::forger();
    forger.handshake().unwrap();
    forger.client.close();
    let sent = forger.sent();
    // Data still comes, until a fault does.
    forger.sealed(ContentType::APPLICATION_DATA, b"data").unwrap();
    assert_eq!(forger.client.read(&mut [0; 9]), 4);
    forger.sealed(ContentType::HANDSHAKE, &[99, 0, 0, 0]).unwrap_err();
    assert_eq!(forger.sent(), sent);
}
