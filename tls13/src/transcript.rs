//! The transcript (RFC 8446 §4.4.1): a running hash of every handshake message, in order, headers included.
//!
//! The ServerHello names the hash; until then the client keeps its ClientHello. After a HelloRetryRequest, a message
//! `message_hash` with the hash of the first ClientHello stands in its place. So a server can put the hash into its
//! cookie and forget the rest. Record headers, alerts and change_cipher_spec are not part of the transcript. Left
//! out: nothing. Tested in `tests/rfc8448.rs` (sections 3 and 5).

use ring::digest;

use crate::handshake::HandshakeType;
use crate::key_schedule::Secret;
use crate::suite::Hash;

/// The hash of the messages so far.
#[derive(Clone)]
pub struct Transcript {
    hash: Hash,
    context: digest::Context,
}

impl std::fmt::Debug for Transcript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transcript({:?})", self.hash)
    }
}

impl Transcript {
    /// A transcript that starts with this ClientHello (the message with its 4-byte header).
    pub fn new(hash: Hash, client_hello: &[u8]) -> Transcript {
        let mut transcript = Transcript { hash, context: digest::Context::new(hash.digest()) };
        transcript.add(client_hello);
        transcript
    }

    // book: after-retry
    /// A transcript that starts with a ClientHello that a HelloRetryRequest answered.
    pub fn after_retry(hash: Hash, client_hello: &[u8], hello_retry_request: &[u8]) -> Transcript {
        // exercise: tls03
        // instead: let mut transcript = Transcript::new(hash, client_hello);
        // instead: transcript.add(hello_retry_request);
        // instead: transcript
        let hashed = digest::digest(hash.digest(), client_hello);
        let mut transcript = Transcript::new(hash, &[HandshakeType::MESSAGE_HASH.0, 0, 0, hash.len() as u8]);
        transcript.add(hashed.as_ref());
        transcript.add(hello_retry_request);
        transcript
        // exercise: end
    }
    // book: end

    /// Adds a message, header included.
    pub fn add(&mut self, message: &[u8]) {
        self.context.update(message);
    }

    /// The hash of the messages so far.
    pub fn current(&self) -> Secret {
        Secret::new(self.context.clone().finish().as_ref())
    }

    /// The hash function.
    pub fn hash(&self) -> Hash {
        self.hash
    }
}
