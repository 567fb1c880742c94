//! Pre-shared keys (RFC 8446 §2.2, §4.2.11): keys that both sides have before the connection begins.
//!
//! A key comes with a ticket of an earlier connection (a [`Session`]), or by another way: written into the settings of
//! two machines, for example. In the ClientHello it is named, and a binder proves that the client has it. Together with
//! a fresh (EC)DHE secret (psk_dhe_ke) it makes the keys of the connection, so that somebody who steals it later cannot
//! read what was sent before.
//!
//! Left out: several keys offered at once; keys without (EC)DHE (psk_ke), which have no forward secrecy. Tested in
//! `tests/resumption.rs` and `tests/rfc8448.rs`.

use std::fmt;
use std::time::SystemTime;

use crate::extensions::PskIdentity;
use crate::key_schedule::{EarlySecret, Secret, verify_data};
use crate::session::Session;
use crate::suite::Suite;
use crate::transcript::Transcript;

/// A key that both sides have already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreSharedKey {
    /// From a ticket of an earlier connection.
    Session(Box<Session>),
    /// From elsewhere.
    External(ExternalPsk),
}

/// A key that came by another way than a ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct ExternalPsk {
    /// How both sides call it.
    pub identity: Vec<u8>,
    /// The key. It has to be random: nothing here makes a weak password strong.
    pub key: Vec<u8>,
    /// The suite it is for. Only its hash counts; RFC 8446 §4.2.11 says SHA-256 where nothing else was agreed on.
    pub suite: Suite,
}

impl fmt::Debug for ExternalPsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExternalPsk({:?}, {} bytes)", self.identity.escape_ascii().to_string(), self.key.len())
    }
}

impl PreSharedKey {
    /// The suite whose hash the key is for.
    pub fn suite(&self) -> Suite {
        match self {
            PreSharedKey::Session(session) => session.suite,
            PreSharedKey::External(external) => external.suite,
        }
    }

    /// The key itself.
    pub(crate) fn secret(&self) -> Secret {
        match self {
            PreSharedKey::Session(session) => session.psk.clone(),
            PreSharedKey::External(external) => Secret::new(&external.key),
        }
    }

    /// The first row of the key schedule with this key.
    pub fn early_secret(&self) -> EarlySecret {
        match self {
            PreSharedKey::Session(session) => EarlySecret::with_psk(session.suite, session.psk.bytes()),
            PreSharedKey::External(external) => EarlySecret::with_psk(external.suite, &external.key),
        }
    }

    /// The key's name, as the ClientHello carries it.
    pub fn identity(&self, now: SystemTime) -> PskIdentity<'_> {
        match self {
            PreSharedKey::Session(session) => {
                PskIdentity { identity: &session.ticket, obfuscated_ticket_age: session.obfuscated_age(now) }
            }
            PreSharedKey::External(external) => {
                PskIdentity { identity: &external.identity, obfuscated_ticket_age: 0 }
            }
        }
    }

    /// Fills in the binder at the end of a ClientHello (RFC 8446 §4.2.11.2): a MAC over all before the list of binders.
    /// `before` holds the messages before a second ClientHello.
    pub fn bind(&self, early: &EarlySecret, before: Option<&Transcript>, client_hello: &mut [u8]) {
        // exercise: tls11
        let hash = early.suite.hash();
        let list = 2 + 1 + hash.len();
        let (covered, binders) = client_hello.split_at_mut(client_hello.len() - list);
        let transcript = match before {
            Some(before) => {
                let mut transcript = before.clone();
                transcript.add(covered);
                transcript
            }
            None => Transcript::new(hash, covered),
        };
        let key = early.binder_key(matches!(self, PreSharedKey::Session(_)));
        let binder = verify_data(hash, &key, transcript.current().bytes());
        binders[3..].copy_from_slice(binder.bytes());
        // exercise: end
    }
}
