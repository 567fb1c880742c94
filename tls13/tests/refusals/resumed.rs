//! Coming back: pre_shared_key (RFC 8446 §4.2.11), early data (§4.2.10), and the shorter flight that follows (§2.2).
//! The client offers one session, and in the second half of this file early data with it.

use barewire_tls13::AlertDescription as A;
use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{CertificateRequest, Finished};
use barewire_tls13::key_schedule::Secret;
use barewire_tls13::record::ContentType;
use barewire_tls13::{EarlyData, Error, ExternalPsk, PreSharedKey, Suite, Verified};

use super::tickets::ticket;
use super::{Case, all_refused_by, fault, forger_for};
use crate::common::forger::{Forger, Hello, SUITE};
use crate::common::session;

const TLS13: Extension<'static> = Extension::SelectedVersion(0x0304);
const TAKES_EARLY_DATA: Extension<'static> = Extension::Other { id: 42, data: &[] };
const H2: &[u8] = b"h2";

/// A client that comes back.
fn resumed() -> Forger {
    forger_for(|config| config.pre_shared_key = Some(PreSharedKey::Session(Box::new(session(config)))))
}

/// A client that comes back, and has sent a request before the server said anything.
fn early() -> Forger {
    let mut forger = forger_for(|config| {
        config.pre_shared_key = Some(PreSharedKey::Session(Box::new(session(config))));
        config.replayable_early_data = true;
    });
    assert_eq!(forger.client.write_early_replayable(b"request"), Ok(7));
    forger
}

/// A client with a key that both sides were given.
fn external() -> Forger {
    forger_for(|config| {
        let (identity, key) = (b"line 7".to_vec(), vec![5; 32]);
        config.pre_shared_key = Some(PreSharedKey::External(ExternalPsk { identity, key, suite: SUITE }));
    })
}

