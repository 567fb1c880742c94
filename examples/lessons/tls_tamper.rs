//! TLS 1.3: somebody on the way flips one bit, in each message in turn. Who notices, at which message, by which alert?
//!
//! Anybody can flip a bit, also of a message that is encrypted: the ciphers add a stream of bytes by XOR, so the same
//! bit is flipped after decryption. Only the tag of the record tells. Here four messages of the server share a record.
//! The client refuses it before it reads the first of them. The two hellos have no tag. But the keys depend on all of
//! their bits. After a flip the two ends have different keys, and the next record does not open. Then the server cannot
//! open the client's alert either, so it is not heard.
//!
//! In the second table the attacker has the keys of both ends, and gives each record a new tag. Then the rest of the
//! handshake has to tell. An authority has signed the certificate, the server signs the hash of all messages so far,
//! and each Finished is a MAC over all before it. Data comes after that. The tag of its record is its only protection.
//!
//! Try: `cargo run --example tls_tamper -- ClientHello`: a bit of each field, with the keys. Fields that come to the
//! same end stand together, and the sentence is about the first of them. Which field can be changed, and nobody
//! notices? Then `-- ServerHello`: why does a bit of the random pass, until CertificateVerify? Then
//! `-- EncryptedExtensions`: the client offered http/1.1, http/1.0 and http/0.9. Which one would it speak, if nobody
//! signed? Then `-- Certificate`, `-- CertificateVerify` and `-- Finished`: with these keys the attacker can compute a
//! new Finished. What can nobody compute but the server?
//!
//! ```text
//! without the keys       who     reading              alert
//!   ClientHello          client  EncryptedExtensions  bad_record_mac, not heard
//!   ServerHello          client  EncryptedExtensions  bad_record_mac, not heard
//!   EncryptedExtensions  client  EncryptedExtensions  bad_record_mac
//!   Certificate          client  EncryptedExtensions  bad_record_mac
//!   CertificateVerify    client  EncryptedExtensions  bad_record_mac
//!   Finished             client  EncryptedExtensions  bad_record_mac
//!   client's Finished    server  client's Finished    bad_record_mac
//!   data                 server  data                 bad_record_mac
//! with the keys          who     reading              alert
//!   ClientHello          client  CertificateVerify    decrypt_error
//!   ServerHello          client  CertificateVerify    decrypt_error
//!   EncryptedExtensions  client  CertificateVerify    decrypt_error
//!   Certificate          client  Certificate          bad_certificate
//!   CertificateVerify    client  CertificateVerify    decrypt_error
//!   Finished             client  Finished             decrypt_error
//!   client's Finished    server  client's Finished    decrypt_error
//!   data                 nobody  the server reads "pay 10 euros to account 5"
//! ```

use std::error::Error;

use barewire::network::toy;
use barewire::services::certificates::{self, Flavour};
use barewire::tls_ends::{Ends, flip};
use barewire_dissect::lines;
use barewire_tls13::ledger::Entry;
use barewire_tls13::{Config, Trust};

const NAME: &str = "www.example.test";
const DATA: &[u8] = b"pay 10 euros to account 4";

/// One connection: who notices, why, and the messages of the handshake.
fn run(flip: Option<flip::Flip>) -> Result<(String, String, Vec<Entry>), Box<dyn Error>> {
    let trust = Trust::Pem(toy::root_pem()?.into_bytes());
    // Three make the length of the ClientHello even. So a flip in the record's length lets the server wait for a byte
    // more. With one less it would take the last byte, which nobody can foretell, for the type of another record.
    let alpn = ["http/1.1", "http/1.0", "http/0.9"].map(|name| name.as_bytes().to_vec()).to_vec();
    let client = Config { trust, alpn, ..Config::new(NAME, toy::clock()) };
    let mut ends = Ends::new(client, certificates::server_config(NAME, Flavour::Honest)?)?;
    let (mut refused, mut read, mut flipped) = (Vec::new(), Vec::new(), false);
    // Data can be written after the handshake.
    for data in [&b""[..], DATA] {
        let _ = ends.client.write(data);
        while let Some(mut record) = ends.transmit() {
            flipped |= flip.is_some_and(|flip| flip.pass(&ends, &mut record));
            refused.extend(ends.receive(&record).err());
        }
        read = ends.read_by_server();
    }
    (flip.is_some() == flipped).then_some(()).ok_or("there is no such bit")?;
    let heard = refused.iter().find_map(|refused| refused.heard);
    let (outcome, why) = match refused.first() {
        Some(first) => {
            let alert = first.alert.or(heard).ok_or("nobody says why")?;
            let unheard = if heard.is_some() { "" } else { ", not heard" };
            let why = if first.end == "client" { &first.says } else { alert.meaning() };
            (format!("{}  {:19}  {}{unheard}", first.end, first.reading, alert.name()), why.to_owned())
        }
        None if read.is_empty() => ("nobody  both ends wait".to_owned(), String::new()),
        None => (format!("nobody  the server reads {:?}", String::from_utf8_lossy(&read)), String::new()),
    };
    Ok((outcome, why, ends.messages()))
}

/// A bit of each message, without the keys and with them.
fn each_message(messages: &[Entry]) -> Result<(), Box<dyn Error>> {
    for (keys, title) in [(false, "without the keys"), (true, "with the keys")] {
        println!("{title:21}  who     reading              alert");
        for (message, (name, ..)) in flip::MESSAGES.iter().enumerate() {
            let length = messages.get(message).map_or(DATA, |entry| &entry.bytes).len() as isize;
            // The last byte of the random, of the signature in the certificate, or of the message.
            let byte = match message {
                0 | 1 => 37,
                3 => length - 3,
                _ => length - 1,
            };
            println!("  {name:19}  {}", run(Some(flip::Flip { message, byte, keys }))?.0);
        }
    }
    Ok(())
}

/// A bit in each field of one message, with the keys. Fields that come to the same end stand together.
fn each_field(message: usize, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut outcomes: Vec<(String, String, Vec<String>)> = Vec::new();
    for (field, byte) in flip::fields(message, bytes) {
        let (outcome, why, _) = run(Some(flip::Flip { message, byte, keys: true }))?;
        match outcomes.iter_mut().find(|known| known.0 == outcome) {
            Some((.., fields)) => fields.extend(Some(field).filter(|field| !fields.contains(field))),
            None => outcomes.push((outcome, why, vec![field])),
        }
    }
    for (outcome, why, fields) in outcomes {
        println!("{outcome}");
        for text in [fields.join(", "), why].iter().filter(|text| !text.is_empty()) {
            println!("  {}", lines(text, 77, 77).join("\n  "));
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let word = std::env::args().skip(1).collect::<Vec<String>>().join(" ");
    let (_, _, messages) = run(None)?;
    let known: Vec<&str> = flip::MESSAGES[..6].iter().map(|(name, ..)| *name).collect();
    match known.iter().position(|name| *name == word) {
        Some(message) => each_field(message, &messages[message].bytes),
        None if word.is_empty() => each_message(&messages),
        None => Err(format!("{word} is not known here; try {}", known.join(", ")).into()),
    }
}
