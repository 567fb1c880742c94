//! No bit of a handshake can be flipped so that both ends go on: the lesson `tls_tamper` flips some, this one bit in
//! each byte, without the keys and with them. What nobody notices is named here, and there is nothing else.

use barewire::network::toy;
use barewire::services::certificates::{self, Flavour};
use barewire::tls_ends::Ends;
use barewire::tls_ends::flip::{Flip, MESSAGES};
use barewire_tls13::{Config, Trust};

const NAME: &str = "www.example.test";
const DATA: &[u8] = b"GET /";

/// A connection in which a bit is flipped: what the server reads, and how long each message of the handshake is.
fn run(flip: Option<Flip>) -> (Vec<u8>, Vec<usize>) {
    let trust = Trust::Pem(toy::root_pem().expect("a certificate").into_bytes());
    let client = Config { trust, ..Config::new(NAME, toy::clock()) };
    let server = certificates::server_config(NAME, Flavour::Honest).expect("a server");
    let mut ends = Ends::new(client, server).expect("two ends");
    let (mut flips, mut read) = (0, Vec::new());
    // Data can be written after the handshake.
    for data in [&b""[..], DATA] {
        let _ = ends.client.write(data);
        while let Some(mut record) = ends.transmit() {
            flips += usize::from(flip.is_some_and(|flip| flip.pass(&ends, &mut record)));
            let _ = ends.receive(&record);
        }
        read.extend(ends.read_by_server());
    }
    assert_eq!(flips, usize::from(flip.is_some()), "{flip:?}");
    (read, ends.messages().iter().map(|entry| entry.bytes.len()).collect())
}

#[test]
fn a_bit_of_the_handshake_is_flipped_and_somebody_notices() {
    let (read, lengths) = run(None);
    assert_eq!((read.as_slice(), lengths.len()), (DATA, 7), "an honest connection");
    let mut unnoticed = Vec::new();
    for (message, length) in lengths.into_iter().enumerate() {
        // A hello is alone in a record in the clear, whose header of five bytes can be changed, too.
        let first = if message < 2 { -5 } else { 0 };
        for (byte, keys) in (first..length as isize).flat_map(|byte| [(byte, false), (byte, true)]) {
            let (read, _) = run(Some(Flip { message, byte, keys }));
            if !read.is_empty() {
                assert_eq!(read, DATA, "{message} {byte} {keys}");
                unnoticed.push((MESSAGES[message].0, byte, keys));
            }
        }
    }
    // The second byte of legacy_record_version: it "MUST be ignored for all purposes" (RFC 8446 §5.1).
    let version = ["ClientHello", "ServerHello"].map(|hello| [(hello, -3, false), (hello, -3, true)]);
    assert_eq!(unnoticed, version.concat());
}

#[test]
fn data_has_its_tag_and_nothing_else() {
    for byte in 0..DATA.len() {
        let flip = Flip { message: 7, byte: byte as isize, keys: false };
        assert_eq!(run(Some(flip)).0, b"", "byte {byte}");
        let mut other = DATA.to_vec();
        other[byte] ^= 1;
        assert_eq!(run(Some(Flip { keys: true, ..flip })).0, other, "byte {byte}");
    }
}
