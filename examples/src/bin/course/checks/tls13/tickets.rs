//! tls10 and tls11: what a client sends of a ticket, and how it proves that it has the ticket's key (RFC 8446 §4.2.11).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use barewire_dissect::Direction::ToServer;
use barewire_tls13::key_schedule::{EarlySecret, Secret, finished_key};
use barewire_tls13::origin::Origin;
use barewire_tls13::record::{ContentType, RecordHeader};
use barewire_tls13::{ExternalPsk, PreSharedKey, Session, Suite, Transcript};
use rustls::crypto::ring::cipher_suite::{TLS13_AES_128_GCM_SHA256, TLS13_AES_256_GCM_SHA384};

use super::{hash, hex, hmac, secret};
use crate::steps::{Failed, Steps};

const AGE: &str = "RFC 8446 §4.2.11.1";
const BINDER: &str = "RFC 8446 §4.2.11.2";

/// When the tickets of these checks came.
fn received() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

/// A session with the age_add of the ticket in RFC 8448 §3.
fn session(suite: Suite, psk: Secret) -> Session {
    Session {
        server_name: "server".to_owned(),
        alpn: None,
        suite,
        ticket: vec![0x2c; 178],
        lifetime: 604_800,
        age_add: 0xfad6_aac5,
        nonce: vec![0, 0],
        max_early_data: 0,
        received: received(),
        psk,
        origin: Arc::new(Origin {
            at: received(),
            certificate: Vec::new(),
            not_after: None,
            anchor: None,
            trust: [0; 32],
        }),
    }
}

/// The key that goes with the ticket of RFC 8448 §3.
const TICKET_KEY: &str = "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3";

/// tls10: the age of a ticket, as it is sent.
pub(crate) fn ages(steps: &mut Steps) -> Result<(), Failed> {
    let session = session(Suite::Aes128GcmSha256, secret(TICKET_KEY));
    let shown = |age: u32| format!("{age:#010x}");
    for (what, age, age_add, wanted) in [
        ("RFC 8448 §4: at once", Duration::ZERO, 0xfad6_aac5, 0xfad6_aac5),
        ("one second later; the server added nothing", Duration::from_secs(1), 0, 1000),
        ("12,345 milliseconds later", Duration::from_millis(12_345), 0xfad6_aac5, 0xfad6_dafe),
        ("1.9999 milliseconds later: only whole ones count", Duration::from_nanos(1_999_900), 7, 8),
        ("two milliseconds later, and the sum is larger than 32 bits", Duration::from_millis(2), u32::MAX, 1),
        ("a week later", Duration::from_secs(604_800), 0xfad6_aac5, 0x1ee3_2ec5),
        (
            "fifty days later: the age alone is larger than 32 bits",
            Duration::from_secs(4_320_000),
            0,
            0x017d_f800,
        ),
    ] {
        steps.step(format!("a ticket whose ticket_age_add is {} is used: {what}", shown(age_add)));
        let session = Session { age_add, ..session.clone() };
        let got = session.obfuscated_age(received() + age);
        steps.equal("obfuscated_ticket_age", shown(wanted), shown(got), AGE)?;
    }
    steps.step("the client's clock was set back by an hour: the ticket comes from the future");
    let got = session.obfuscated_age(received() - Duration::from_secs(3600));
    steps.equal("obfuscated_ticket_age: as of no age", shown(0xfad6_aac5), shown(got), AGE)
}

/// The ClientHello of RFC 8448 §4, up to its list of binders.
const RESUMED: &str = "\
    010001fc03031bc3ceb6bbe39cff938355b5a50adb6db21b7a6af649d7b4bc419d7876487d95000006130113031302010001\
    cd0000000b0009000006736572766572ff01000100000a00140012001d001700180019010001010102010301040033002600\
    24001d0020e4ffb68ac05f8d96c99da26698346c6be16482badddafe051a66b4f18d668f0b002a0000002b0003020304000d\
    0020001e040305030603020308040805080604010501060102010402050206020202002d00020101001c0002400100150057\
    0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
    00000000000000000000000000000000000000000000000000000000000000000000000000002900dd00b800b22c035d8293\
    59ee5ff7af4ec900000000262a6494dc486d2c8a34cb33fa90bf1b0070ad3c498883c9367c09a2be785abc55cd226097a3a9\
    82117283f82a03a143efd3ff5dd36d64e861be7fd61d2827db279cce145077d454a3664d4e6da4d29ee03725a6a4dafcd0fc\
    67d2aea70529513e3da2677fa5906c5b3f7d8f92f228bda40dda721470f9fbf297b5aea617646fac5c03272e970727c621a7\
    9141ef5f7de6505e5bfbc388e93343694093934ae4d357fad6aacb";