/// A ServerHello that takes the pre-shared key of that number, as `change` left it.
fn take(forger: &mut Forger, number: u16, change: impl FnOnce(&mut Hello<'_>)) -> Result<(), Error> {
    forger.psk = Some(Secret::new(&[5; 32]));
    forger.hello(|hello| {
        hello.hello.extensions.push(Extension::SelectedIdentity(number));
        change(hello);
    })
}

/// The start of a resumed flight: the hello, and EncryptedExtensions with these extensions.
fn extensions(forger: &mut Forger, extensions: Vec<Extension<'_>>) -> Result<(), Error> {
    take(forger, 0, |_| ())?;
    forger.say(&forger.encrypted_extensions(extensions))
}

/// The start of a resumed flight, then a message out of its order.
fn after_extensions(forger: &mut Forger, message: impl FnOnce(&Forger) -> Vec<u8>) -> Result<(), Error> {
    extensions(forger, Vec::new())?;
    let message = message(forger);
    forger.say(&message)
}

/// A flight in which early data is taken, then this message.
fn after_early_data(forger: &mut Forger, message: impl FnOnce(&Forger) -> Vec<u8>) -> Result<(), Error> {
    extensions(forger, vec![TAKES_EARLY_DATA, Extension::Alpn(vec![H2])])?;
    let message = message(forger);
    forger.say(&message)
}

fn certificate_request() -> Vec<u8> {
    let schemes = Extension::SignatureAlgorithms(vec![0x0807]);
    CertificateRequest { request_context: &[], extensions: vec![schemes] }.to_bytes()
}

/// Finished with its last bit flipped.
fn wrong_finished(forger: &Forger) -> Vec<u8> {
    let mut finished = forger.finished();
    *finished.last_mut().unwrap() ^= 1;
    finished
}

/// The rest of an honest flight, up to the client's Finished.
fn finish(forger: &mut Forger) {
    let finished = forger.finished();
    forger.say(&finished).unwrap();
    forger.application_keys();
}

/// What the tables are worth without: honest servers are not refused.
#[test]
fn honest_servers_are_taken() {
    for (mut forger, early_data) in [
        (resumed(), EarlyData::NotOffered),
        (early(), EarlyData::Refused),
        (external(), EarlyData::NotOffered),
    ] {
        extensions(&mut forger, vec![Extension::Alpn(vec![H2])]).unwrap();
        finish(&mut forger);
        let summary = forger.client.summary().unwrap();
        assert_eq!(summary.early_data, early_data);
        assert!(matches!(summary.verified, Verified::InSession(_) | Verified::PreSharedKey { .. }));
    }
    let mut forger = early();
    extensions(&mut forger, vec![TAKES_EARLY_DATA, Extension::Alpn(vec![H2])]).unwrap();
    finish(&mut forger);
    assert_eq!(forger.client.summary().unwrap().early_data, EarlyData::Accepted);
    // After a HelloRetryRequest the key is taken, and early data is not offered again.
    let mut forger = early();
    forger.retry(vec![TLS13, Extension::Cookie(b"crumbs")]).unwrap();
    extensions(&mut forger, Vec::new()).unwrap();
    finish(&mut forger);
    let summary = forger.client.summary().unwrap();
    assert_eq!((summary.hello_retry, summary.early_data), (true, EarlyData::Refused));
    // The server takes no key: it shows its certificate.
    for mut forger in [resumed(), early(), external()] {
        forger.handshake().unwrap();
        assert_eq!(forger.client.summary().unwrap().chain.len(), 1);
    }
}

#[test]
fn rfc8446_s4_2_11_pre_shared_key() {
    const CASES: &[Case] = &[
        ("ServerHello", "takes key 1 of one", A::ILLEGAL_PARAMETER, |f| take(f, 1, |_| ())),
        ("ServerHello", "takes key 65535", A::ILLEGAL_PARAMETER, |f| take(f, 0xffff, |_| ())),
        ("ServerHello", "takes the key, with another hash", A::ILLEGAL_PARAMETER, |f| {
            take(f, 0, |h| h.hello.cipher_suite = Suite::Aes256GcmSha384.id())
        }),
        ("ServerHello", "takes the key, without key_share", A::ILLEGAL_PARAMETER, |f| {
            take(f, 0, |h| drop(h.hello.extensions.remove(1)))
        }),
        ("ServerHello", "takes the key, with a key_share in another group", A::ILLEGAL_PARAMETER, |f| {
            take(f, 0, |h| {
                let share = KeyShareEntry { group: 0x17, key_exchange: &[4; 65] };
                h.hello.extensions[1] = Extension::KeyShare(share);
            })
        }),
        ("ServerHello", "takes the key, with a key_share that is not a point", A::ILLEGAL_PARAMETER, |f| {
            take(f, 0, |h| {
                let share = KeyShareEntry { group: 0x1d, key_exchange: &[0; 32] };
                h.hello.extensions[1] = Extension::KeyShare(share);
            })
        }),
        ("ServerHello", "takes the key twice", A::ILLEGAL_PARAMETER, |f| {
            take(f, 0, |h| h.hello.extensions.push(Extension::SelectedIdentity(0)))
        }),
        ("ServerHello", "selected_identity of one byte", A::DECODE_ERROR, |f| {
            f.hello(|h| h.hello.extensions.push(Extension::Other { id: 41, data: &[0] }))
        }),
        ("ServerHello", "selected_identity of three bytes", A::DECODE_ERROR, |f| {
            f.hello(|h| h.hello.extensions.push(Extension::Other { id: 41, data: &[0, 0, 0] }))
        }),
        ("ServerHello", "a list of keys, as a client sends it", A::DECODE_ERROR, |f| {
            f.hello(|h| {
                h.hello.extensions.push(Extension::Other { id: 41, data: &[0, 7, 0, 1, 7, 0, 0, 0, 0] })
            })
        }),
        ("ServerHello", "psk_key_exchange_modes", A::ILLEGAL_PARAMETER, |f| {
            take(f, 0, |h| h.hello.extensions.push(Extension::PskKeyExchangeModes(vec![1])))
        }),
        ("HelloRetryRequest", "pre_shared_key", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::RetryGroup(0x17), Extension::SelectedIdentity(0)])
        }),
        ("EncryptedExtensions", "pre_shared_key", A::ILLEGAL_PARAMETER, |f| {
            extensions(f, vec![Extension::SelectedIdentity(0)])
        }),
        ("ServerHello after a retry", "takes key 1 of one", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::Cookie(b"crumbs")])?;
            take(f, 1, |_| ())
        }),
        ("ServerHello after a retry", "takes the key, without key_share", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::Cookie(b"crumbs")])?;
            take(f, 0, |h| drop(h.hello.extensions.remove(1)))
        }),
        (
            "ServerHello after a retry",
            "takes the key, with another suite of its hash",
            A::ILLEGAL_PARAMETER,
            |f| {
                f.retry(vec![TLS13, Extension::Cookie(b"crumbs")])?;
                take(f, 0, |h| h.hello.cipher_suite = Suite::Chacha20Poly1305Sha256.id())
            },
        ),
    ];
    all_refused_by(resumed, CASES);
    all_refused_by(early, CASES);
    all_refused_by(external, CASES);
}

