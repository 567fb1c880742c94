//! A session as bytes, to be kept in a file. The form is our own, in the presentation language of RFC 8446 §3.
//!
//! A thief of the file can read early data, and can answer as the server. So the file is for its owner alone. Tested in
//! `tests/resumption.rs`.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barewire_dissect::{Parsed, Refused, field, field_as, finish, refuse};
use nom::Parser;
use nom::number::complete::{be_u16, be_u32, be_u64, u8};

use super::{MAX_TICKET, Session};
use crate::certificate::CertificateFacts;
use crate::handshake::random;
use crate::key_schedule::Secret;
use crate::origin::Origin;
use crate::reason::Reason;
use crate::suite::{Suite, suite_name};
use crate::wire::{opaque, put_u16, put_u32, put_vector};

/// The number of this form. Another form gets another number.
const FORM: u8 = 1;

const RULE: &str = "the form of saved sessions";

impl Session {
    /// The session as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![FORM];
        let vector = |out: &mut Vec<u8>, length, bytes: &[u8]| {
            put_vector(out, length, |out| out.extend_from_slice(bytes));
        };
        vector(&mut out, 1, self.server_name.as_bytes());
        vector(&mut out, 1, self.alpn.as_deref().unwrap_or_default());
        put_u16(&mut out, self.suite.id());
        vector(&mut out, 2, &self.ticket);
        put_u32(&mut out, self.lifetime);
        put_u32(&mut out, self.age_add);
        vector(&mut out, 1, &self.nonce);
        put_u32(&mut out, self.max_early_data);
        out.extend_from_slice(&milliseconds(self.received).to_be_bytes());
        vector(&mut out, 1, self.psk.bytes());
        out.extend_from_slice(&milliseconds(self.origin.at).to_be_bytes());
        vector(&mut out, 3, &self.origin.certificate);
        vector(&mut out, 2, self.origin.anchor.as_deref().unwrap_or_default().as_bytes());
        out.extend_from_slice(&self.origin.trust);
        out
    }

    /// The session that [`Session::to_bytes`] gave.
    ///
    /// # Errors
    /// The bytes do not have that form. The offset says where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Session, Refused<Reason>> {
        let (session, rest) = finish("session", bytes, session(bytes))?;
        if rest.is_empty() {
            return Ok(session);
        }
        let reason = Reason::LeftOver { what: "the session", bytes: rest.len() };
        Err(Refused { what: "session", offset: bytes.len() - rest.len(), reason })
    }
}

fn session(input: &[u8]) -> Parsed<'_, Session, Reason> {
    let start = input;
    let (input, form) = field("form", "", u8).parse(input)?;
    if form != FORM {
        return refuse(start, Reason::Value { what: "form", seen: u32::from(form), wants: "1", rule: RULE });
    }
    let (input, server_name) = utf8("server_name length", 1..=0xff, "server_name", "")(input)?;
    let (input, alpn) = opaque("alpn length", 0..=0xff, "alpn", "")(input)?;
    let start = input;
    let (input, suite) = field_as("cipher_suite", "", be_u16, |id| suite_name(*id)).parse(input)?;
    let Some(suite) = Suite::from_id(suite) else {
        let (wants, rule) = ("a suite of TLS 1.3", "RFC 8446 §B.4");
        return refuse(start, Reason::Value { what: "cipher_suite", seen: u32::from(suite), wants, rule });
    };
    let (input, ticket) = opaque("ticket length", 1..=MAX_TICKET, "ticket", "")(input)?;
    let (input, lifetime) = field("ticket_lifetime", "in seconds", be_u32).parse(input)?;
    let (input, age_add) = field("ticket_age_add", "", be_u32).parse(input)?;
    let (input, nonce) = opaque("ticket_nonce length", 0..=0xff, "ticket_nonce", "")(input)?;
    let (input, max_early_data) = field("max_early_data_size", "in bytes", be_u32).parse(input)?;
    let (input, received) = field("received", "in milliseconds since 1970", be_u64).parse(input)?;
    let hash = suite.hash().len();
    let (input, psk) = opaque("psk length", hash..=hash, "psk", "")(input)?;
    let (input, origin) = origin(input)?;
    let session = Session {
        server_name: server_name.to_owned(),
        alpn: (!alpn.is_empty()).then(|| alpn.to_vec()),
        suite,
        ticket: ticket.to_vec(),
        lifetime,
        age_add,
        nonce: nonce.to_vec(),
        max_early_data,
        received: time(received),
        psk: Secret::new(psk),
        origin: Arc::new(origin),
    };
    Ok((input, session))
}

fn origin(input: &[u8]) -> Parsed<'_, Origin, Reason> {
    let (input, at) = field("at", "in milliseconds since 1970", be_u64).parse(input)?;
    let (input, certificate) = opaque("certificate length", 0..=0xff_ffff, "certificate", "")(input)?;
    let (input, anchor) = utf8("anchor length", 0..=0xffff, "anchor", "empty: nobody checked")(input)?;
    let (input, trust) = field("trust", "a hash", random).parse(input)?;
    let anchor = (!anchor.is_empty()).then(|| anchor.to_owned());
    let not_after = CertificateFacts::read(certificate).ok().map(|facts| facts.not_after);
    Ok((input, Origin { at: time(at), certificate: certificate.to_vec(), not_after, anchor, trust }))
}

/// A vector of bytes that have to be UTF-8. With other characters in place of what is not, it could outgrow its length
/// field when it is written again.
fn utf8<'a>(
    length: &'static str,
    bounds: RangeInclusive<usize>,
    name: &'static str,
    comment: &'static str,
) -> impl FnMut(&'a [u8]) -> Parsed<'a, &'a str, Reason> {
    let mut bytes = opaque(length, bounds, name, comment);
    move |start| {
        let (input, read) = bytes(start)?;
        match std::str::from_utf8(read) {
            Ok(text) => Ok((input, text)),
            Err(error) => {
                let seen = u32::from(read[error.valid_up_to()]);
                refuse(start, Reason::Value { what: name, seen, wants: "UTF-8", rule: RULE })
            }
        }
    }
}

fn milliseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}

/// A time that no clock shows is taken for the first one: such a session is too old.
fn time(milliseconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds)).unwrap_or(UNIX_EPOCH)
}
