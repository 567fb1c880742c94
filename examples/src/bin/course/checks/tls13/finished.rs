//! tls08: Finished messages of the server, right and wrong (RFC 8446 §4.4.4).

use barewire_tls13::handshake::Finished;
use barewire_tls13::key_schedule::{Secret, verify_data};

use super::server::Server;
use crate::steps::{Failed, Steps};

const VALUE: &str = "RFC 8446 §4.4.4: decrypt_error";
const LENGTH: &str = "RFC 8446 §4.4.4: as long as the hash; §6.2: decode_error";
const RIGHT: &str = "RFC 8446 §4.4.4";

/// Changes the right verify_data; the server is at hand.
type Bend = fn(&Server, Vec<u8>) -> Vec<u8>;

const ACCEPTED: &str = "change_cipher_spec, Finished";
const DECRYPT: &str = "change_cipher_spec, decrypt_error (51)";
const DECODE: &str = "change_cipher_spec, decode_error (50)";

/// What a MAC of the server would be with another secret, or over other messages.
fn mac(server: &Server, secret: &Secret, transcript_hash: &[u8]) -> Vec<u8> {
    verify_data(server.transcript.hash(), secret, transcript_hash).bytes().to_vec()
}

const BENDS: &[(&str, &str, &str, Bend)] = &[
    ("the right value", ACCEPTED, RIGHT, |_, value| value),
    ("the right value, with another first bit", DECRYPT, VALUE, |_, value| flipped(value, 0)),
    ("the right value, with another last bit", DECRYPT, VALUE, |_, value| flipped(value, 255)),
    ("32 zeros", DECRYPT, VALUE, |_, _| vec![0; 32]),
    ("a value that is made with the client's secret", DECRYPT, VALUE, |server, _| {
        mac(server, &server.secrets.client, server.transcript.current().bytes())
    }),
    ("a value over all messages but the last one", DECRYPT, VALUE, |server, _| {
        mac(server, &server.secrets.server, server.before_last.bytes())
    }),
    ("nothing", DECODE, LENGTH, |_, _| Vec::new()),
    ("the first 31 bytes of the right value", DECODE, LENGTH, |_, value| value[..31].to_vec()),
    ("the right value, and a zero", DECODE, LENGTH, |_, value| [value, vec![0]].concat()),
];

/// tls08: is this the handshake that the server saw?
pub(crate) fn finished(steps: &mut Steps) -> Result<(), Failed> {
    for (number, (what, wanted, rule, bend)) in (1..).zip(BENDS) {
        steps.step(format!("a handshake; the server's Finished has {what}"));
        let mut server = Server::before_finished(steps, number)?;
        let right = mac(&server, &server.secrets.server, server.transcript.current().bytes());
        let value = bend(&server, right);
        // The error is what the alert says.
        let _ = server.says(steps, &Finished { verify_data: &value }.to_bytes());
        let got = server.client_says(steps);
        steps.equal("the client answers with", (*wanted).to_owned(), got, rule)?;
    }
    Ok(())
}

/// With this bit changed.
fn flipped(mut value: Vec<u8>, bit: usize) -> Vec<u8> {
    value[bit / 8] ^= 0x80 >> (bit % 8);
    value
}
