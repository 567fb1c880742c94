//! A server that holds the right keys and says what it likes: for the rules that a well-behaved peer cannot test.

use std::time::Instant;

use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{
    Certificate, CertificateEntry, CertificateVerify, ClientHello, EncryptedExtensions, Finished,
    HELLO_RETRY_RANDOM, Message, ServerHello,
};
use barewire_tls13::key_schedule::{
    EarlySecret, HandshakeSecrets, Secret, expand_label, next_traffic_secret, verify_data,
};
use barewire_tls13::record::{ContentType, InnerPlaintext, RecordHeader};
use barewire_tls13::{
    Client, Config, Error, Hash, PreSharedKey, Protection, Suite, Transcript, signed_content,
};
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};

use super::{Identity, rng};

pub const SUITE: Suite = Suite::Aes128GcmSha256;

pub struct Forger {
    pub client: Client,
    pub now: Instant,
    pub client_hello: Vec<u8>,
    pub transcript: Transcript,
    pub secrets: Option<HandshakeSecrets>,
    pub keys: Option<Protection>,
    /// What the client seals with, followed through its Finished and its KeyUpdates.
    client_keys: Option<Protection>,
    client_application: Option<Secret>,
    /// What early data is sealed with, and its end.
    client_early: Option<Protection>,
    /// Records of the client's that are not in `seen` yet.
    unread: Vec<u8>,
    seen: Vec<Sent>,
    /// The pre-shared key, if the ServerHello takes one.
    pub psk: Option<Secret>,
    /// Bends each handshake message before it goes into the transcript and out.
    pub bend_message: Option<Bend>,
    /// Bends the bytes that go out.
    pub bend_bytes: Option<Bend>,
    /// How many bytes the client gets at once.
    pub piece: usize,
    signer: ring::signature::Ed25519KeyPair,
    certificate: Vec<u8>,
}

/// Makes other bytes of these.
pub type Bend = Box<dyn FnMut(Vec<u8>) -> Vec<u8>>;

/// A record of the client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub encrypted: bool,
    /// What the record's header says.
    pub legacy_version: u16,
    /// Under the keys of early data.
    pub early: bool,
    /// Its real type.
    pub content_type: ContentType,
    pub content: Vec<u8>,
}

/// What a ServerHello is made of, open to change.
pub struct Hello<'a> {
    pub hello: ServerHello<'a>,
    /// The shared secret, as it would be for an honest server.
    pub shared: Secret,
}

