//! TLS 1.3: a HelloRetryRequest, which bytes both ends hash then, and what it costs.
//!
//! The server takes none of the client's key shares. It names a group in a HelloRetryRequest, and the client sends a
//! second ClientHello with a share for it. All keys depend on the hash of the handshake's messages, the transcript, so
//! both ends have to hash the same bytes. There is a special rule (RFC 8446 §4.4.1): in place of the first ClientHello
//! both hash a message that nobody sends. It has the type 254, `message_hash`, and holds the hash of that ClientHello.
//! So a server can put the hash into a cookie, forget the client, and still go on when the cookie comes back (§4.2.2).
//!
//! The messages here are those of RFC 8448 §5, and so is the next record, which the server sealed. `≠` marks what
//! differs from the first list. At the end two servers of the toy internet are asked; one of them takes only P-256.
//!
//! Try: `cargo run --example tls_hello_retry -- forgot`: the client forgets what came before its second ClientHello.
//! Then `-- specs`: it also hashes the change_cipher_spec that a server may send after its HelloRetryRequest (§D.4). In
//! which line does each go wrong, and does the error say which fault it was? At last `-- shares`: the client sends a
//! share for each group. What does that save, and what does it cost?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#fetch=https://retry.example.test/&frame=7`: a HelloRetryRequest
//!
//! ```text
//! the client hashes, as RFC 8446 wants         hash so far
//!   message_hash        36 bytes, fe000020     166fdfba…
//!   HelloRetryRequest  176 bytes, 020000ac     74eec04d…
//!   second ClientHello 512 bytes, 010001fc     9894cc5d…
//!   ServerHello        123 bytes, 02000077     8aa8e828…
//!   so the server's record has the key         4646bfac…
//!   it opens: 645 bytes, from EncryptedExtensions to Finished
//! another client hashes                        hash so far
//! ≠ first ClientHello  180 bytes, 010000b0     de7420cc…
//! ≠ HelloRetryRequest  176 bytes, 020000ac     6c870cd5…
//! ≠ second ClientHello 512 bytes, 010001fc     42d5c217…
//! ≠ ServerHello        123 bytes, 02000077     fcc7a96d…
//! ≠ so the server's record has the key         cb08a9c1…
//!   it does not open: the alert bad_record_mac
//! in the toy internet, 50 ms there and back
//!   www.example.test    ClientHello in 202 bytes; x25519    after  50 ms
//!   retry.example.test  ClientHello in 204 bytes; secp256r1 after 100 ms
//! ```

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;

use barewire::network::{Network, Toy, ToyOptions};
use barewire_tcp::TcpStream;
use barewire_tls13::key_schedule::{EarlySecret, TrafficKeys};
use barewire_tls13::record::HEADER;
use barewire_tls13::{Client, Config, Group, Hash, Protection, Suite, TlsStream, Transcript};

const RFC_8448: &str = include_str!("../../tls13/tests/data/rfc8448.md");
const SENT: [&str; 4] = ["first ClientHello", "HelloRetryRequest", "second ClientHello", "ServerHello"];

fn main() -> Result<(), Box<dyn Error>> {
    let word = std::env::args().skip(1).collect::<Vec<String>>().join(" ");
    let records = blocks("record");
    let sent: Vec<_> = SENT.into_iter().zip(records.iter().map(|record| &record[HEADER..])).collect();
    let [first, retry, second, hello] = sent[..] else { return Err("four messages are wanted".into()) };
    let hash = Transcript::new(Hash::Sha256, first.1).current();
    let instead = ("message_hash", &[&[254, 0, 0, 32], hash.bytes()].concat()[..]);
    let naive = match word.as_str() {
        "" => vec![first, retry, second, hello],
        "forgot" => vec![second, hello],
        "specs" => vec![instead, retry, ("change_cipher_spec", &[1]), second, hello],
        "shares" => return price(&Group::USUAL),
        other => return Err(format!("{other} is not known here; try forgot, specs or shares").into()),
    };
    let mut known = Vec::new();
    show("the client hashes, as RFC 8446 wants", &[instead, retry, second, hello], &mut known)?;
    show("another client hashes", &naive, &mut known)?;
    if word.is_empty() { price(&[]) } else { Ok(()) }
}

