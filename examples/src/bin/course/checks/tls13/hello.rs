//! tls09: ServerHellos that answer the offer, and those that do not (RFC 8446 §4.1.3). They come in the clear, so no
//! key is needed.

use std::time::{Duration, Instant, SystemTime};

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{
    DOWNGRADE_TO_OLDER, DOWNGRADE_TO_TLS12, HELLO_RETRY_RANDOM, Message, ServerHello,
};
use barewire_tls13::record::{ContentType, HEADER, RecordHeader};
use barewire_tls13::{AlertDescription, Client, Config, Error, Suite};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::steps::{Failed, Steps, unexpected};

const HELLO: &str = "RFC 8446 §4.1.3";
const VERSIONS: &str = "RFC 8446 §4.2.1";
const OLDER: &str = "RFC 8446 §D.1";
const RETRY: &str = "RFC 8446 §4.1.4";
const MARK: &str = "RFC 8446 §4.1.3: the last eight bytes of the random";

/// Changes an honest ServerHello.
type Bend = fn(&mut ServerHello<'_>);

/// A server of TLS 1.2: it does not know supported_versions.
fn older(hello: &mut ServerHello<'_>, random_ends: [u8; 8]) {
    hello.extensions.clear();
    hello.random[24..].copy_from_slice(&random_ends);
}

const GOES_ON: &str = "it goes on";
const ILLEGAL: &str = "illegal_parameter (47)";
const TOO_OLD: &str = "protocol_version (70)";

const BENDS: &[(&str, &str, &str, Bend)] = &[
    ("it is honest", GOES_ON, HELLO, |_| ()),
    ("its supported_versions says TLS 1.2", ILLEGAL, VERSIONS, |hello| {
        hello.extensions[0] = Extension::SelectedVersion(0x0303);
    }),
    ("it has no supported_versions, as a server of TLS 1.2", TOO_OLD, OLDER, |hello| older(hello, [7; 8])),
    ("the same, and its random ends with DOWNGRD and a 1", ILLEGAL, MARK, |hello| {
        older(hello, DOWNGRADE_TO_TLS12);
    }),
    ("the same, and its random ends with DOWNGRD and a 0", ILLEGAL, MARK, |hello| {
        older(hello, DOWNGRADE_TO_OLDER);
    }),
    ("it selects TLS 1.3, and its random ends with DOWNGRD and a 1", GOES_ON, MARK, |hello| {
        hello.random[24..].copy_from_slice(&DOWNGRADE_TO_TLS12);
    }),
    ("its legacy_version is TLS 1.3", ILLEGAL, HELLO, |hello| hello.legacy_version = 0x0304),
    ("it sends no session id back", ILLEGAL, HELLO, |hello| hello.legacy_session_id_echo = &[]),
    ("it sends another session id back", ILLEGAL, HELLO, |hello| hello.legacy_session_id_echo = &[7; 32]),
    ("it chooses a suite of TLS 1.2", ILLEGAL, HELLO, |hello| hello.cipher_suite = 0xc02f),
    ("it chooses TLS_AES_256_GCM_SHA384, which we know and did not offer", ILLEGAL, HELLO, |hello| {
        hello.cipher_suite = Suite::Aes256GcmSha384.id();
    }),
    ("it compresses", ILLEGAL, HELLO, |hello| hello.legacy_compression_method = 1),
    ("it is a HelloRetryRequest, and chooses a suite that we did not offer", ILLEGAL, RETRY, |hello| {
        hello.random = HELLO_RETRY_RANDOM;
        hello.cipher_suite = Suite::Aes256GcmSha384.id();
        hello.extensions[1] = Extension::RetryGroup(0x0017);
    }),
];

/// tls09: does the ServerHello answer what was offered?
pub(crate) fn hellos(steps: &mut Steps) -> Result<(), Failed> {
    for (what, wanted, rule, bend) in BENDS {
        steps.step(format!("a client offers TLS 1.3 and two suites. A ServerHello comes: {what}"));
        let got = answer(steps, bend)?;
        steps.equal("what the client does", (*wanted).to_owned(), got, rule)?;
    }
    Ok(())
}

/// What a client does when it gets this ServerHello: the alert that it sends, if it gives up.
fn answer(steps: &mut Steps, bend: &Bend) -> Result<String, Failed> {
    let now = Instant::now();
    let wall_clock = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let mut config = Config::new("www.example.test", wall_clock);
    config.suites = vec![Suite::Aes128GcmSha256, Suite::Chacha20Poly1305Sha256];
    let failed = |error: Error| unexpected("the client says hello", &error, HELLO);
    let mut client = Client::new(now, config, &mut ChaCha8Rng::seed_from_u64(1)).map_err(failed)?;
    let sent = client.transmit(now).unwrap_or_default();
    steps.connect(443);
    steps.send(ToServer, &sent);
    let offer = Message::parse(sent.get(HEADER..).unwrap_or_default());
    let Ok(Message::ClientHello(offer)) = offer else {
        return Err(unexpected("reading the ClientHello", &"it is not one", HELLO));
    };
    let mut hello = ServerHello {
        legacy_version: 0x0303,
        random: [7; 32],
        legacy_session_id_echo: offer.legacy_session_id,
        cipher_suite: Suite::Aes128GcmSha256.id(),
        legacy_compression_method: 0,
        extensions: vec![
            Extension::SelectedVersion(0x0304),
            // Any 32 bytes are a public key of X25519.
            Extension::KeyShare(KeyShareEntry { group: 0x001d, key_exchange: &[9; 32] }),
        ],
    };
    bend(&mut hello);
    let message = hello.to_bytes();
    let (content_type, length) = (ContentType::HANDSHAKE, message.len());
    let header = RecordHeader { content_type, legacy_version: 0x0303, length };
    let record = [&header.to_bytes()[..], &message].concat();
    steps.send(ToClient, &record);
    // The error is what the alert says.
    let _ = client.receive(now, &record);
    let answer = client.transmit(now).unwrap_or_default();
    steps.send(ToServer, &answer);
    Ok(match answer[..] {
        [21, _, _, 0, 2, _, description] => AlertDescription(description).to_string(),
        _ if client.failure().is_none() => GOES_ON.to_owned(),
        _ => "it gives up without an alert".to_owned(),
    })
}
