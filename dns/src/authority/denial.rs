//! Proofs that something does not exist: signed records that say what stands around the gap (RFC 4035 §3.1.3).
//!
//! What a reply claims is a `Claim`. How it is proved depends on how the zone was signed: `nsec.rs` does it with the
//! names of the zone, `nsec3.rs` with their hashes. A zone that is not signed proves nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::Claim;
use super::node::{Node, Owned};
use super::nsec;
use super::nsec3::Chain;
use crate::name::Name;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// How a zone proves its claims.
#[derive(Debug, Clone)]
pub(super) enum Denial {
    Unsigned,
    /// The owners of NSEC records.
    Nsec(BTreeSet<Name>),
    Nsec3(Box<Chain>),
}

impl Denial {
    pub(super) fn of(nodes: &BTreeMap<Name, Node>, chain: Option<Chain>) -> Denial {
        let has_nsec = |(name, node): (&Name, &Node)| node.has(RecordType::NSEC).then(|| name.clone());
        let owners: BTreeSet<Name> = nodes.iter().filter_map(has_nsec).collect();
        match chain {
            Some(chain) => Denial::Nsec3(Box::new(chain)),
            None if owners.is_empty() => Denial::Unsigned,
            None => Denial::Nsec(owners),
        }
    }

    /// The records that prove the claim; `nodes` are those of the zone.
    pub(super) fn prove<'z>(&'z self, nodes: &'z BTreeMap<Name, Node>, claim: Claim<'_>) -> Vec<Owned<'z>> {
        match self {
            Denial::Unsigned => Vec::new(),
            Denial::Nsec(owners) => nsec::prove(nodes, owners, claim),
            Denial::Nsec3(chain) => chain.prove(claim),
        }
    }

    /// The RRsets whose owners are hashes.
    pub(super) fn hashed(&self) -> impl Iterator<Item = &RrSet> {
        let chain = match self {
            Denial::Nsec3(chain) => Some(chain),
            _ => None,
        };
        chain.into_iter().flat_map(|chain| chain.sets())
    }
}
