//! A zone: the records from its apex down to the cuts where other zones begin (RFC 1034 §4.2).
//!
//! ```text
//!   example.test.            SOA NS       the apex
//!   sub.example.test.        NS           a cut: what is below belongs to another zone,
//!   ns.sub.example.test.     A            and stands here only as glue
//!   a.ent.example.test.      A            ent.example.test. has no records, and exists
//!   *.wild.example.test.     A            all the same; so does wild.example.test.
//! ```
//!
//! Such names without records are called empty non-terminals (RFC 4592 §2.2.2).
//!
//! The names are kept in the order of RFC 4034 §6.1, in which all names below a name follow it. So one look at the
//! next name in the order says whether a name exists, also without records of its own.

use std::collections::BTreeMap;

use super::claim::Claim;
use super::denial::Denial;
use super::node::{Node, Owned};
use crate::name::Name;
use crate::record::Record;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// A zone that can be served.
#[derive(Debug, Clone)]
pub struct Zone {
    pub(super) apex: Name,
    /// By owner. NSEC3 records are not here: their owners are hashes, and no names of the zone (RFC 5155 §7.2.8).
    pub(super) nodes: BTreeMap<Name, Node>,
    /// SOA as negative answers have it.
    pub(super) negative_soa: RrSet,
    pub(super) denial: Denial,
    pub(super) transfer: bool,
}

impl Zone {
    /// The same zone; whether anybody may have all of it (AXFR, RFC 5936). At first nobody may.
    pub fn with_transfer(self, allowed: bool) -> Zone {
        Zone { transfer: allowed, ..self }
    }

    /// Its name.
    pub fn apex(&self) -> &Name {
        &self.apex
    }

    /// All its records: first the SOA record (RFC 5936 §2.2), then the others in the order of their names.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        let is_soa = |record: &&Record| record.rtype() == RecordType::SOA;
        let sets = || self.nodes.values().flat_map(|node| node.sets.values());
        let others = sets().flat_map(RrSet::all).filter(move |record| !is_soa(record));
        self.soa().into_iter().chain(others).chain(self.denial.hashed().flat_map(RrSet::all))
    }

    /// The SOA record. Each zone has one, so that this is never `None`.
    pub(super) fn soa(&self) -> Option<&Record> {
        self.nodes.get(&self.apex)?.set(RecordType::SOA)?.records.first()
    }

    /// The records of a name, and the name as the zone writes it.
    pub(super) fn node(&self, name: &Name) -> Option<(&Name, &Node)> {
        self.nodes.get_key_value(name)
    }

    /// Whether the name exists: it has records, or a name below it has some (RFC 4592 §2.2.3).
    pub(super) fn exists(&self, name: &Name) -> bool {
        self.nodes.range(name..).next().is_some_and(|(next, _)| next.is_within(name))
    }

    /// Whether the zone can prove what does not exist, and so is signed.
    pub(super) fn is_signed(&self) -> bool {
        !matches!(self.denial, Denial::Unsigned)
    }

    /// The records that prove a claim.
    pub(super) fn prove(&self, claim: Claim<'_>) -> Vec<Owned<'_>> {
        self.denial.prove(&self.nodes, claim)
    }

    /// The addresses that the zone knows of a host: its own, or glue.
    pub(super) fn addresses(&self, host: &Name) -> impl Iterator<Item = (&Name, &RrSet)> {
        let node = self.node(host);
        [RecordType::A, RecordType::AAAA].into_iter().filter_map(move |rtype| {
            let (name, node) = node?;
            Some((name, node.set(rtype)?))
        })
    }
}
