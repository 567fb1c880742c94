//! Somebody on the way flips one bit of one message, with the keys of both ends or without any.
//!
//! Without keys a bit of an encrypted message can be flipped, too: the ciphers of TLS 1.3 add a stream of bytes by XOR,
//! so the message has the same bit flipped after decryption. Only the tag tells. With the keys the record gets a new
//! tag: it is opened with the keys of its sender, and sealed with those of its receiver. Tested in
//! `tests/tampered.rs`.

use barewire_dissect::Direction::{self, ToClient, ToServer};
use barewire_dissect::Node;
use barewire_tls13::handshake::{HandshakeType, MESSAGE_HEADER, Message};
use barewire_tls13::key_log::{CLIENT_HANDSHAKE, CLIENT_TRAFFIC, SERVER_HANDSHAKE};
use barewire_tls13::ledger::Name;
use barewire_tls13::record::{ContentType, HEADER, RecordHeader};
use barewire_tls13::{Protection, dissect};

use super::{Ends, Record};

/// The messages of a connection: a name, where it goes, in which record of its sender, and its type. Number 1 of both
/// ends is a change_cipher_spec. The server puts four messages into one record.
pub const MESSAGES: [(&str, Direction, usize, HandshakeType); 8] = [
    ("ClientHello", ToServer, 0, HandshakeType::CLIENT_HELLO),
    ("ServerHello", ToClient, 0, HandshakeType::SERVER_HELLO),
    ("EncryptedExtensions", ToClient, 2, HandshakeType::ENCRYPTED_EXTENSIONS),
    ("Certificate", ToClient, 2, HandshakeType::CERTIFICATE),
    ("CertificateVerify", ToClient, 2, HandshakeType::CERTIFICATE_VERIFY),
    ("Finished", ToClient, 2, HandshakeType::FINISHED),
    ("client's Finished", ToServer, 2, HandshakeType::FINISHED),
    ("data", ToServer, 3, HandshakeType::HELLO_REQUEST),
];

/// What is flipped.
#[derive(Debug, Clone, Copy)]
pub struct Flip {
    /// The number of the message in [`MESSAGES`].
    pub message: usize,
    /// The lowest bit of this byte of it. -5 is the first byte of the record, if the message begins there.
    pub byte: isize,
    /// Whether the keys of both ends are known.
    pub keys: bool,
}

impl Flip {
    /// A record passes, and comes out as it goes on. Whether it was the one that holds the bit.
    pub fn pass(self, ends: &Ends, record: &mut Record) -> bool {
        let (_, direction, number, kind) = MESSAGES[self.message];
        let is_it = (record.direction, record.number) == (direction, number);
        match keys(ends, record) {
            Some(keys) => self.pass_sealed(keys, record, is_it.then_some(kind)),
            None if is_it => flip(&mut record.bytes, HEADER.checked_add_signed(self.byte)),
            None => None,
        }
        .is_some()
    }

    fn pass_sealed(
        self,
        [mut sender, mut receiver]: [Protection; 2],
        record: &mut Record,
        kind: Option<HandshakeType>,
    ) -> Option<()> {
        let mut content = record.bytes[HEADER..].to_vec();
        let inner = sender.open(*record.bytes.first_chunk()?, &mut content).ok()?;
        content.truncate(inner.length);
        // Where a message stands can be known without the keys, too: lengths are not secret.
        let byte = kind.and_then(|kind| start(&content, kind).checked_add_signed(self.byte));
        if !self.keys {
            return flip(&mut record.bytes, Some(HEADER + byte?));
        }
        let flipped = flip(&mut content, byte);
        record.bytes.clear();
        receiver.seal(inner.content_type, &content, &mut record.bytes).ok()?;
        flipped
    }
}

/// The fields of a message, and the last byte of each. A hello is alone in a record in the clear, and the fields of its
/// header come first.
pub fn fields(message: usize, bytes: &[u8]) -> Vec<(String, isize)> {
    let (in_clear, content_type) = (message < 2, ContentType::HANDSHAKE);
    let header = RecordHeader { content_type, legacy_version: 0x0303, length: bytes.len() }.to_bytes();
    let (before, tree) = if in_clear {
        (HEADER, dissect(&[&header, bytes].concat()).1)
    } else {
        (0, barewire_dissect::record(bytes, || Message::parse(bytes).map(drop)).1)
    };
    let leaves = tree.walk().map(|(_, node)| node).filter(|node| node.is_leaf() && !node.range.is_empty());
    let field = |node: &Node| {
        let whose = if node.range.end <= before { "record's " } else { "" };
        (format!("{whose}{}", node.name), node.range.end as isize - 1 - before as isize)
    };
    leaves.map(field).collect()
}

fn flip(bytes: &mut [u8], byte: Option<usize>) -> Option<()> {
    *bytes.get_mut(byte?)? ^= 1;
    Some(())
}

/// Where the message of that type begins, among those of a record. Data begins where the record does.
fn start(content: &[u8], kind: HandshakeType) -> usize {
    let mut at = 0;
    while let Some(&[found, a, b, c]) = content.get(at..).and_then(|rest| rest.first_chunk()) {
        if found == kind.0 {
            return at;
        }
        at += MESSAGE_HEADER + (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c));
    }
    0
}

/// The keys by which the sender has sealed a record, and those by which the receiver will open it. They differ where
/// the two have not seen the same hellos. `None`: a record in the clear, or one that nobody changes.
fn keys(ends: &Ends, record: &Record) -> Option<[Protection; 2]> {
    let (label, name) = match (record.direction, record.number) {
        (ToClient, 2) => (SERVER_HANDSHAKE, Name::ServerHandshake),
        (ToServer, 2) => (CLIENT_HANDSHAKE, Name::ClientHandshake),
        (ToServer, 3) => (CLIENT_TRAFFIC, Name::ClientApplication(0)),
        _ => return None,
    };
    let (suite, ours) = ends.client_secret(name)?;
    let keys = |secret| Protection::new(suite, secret);
    let (ours, servers) = (keys(&ours)?, keys(&ends.server_secret(label)?)?);
    Some(if record.direction == ToClient { [servers, ours] } else { [ours, servers] })
}
