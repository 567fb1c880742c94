//! Proofs by NSEC: each record says which name comes next (RFC 4035 §3.1.3).
//!
//! In the order of names, the last NSEC record at or before a name either is the name's own, and says which types are
//! there, or covers the name, and says that it does not exist. So one search finds both kinds.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{Claim, wildcard};
use super::node::{Node, Owned};
use crate::name::Name;
use crate::record_type::RecordType;

/// The NSEC records for the claim, among the records of a zone; `owners` have one.
pub(super) fn prove<'z>(
    nodes: &'z BTreeMap<Name, Node>,
    owners: &BTreeSet<Name>,
    claim: Claim<'_>,
) -> Vec<Owned<'z>> {
    let mut proof = Vec::new();
    let mut at_or_before = |name: &Name| proof.extend(nsec(nodes, owners, name));
    match claim {
        // §3.1.3.2: one NSEC record proves that the name does not exist, another one that no wildcard stands for it.
        Claim::Name { name, encloser } => {
            at_or_before(name);
            wildcard(encloser).iter().for_each(at_or_before);
        }
        // §3.1.3.1. An empty non-terminal has no NSEC of its own: the one before proves it, as its next name is below.
        Claim::Type { name } => at_or_before(name),
        // §3.1.3.4: the wildcard's own NSEC, and one that covers the name.
        Claim::TypeAtWildcard { name, encloser } => {
            at_or_before(name);
            wildcard(encloser).iter().for_each(at_or_before);
        }
        // §3.1.3.3.
        Claim::Expanded { name, .. } => at_or_before(name),
        // §3.1.4.
        Claim::Ds { name } => at_or_before(name),
    }
    proof
}

fn nsec<'z>(nodes: &'z BTreeMap<Name, Node>, owners: &BTreeSet<Name>, name: &Name) -> Option<Owned<'z>> {
    let (owner, node) = nodes.get_key_value(owners.range(..=name).next_back()?)?;
    Some((owner, node.set(RecordType::NSEC)?))
}
