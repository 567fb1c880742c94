//! Proofs by NSEC3: the hashes of the names in a ring, each with the types of its name (RFC 5155 §7.2).
//!
//! ```text
//!   example.        is hashed to  0p9m...   NSEC3, next 2t7b...
//!   ns1.example.                  2t7b...   NSEC3, next 2vpt...
//!   c.example.                    1k2q...?  no such hash: the NSEC3 of 0p9m... covers it,
//!                                           so the name does not exist
//! ```
//!
//! That a name does not exist takes two records, because a hash says nothing about the names above: one matches the
//! closest encloser, which exists, one covers the name a label longer, the next closer name, which does not (§7.2.1).
//! With opt-out a cut to an unsigned zone has no record; then the closest provable encloser is higher up.

use std::collections::BTreeMap;

use data_encoding::BASE32HEX_NOPAD;

use super::claim::{Claim, next_closer, wildcard};
use super::fault::{MAX_ITERATIONS, Unfit};
use super::node::Owned;
use crate::name::Name;
use crate::rdata::{Nsec3, Nsec3param, RData};
use crate::record::Record;
use crate::rrset::RrSet;

/// SHA-1 over some bytes. NSEC3 needs it (RFC 5155 §5), and nothing else of a server does: so the caller hands it in,
/// and a server brings no cryptography.
pub type Sha1 = fn(&[u8]) -> [u8; 20];

/// The hash algorithm SHA-1; no other is defined (RFC 5155 §11).
const SHA1: u8 = 1;

/// The NSEC3 records of a zone, by hash.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    param: Nsec3param,
    sha1: Option<Sha1>,
    ring: BTreeMap<Vec<u8>, (Name, RrSet)>,
}

impl Chain {
    /// An empty chain, with the parameters of NSEC3PARAM at the apex: the first whose flags are zero counts
    /// (RFC 5155 §4.1.2).
    pub(super) fn of(apex: &Name, records: &[Record], sha1: Option<Sha1>) -> Option<Chain> {
        let param = records.iter().find_map(|record| match &record.data {
            RData::Nsec3param(param) if record.name == *apex && param.flags == 0 => Some(param.clone()),
            _ => None,
        })?;
        Some(Chain { param, sha1, ring: BTreeMap::new() })
    }

    /// The place of an NSEC3 record.
    pub(super) fn place<'c>(
        chain: &'c mut Option<Chain>,
        apex: &Name,
        owner: &Name,
        nsec3: &Nsec3,
    ) -> Result<&'c mut RrSet, Unfit> {
        let chain = chain.as_mut().ok_or(Unfit::NoNsec3param)?;
        let Nsec3param { hash_algorithm, iterations, ref salt, .. } = nsec3.param;
        let ours = &chain.param;
        if (hash_algorithm, iterations, salt) != (ours.hash_algorithm, ours.iterations, &ours.salt) {
            return Err(Unfit::OtherParameters);
        }
        match () {
            () if hash_algorithm != SHA1 => return Err(Unfit::HashAlgorithm(hash_algorithm)),
            () if iterations > MAX_ITERATIONS => return Err(Unfit::Iterations(iterations)),
            () if chain.sha1.is_none() => return Err(Unfit::NoSha1),
            () if owner.parent().as_ref() != Some(apex) => return Err(Unfit::NotAHash),
            () => {}
        }
        let hash = hash_in(owner).ok_or(Unfit::NotAHash)?;
        let (_, set) = chain.ring.entry(hash).or_insert_with(|| (owner.clone(), RrSet::default()));
        Ok(set)
    }

    /// The records of this owner, which is a hash and the zone's name.
    pub(super) fn set_of(&mut self, owner: &Name) -> Option<&mut RrSet> {
        let (name, set) = self.ring.get_mut(&hash_in(owner)?)?;
        (name == owner).then_some(set)
    }

    pub(super) fn sets(&self) -> impl Iterator<Item = &RrSet> {
        self.ring.values().map(|(_, set)| set)
    }

    /// The NSEC3 records for the claim.
    pub(super) fn prove(&self, claim: Claim<'_>) -> Vec<Owned<'_>> {
        match claim {
            // §7.2.2: "a closest encloser proof and an NSEC3 RR covering the (nonexistent) wildcard RR".
            Claim::Name { name, encloser } => {
                let (encloser, mut proof) = self.closest_encloser(name, encloser);
                proof.extend(wildcard(&encloser).and_then(|name| self.covering(&name)));
                proof
            }
            // §7.2.3 and §7.2.4, §7.2.7. If no record matches, opt-out left the name out.
            Claim::Type { name } | Claim::Ds { name } => match self.matching(name) {
                Some(own) => vec![own],
                None => self.closest_encloser(name, name).1,
            },
            // §7.2.5: "a closest encloser proof for QNAME and [..] the NSEC3 RR that matches the wildcard".
            Claim::TypeAtWildcard { name, encloser } => {
                let (encloser, mut proof) = self.closest_encloser(name, encloser);
                proof.extend(wildcard(&encloser).and_then(|name| self.matching(&name)));
                proof
            }
            // §7.2.6: "the NSEC3 RR that covers the 'next closer' name".
            Claim::Expanded { name, encloser } => {
                self.covering(&next_closer(name, encloser)).into_iter().collect()
            }
        }
    }

    /// The closest (provable) encloser proof of RFC 5155 §7.2.1, and that encloser: `encloser`, or a name above it.
    fn closest_encloser(&self, name: &Name, encloser: &Name) -> (Name, Vec<Owned<'_>>) {
        let provable = encloser.ancestors().find_map(|name| Some((self.matching(&name)?, name)));
        let Some((matching, encloser)) = provable else { return (encloser.clone(), Vec::new()) };
        let covering = self.covering(&next_closer(name, &encloser));
        (encloser, [matching].into_iter().chain(covering).collect())
    }

    /// The record whose owner is the hash of the name.
    fn matching(&self, name: &Name) -> Option<Owned<'_>> {
        self.ring.get(&self.hash(name)?).map(|(owner, set)| (owner, set))
    }

    /// The record before the hash of the name. The last one covers also what is before the first.
    fn covering(&self, name: &Name) -> Option<Owned<'_>> {
        let before = self.ring.range(..=self.hash(name)?).next_back();
        before.or_else(|| self.ring.last_key_value()).map(|(_, (owner, set))| (owner, set))
    }

    /// RFC 5155 §5: "IH(salt, x, 0) = H(x || salt)", "IH(salt, x, k) = H(IH(salt, x, k-1) || salt)", of the name in
    /// lower case.
    fn hash(&self, name: &Name) -> Option<Vec<u8>> {
        let sha1 = self.sha1?;
        let salt = &self.param.salt[..];
        // The bytes that hold lengths are at most 63, and so never letters.
        let mut hash = sha1(&[&name.as_wire().to_ascii_lowercase(), salt].concat());
        for _ in 0..self.param.iterations {
            hash = sha1(&[&hash, salt].concat());
        }
        Some(hash.to_vec())
    }
}

/// The hash that the first label of an owner is (RFC 5155 §3).
fn hash_in(owner: &Name) -> Option<Vec<u8>> {
    BASE32HEX_NOPAD.decode(&owner.labels().next()?.to_ascii_uppercase()).ok()
}
