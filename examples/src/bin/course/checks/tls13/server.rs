//! A server for checks of the whole client: it has the right keys, and says what a check wants. It and the client were
//! given a key before, so it needs no certificate. All its keys come from the crate's own functions: what the other
//! exercises leave open is the same at both ends.

use std::time::{Duration, Instant, SystemTime};

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{EncryptedExtensions, Message, ServerHello};
use barewire_tls13::key_log::{
    CLIENT_HANDSHAKE, CLIENT_TRAFFIC, SERVER_HANDSHAKE, SERVER_TRAFFIC, key_log_line,
};
use barewire_tls13::key_schedule::{EarlySecret, HandshakeSecrets, Secret, next_traffic_secret};
use barewire_tls13::record::{ContentType, HEADER, RecordHeader};
use barewire_tls13::{
    AlertDescription, Client, Config, Error, ExternalPsk, Group, PreSharedKey, PrivateShare, Protection,
    Suite, Transcript,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::steps::{Failed, Steps, unexpected};

const SUITE: Suite = Suite::Aes128GcmSha256;
/// What both ends were given.
const KEY: [u8; 32] = [0x4b; 32];

/// A client, and the server that it talks to.
pub(super) struct Server {
    pub(super) client: Client,
    now: Instant,
    /// The random of the ClientHello: a key log knows a connection by it.
    random: [u8; 32],
    /// The messages so far, and the hash of all but the last one.
    pub(super) transcript: Transcript,
    pub(super) before_last: Secret,
    pub(super) secrets: HandshakeSecrets,
    /// What the server seals with, and what it opens the client's records with.
    sends: Protection,
    receives: Protection,
}

impl Server {
    /// A connection in which the client waits for the server's Finished. `number` is another one for each connection of
    /// a check.
    pub(super) fn before_finished(steps: &mut Steps, number: u64) -> Result<Server, Failed> {
        let failed = |error: Error| unexpected("the hellos", &error, "RFC 8446 §2");
        let no_keys = || unexpected("the hellos", &"no keys", "RFC 8446 §7.3");
        let now = Instant::now();
        let wall_clock = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let mut config = Config::new("www.example.test", wall_clock);
        config.suites = vec![SUITE];
        let external = ExternalPsk { identity: b"course".to_vec(), key: KEY.to_vec(), suite: SUITE };
        config.pre_shared_key = Some(PreSharedKey::External(external));
        let mut client = Client::new(now, config, &mut ChaCha8Rng::seed_from_u64(number)).map_err(failed)?;
        let sent = client.transmit(now).unwrap_or_default();
        steps.connect(443);
        steps.send(ToServer, &sent);
        let client_hello = sent.get(HEADER..).unwrap_or_default();

        let share = PrivateShare::generate(Group::X25519).map_err(failed)?;
        let public = share.public().to_vec();
        let (random, session_id, peer) = offered(client_hello).ok_or_else(no_keys)?;
        let shared = share.agree(&peer).ok_or_else(no_keys)?;
        let hello = ServerHello {
            legacy_version: 0x0303,
            random: [7; 32],
            legacy_session_id_echo: &session_id,
            cipher_suite: SUITE.id(),
            legacy_compression_method: 0,
            extensions: vec![
                Extension::SelectedVersion(0x0304),
                Extension::KeyShare(KeyShareEntry { group: Group::X25519.id(), key_exchange: &public }),
                Extension::SelectedIdentity(0),
            ],
        }
        .to_bytes();
        let mut transcript = Transcript::new(SUITE.hash(), client_hello);
        transcript.add(&hello);
        let early = EarlySecret::with_psk(SUITE, &KEY);
        let secrets = early.handshake(shared.bytes(), transcript.current().bytes());
        let sends = Protection::new(SUITE, &secrets.server).ok_or_else(no_keys)?;
        let receives = Protection::new(SUITE, &secrets.client).ok_or_else(no_keys)?;
        let before_last = transcript.current();
        steps.secret(key_log_line(CLIENT_HANDSHAKE, &random, &secrets.client));
        steps.secret(key_log_line(SERVER_HANDSHAKE, &random, &secrets.server));
        let mut server = Server { client, now, random, transcript, before_last, secrets, sends, receives };
        server.says_in_the_clear(steps, &hello).map_err(failed)?;
        server.says(steps, &EncryptedExtensions { extensions: Vec::new() }.to_bytes()).map_err(failed)?;
        Ok(server)
    }

    fn says_in_the_clear(&mut self, steps: &mut Steps, message: &[u8]) -> Result<(), Error> {
        let (content_type, length) = (ContentType::HANDSHAKE, message.len());
        let header = RecordHeader { content_type, legacy_version: 0x0303, length };
        self.gives(steps, &[&header.to_bytes()[..], message].concat())
    }

    /// Says a message of the handshake, which is part of the transcript.
    pub(super) fn says(&mut self, steps: &mut Steps, message: &[u8]) -> Result<(), Error> {
        self.before_last = self.transcript.current();
        self.transcript.add(message);
        self.sends_record(steps, ContentType::HANDSHAKE, message)
    }

    /// Seals a record, and gives it to the client.
    pub(super) fn sends_record(
        &mut self,
        steps: &mut Steps,
        content_type: ContentType,
        content: &[u8],
    ) -> Result<(), Error> {
        let mut record = Vec::new();
        self.sends.seal(content_type, content, &mut record).expect("a record that is not too long");
        self.gives(steps, &record)
    }

    fn gives(&mut self, steps: &mut Steps, bytes: &[u8]) -> Result<(), Error> {
        steps.send(ToClient, bytes);
        self.client.receive(self.now, bytes)
    }

    /// After its Finished the server seals with application keys, and the client will, after its own.
    pub(super) fn takes_application_keys(&mut self, steps: &mut Steps) {
        let secrets = self.secrets.application(self.transcript.current().bytes());
        steps.secret(key_log_line(CLIENT_TRAFFIC, &self.random, &secrets.client));
        steps.secret(key_log_line(SERVER_TRAFFIC, &self.random, &secrets.server));
        // The client's Finished is still under its handshake key.
        let _ = self.client_says(steps);
        [self.sends, self.receives] = [&secrets.server, &secrets.client].map(keys);
    }

    /// The server's next key, as after a KeyUpdate.
    pub(super) fn takes_next_key(&mut self) {
        self.sends = next(&self.sends);
    }

    /// The records that the client sends, in words. After a KeyUpdate of it the next key is used.
    pub(super) fn client_says(&mut self, steps: &mut Steps) -> String {
        let bytes = self.client.transmit(self.now).unwrap_or_default();
        steps.send(ToServer, &bytes);
        let (mut rest, mut said) = (&bytes[..], Vec::new());
        while let Some((header, after)) = rest.split_first_chunk::<HEADER>() {
            let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
            let (fragment, next) = after.split_at(length.min(after.len()));
            rest = next;
            said.push(self.in_words(*header, fragment.to_vec()));
        }
        if said.is_empty() { "nothing".to_owned() } else { said.join(", ") }
    }

    fn in_words(&mut self, header: [u8; HEADER], mut fragment: Vec<u8>) -> String {
        if header[0] != ContentType::APPLICATION_DATA.0 {
            return ContentType(header[0]).name().to_owned();
        }
        let Ok(inner) = self.receives.open(header, &mut fragment) else {
            return "a record that the server cannot open".to_owned();
        };
        let content = &fragment[..inner.length];
        match (inner.content_type, content) {
            (ContentType::ALERT, &[_, description]) => AlertDescription(description).to_string(),
            (ContentType::HANDSHAKE, [20, ..]) => "Finished".to_owned(),
            (ContentType::HANDSHAKE, &[24, 0, 0, 1, asks]) => {
                self.receives = next(&self.receives);
                format!("KeyUpdate({})", if asks == 1 { "update_requested" } else { "update_not_requested" })
            }
            (ContentType::APPLICATION_DATA, content) => format!("{:?}", String::from_utf8_lossy(content)),
            (other, _) => format!("a record of {other}"),
        }
    }

    /// What the client has read by now.
    pub(super) fn client_reads(&mut self) -> String {
        let mut data = vec![0; self.client.readable()];
        let length = self.client.read(&mut data);
        String::from_utf8_lossy(&data[..length]).into_owned()
    }
}

fn keys(secret: &Secret) -> Protection {
    Protection::new(SUITE, secret).expect("a key of the right length")
}

/// Those that come after a KeyUpdate.
fn next(before: &Protection) -> Protection {
    keys(&next_traffic_secret(SUITE, before.secret()))
}

/// The random, the session id and the key share of a ClientHello.
fn offered(client_hello: &[u8]) -> Option<([u8; 32], Vec<u8>, Vec<u8>)> {
    let Ok(Message::ClientHello(offer)) = Message::parse(client_hello) else { return None };
    let share = offer.extensions.iter().find_map(|extension| match extension {
        Extension::KeyShares(entries) => entries.first().map(|entry| entry.key_exchange.to_vec()),
        _ => None,
    })?;
    Some((offer.random, offer.legacy_session_id.to_vec(), share))
}
