//! The nodes of a zone: each owner with its RRsets.

use std::collections::BTreeMap;

use crate::name::Name;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// All RRsets of one owner: a node of the tree that RFC 1034 §3.1 describes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) sets: BTreeMap<RecordType, RrSet>,
}

impl Node {
    pub(super) fn set(&self, rtype: RecordType) -> Option<&RrSet> {
        self.sets.get(&rtype)
    }

    pub(super) fn has(&self, rtype: RecordType) -> bool {
        self.sets.contains_key(&rtype)
    }

    /// The signatures of all its RRsets, as a question for RRSIG wants them.
    pub(super) fn signatures(&self) -> RrSet {
        let records = self.sets.values().flat_map(|set| set.signatures.iter().cloned()).collect();
        RrSet { records, signatures: Vec::new() }
    }
}

/// An RRset and its owner, as they stand in the zone.
pub(super) type Owned<'z> = (&'z Name, &'z RrSet);
