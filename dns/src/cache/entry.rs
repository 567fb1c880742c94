//! One entry: the records as bytes, and what is known about them; and how much memory that takes.
//!
//! The charge is the bytes of the entry itself, and its part of the two maps that lead to it. `tests/cache/charge.rs`
//! counts with an allocator what is really taken.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::found::{Learned, Source};
use super::key::Key;
use super::packed;
use crate::dnssec::Security;

/// What the nodes of a B-tree take for one element. A node has room for 11 elements. The map of entries is filled in no
/// order, and then uses two thirds of them; where entries come and go it uses less. The bound must hold there too.
const MAP_SHARE: usize = size_of::<(Key, Entry)>() * 7 / 4;

/// The map by use is filled at its end, where nodes stay half full.
const USE_SHARE: usize = size_of::<(u64, Key)>() * 2;

/// The counters that stand before a shared name.
const SHARED: usize = 2 * size_of::<usize>();

/// One entry.
#[derive(Debug)]
pub(super) struct Entry {
    /// When it was last used: a number that grows with each use.
    pub(super) used: u64,
    /// Until when it holds.
    pub(super) until: Instant,
    pub(super) learned: Instant,
    /// [`packed`].
    pub(super) bytes: Box<[u8]>,
    pub(super) kind: Kind,
    /// `None` for what the resolver itself found out: that a question failed.
    origin: Option<Origin>,
    security: Checked,
}

/// What kind of data it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Records,
    NoData,
    NxDomain,
    Failure,
    Cut,
    /// NSEC or SOA, with which others can be shown not to exist.
    Denial,
}

/// Where it is from.
#[derive(Debug)]
struct Origin {
    server: IpAddr,
    /// The zone of the server is the owner, or above it: so a number of labels is enough.
    labels: u8,
    credibility: super::Credibility,
}

/// What validation has said.
#[derive(Debug)]
enum Checked {
    NotYet,
    Secure,
    Other(Box<Security>),
}

impl Entry {
    /// An entry that holds from `now` until then.
    pub(super) fn new(
        (now, until): (Instant, Instant),
        kind: Kind,
        bytes: Box<[u8]>,
        from: Option<&Learned>,
    ) -> Entry {
        let origin = from.map(|from| Origin {
            server: from.source.server,
            labels: from.source.zone.labels().count().try_into().unwrap_or(u8::MAX),
            credibility: from.credibility,
        });
        let mut entry =
            Entry { used: 0, until, learned: now, bytes, kind, origin, security: Checked::NotYet };
        entry.judge(from.and_then(|from| from.security.clone()));
        entry
    }

    pub(super) fn is_live(&self, now: Instant) -> bool {
        now < self.until
    }

    /// For how many whole seconds it still holds.
    pub(super) fn left(&self, now: Instant) -> u32 {
        whole_seconds(self.until.saturating_duration_since(now))
    }

    /// How many whole seconds ago it was learned.
    pub(super) fn age(&self, now: Instant) -> u32 {
        whole_seconds(now.saturating_duration_since(self.learned))
    }

    /// Validation has said something about it.
    pub(super) fn judge(&mut self, security: Option<Security>) {
        self.security = match security {
            None => Checked::NotYet,
            Some(Security::Secure) => Checked::Secure,
            Some(other) => Checked::Other(Box::new(other)),
        };
    }

    pub(super) fn security(&self) -> Option<Security> {
        match &self.security {
            Checked::NotYet => None,
            Checked::Secure => Some(Security::Secure),
            Checked::Other(other) => Some((**other).clone()),
        }
    }

    /// Where it is from, and how much it is worth.
    pub(super) fn learned_from(&self) -> Option<Learned> {
        let Origin { server, labels, credibility } = self.origin.as_ref()?;
        let owner = packed::owner(&self.bytes)?;
        let above = owner.labels().count().checked_sub(usize::from(*labels))?;
        let source = Source { server: *server, zone: owner.ancestors().nth(above)? };
        Some(Learned { source, credibility: *credibility, security: self.security() })
    }

    /// What decides between two entries: a signature first, then the place in the message. A failure is worth nothing.
    pub(super) fn rank(&self) -> Option<(Proof, super::Credibility)> {
        let proof = match &self.security {
            Checked::Secure => Proof::Secure,
            Checked::Other(other) if other.is_bogus() => Proof::Bogus,
            _ => Proof::None,
        };
        self.origin.as_ref().map(|origin| (proof, origin.credibility))
    }

    /// How many bytes of memory it takes, with the key.
    pub(super) fn charge(&self, key: &Key) -> usize {
        let security = match &self.security {
            Checked::Other(_) => size_of::<Security>(),
            _ => 0,
        };
        MAP_SHARE + USE_SHARE + SHARED + key.name.len() + self.bytes.len() + security
    }
}

/// What is worth more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Proof {
    Bogus,
    None,
    Secure,
}

fn whole_seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}
