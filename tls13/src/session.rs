//! Sessions (RFC 8446 §2.2, §4.6.1): what a client keeps of one connection, so that a later one can go on from it.
//!
//! ```text
//!   first connection                            later connection
//!     server ── NewSessionTicket ──▶ Session ──▶ pre_shared_key in the ClientHello
//!     resumption secret + nonce ───▶   psk   ──▶ early secret: who has it is the same server
//! ```
//!
//! The server shows no certificate in the later connection. What is known of it comes from the connection where it did,
//! and its [`Origin`] says which that was. A ticket is worth nothing without its key. But a client that uses a ticket
//! twice can be recognised by it, so a [`SessionStore`] gives each session out once (RFC 8446 §C.4).
//!
//! Left out: tickets of a connection that began with an external key, which no certificate stands for; several
//! sessions offered at once. Tested in `tests/resumption.rs`, against rustls.

mod saved;
mod store;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use store::{MemoryStore, SessionStore};

use crate::key_schedule::Secret;
use crate::origin::Origin;
use crate::suite::Suite;

/// The longest that a ticket may be kept, in seconds: a week (RFC 8446 §4.6.1).
pub const MAX_LIFETIME: u32 = 604_800;

/// The longest ticket that is kept, in bytes. The ClientHello that sends it back has 65,535 bytes for all of its
/// extensions (RFC 8446 §4.1.2), so one of the longest tickets that a server can make would not fit.
pub const MAX_TICKET: usize = 1 << 15;

/// A session that can be resumed. A thief of it can read early data, and can answer as the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The server's name, in lower case and without a final dot.
    pub server_name: String,
    /// The application protocol of the connection, if one was agreed on.
    pub alpn: Option<Vec<u8>>,
    /// The suite of the connection. A later one may have another suite with the same hash.
    pub suite: Suite,
    /// The bytes that name the session to the server.
    pub ticket: Vec<u8>,
    /// How long the server keeps the ticket, in seconds.
    pub lifetime: u32,
    /// What is added to the ticket's age when that is sent.
    pub age_add: u32,
    /// What told this ticket's key from those of other tickets of the connection.
    pub nonce: Vec<u8>,
    /// How many bytes of early data the server would take. 0: none.
    pub max_early_data: u32,
    /// When the ticket came.
    pub received: SystemTime,
    /// The key that both sides have.
    pub psk: Secret,
    /// Where the server showed who it is.
    pub origin: Arc<Origin>,
}

/// What a session has to fit to be offered. [`Config::wanted`](crate::Config::wanted) makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The server's name, in lower case and without a final dot.
    pub server_name: String,
    /// The application protocols that are offered.
    pub alpn: &'a [Vec<u8>],
    /// The suites that are offered.
    pub suites: &'a [Suite],
    /// The hash of the trust that is asked for.
    pub trust: [u8; 32],
    /// The time.
    pub now: SystemTime,
}

/// Why a session cannot be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is of another server.
    Server,
    /// Its application protocol is not among those offered.
    Protocol,
    /// No suite with its hash is offered.
    Hash,
    /// The ticket's lifetime is over, or the clock was set back.
    Expired,
    /// The server's certificate has expired since.
    Certificate,
    /// It began under other trust anchors, or without a check.
    Trust,
    /// Its ticket is longer than [`MAX_TICKET`].
    Ticket,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::Server => "the session is of another server",
            Unfit::Protocol => "the session's application protocol is not offered",
            Unfit::Hash => "no suite with the session's hash is offered",
            Unfit::Expired => "the ticket is too old",
            Unfit::Certificate => "the server's certificate has expired since",
            Unfit::Trust => "the session began under another trust",
            Unfit::Ticket => "the ticket is too long to be sent back",
        })
    }
}

impl Session {
    /// Whether a client that wants this may offer the session. RFC 8446 §4.6.1 asks for the same server name and
    /// the same hash.
    ///
    /// # Errors
    /// [`Unfit`] says why it may not.
    pub fn fits(&self, wanted: &Wanted<'_>) -> Result<(), Unfit> {
        let offered = match &self.alpn {
            Some(name) => wanted.alpn.contains(name),
            None => wanted.alpn.is_empty(),
        };
        let unless = |right: bool, unfit| if right { Ok(()) } else { Err(unfit) };
        unless(self.server_name == wanted.server_name, Unfit::Server)?;
        unless(self.origin.trust == wanted.trust, Unfit::Trust)?;
        unless(offered, Unfit::Protocol)?;
        unless(self.ticket.len() <= MAX_TICKET, Unfit::Ticket)?;
        unless(wanted.suites.iter().any(|suite| suite.hash() == self.suite.hash()), Unfit::Hash)?;
        unless(self.is_alive(wanted.now), Unfit::Expired)?;
        unless(self.origin.is_valid(wanted.now), Unfit::Certificate)
    }

    /// Whether the ticket's lifetime is not over.
    pub fn is_alive(&self, now: SystemTime) -> bool {
        let lifetime = Duration::from_secs(u64::from(self.lifetime.min(MAX_LIFETIME)));
        self.age(now).is_some_and(|age| age < lifetime)
    }

    /// How long ago the ticket came. `None` if the clock says that it has not come yet.
    pub fn age(&self, now: SystemTime) -> Option<Duration> {
        now.duration_since(self.received).ok()
    }

    /// The age that is sent: in milliseconds, and with ticket_age_add so that nobody on the way can tell which
    /// connections belong together (RFC 8446 §4.2.11.1).
    pub fn obfuscated_age(&self, now: SystemTime) -> u32 {
        // exercise: tls10
        // instead: self.age(now).unwrap_or_default().as_secs() as u32
        let milliseconds = self.age(now).unwrap_or_default().as_millis() as u32;
        milliseconds.wrapping_add(self.age_add)
        // exercise: end
    }
}