/// A server of which nobody knows whether it has the key: its records open only if it has.
#[test]
fn rfc8446_s4_2_11_the_server_has_to_have_the_key() {
    const CASES: &[Case] = &[
        ("EncryptedExtensions", "made without the key", A::BAD_RECORD_MAC, |f| {
            f.hello(|h| h.hello.extensions.push(Extension::SelectedIdentity(0)))?;
            f.say(&f.encrypted_extensions(Vec::new()))
        }),
        ("EncryptedExtensions", "made with the key, which was not taken", A::BAD_RECORD_MAC, |f| {
            f.psk = Some(Secret::new(&[5; 32]));
            f.hello(|_| ())?;
            f.say(&f.encrypted_extensions(Vec::new()))
        }),
        ("EncryptedExtensions", "made with another key", A::BAD_RECORD_MAC, |f| {
            f.psk = Some(Secret::new(&[6; 32]));
            f.hello(|h| h.hello.extensions.push(Extension::SelectedIdentity(0)))?;
            f.say(&f.encrypted_extensions(Vec::new()))
        }),
    ];
    // The keys of the client differ from the server's, too. So its alert cannot be read.
    for (message, bend, alert, play) in CASES {
        for mut forger in [resumed(), external()] {
            let error = play(&mut forger).expect_err(bend);
            assert_eq!(error.alert(), Some(*alert), "{message}, {bend}: {error}");
            assert_eq!((forger.client.failure(), forger.client.summary()), (Some(&error), None));
        }
    }
}

/// RFC 8446 §2.2, §4.3.2, §4.4: who has the key needs no certificate, and may not ask for one.
#[test]
fn rfc8446_s4_4_the_flight_of_a_resumed_handshake() {
    const CASES: &[Case] = &[
        ("Certificate", "in a resumed handshake", A::UNEXPECTED_MESSAGE, |f| {
            after_extensions(f, Forger::certificate)
        }),
        ("CertificateVerify", "in a resumed handshake", A::UNEXPECTED_MESSAGE, |f| {
            after_extensions(f, Forger::certificate_verify)
        }),
        ("CertificateRequest", "in a resumed handshake", A::UNEXPECTED_MESSAGE, |f| {
            after_extensions(f, |_| certificate_request())
        }),
        ("CertificateRequest", "after a resumed handshake", A::UNEXPECTED_MESSAGE, |f| {
            extensions(f, Vec::new())?;
            finish(f);
            f.sealed(ContentType::HANDSHAKE, &certificate_request())
        }),
        ("EncryptedExtensions", "twice", A::UNEXPECTED_MESSAGE, |f| {
            after_extensions(f, |f| f.encrypted_extensions(Vec::new()))
        }),
        ("NewSessionTicket", "before Finished", A::UNEXPECTED_MESSAGE, |f| {
            after_extensions(f, |_| ticket(60, &[0], b"ticket", Vec::new()))
        }),
        ("Finished", "before EncryptedExtensions", A::UNEXPECTED_MESSAGE, |f| {
            take(f, 0, |_| ())?;
            f.say(&f.finished())
        }),
        ("Finished", "without a certificate, though no key was taken", A::UNEXPECTED_MESSAGE, |f| {
            f.flight(2)?;
            f.say(&f.finished())
        }),
        ("Finished", "its last bit flipped", A::DECRYPT_ERROR, |f| after_extensions(f, wrong_finished)),
        ("Finished", "of the transcript before EncryptedExtensions", A::DECRYPT_ERROR, |f| {
            take(f, 0, |_| ())?;
            let early = f.finished();
            f.say(&f.encrypted_extensions(Vec::new()))?;
            f.say(&early)
        }),
        ("Finished", "empty", A::DECODE_ERROR, |f| {
            after_extensions(f, |_| Finished { verify_data: &[] }.to_bytes())
        }),
        ("Finished", "as long as SHA-384", A::DECODE_ERROR, |f| {
            after_extensions(f, |_| Finished { verify_data: &[0; 48] }.to_bytes())
        }),
        ("a record of data", "before Finished", A::UNEXPECTED_MESSAGE, |f| {
            extensions(f, Vec::new())?;
            f.sealed(ContentType::APPLICATION_DATA, b"data")
        }),
    ];
    all_refused_by(resumed, CASES);
    all_refused_by(early, CASES);
    all_refused_by(external, CASES);
}

#[test]
fn rfc8446_s4_2_10_early_data_that_was_not_offered() {
    const CASES: &[Case] = &[
        ("EncryptedExtensions", "takes early data", A::UNSUPPORTED_EXTENSION, |f| {
            extensions(f, vec![TAKES_EARLY_DATA, Extension::Alpn(vec![H2])])
        }),
        ("EncryptedExtensions", "takes early data, but not the key", A::UNSUPPORTED_EXTENSION, |f| {
            f.hello(|_| ())?;
            f.say(&f.encrypted_extensions(vec![TAKES_EARLY_DATA]))
        }),
        ("ServerHello", "takes early data", A::ILLEGAL_PARAMETER, |f| {
            take(f, 0, |h| h.hello.extensions.push(TAKES_EARLY_DATA))
        }),
    ];
    all_refused_by(resumed, CASES);
    all_refused_by(external, CASES);
}

