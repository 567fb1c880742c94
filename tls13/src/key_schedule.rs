//! The key schedule (RFC 8446 §7.1): every key of a connection, from one shared secret and the transcript.
//!
//! ```text
//!             0                                              hash of the messages
//!             │                                              ClientHello to ...
//!   PSK or 0 ─▶ Extract = early secret ─────▶ "res binder"   nothing (or "ext binder")
//!             │                            ├▶ "c e traffic"  ClientHello
//!             │                            └▶ "e exp master" ClientHello
//!             │ Derive-Secret(., "derived", "")
//!             ▼
//!    (EC)DHE ─▶ Extract = handshake secret ─▶ "c hs traffic"   ... ServerHello
//!             │                            └▶ "s hs traffic"   ... ServerHello
//!             │ Derive-Secret(., "derived", "")
//!             ▼
//!          0 ─▶ Extract = main secret ──────▶ "c ap traffic"   ... server Finished
//!                                          ├▶ "s ap traffic"   ... server Finished
//!                                          ├▶ "exp master"     ... server Finished
//!                                          └▶ "res master"     ... client Finished
//! ```
//!
//! HKDF (RFC 5869) is written out over HMAC instead of taken from a library, so that each secret can be looked at with
//! [`Secret::bytes`]. RFC 9846 says "main secret" where RFC 8446 said "master secret"; the labels did not change.
//!
//! A [`Secret`] and [`TrafficKeys`] are wiped when they are dropped, and so is every buffer here that held one. What
//! ring holds itself (the private key of an exchange, the state of an AEAD or HMAC) is not: ring does not wipe it. The
//! [ledger](crate::ledger) is the place that keeps secrets.
//!
//! Left out: nothing of the figure. Tested in `tests/rfc8448.rs`, byte for byte.

use std::fmt;

use ring::hmac;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::suite::{Hash, Suite};
use crate::wire::{put_u16, put_vector};

/// The longest hash here: SHA-384.
const MAX_HASH: usize = 48;

/// A secret of any length: a hash, or what a key exchange gives. Its `Debug` form hides the bytes; [`Secret::bytes`]
/// shows them. Two are compared in constant time, and its bytes are wiped when it is dropped.
#[derive(Clone, Eq)]
pub struct Secret {
    bytes: Vec<u8>,
}

impl Secret {
    /// A secret of these bytes, all of them.
    pub fn new(from: &[u8]) -> Secret {
        Secret { bytes: from.to_vec() }
    }

    /// The bytes, to be shown, logged or compared with an RFC.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl PartialEq for Secret {
    /// In constant time: how long it takes says nothing about the byte that differs. Lengths are not secret.
    fn eq(&self, other: &Secret) -> bool {
        let different = self.bytes.iter().zip(&other.bytes).fold(0, |different, (a, b)| different | (a ^ b));
        self.bytes.len() == other.bytes.len() && std::hint::black_box(different) == 0
    }
}

impl Zeroize for Secret {
    fn zeroize(&mut self) {
        self.bytes.as_mut_slice().zeroize();
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.bytes.len())
    }
}

/// HKDF-Extract (RFC 5869 §2.2): one HMAC with the salt as its key.
pub fn extract(hash: Hash, salt: &[u8], input: &[u8]) -> Secret {
    let key = hmac::Key::new(hash.hmac(), salt);
    Secret::new(hmac::sign(&key, input).as_ref())
}

/// HKDF-Expand (RFC 5869 §2.3): block n is the HMAC of block n-1, `info` and the byte n.
fn expand(hash: Hash, secret: &[u8], info: &[u8], out: &mut [u8]) {
    let key = hmac::Key::new(hash.hmac(), secret);
    let mut block: Option<hmac::Tag> = None;
    for (n, part) in (1u8..).zip(out.chunks_mut(hash.len())) {
        let mut context = hmac::Context::with_key(&key);
        if let Some(previous) = &block {
            context.update(previous.as_ref());
        }
        context.update(info);
        context.update(&[n]);
        let tag = context.sign();
        part.copy_from_slice(&tag.as_ref()[..part.len()]);
        block = Some(tag);
    }
}

