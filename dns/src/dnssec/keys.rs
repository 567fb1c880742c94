//! The keys of a zone, once they are proven.

use crate::name::Name;
use crate::rdata::Dnskey;

/// The keys of a zone that its DS records prove. [`keys_from_ds`](super::keys_from_ds) alone makes them, so who has a
/// value of this type has the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    pub(super) zone: Name,
    pub(super) keys: Vec<Dnskey>,
    pub(super) ttl: u32,
    pub(super) key_tag: u16,
    pub(super) weak: bool,
}

/// The flags of a key (RFC 4034 §2.1.1, RFC 5011 §7).
const ZONE: u16 = 256;
const REVOKED: u16 = 128;

impl Keys {
    /// The zone whose records they sign.
    pub fn zone(&self) -> &Name {
        &self.zone
    }

    /// The keys: those of the DNSKEY RRset that may sign, so without revoked ones.
    pub fn keys(&self) -> &[Dnskey] {
        &self.keys
    }

    /// For how many seconds they are proven.
    pub fn ttl(&self) -> u32 {
        self.ttl
    }

    /// The key that DS names and that signed the others.
    pub fn key_tag(&self) -> u16 {
        self.key_tag
    }

    /// Whether the proof trusts SHA-1, for which collisions are known.
    pub fn is_weak(&self) -> bool {
        self.weak
    }
}

/// Whether the key is one of the zone's own (RFC 4034 §2.1.1 and §2.1.2).
pub(super) fn is_zone_key(key: &Dnskey) -> bool {
    key.flags & ZONE != 0 && key.protocol == 3
}

/// Whether its owner has taken the key back (RFC 5011 §2.1).
pub(super) fn is_revoked(key: &Dnskey) -> bool {
    key.flags & REVOKED != 0
}

/// Whether the key may sign records of the zone.
pub(super) fn may_sign(key: &Dnskey) -> bool {
    is_zone_key(key) && !is_revoked(key)
}