impl Forger {
    /// A server with an Ed25519 identity, and a client that has said hello to it.
    pub fn new(identity: &Identity, config: Config) -> Forger {
        let now = Instant::now();
        let psk = match &config.pre_shared_key {
            Some(PreSharedKey::Session(session)) => Some(session.psk.clone()),
            Some(PreSharedKey::External(external)) => Some(Secret::new(&external.key)),
            None => None,
        };
        let mut client = Client::new(now, config, &mut rng()).unwrap();
        // A long ClientHello takes several records. If early data is offered, a change_cipher_spec follows.
        let flight = client.transmit(now).unwrap();
        let (mut client_hello, mut rest) = (Vec::new(), &flight[..]);
        while let Some(&[22, _, _, high, low]) = rest.first_chunk() {
            let end = 5 + usize::from(u16::from_be_bytes([high, low]));
            client_hello.extend_from_slice(&rest[5..end]);
            rest = &rest[end..];
        }
        let unread = rest.to_vec();
        let transcript = Transcript::new(Hash::Sha256, &client_hello);
        let early = psk.map(|psk| {
            EarlySecret::with_psk(SUITE, psk.bytes()).client_traffic(transcript.current().bytes())
        });
        Forger {
            client,
            now,
            transcript,
            client_hello,
            secrets: None,
            keys: None,
            client_keys: None,
            client_application: None,
            client_early: early.and_then(|secret| Protection::new(SUITE, &secret)),
            unread,
            seen: Vec::new(),
            psk: None,
            bend_message: None,
            bend_bytes: None,
            piece: usize::MAX,
            signer: ring::signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&identity.key).unwrap(),
            certificate: identity.chain[0].to_vec(),
        }
    }

    /// Feeds raw bytes.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let bytes = bent(&mut self.bend_bytes, bytes.to_vec());
        bytes.chunks(self.piece).try_for_each(|piece| self.client.receive(self.now, piece))
    }

    /// Feeds one record in the clear.
    pub fn plain(&mut self, content_type: ContentType, content: &[u8]) -> Result<(), Error> {
        let header = RecordHeader { content_type, legacy_version: 0x0303, length: content.len() };
        self.raw(&[&header.to_bytes()[..], content].concat())
    }

    /// Feeds one record under the keys of the moment.
    pub fn sealed(&mut self, content_type: ContentType, content: &[u8]) -> Result<(), Error> {
        let mut out = Vec::new();
        self.keys.as_mut().unwrap().seal(content_type, content, &mut out).unwrap();
        self.raw(&out)
    }

    /// Feeds one honest record of data, as `change` left its bytes.
    pub fn tampered(&mut self, change: impl FnOnce(&mut Vec<u8>)) -> Result<(), Error> {
        let mut out = Vec::new();
        self.keys.as_mut().unwrap().seal(ContentType::APPLICATION_DATA, b"some data", &mut out).unwrap();
        change(&mut out);
        self.raw(&out)
    }

    /// Feeds one record that is sealed by ring, with any inside: content, type and padding are the caller's. It has to
    /// be the first record under these keys, and the last.
    pub fn sealed_inner(&mut self, inner: &[u8]) -> Result<(), Error> {
        use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
        let keys = self.keys.as_ref().unwrap();
        assert_eq!(keys.sequence(), 0);
        let (mut key, mut iv) = ([0; 16], [0; 12]);
        expand_label(Hash::Sha256, keys.secret().bytes(), "key", &[], &mut key);
        expand_label(Hash::Sha256, keys.secret().bytes(), "iv", &[], &mut iv);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let content_type = ContentType::APPLICATION_DATA;
        let header =
            RecordHeader { content_type, legacy_version: 0x0303, length: inner.len() + 16 }.to_bytes();
        let mut fragment = inner.to_vec();
        let nonce = Nonce::assume_unique_for_key(iv);
        key.seal_in_place_append_tag(nonce, Aad::from(header), &mut fragment).unwrap();
        self.raw(&[&header[..], &fragment].concat())
    }

    /// The server's own certificate, in DER.
    pub fn chain(&self) -> &[u8] {
        &self.certificate
    }

    /// Says a handshake message, encrypted, and takes it into the transcript.
    pub fn say(&mut self, message: &[u8]) -> Result<(), Error> {
        let message = bent(&mut self.bend_message, message.to_vec());
        self.transcript.add(&message);
        self.sealed(ContentType::HANDSHAKE, &message)
    }

    /// Says a ServerHello, as `change` left it, and goes over to handshake keys.
    pub fn hello(&mut self, change: impl FnOnce(&mut Hello<'_>)) -> Result<(), Error> {
        let bytes = self.client_hello.clone();
        let Ok(Message::ClientHello(offer)) = Message::parse(&bytes) else { panic!("no ClientHello") };
        let private = EphemeralPrivateKey::generate(&X25519, &ring::rand::SystemRandom::new()).unwrap();
        let public = private.compute_public_key().unwrap();
        let peer = UnparsedPublicKey::new(&X25519, key_share(&offer));
        let shared = agree_ephemeral(private, &peer, Secret::new).unwrap();
        let hello = ServerHello {
            legacy_version: 0x0303,
            random: [7; 32],
            legacy_session_id_echo: offer.legacy_session_id,
            cipher_suite: SUITE.id(),
            legacy_compression_method: 0,
            extensions: vec![
                Extension::SelectedVersion(0x0304),
                Extension::KeyShare(KeyShareEntry { group: 0x001d, key_exchange: public.as_ref() }),
            ],
        };
        let mut hello = Hello { hello, shared };
        change(&mut hello);
        let message = bent(&mut self.bend_message, hello.hello.to_bytes());
        self.transcript.add(&message);
        let hash = self.transcript.current();
        let suite = Suite::from_id(hello.hello.cipher_suite).unwrap_or(SUITE);
        let early = match &self.psk {
            Some(psk) => EarlySecret::with_psk(suite, psk.bytes()),
            None => EarlySecret::without_psk(suite),
        };
        let secrets = early.handshake(hello.shared.bytes(), hash.bytes());
        self.keys = Protection::new(suite, &secrets.server);
        self.client_keys = Protection::new(suite, &secrets.client);
        self.secrets = Some(secrets);
        self.plain(ContentType::HANDSHAKE, &message)
    }

    pub fn encrypted_extensions(&self, extensions: Vec<Extension<'_>>) -> Vec<u8> {
        EncryptedExtensions { extensions }.to_bytes()
    }

    pub fn certificate(&self) -> Vec<u8> {
        let entry = CertificateEntry { der: &self.certificate, extensions: Vec::new() };
        Certificate { request_context: &[], entries: vec![entry] }.to_bytes()
    }

    /// A signature over the transcript of the moment.
    pub fn certificate_verify(&self) -> Vec<u8> {
        let signature = self.signer.sign(&signed_content(self.transcript.current().bytes()));
        CertificateVerify { scheme: 0x0807, signature: signature.as_ref() }.to_bytes()
    }

    /// The Finished value for the transcript of the moment.
    pub fn finished(&self) -> Vec<u8> {
        let secrets = self.secrets.as_ref().unwrap();
        let value = verify_data(Hash::Sha256, &secrets.server, self.transcript.current().bytes());
        Finished { verify_data: value.bytes() }.to_bytes()
    }

    /// Goes over to application keys.
    pub fn application_keys(&mut self) {
        let secrets = self.secrets.as_ref().unwrap().application(self.transcript.current().bytes());
        self.keys = Protection::new(SUITE, &secrets.server);
        self.client_application = Some(secrets.client);
    }

    /// Takes the next key, as after a KeyUpdate.
    pub fn next_keys(&mut self) {
        self.keys = self.keys.as_ref().and_then(next);
    }

    /// All records that the client sent after its first ClientHello.
    pub fn sent(&mut self) -> Vec<Sent> {
        let mut bytes = std::mem::take(&mut self.unread);
        bytes.extend(self.client.transmit(self.now).unwrap_or_default());
        let mut rest = &bytes[..];
        while let Some(&header) = rest.first_chunk::<5>() {
            let legacy_version = u16::from_be_bytes([header[1], header[2]]);
            let end = 5 + usize::from(u16::from_be_bytes([header[3], header[4]]));
            let mut fragment = rest[5..end].to_vec();
            rest = &rest[end..];
            if header[0] != ContentType::APPLICATION_DATA.0 {
                let content_type = ContentType(header[0]);
                self.seen.push(Sent {
                    encrypted: false,
                    legacy_version,
                    early: false,
                    content_type,
                    content: fragment,
                });
                continue;
            }
            let (early, inner) = self.open(header, &mut fragment);
            fragment.truncate(inner.length);
            match (inner.content_type, fragment[0]) {
                (ContentType::HANDSHAKE, 20) => {
                    let secret = self.client_application.as_ref().expect("a Finished before ours");
                    self.client_keys = Protection::new(SUITE, secret);
                }
                (ContentType::HANDSHAKE, 24) => self.client_keys = self.client_keys.as_ref().and_then(next),
                _ => {}
            }
            self.seen.push(Sent {
                encrypted: true,
                legacy_version,
                early,
                content_type: inner.content_type,
                content: fragment,
            });
        }
        self.seen.clone()
    }

    /// Opens a record of the client's, under its early keys if it fits those: `true` says so.
    fn open(&mut self, header: [u8; 5], fragment: &mut [u8]) -> (bool, InnerPlaintext) {
        let mut early = fragment.to_vec();
        match self.client_early.as_mut().map(|keys| keys.open(header, &mut early)) {
            Some(Ok(inner)) => {
                fragment.copy_from_slice(&early);
                (true, inner)
            }
            _ => (false, self.client_keys.as_mut().unwrap().open(header, fragment).unwrap()),
        }
    }

    /// The first `messages` messages of the honest handshake, which has five.
    pub fn flight(&mut self, messages: usize) -> Result<(), Error> {
        self.messages(0..messages)
    }

    /// These messages of the honest handshake.
    pub fn messages(&mut self, numbers: std::ops::Range<usize>) -> Result<(), Error> {
        let last = numbers.end;
        for number in numbers {
            match number {
                0 => self.hello(|_| ())?,
                1 => self.say(&self.encrypted_extensions(Vec::new()))?,
                2 => self.say(&self.certificate())?,
                3 => self.say(&self.certificate_verify())?,
                _ => self.say(&self.finished())?,
            }
        }
        if last == 5 {
            self.application_keys();
        }
        Ok(())
    }

    /// The honest handshake, to its end.
    pub fn handshake(&mut self) -> Result<(), Error> {
        self.flight(5)
    }

    /// Says a HelloRetryRequest with these extensions, and takes the ClientHello that answers it.
    pub fn retry(&mut self, extensions: Vec<Extension<'static>>) -> Result<(), Error> {
        let mut message = Vec::new();
        let before = self.client_hello.clone();
        self.hello(|h| {
            h.hello.random = HELLO_RETRY_RANDOM;
            h.hello.extensions = extensions;
            message = h.hello.to_bytes();
        })?;
        self.transcript = Transcript::after_retry(Hash::Sha256, &before, &message);
        self.client_hello = self.sent().last().map(|record| record.content.clone()).unwrap_or_default();
        self.transcript.add(&self.client_hello);
        Ok(())
    }
}

fn bent(bend: &mut Option<Bend>, bytes: Vec<u8>) -> Vec<u8> {
    match bend {
        Some(bend) => bend(bytes),
        None => bytes,
    }
}

fn next(keys: &Protection) -> Option<Protection> {
    Protection::new(keys.suite(), &next_traffic_secret(keys.suite(), keys.secret()))
}

fn key_share<'a>(offer: &ClientHello<'a>) -> &'a [u8] {
    let find = |extension: &Extension<'a>| match extension {
        Extension::KeyShares(entries) => entries.first().map(|entry| entry.key_exchange),
        _ => None,
    };
    offer.extensions.iter().find_map(find).unwrap()
}