// book: label
/// HKDF-Expand-Label (RFC 8446 §7.1): fills `out` with bytes for one purpose, which the label names.
pub fn expand_label(hash: Hash, secret: &[u8], label: &str, context: &[u8], out: &mut [u8]) {
    // exercise: tls02
    // instead: expand(hash, secret, label.as_bytes(), out);
    let mut info = Vec::with_capacity(80);
    put_u16(&mut info, out.len() as u16);
    put_vector(&mut info, 1, |info| {
        info.extend_from_slice(b"tls13 ");
        info.extend_from_slice(label.as_bytes());
    });
    put_vector(&mut info, 1, |info| info.extend_from_slice(context));
    expand(hash, secret, &info, out);
    // exercise: end
}

/// Derive-Secret (RFC 8446 §7.1): a secret that depends on all messages so far, by their hash.
pub fn derive_secret(hash: Hash, secret: &Secret, label: &str, transcript_hash: &[u8]) -> Secret {
    let mut out = Zeroizing::new([0; MAX_HASH]);
    expand_label(hash, secret.bytes(), label, transcript_hash, &mut out[..hash.len()]);
    Secret::new(&out[..hash.len()])
}
// book: end

/// The step between two rows of the figure: Derive-Secret(., "derived", "").
pub fn derived(hash: Hash, secret: &Secret) -> Secret {
    let empty = ring::digest::digest(hash.digest(), b"");
    derive_secret(hash, secret, "derived", empty.as_ref())
}

/// The first row of the figure.
#[derive(Debug, Clone)]
pub struct EarlySecret {
    /// The suite, whose hash drives the schedule.
    pub suite: Suite,
    /// The early secret.
    pub early: Secret,
}

impl EarlySecret {
    /// The early secret of a connection without a pre-shared key: Extract(0, 0).
    pub fn without_psk(suite: Suite) -> EarlySecret {
        let zeros = [0; MAX_HASH];
        let zeros = &zeros[..suite.hash().len()];
        EarlySecret { suite, early: extract(suite.hash(), zeros, zeros) }
    }

    /// The early secret of a connection with a pre-shared key: Extract(0, key).
    pub fn with_psk(suite: Suite, psk: &[u8]) -> EarlySecret {
        let zeros = [0; MAX_HASH];
        EarlySecret { suite, early: extract(suite.hash(), &zeros[..suite.hash().len()], psk) }
    }

    /// The key of the binders (RFC 8446 §4.2.11.2). Its label tells tickets from keys that came by another way, so
    /// that one cannot be passed off as the other.
    pub fn binder_key(&self, from_ticket: bool) -> Secret {
        let empty = ring::digest::digest(self.suite.hash().digest(), b"");
        let label = if from_ticket { "res binder" } else { "ext binder" };
        derive_secret(self.suite.hash(), &self.early, label, empty.as_ref())
    }

    /// The RFC's client_early_traffic_secret, for early data. `hello` is the hash of the ClientHello.
    pub fn client_traffic(&self, hello: &[u8]) -> Secret {
        derive_secret(self.suite.hash(), &self.early, "c e traffic", hello)
    }

    /// The RFC's early_exporter_secret. `hello` is the hash of the ClientHello.
    pub fn exporter(&self, hello: &[u8]) -> Secret {
        derive_secret(self.suite.hash(), &self.early, "e exp master", hello)
    }

    // book: second-row
    /// The second row: `shared` is the (EC)DHE secret, `hellos` the hash of ClientHello..ServerHello.
    pub fn handshake(&self, shared: &[u8], hellos: &[u8]) -> HandshakeSecrets {
        let hash = self.suite.hash();
        let handshake = extract(hash, derived(hash, &self.early).bytes(), shared);
        HandshakeSecrets {
            suite: self.suite,
            client: derive_secret(hash, &handshake, "c hs traffic", hellos),
            server: derive_secret(hash, &handshake, "s hs traffic", hellos),
            handshake,
        }
    }
    // book: end
}

/// The second row of the figure.
#[derive(Debug, Clone)]
pub struct HandshakeSecrets {
    /// The suite.
    pub suite: Suite,
    /// The handshake secret.
    pub handshake: Secret,
    /// The RFC's client_handshake_traffic_secret.
    pub client: Secret,
    /// The RFC's server_handshake_traffic_secret.
    pub server: Secret,
}

impl HandshakeSecrets {
    /// The third row: `through_finished` is the hash of ClientHello..server Finished.
    pub fn application(&self, through_finished: &[u8]) -> ApplicationSecrets {
        // exercise: tls06
        // instead: let (main, client, server) = (self.handshake.clone(), self.client.clone(), self.server.clone());
        // instead: ApplicationSecrets { suite: self.suite, client, server, exporter: main.clone(), main }
        let hash = self.suite.hash();
        let zeros = [0; MAX_HASH];
        let main = extract(hash, derived(hash, &self.handshake).bytes(), &zeros[..hash.len()]);
        ApplicationSecrets {
            suite: self.suite,
            client: derive_secret(hash, &main, "c ap traffic", through_finished),
            server: derive_secret(hash, &main, "s ap traffic", through_finished),
            exporter: derive_secret(hash, &main, "exp master", through_finished),
            main,
        }
        // exercise: end
    }
}

