//! ring without TLS around it: each record is opened where it lies, and nothing is copied. It is the floor that both
//! clients stand on.

use barewire_tls13::Suite;
use barewire_tls13::key_schedule::TrafficKeys;
use barewire_tls13::record::{HEADER, InnerPlaintext};
use ring::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};

use super::Contestants;
use super::receive::Receiver;
use super::server::Server;
use crate::measure::Stopwatch;

pub(super) struct RingAlone {
    key: LessSafeKey,
    iv: [u8; aead::NONCE_LEN],
    sequence: u64,
}

impl RingAlone {
    /// The keys of a connection that our client has made. Its server goes on.
    pub(super) fn connect(contestants: &Contestants, suite: Suite) -> (RingAlone, Server) {
        let (client, server) = contestants.our_connection(suite);
        let secrets = client.application_secrets().expect("the handshake is done");
        let keys = TrafficKeys::new(suite, &secrets.server);
        let algorithm = match suite {
            Suite::Aes128GcmSha256 => &aead::AES_128_GCM,
            Suite::Aes256GcmSha384 => &aead::AES_256_GCM,
            Suite::Chacha20Poly1305Sha256 => &aead::CHACHA20_POLY1305,
        };
        let key =
            LessSafeKey::new(UnboundKey::new(algorithm, keys.key()).expect("a key of the right length"));
        (RingAlone { key, iv: keys.iv, sequence: 0 }, server)
    }

    /// Opens a record in place.
    fn open(&mut self, record: &mut [u8]) {
        let (header, fragment) = record.split_first_chunk_mut::<HEADER>().expect("a header");
        let mut nonce = self.iv;
        nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.open_in_place(nonce, Aad::from(*header), fragment).expect("a good record");
        self.sequence += 1;
    }
}

impl Receiver for RingAlone {
    /// The clock stands still while the content is copied, to be compared.
    fn receive(&mut self, records: &mut [u8], out: &mut [u8], watch: &mut Stopwatch) -> usize {
        watch.run(|| cut(records).for_each(|record| self.open(record)));
        cut(records).fold(0, |filled, record| {
            let plaintext = &record[HEADER..record.len() - aead::MAX_TAG_LEN];
            let content = InnerPlaintext::split(plaintext).expect("a type").length;
            out[filled..filled + content].copy_from_slice(&plaintext[..content]);
            filled + content
        })
    }
}

/// The records of a stream, header included.
fn cut(mut records: &mut [u8]) -> impl Iterator<Item = &mut [u8]> {
    std::iter::from_fn(move || {
        let length = HEADER + usize::from(u16::from_be_bytes(*records.get(3..)?.first_chunk::<2>()?));
        let (record, rest) = std::mem::take(&mut records).split_at_mut(length);
        records = rest;
        Some(record)
    })
}
