//! What a reply is taken apart into: aliases, zone cuts, and what is refused.
//!
//! Tested in `tests/resolver`.

use crate::class::Class;
use crate::name::Name;
use crate::record::Record;
use crate::record_type::RecordType;
use crate::resolver::trace::{RefusedBecause, Section};
use crate::rrset::RrSet;

/// A record set of a reply that is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::resolver) struct Refusal {
    pub(in crate::resolver) section: Section,
    pub(in crate::resolver) name: Name,
    pub(in crate::resolver) rtype: RecordType,
    pub(in crate::resolver) why: RefusedBecause,
}

/// An alias: CNAME, or DNAME and the CNAME that follows from it (RFC 6672 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::resolver) struct Link {
    pub(in crate::resolver) from: Name,
    pub(in crate::resolver) to: Name,
    pub(in crate::resolver) sets: Vec<RrSet>,
}

impl Link {
    /// CNAME or DNAME.
    pub(in crate::resolver) fn by(&self) -> RecordType {
        self.sets.first().and_then(RrSet::rtype).unwrap_or(RecordType::CNAME)
    }
}

/// The record sets of a section in the class of the question. Those of other classes are refused.
pub(super) fn sets_of(
    records: &[Record],
    class: Class,
    section: Section,
    refused: &mut Vec<Refusal>,
) -> Vec<RrSet> {
    let sets = RrSet::group(records);
    let (right, wrong): (Vec<RrSet>, Vec<RrSet>) = sets.into_iter().partition(|set| set.class() == class);
    refused.extend(wrong.iter().filter_map(|set| refusal(set, section, RefusedBecause::OtherClass)));
    right
}

pub(super) fn refusal(set: &RrSet, section: Section, why: RefusedBecause) -> Option<Refusal> {
    Some(Refusal { section, name: set.name()?.clone(), rtype: set.rtype()?, why })
}