/// One case of tls11.
struct Case {
    key: PreSharedKey,
    /// The messages before the ClientHello.
    before: Option<Vec<u8>>,
}

/// tls11: the binder of a pre-shared key.
pub(crate) fn binders(steps: &mut Steps) -> Result<(), Failed> {
    let ticket = |suite, psk| PreSharedKey::Session(Box::new(session(suite, psk)));
    let external =
        ExternalPsk { identity: b"a name".to_vec(), key: hex(TICKET_KEY), suite: Suite::Aes128GcmSha256 };
    let sha256 = || ticket(Suite::Aes128GcmSha256, secret(TICKET_KEY));
    let cases = [
        ("the key of the ticket in RFC 8448 §3", Case { key: sha256(), before: None }),
        (
            "a key of SHA-384: its binder has 48 bytes",
            Case { key: ticket(Suite::Aes256GcmSha384, secret(&"4e".repeat(48))), before: None },
        ),
        (
            "the same bytes as a key that came without a ticket",
            Case { key: PreSharedKey::External(external), before: None },
        ),
        (
            "the ticket's key again, after a HelloRetryRequest: two messages come before",
            Case {
                key: sha256(),
                before: Some([[&[254, 0, 0, 32][..], &[0x5a; 32]].concat(), vec![0xa5; 90]].concat()),
            },
        ),
    ];
    for (what, Case { key, before }) in cases {
        steps.step(format!("the ClientHello of RFC 8448 §4 with {what}"));
        check(steps, &key, before.as_deref())?;
    }
    Ok(())
}

/// Compares the binder with what rustls's hash and HMAC say. The binder key is what Expand-Label makes it.
fn check(steps: &mut Steps, key: &PreSharedKey, before: Option<&[u8]>) -> Result<(), Failed> {
    let suite = key.suite();
    let length = suite.hash().len();
    let theirs = if length == 32 { TLS13_AES_128_GCM_SHA256 } else { TLS13_AES_256_GCM_SHA384 };
    let mut covered = hex(RESUMED);
    add_to_lengths(&mut covered, (length - 32) as u16);
    let list = [&[0, length as u8 + 1, length as u8][..], &vec![0; length]].concat();
    let mut hello = [&covered[..], &list].concat();
    let early = EarlySecret::with_psk(suite, &psk_of(key));
    let transcript = before.map(|before| Transcript::new(suite.hash(), before));
    key.bind(&early, transcript.as_ref(), &mut hello);
    steps.connect(443);
    let (content_type, legacy_version) = (ContentType::HANDSHAKE, 0x0301);
    let header = RecordHeader { content_type, legacy_version, length: hello.len() };
    steps.send(ToServer, &[&header.to_bytes()[..], &hello].concat());

    let is_ticket = matches!(key, PreSharedKey::Session(_));
    let binder_key = finished_key(suite.hash(), &early.binder_key(is_ticket));
    let hashed = hash(theirs, &[before.unwrap_or_default(), &covered].concat());
    let wanted = hmac(theirs, binder_key.bytes(), &hashed);
    let (written, binder) = hello.split_at(hello.len() - length);
    steps.equal("the binder", wanted, binder.to_vec(), BINDER)?;
    let unchanged = written == [&covered[..], &list[..3]].concat();
    steps.equal("all that stands before it is as it was", true, unchanged, BINDER)
}

/// With a longer binder the message is longer, and so are its extensions, and the last one of them.
fn add_to_lengths(client_hello: &mut [u8], more: u16) {
    for at in [2, 49, client_hello.len() - 188] {
        let length = u16::from_be_bytes([client_hello[at], client_hello[at + 1]]) + more;
        client_hello[at..at + 2].copy_from_slice(&length.to_be_bytes());
    }
}

fn psk_of(key: &PreSharedKey) -> Vec<u8> {
    match key {
        PreSharedKey::Session(session) => session.psk.bytes().to_vec(),
        PreSharedKey::External(external) => external.key.clone(),
    }
}
