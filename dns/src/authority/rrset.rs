//! RRsets: the records of one owner and one type, which are only ever sent together (RFC 2181 §5).

use std::collections::BTreeMap;

use crate::name::Name;
use crate::record::Record;
use crate::record_type::RecordType;

/// The records of one owner and one type, and the signatures over them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RrSet {
    pub(super) records: Vec<Record>,
    /// RRSIG records that cover the type (RFC 4035 §2.2).
    pub(super) signatures: Vec<Record>,
}

impl RrSet {
    /// Records and signatures.
    pub(super) fn all(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().chain(&self.signatures)
    }

    /// The same with a TTL of at most so many seconds. The signatures get it too: RFC 4034 §3 wants the same TTL for
    /// both.
    pub(super) fn with_ttl_up_to(&self, seconds: u32) -> RrSet {
        let lowered = |record: &Record| Record { ttl: record.ttl_seconds().min(seconds), ..record.clone() };
        RrSet {
            records: self.records.iter().map(lowered).collect(),
            signatures: self.signatures.iter().map(lowered).collect(),
        }
    }
}

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
