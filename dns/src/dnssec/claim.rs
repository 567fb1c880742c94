//! What a reply can claim, and what a proof of it shows.

use super::security::Insecure;
use super::verify::Verified;
use crate::name::Name;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// What a reply says does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim<'n> {
    /// The name does not exist, and no wildcard stands for it: NXDOMAIN.
    Name {
        /// The name.
        name: &'n Name,
    },
    /// The name has no such type: NOERROR without an answer. The name exists, or a wildcard stands for it.
    Type {
        /// The name.
        name: &'n Name,
        /// The type.
        rtype: RecordType,
    },
    /// A zone begins at the name, and has no DS: it is not signed.
    Ds {
        /// The name of the zone below.
        name: &'n Name,
    },
    /// No name nearer than the wildcard exists: so the wildcard's records, which were given, are the right ones.
    Expanded {
        /// The name.
        name: &'n Name,
        /// The name above the wildcard: [`Verified::expanded_from`].
        encloser: &'n Name,
    },
}

impl<'n> Claim<'n> {
    /// The name that it is about.
    pub fn name(&self) -> &'n Name {
        match self {
            Claim::Name { name } | Claim::Type { name, .. } => name,
            Claim::Ds { name } | Claim::Expanded { name, .. } => name,
        }
    }

    /// The type that it is about; for a name as a whole, the type of the records that prove it.
    pub fn rtype(&self) -> RecordType {
        match self {
            Claim::Type { rtype, .. } => *rtype,
            Claim::Ds { .. } => RecordType::DS,
            Claim::Name { .. } | Claim::Expanded { .. } => RecordType::NSEC,
        }
    }
}

/// NSEC or NSEC3 records and the signature that proves them.
pub type Proof<'r> = (&'r RrSet, &'r Verified);

/// A claim that is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denied {
    /// Why the claim is taken without a whole proof: opt-out, or too many iterations. Then the answer carries no AD.
    pub insecure: Option<Insecure>,
    /// The longest name above that exists, where the proof shows one.
    pub encloser: Option<Name>,
}

impl Denied {
    /// Proven by signed records.
    pub(super) fn by(encloser: Option<Name>) -> Denied {
        Denied { insecure: None, encloser }
    }

    /// Whether the name may be that of an unsigned zone, which opt-out leaves out (RFC 5155 §6).
    pub fn opt_out(&self) -> bool {
        matches!(self.insecure, Some(Insecure::OptOut { .. }))
    }
}