/// The third row of the figure.
#[derive(Debug, Clone)]
pub struct ApplicationSecrets {
    /// The suite.
    pub suite: Suite,
    /// The main secret (RFC 8446: master secret).
    pub main: Secret,
    /// The RFC's client_application_traffic_secret_0.
    pub client: Secret,
    /// The RFC's server_application_traffic_secret_0.
    pub server: Secret,
    /// The RFC's exporter_secret.
    pub exporter: Secret,
}

impl ApplicationSecrets {
    /// The resumption secret: `through_client_finished` is the hash of ClientHello..client Finished.
    pub fn resumption(&self, through_client_finished: &[u8]) -> Secret {
        derive_secret(self.suite.hash(), &self.main, "res master", through_client_finished)
    }
}

// book: ticket
/// The pre-shared key of one ticket (RFC 8446 §4.6.1), from the resumption secret and the ticket's nonce.
pub fn ticket_psk(hash: Hash, resumption: &Secret, nonce: &[u8]) -> Secret {
    derive_secret(hash, resumption, "resumption", nonce)
}
// book: end

/// An exporter (RFC 8446 §7.5): fills `out` with bytes for another protocol, which only the two ends of the connection
/// know. `secret` is an exporter secret; the label says what the bytes are for.
pub fn export(hash: Hash, secret: &Secret, label: &str, context: &[u8], out: &mut [u8]) {
    let digest = |bytes| ring::digest::digest(hash.digest(), bytes);
    let for_label = derive_secret(hash, secret, label, digest(b"").as_ref());
    expand_label(hash, for_label.bytes(), "exporter", digest(context).as_ref(), out);
}

/// The next traffic secret after a KeyUpdate (RFC 8446 §7.2).
pub fn next_traffic_secret(suite: Suite, secret: &Secret) -> Secret {
    derive_secret(suite.hash(), secret, "traffic upd", b"")
}

/// A write key and its initialisation vector (RFC 8446 §7.3).
#[derive(Clone)]
pub struct TrafficKeys {
    key: [u8; 32],
    key_len: usize,
    /// The initialisation vector. XORed with a record's sequence number it makes the record's nonce (RFC 8446 §5.3).
    pub iv: [u8; 12],
}

impl TrafficKeys {
    /// The keys that are made from a traffic secret.
    pub fn new(suite: Suite, secret: &Secret) -> TrafficKeys {
        let mut keys = TrafficKeys { key: [0; 32], key_len: suite.key_len(), iv: [0; 12] };
        expand_label(suite.hash(), secret.bytes(), "key", b"", &mut keys.key[..suite.key_len()]);
        expand_label(suite.hash(), secret.bytes(), "iv", b"", &mut keys.iv);
        keys
    }

    /// The key: 16 or 32 bytes.
    pub fn key(&self) -> &[u8] {
        &self.key[..self.key_len]
    }
}

impl Zeroize for TrafficKeys {
    fn zeroize(&mut self) {
        self.key.zeroize();
        self.iv.zeroize();
    }
}

impl Drop for TrafficKeys {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for TrafficKeys {}

impl fmt::Debug for TrafficKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrafficKeys({} bytes)", self.key_len)
    }
}

/// The key of a Finished message (RFC 8446 §4.4.4), from its sender's handshake traffic secret.
pub fn finished_key(hash: Hash, secret: &Secret) -> Secret {
    derive_secret(hash, secret, "finished", b"")
}

/// The `verify_data` of a Finished message: an HMAC over the transcript hash up to it.
pub fn verify_data(hash: Hash, secret: &Secret, transcript_hash: &[u8]) -> Secret {
    extract(hash, finished_key(hash, secret).bytes(), transcript_hash)
}

/// Whether `seen` is that verify_data, compared in constant time.
pub fn check_verify_data(hash: Hash, secret: &Secret, transcript_hash: &[u8], seen: &[u8]) -> bool {
    let key = hmac::Key::new(hash.hmac(), finished_key(hash, secret).bytes());
    hmac::verify(&key, transcript_hash, seen).is_ok()
}
