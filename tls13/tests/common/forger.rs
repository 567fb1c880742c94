//! A server that holds the right keys and says what it likes: for the rules that a well-behaved peer cannot test.

use std::time::Instant;

use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{
    Certificate, CertificateEntry, CertificateVerify, ClientHello, EncryptedExtensions, Finished, Message,
    ServerHello,
};
use barewire_tls13::key_schedule::{EarlySecret, HandshakeSecrets, Secret, verify_data};
use barewire_tls13::record::{ContentType, RecordHeader};
use barewire_tls13::{Client, Config, Error, Hash, Protection, Suite, Transcript, signed_content};
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
    signer: ring::signature::Ed25519KeyPair,
    certificate: Vec<u8>,
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
        let mut client = Client::new(now, config, &mut rng()).unwrap();
        let client_hello = client.transmit(now).unwrap()[5..].to_vec();
        Forger {
            client,
            now,
            transcript: Transcript::new(Hash::Sha256, &client_hello),
            client_hello,
            secrets: None,
            keys: None,
            signer: ring::signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&identity.key).unwrap(),
            certificate: identity.chain[0].to_vec(),
        }
    }

    /// Feeds raw bytes.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.client.receive(self.now, bytes)
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

    /// Says a handshake message, encrypted, and takes it into the transcript.
    pub fn say(&mut self, message: &[u8]) -> Result<(), Error> {
        self.transcript.add(message);
        self.sealed(ContentType::HANDSHAKE, message)
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
        let message = hello.hello.to_bytes();
        self.transcript.add(&message);
        let hash = self.transcript.current();
        let secrets = EarlySecret::without_psk(SUITE).handshake(hello.shared.bytes(), hash.bytes());
        self.keys = Protection::new(SUITE, &secrets.server);
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
    }

    /// The honest handshake, to its end.
    pub fn handshake(&mut self) -> Result<(), Error> {
        self.hello(|_| ())?;
        self.say(&self.encrypted_extensions(Vec::new()))?;
        self.say(&self.certificate())?;
        self.say(&self.certificate_verify())?;
        self.say(&self.finished())?;
        self.application_keys();
        Ok(())
    }
}

fn key_share<'a>(offer: &ClientHello<'a>) -> &'a [u8] {
    let find = |extension: &Extension<'a>| match extension {
        Extension::KeyShares(entries) => entries.first().map(|entry| entry.key_exchange),
        _ => None,
    };
    offer.extensions.iter().find_map(find).unwrap()
}