/// Prints the hashes of these messages, the key that comes of them, and what the server's record is under that key.
/// Values that are not known have a mark. The first list makes its values known.
fn show(what: &str, messages: &[(&str, &[u8])], known: &mut Vec<Vec<u8>>) -> Result<(), Box<dyn Error>> {
    let first = known.is_empty();
    let mut line = |what: &str, value: &[u8]| {
        known.extend(first.then(|| value.to_vec()));
        let mark = if known.iter().any(|known| known == value) { ' ' } else { '≠' };
        println!("{mark} {what:<42} {}…", begin(value));
    };
    println!("{what:<44} hash so far");
    let (suite, mut transcript) = (Suite::Aes128GcmSha256, Transcript::new(Hash::Sha256, b""));
    for (name, bytes) in messages {
        transcript.add(bytes);
        line(&format!("{name:<19}{:>3} bytes, {}", bytes.len(), begin(bytes)), transcript.current().bytes());
    }
    let secrets = EarlySecret::without_psk(suite).handshake(&blocks("ikm")[0], transcript.current().bytes());
    line("so the server's record has the key", TrafficKeys::new(suite, &secrets.server).key());
    let mut keys = Protection::new(suite, &secrets.server).ok_or("no such key")?;
    let mut record = blocks("record").swap_remove(4);
    let (header, flight) = record.split_first_chunk_mut().ok_or("no header")?;
    match keys.open(*header, flight) {
        Ok(inner) => println!("  it opens: {} bytes, from EncryptedExtensions to Finished", inner.length),
        Err(_) => println!("  it does not open: the alert bad_record_mac"),
    }
    Ok(())
}

/// Handshakes in the toy internet: with a server that takes X25519, and with one that does not.
fn price(key_shares: &[Group]) -> Result<(), Box<dyn Error>> {
    println!("in the toy internet, 50 ms there and back");
    for (name, last) in [("www.example.test", 80), ("retry.example.test", 84)] {
        let mut toy = Toy::new(ToyOptions::default())?;
        let mut socket = TcpStream::connect(toy.stack(), SocketAddr::from(([203, 0, 113, last], 443)))?;
        let (trust, now, key_shares) = (toy.trust()?, toy.now(), key_shares.to_vec());
        let config = Config { trust, key_shares, ..Config::new(name, toy.wall_clock()) };
        let mut client = Client::new(now, config, toy.rng())?;
        let hello = client.transmit(now).ok_or("no ClientHello")?;
        socket.write_all(&hello)?;
        let group = TlsStream::connect(socket, client)?.summary().group.name();
        let (sent, took) = (hello.len(), (toy.now() - now).as_millis());
        println!("  {name:<18}  ClientHello in {sent} bytes; {group:<9} after {took:>3} ms");
    }
    Ok(())
}

/// The blocks of RFC 8448 §5 with this name, in their order.
fn blocks(name: &str) -> Vec<Vec<u8>> {
    let section = RFC_8448.split("\n## ").find(|section| section.starts_with("RFC 8448 section 5"));
    let parts: Vec<&str> = section.unwrap_or_default().split("\n\n").collect();
    let named = parts.windows(2).filter(|pair| pair[0].starts_with(&format!("{name} (")));
    let bytes = |hex: &str| hex.split_whitespace().flat_map(|byte| u8::from_str_radix(byte, 16)).collect();
    named.map(|pair| bytes(pair[1])).collect()
}

/// The first bytes, in hexadecimal.
fn begin(bytes: &[u8]) -> String {
    bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
