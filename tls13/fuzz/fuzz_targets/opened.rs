//! An observer with the key log of a connection in which both sides say anything: every record opens, whatever keys the
//! messages in it change to. An observer checks no proof, so the hellos and the secrets are made up. Each record has a
//! byte for its direction, one for its type and two for its length.
#![no_main]

#[path = "../common/seen.rs"]
mod seen;

use barewire_dissect::Direction::{self, ToClient, ToServer};
use barewire_tls13::extensions::{Extension, KeyShareEntry};
use barewire_tls13::handshake::{ClientHello, ServerHello};
use barewire_tls13::key_log::{
    CLIENT_HANDSHAKE, CLIENT_TRAFFIC, SERVER_HANDSHAKE, SERVER_TRAFFIC, key_log_line,
};
use barewire_tls13::key_schedule::{Secret, next_traffic_secret};
use barewire_tls13::observe::{Observer, Sealed};
use barewire_tls13::record::{ContentType, MAX_CONTENT, RecordHeader, TLS13};
use barewire_tls13::{Epoch, Protection, Suite};
use libfuzzer_sys::fuzz_target;

const SUITE: Suite = Suite::Aes128GcmSha256;
const RANDOM: [u8; 32] = [1; 32];
/// The labels of the secrets: to the server, and to the client; of the handshake, and of what follows.
const LABELS: [[&str; 2]; 2] = [[CLIENT_HANDSHAKE, CLIENT_TRAFFIC], [SERVER_HANDSHAKE, SERVER_TRAFFIC]];

fn secret(label: &str) -> Secret {
    Secret::new(&[label.len() as u8; 32])
}

/// Both hellos, as records.
fn hellos() -> [Vec<u8>; 2] {
    let client = ClientHello {
        legacy_version: 0x0303,
        random: RANDOM,
        legacy_session_id: &[],
        cipher_suites: vec![SUITE.id()],
        legacy_compression_methods: &[0],
        extensions: vec![Extension::SupportedVersions(vec![TLS13])],
    };
    let key = KeyShareEntry { group: 0x001d, key_exchange: &[9; 32] };
    let server = ServerHello {
        legacy_version: 0x0303,
        random: [2; 32],
        legacy_session_id_echo: &[],
        cipher_suite: SUITE.id(),
        legacy_compression_method: 0,
        extensions: vec![Extension::SelectedVersion(TLS13), Extension::KeyShare(key)],
    };
    [client.to_bytes(), server.to_bytes()].map(|message| {
        let header = RecordHeader {
            content_type: ContentType::HANDSHAKE,
            legacy_version: 0x0303,
            length: message.len(),
        };
        [&header.to_bytes()[..], &message].concat()
    })
}

/// The keys of one direction, which follow what the observer says.
struct Keys {
    epoch: Epoch,
    protection: Protection,
}

impl Keys {
    fn follow(&mut self, way: Direction, epoch: Epoch) {
        if epoch == self.epoch {
            return;
        }
        let secret = match epoch {
            Epoch::Application(0) => secret(LABELS[way.index()][1]),
            _ => next_traffic_secret(SUITE, self.protection.secret()),
        };
        *self = Keys { epoch, protection: Protection::new(SUITE, &secret).expect("a key") };
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut observer = Observer::new();
    LABELS.concat().iter().for_each(|label| {
        observer.add_key_log(&key_log_line(label, &RANDOM, &secret(label)));
    });
    let (mut sent, mut end) = ([0u64; 2], [0u64; 2]);
    for (way, record) in [ToServer, ToClient].into_iter().zip(hellos()) {
        for seen in observer.receive(way, 0, &record) {
            seen::check(&observer, &seen, &mut end[way.index()]);
        }
        sent[way.index()] = record.len() as u64;
    }
    let mut keys = Direction::BOTH.map(|way| Keys {
        epoch: Epoch::Handshake,
        protection: Protection::new(SUITE, &secret(LABELS[way.index()][0])).expect("a key"),
    });
    let mut rest = bytes;
    while let Some((&[way, kind, high, low], after)) = rest.split_first_chunk() {
        let way = Direction::BOTH[usize::from(way & 1)];
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len()).min(MAX_CONTENT);
        let (content, after) = after.split_at(length);
        rest = after;
        let mut record = Vec::new();
        keys[way.index()].protection.seal(ContentType(kind), content, &mut record).expect("it fits");
        for seen in observer.receive(way, sent[way.index()], &record) {
            seen::check(&observer, &seen, &mut end[way.index()]);
            let only_zeros = kind == 0 && content.iter().all(|&byte| byte == 0);
            assert!(
                seen.sealed().is_none()
                    || only_zeros && matches!(seen.sealed(), Some(Sealed::BadContent { .. })),
                "{:?}",
                seen.sealed()
            );
        }
        sent[way.index()] += record.len() as u64;
        Direction::BOTH
            .into_iter()
            .for_each(|way| keys[way.index()].follow(way, observer.epochs()[way.index()]));
    }
});
