//! The checks of the exercises about TLS 1.3. Each needs its own piece alone. Some need no key at all; tls02 is checked
//! on secrets, and on records whose number is 0. The others take whatever keys Expand-Label makes, and give the same to
//! the other end: to rustls, or to a server that the crate's own functions make (`server.rs`).

mod finished;
mod hello;
mod key_updates;
mod messages;
mod padding;
mod schedule;
mod server;
mod signed;
mod tickets;
mod transcripts;

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_tls13::key_schedule::{Secret, TrafficKeys, derive_secret, expand_label, finished_key};
use barewire_tls13::record::{ContentType, HEADER};
use barewire_tls13::{Hash, OpenFailure, Protection, Suite};
use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, Iv, MessageDecrypter, MessageEncrypter, OutboundChunks,
    OutboundPlainMessage,
};
use rustls::crypto::ring::cipher_suite::{
    TLS13_AES_128_GCM_SHA256, TLS13_AES_256_GCM_SHA384, TLS13_CHACHA20_POLY1305_SHA256,
};
use rustls::crypto::tls13::OkmBlock;
use rustls::{ProtocolVersion, SupportedCipherSuite, Tls13CipherSuite};

use crate::steps::{Failed, Steps, unexpected};

pub(crate) use finished::finished;
pub(crate) use hello::hellos;
pub(crate) use key_updates::key_updates;
pub(crate) use messages::messages;
pub(crate) use padding::padding;
pub(crate) use schedule::third_row;
pub(crate) use signed::signed;
pub(crate) use tickets::{ages, binders};
pub(crate) use transcripts::transcripts;

const NONCE: &str = "RFC 8446 §5.3";
const LABEL: &str = "RFC 8446 §7.1";
const KEYS: &str = "RFC 8446 §7.3";

/// The server's handshake traffic secret in `tls13/tests/captures/aes256.pcapng`, from its key log.
const CAPTURED_SECRET: &str = "\
    85d2f7c3df65ce57f3a5c5fb0f6aa9549ddabc3d9e44c77d238c673ff5bcc0fc\
    b10372ab4dca9c8f3d0de7459865fce5";
/// The first record under it, in frame 6.
const CAPTURED_RECORD: &str = "\
    170303002ab9de3380136ed340cec502712e67cc56c87a7000d4e2292\
    2b52776b32ca1b4a134a2f9b4a3abd378f8a8";
/// What stands in it: ALPN chose http/1.1.
const CAPTURED_EXTENSIONS: &str = "080000150013000000000010000b000908687474702f312e31";

/// The bytes of a text in hexadecimal.
fn hex(text: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).expect("a digit") as u8;
    text.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// A secret of these bytes.
fn secret(text: &str) -> Secret {
    Secret::new(&hex(text))
}

/// What rustls has for a suite.
fn tls13(suite: SupportedCipherSuite) -> &'static Tls13CipherSuite {
    suite.tls13().expect("a suite of TLS 1.3")
}

/// HMAC with the hash of a suite, by rustls.
fn hmac(suite: SupportedCipherSuite, key: &[u8], message: &[u8]) -> Vec<u8> {
    tls13(suite).hkdf_provider.hmac_sign(&OkmBlock::new(key), message).as_ref().to_vec()
}

/// The hash of a suite, by rustls.
fn hash(suite: SupportedCipherSuite, message: &[u8]) -> Vec<u8> {
    tls13(suite).common.hash_provider.hash(message).as_ref().to_vec()
}

/// The record layer of rustls at the other end: a TLS that we did not write, with the same key and iv.
struct Peer {
    opener: Box<dyn MessageDecrypter>,
    sealer: Box<dyn MessageEncrypter>,
}

impl Peer {
    fn new(suite: Suite, theirs: SupportedCipherSuite, secret: &Secret) -> Peer {
        let keys = TrafficKeys::new(suite, secret);
        let key = || AeadKey::from(<[u8; 32]>::try_from(keys.key()).expect("a key of 32 bytes"));
        let aead = tls13(theirs).aead_alg;
        Peer {
            opener: aead.decrypter(key(), Iv::from(keys.iv)),
            sealer: aead.encrypter(key(), Iv::from(keys.iv)),
        }
    }

