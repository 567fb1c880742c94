//! The flights of an honest server, bent in places: full, after a HelloRetryRequest, resumed, and with early data. What
//! is not bent is taken; a sealed record that was changed is not; a refusal is told by an alert. The first byte says
//! which flight it is, and how it is cut. Each bend has four bytes: which message or record, how, where, and a value.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::LazyLock;

use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::{CertificateRequest, KeyUpdate, NewSessionTicket};
use barewire_tls13::key_schedule::Secret;
use barewire_tls13::record::ContentType;
use barewire_tls13::{Error, PreSharedKey};
use common::forger::{Bend, Forger};
use common::{Identity, session};
use libfuzzer_sys::fuzz_target;

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new(&rcgen::PKCS_ED25519));

/// One bend: of the message or record of that number.
#[derive(Clone, Copy)]
struct Edit {
    number: u8,
    how: u8,
    place: u8,
    value: u8,
}

impl Edit {
    /// Bends bytes. With the highest bit of `how`, the length of the message stays right. What has been doubled again
    /// and again is long enough: it has to fit a record.
    fn apply(self, mut bytes: Vec<u8>) -> Vec<u8> {
        if bytes.is_empty() || bytes.len() > 8_000 {
            return bytes;
        }
        // From the start, or from the end.
        let last = bytes.len() - 1;
        let at = if self.place < 128 {
            last.min(self.place.into())
        } else {
            last - last.min((255 - self.place).into())
        };
        match self.how % 6 {
            0 => bytes[at] ^= self.value,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, self.value),
            3 => bytes.truncate(at),
            4 => bytes.extend_from_within(at..),
            _ => bytes.splice(at..at, [0, self.value, 0, 0]).for_each(drop),
        }
        if self.how & 0x80 != 0 && bytes.len() >= 4 {
            let length = bytes.len() - 4;
            bytes[1..4].copy_from_slice(&(length as u32).to_be_bytes()[1..]);
        }
        bytes
    }
}

/// Bends what comes by, number for number. Notes whether anything was changed from number `first` on; what follows an
/// honest record comes too late to change it.
fn bend(edits: Vec<Edit>, first: u8) -> (Rc<Cell<bool>>, Bend) {
    let bent = Rc::new(Cell::new(false));
    let (noted, mut number) = (bent.clone(), 0);
    let bend = move |bytes: Vec<u8>| {
        let wanted = edits.iter().filter(|edit| edit.number == number);
        let after = wanted.fold(bytes.clone(), |bytes, edit| edit.apply(bytes));
        noted.set(noted.get() || number >= first && !after.starts_with(&bytes));
        number = number.saturating_add(1);
        after
    };
    (bent, Box::new(bend))
}

fn ticket() -> Vec<u8> {
    let extensions = vec![Extension::MaxEarlyData(1_024)];
    NewSessionTicket { lifetime: 60, age_add: 1, nonce: &[0], ticket: b"ticket", extensions }.to_bytes()
}

/// The honest server: the handshake.
fn handshake(forger: &mut Forger, flight: u8) -> Result<(), Error> {
    if flight < 2 {
        return forger.handshake();
    }
    if flight == 2 {
        forger.flight(2)?;
        let extensions = vec![Extension::SignatureAlgorithms(vec![0x0807])];
        forger.say(&CertificateRequest { request_context: &[], extensions }.to_bytes())?;
        forger.say(&forger.certificate())?;
        forger.say(&forger.certificate_verify())?;
    } else {
        forger.psk = Some(Secret::new(&[5; 32]));
        forger.hello(|hello| hello.hello.extensions.push(Extension::SelectedIdentity(0)))?;
        let mut extensions = vec![Extension::Alpn(vec![b"h2"])];
        extensions.extend((flight == 4).then_some(Extension::Other { id: 42, data: &[] }));
        forger.say(&forger.encrypted_extensions(extensions))?;
    }
    forger.say(&forger.finished())?;
    forger.application_keys();
    Ok(())
}

/// The honest server, after the handshake.
fn connected(forger: &mut Forger) -> Result<(), Error> {
    forger.say(&ticket())?;
    forger.sealed(ContentType::APPLICATION_DATA, b"data")?;
    forger.say(&KeyUpdate { requested: true }.to_bytes())?;
    forger.next_keys();
    forger.sealed(ContentType::APPLICATION_DATA, b"more")?;
    forger.sealed(ContentType::ALERT, &[1, 0])
}

/// A client that offers what the flight needs, after the HelloRetryRequest, if there is one.
fn forger(flight: u8) -> Forger {
    let mut config = IDENTITY.client();
    config.alpn = vec![b"h2".to_vec()];
    if flight > 2 {
        config.pre_shared_key = Some(PreSharedKey::Session(Box::new(session(&config))));
        config.replayable_early_data = flight > 3;
    }
    let mut forger = Forger::new(&IDENTITY, config);
    if flight == 1 {
        let extensions = vec![Extension::SelectedVersion(0x0304), Extension::Cookie(b"crumbs")];
        forger.retry(extensions).expect("an honest HelloRetryRequest");
    }
    if flight > 3 {
        assert_eq!(forger.client.write_early_replayable(b"request"), Ok(7));
    }
    forger
}

/// Whether the last record that the client sent can be an alert: one in the clear, or one that is sealed.
fn ends_in_alert(sent: &[u8]) -> bool {
    let (mut rest, mut last) = (sent, 0);
    while let Some(&[content_type, _, _, high, low]) = rest.first_chunk() {
        last = content_type;
        rest = &rest[5 + usize::from(u16::from_be_bytes([high, low]))..];
    }
    matches!(last, 21 | 23)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&flight, rest)) = bytes.split_first() else { return };
    let (cut, flight, honest) = (flight / 6 % 4, flight % 6, rest.len() < 4);
    let edits = rest.as_chunks::<4>().0.iter();
    let edits = edits.map(|&[number, how, place, value]| Edit { number, how, place, value });
    // Numbers from 128 on are of records, and those before of messages.
    let (of_records, of_messages): (Vec<Edit>, Vec<Edit>) = edits.partition(|edit| edit.number >= 128);
    let of_records = of_records.into_iter().map(|edit| Edit { number: edit.number - 128, ..edit }).collect();
    let mut forger = forger(flight);
    forger.piece = [usize::MAX, 1, 3, 50][usize::from(cut)];
    // The ServerHello is in the clear, so the version in the header of its record may be another.
    let ((_, messages), (bent_sealed, records)) = (bend(of_messages, 0), bend(of_records, 1));
    (forger.bend_message, forger.bend_bytes) = (Some(messages), Some(records));
    let mut result = handshake(&mut forger, flight);
    assert!(!bent_sealed.get() || forger.client.summary().is_none(), "a changed record was taken");
    if result.is_ok() {
        result = connected(&mut forger);
    }
    let mut data = [0; 32];
    let read = forger.client.read(&mut data);
    assert!(b"datamore".starts_with(&data[..read]) && forger.client.readable() == 0);
    let sent = forger.client.transmit(forger.now).unwrap_or_default();
    while forger.client.event().is_some() {}
    match result {
        Ok(()) if honest => {
            assert!(forger.client.summary().is_some() && forger.client.is_closed_by_peer());
            assert_eq!(read, 8);
        }
        Ok(()) => drop(forger.client.receive_eof(forger.now)),
        Err(error) => {
            assert!(!honest, "an honest server was refused: {error}");
            assert_eq!(forger.client.failure(), Some(&error));
            assert!(error.alert().is_none() || ends_in_alert(&sent), "{error}");
        }
    }
});
