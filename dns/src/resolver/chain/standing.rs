//! How a zone stands in the chain of trust, and why a validation stops.

use crate::dnssec::{Broken, Flaw, Insecure, Keys};
use crate::name::Name;
use crate::question::Question;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// How a name stands in the chain of trust.
#[derive(Debug, Clone)]
pub(in crate::resolver) enum Standing {
    /// A zone begins at it whose keys are proven.
    Signed(Keys),
    /// The zone that begins at it need not sign.
    Unsigned(Insecure),
    /// The chain breaks here.
    Broken(Broken),
    /// No zone begins at it: the zone above says so, and has signed that.
    NotAZone,
}

/// Why a validation cannot go on.
#[derive(Debug)]
pub(in crate::resolver) enum Stop {
    /// It needs the answer to this question.
    Needs(Question),
    /// A link of the chain is broken; and the records that it is about.
    Broken(Box<Broken>, Vec<RrSet>),
}

impl Stop {
    /// A link that is about one record set.
    pub(in crate::resolver) fn at(set: &RrSet, zone: &Name, reason: Flaw) -> Stop {
        let owner = set.name().unwrap_or(zone).clone();
        let rtype = set.rtype().unwrap_or(RecordType::ANY);
        Stop::broken(Broken { zone: zone.clone(), owner, rtype, reason }, vec![set.clone()])
    }

    pub(in crate::resolver) fn broken(broken: Broken, records: Vec<RrSet>) -> Stop {
        Stop::Broken(Box::new(broken), records)
    }
}

/// The zone that has signed a set, by its own account: at or above the owner, and at or below the trust anchor.
pub(in crate::resolver) fn signer<'s>(set: &'s RrSet, anchor: &Name) -> Option<&'s Name> {
    let owner = set.name()?;
    let mut signers = set.signatures.iter().filter_map(|record| match &record.data {
        RData::Rrsig(rrsig) => Some(&rrsig.signer),
        _ => None,
    });
    signers.find(|signer| owner.is_within(signer) && signer.is_within(anchor))
}

/// The name on whose side of a zone cut a type stands: DS belongs to the zone above (RFC 4035 §2.4).
pub(in crate::resolver) fn side(name: &Name, rtype: RecordType) -> Name {
    match name.parent() {
        Some(above) if rtype == RecordType::DS => above,
        _ => name.clone(),
    }
}

/// Whether NSEC or NSEC3 is the type of a set.
pub(in crate::resolver) fn denies(set: &RrSet) -> bool {
    matches!(set.rtype(), Some(RecordType::NSEC | RecordType::NSEC3))
}