    /// What rustls reads from a record of ours with this number, or that it cannot.
    fn reads(&mut self, record: &[u8], number: u64) -> String {
        let mut fragment = record.get(HEADER..).unwrap_or_default().to_vec();
        let message = InboundOpaqueMessage::new(
            rustls::ContentType::ApplicationData,
            ProtocolVersion::TLSv1_2,
            &mut fragment,
        );
        match self.opener.decrypt(message, number) {
            Ok(message) => String::from_utf8_lossy(message.payload).into_owned(),
            Err(error) => format!("it does not open: {error}"),
        }
    }

    /// A record of data that rustls seals, with this number.
    fn writes(&mut self, content: &str, number: u64) -> Vec<u8> {
        self.seals(content.as_bytes(), rustls::ContentType::ApplicationData, number)
    }

    /// A record of any type that rustls seals, with this number.
    fn seals(&mut self, content: &[u8], typ: rustls::ContentType, number: u64) -> Vec<u8> {
        let payload = OutboundChunks::Single(content);
        let message = OutboundPlainMessage { typ, version: ProtocolVersion::TLSv1_2, payload };
        self.sealer.encrypt(message, number).expect("rustls seals a record").encode()
    }
}

/// What we read from a record of rustls, or that we cannot.
fn reads(steps: &mut Steps, keys: &mut Protection, record: &[u8]) -> String {
    steps.send(ToClient, record);
    let (header, fragment) = record.split_first_chunk::<HEADER>().expect("a record");
    let mut fragment = fragment.to_vec();
    match keys.open(*header, &mut fragment) {
        Ok(inner) => String::from_utf8_lossy(&fragment[..inner.length]).into_owned(),
        Err(OpenFailure::Tag) => "it does not open: the tag does not fit".to_owned(),
        Err(error) => format!("it does not open: {error:?}"),
    }
}

/// A record of ours.
fn writes(keys: &mut Protection, content: &str) -> Result<Vec<u8>, Failed> {
    let mut record = Vec::new();
    keys.seal(ContentType::APPLICATION_DATA, content.as_bytes(), &mut record)
        .map_err(|error| unexpected("sealing a record", &error, NONCE))?;
    Ok(record)
}

/// A record of ours with "ping" in it, on the wire.
fn sends_ping(steps: &mut Steps, keys: &mut Protection) -> Result<Vec<u8>, Failed> {
    let record = writes(keys, "ping")?;
    steps.send(ToServer, &record);
    Ok(record)
}

/// rustls reads "ping" from a record of ours with this number.
fn reads_ping(steps: &mut Steps, peer: &mut Peer, record: &[u8], number: u64) -> Result<(), Failed> {
    let what = format!("what rustls reads from record {number}");
    steps.equal(&what, "ping".to_owned(), peer.reads(record, number), NONCE)
}

/// tls01: the nonce of each record.
pub(crate) fn nonces(steps: &mut Steps) -> Result<(), Failed> {
    let secret = secret(CAPTURED_SECRET);
    let ours = |suite| Protection::new(suite, &secret).expect("a key of the right length");
    let (suite, theirs) = (Suite::Aes256GcmSha384, TLS13_AES_256_GCM_SHA384);
    let (mut sender, mut peer) = (ours(suite), Peer::new(suite, theirs, &secret));
    steps.step("we seal \"ping\" twice, in record 0 and in record 1, under one AES-256-GCM key");
    steps.connect(443);
    let (first, second) = (sends_ping(steps, &mut sender)?, sends_ping(steps, &mut sender)?);
    reads_ping(steps, &mut peer, &first, 0)?;
    steps.equal("the two records are the same bytes", false, first == second, NONCE)?;
    reads_ping(steps, &mut peer, &second, 1)?;

    steps.step("we seal on; the record number grows out of one byte, then out of two");
    for number in [255, 256, 65_535, 65_536] {
        while sender.sequence() < number {
            writes(&mut sender, "")?;
        }
        let record = sends_ping(steps, &mut sender)?;
        reads_ping(steps, &mut peer, &record, number)?;
    }

    steps.step("the other way: rustls seals records 0 to 299, and we open each");
    let mut receiver = ours(suite);
    for number in 0..300 {
        let content = format!("pong {number}");
        let got = reads(steps, &mut receiver, &peer.writes(&content, number));
        if got != content || number == 299 {
            steps.equal(&format!("what we read from record {number}"), content, got, NONCE)?;
        }
    }
    let refused = || "it does not open: the tag does not fit".to_owned();
    steps.step("somebody on the way sends record 44 again: 300 is 44 more than 256");
    let got = reads(steps, &mut receiver, &peer.writes("pong 44", 44));
    steps.equal("what we read from it", refused(), got, NONCE)?;
    steps.step("somebody keeps record 300 back, and record 301 comes first");
    let (kept, next) = (peer.writes("pong 300", 300), peer.writes("pong 301", 301));
    let got = reads(steps, &mut receiver, &next);
    steps.equal("what we read from record 301", refused(), got, NONCE)?;
    let got = reads(steps, &mut receiver, &kept);
    steps.equal("what we read from record 300", "pong 300".to_owned(), got, NONCE)?;

    steps.step("the same with ChaCha20-Poly1305: records 0 to 2");
    let (suite, theirs) = (Suite::Chacha20Poly1305Sha256, TLS13_CHACHA20_POLY1305_SHA256);
    let (mut sender, mut peer) = (ours(suite), Peer::new(suite, theirs, &secret));
    steps.connect(443);
    for number in 0..3 {
        let record = sends_ping(steps, &mut sender)?;
        reads_ping(steps, &mut peer, &record, number)?;
    }
    Ok(())
}