#[test]
fn rfc8446_s4_2_10_early_data() {
    const CASES: &[Case] = &[
        ("EncryptedExtensions", "takes early data, but not the key", A::ILLEGAL_PARAMETER, |f| {
            f.hello(|_| ())?;
            f.say(&f.encrypted_extensions(vec![TAKES_EARLY_DATA, Extension::Alpn(vec![H2])]))
        }),
        ("ServerHello", "takes key 1 of one; early data cannot follow", A::ILLEGAL_PARAMETER, |f| {
            take(f, 1, |_| ())?;
            f.say(&f.encrypted_extensions(vec![TAKES_EARLY_DATA]))
        }),
        ("EncryptedExtensions", "takes early data, with another suite", A::ILLEGAL_PARAMETER, |f| {
            take(f, 0, |h| h.hello.cipher_suite = Suite::Chacha20Poly1305Sha256.id())?;
            f.say(&f.encrypted_extensions(vec![TAKES_EARLY_DATA, Extension::Alpn(vec![H2])]))
        }),
        ("EncryptedExtensions", "takes early data, with another protocol", A::ILLEGAL_PARAMETER, |f| {
            extensions(f, vec![TAKES_EARLY_DATA, Extension::Alpn(vec![b"http/1.1"])])
        }),
        ("EncryptedExtensions", "takes early data, with no protocol", A::ILLEGAL_PARAMETER, |f| {
            extensions(f, vec![TAKES_EARLY_DATA])
        }),
        ("EncryptedExtensions", "takes early data, with a name in server_name", A::DECODE_ERROR, |f| {
            let name = Extension::ServerName(Some(b"another.example.test"));
            extensions(f, vec![TAKES_EARLY_DATA, Extension::Alpn(vec![H2]), name])
        }),
        ("EncryptedExtensions", "early_data with content", A::DECODE_ERROR, |f| {
            let sized = Extension::Other { id: 42, data: &[0, 0, 4, 0] };
            extensions(f, vec![sized, Extension::Alpn(vec![H2])])
        }),
        ("EncryptedExtensions", "early_data twice", A::ILLEGAL_PARAMETER, |f| {
            extensions(f, vec![TAKES_EARLY_DATA, TAKES_EARLY_DATA, Extension::Alpn(vec![H2])])
        }),
        ("EncryptedExtensions after a retry", "takes early data", A::UNSUPPORTED_EXTENSION, |f| {
            f.retry(vec![TLS13, Extension::Cookie(b"crumbs")])?;
            extensions(f, vec![TAKES_EARLY_DATA, Extension::Alpn(vec![H2])])
        }),
        ("HelloRetryRequest", "takes early data", A::ILLEGAL_PARAMETER, |f| {
            f.retry(vec![TLS13, Extension::Cookie(b"crumbs"), TAKES_EARLY_DATA])
        }),
        ("Certificate", "after early data was taken", A::UNEXPECTED_MESSAGE, |f| {
            after_early_data(f, Forger::certificate)
        }),
        ("CertificateRequest", "after early data was taken", A::UNEXPECTED_MESSAGE, |f| {
            after_early_data(f, |_| certificate_request())
        }),
        ("EndOfEarlyData", "from the server", A::UNEXPECTED_MESSAGE, |f| {
            after_early_data(f, |_| vec![5, 0, 0, 0])
        }),
        ("Finished", "after early data was taken, its last bit flipped", A::DECRYPT_ERROR, |f| {
            after_early_data(f, wrong_finished)
        }),
    ];
    all_refused_by(early, CASES);
}

/// An alert after early data was taken is under the early keys: the server reads those until EndOfEarlyData.
#[test]
fn rfc8446_s4_5_an_alert_in_the_place_of_end_of_early_data() {
    let mut forger = early();
    let result = after_early_data(&mut forger, wrong_finished);
    assert_eq!(fault(&mut forger, result, A::DECRYPT_ERROR), None);
    let sent = forger.sent();
    let kinds: Vec<(bool, u8)> = sent.iter().map(|record| (record.early, record.content_type.0)).collect();
    assert_eq!(kinds, [(false, 20), (true, 23), (true, 21)]);
    // Refused: under those of the handshake.
    let mut forger = early();
    let result = after_extensions(&mut forger, wrong_finished);
    assert_eq!(fault(&mut forger, result, A::DECRYPT_ERROR), None);
    assert_eq!(forger.sent().last().map(|record| record.early), Some(false));
}