/// tls02: a label makes bytes for one purpose.
pub(crate) fn labels(steps: &mut Steps) -> Result<(), Failed> {
    let server = secret("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
    steps.step("the server's handshake traffic secret of RFC 8448 §3 makes a key, an iv and a Finished key");
    let keys = TrafficKeys::new(Suite::Aes128GcmSha256, &server);
    steps.equal("key, 16 bytes", hex("3fce516009c21727d0f2e4e86ee403bc"), keys.key().to_vec(), KEYS)?;
    steps.equal("iv, 12 bytes", hex("5d313eb2671276ee13000b30"), keys.iv.to_vec(), KEYS)?;
    let wanted = hex("008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8");
    let got = finished_key(Hash::Sha256, &server).bytes().to_vec();
    steps.equal("finished, 32 bytes", wanted, got, "RFC 8446 §4.4.4")?;

    steps.step("with a context: two secrets from one, which only the label tells apart");
    let handshake = secret("1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac");
    let hellos = hex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
    for (label, wanted) in [
        ("c hs traffic", "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"),
        ("s hs traffic", "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"),
    ] {
        let got = derive_secret(Hash::Sha256, &handshake, label, &hellos).bytes().to_vec();
        steps.equal(label, hex(wanted), got, LABEL)?;
    }
    steps.step("with a context of two bytes: the nonce of the ticket in RFC 8448 §3");
    let resumption = hex("7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c");
    let mut psk = vec![0; 32];
    expand_label(Hash::Sha256, &resumption, "resumption", &[0, 0], &mut psk);
    let wanted = hex("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3");
    steps.equal("resumption", wanted, psk, "RFC 8446 §4.6.1")?;

    steps.step(
        "with SHA-384: a secret of 48 bytes from aes256.pcapng; its key opens the first record under it",
    );
    let record = hex(CAPTURED_RECORD);
    let (header, fragment) = record.split_first_chunk::<HEADER>().expect("a record");
    let mut fragment = fragment.to_vec();
    let keys = Protection::new(Suite::Aes256GcmSha384, &secret(CAPTURED_SECRET));
    let opened = keys.expect("a key of the right length").open(*header, &mut fragment);
    let got = opened.map_or(Vec::new(), |inner| fragment[..inner.length].to_vec());
    steps.equal("what we read: an EncryptedExtensions", hex(CAPTURED_EXTENSIONS), got, KEYS)?;

    steps.step(
        "the length of `out` has two bytes: 300 bytes, which rustls expands from the bytes of HkdfLabel",
    );
    let info = hex("012c09746c733133206b657900");
    let mut wanted = vec![0; 300];
    tls13(TLS13_AES_128_GCM_SHA256)
        .hkdf_provider
        .expander_for_okm(&OkmBlock::new(server.bytes()))
        .expand_slice(&[&info], &mut wanted)
        .map_err(|_| unexpected("expanding 300 bytes", &"rustls refuses", LABEL))?;
    let mut got = vec![0; 300];
    expand_label(Hash::Sha256, server.bytes(), "key", b"", &mut got);
    wanted.truncate(12);
    got.truncate(12);
    steps.equal("the first 12 of them", wanted, got, LABEL)
}
