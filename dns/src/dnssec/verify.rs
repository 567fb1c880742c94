//! One RRset and the signatures over it, in the steps of RFC 4035 §5.3.
//!
//! ```text
//!   §5.3.1  is it about these records, of this zone, at this time, by a key of the zone?
//!   §5.3.2  put the records into canonical form
//!   §5.3.3  does the key match, and for how long do the records hold?
//!   §5.3.4  was a wildcard expanded? Then the name itself must be shown not to exist
//! ```
//!
//! One good signature is enough (RFC 6840 §5.4 and §5.11). Tested in `tests/dnssec/signatures.rs`.

use std::time::SystemTime;

use super::algorithm;
use super::broken::{Broken, Flaw};
use super::canonical::signed_bytes;
use super::effort::Effort;
use super::keys::Keys;
use super::validity::seconds_left;
use crate::class::Class;
use crate::name::Name;
use crate::rdata::{Dnskey, RData, Rrsig};
use crate::record::Record;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The zone that signed.
    pub zone: Name,
    /// The key that signed.
    pub key_tag: u16,
    /// The algorithm of the key.
    pub algorithm: u8,
    /// For how many seconds the records may be kept (RFC 4035 §5.3.3).
    pub ttl: u32,
    /// The closest encloser, if the records are those of the wildcard below it. Then [`deny`](super::deny) must prove
    /// that no nearer name exists.
    pub expanded_from: Option<Name>,
    /// Whether the signature trusts SHA-1, for which collisions are known.
    pub weak: bool,
}

/// Finds a signature over the records by one of the keys.
///
/// # Errors
/// [`Broken`], with what is wrong with the signature that came farthest.
pub fn verify(set: &RrSet, keys: &Keys, now: SystemTime, effort: &mut Effort) -> Result<Verified, Broken> {
    let owner = set.name().cloned().unwrap_or_else(Name::root);
    let rtype = set.rtype().unwrap_or(RecordType::ANY);
    let broken = |reason| Broken { zone: keys.zone.clone(), owner: owner.clone(), rtype, reason };
    if !is_one_set(set) {
        return Err(broken(Flaw::NotOneSet));
    }
    let mut worst = Flaw::NoSignature;
    for signature in set.signatures.iter().take(effort.bounds().signatures) {
        match one_signature(set, &owner, signature, keys, now, effort) {
            Ok(verified) => return Ok(verified),
            Err(Flaw::TooMuchWork(work)) => return Err(broken(work.into())),
            Err(flaw) if flaw.rank() > worst.rank() => worst = flaw,
            Err(_) => {}
        }
    }
    Err(broken(worst))
}

/// Whether the records have one owner, type and class, and there are some (RFC 2181 §5).
fn is_one_set(set: &RrSet) -> bool {
    set.records.first().is_some_and(|first| set.records.iter().all(|record| shared(record) == shared(first)))
}

/// What the records of a set have in common.
fn shared(record: &Record) -> (&Name, Class, RecordType) {
    (&record.name, record.class, record.rtype())
}

fn one_signature(
    set: &RrSet,
    owner: &Name,
    signature: &Record,
    keys: &Keys,
    now: SystemTime,
    effort: &mut Effort,
) -> Result<Verified, Flaw> {
    let RData::Rrsig(rrsig) = &signature.data else { return Err(Flaw::NoSignature) };
    let encloser = is_about(set, owner, signature, rrsig, &keys.zone)?;
    if !algorithm::is_known(rrsig.algorithm) {
        return Err(Flaw::Algorithm { algorithm: rrsig.algorithm });
    }
    let left = seconds_left(rrsig, now)?;
    let signed_owner = match &encloser {
        Some(encloser) => encloser.child(b"*").ok_or(Flaw::Labels { labels: rrsig.labels })?,
        None => owner.clone(),
    };
    let key = matching_key(set, rrsig, &signed_owner, keys, effort)?;
    Ok(Verified {
        zone: keys.zone.clone(),
        key_tag: rrsig.key_tag,
        algorithm: key.algorithm,
        // §5.3.3: the minimum of the RRset's TTL, the signature's, the original TTL and the time left.
        ttl: set.ttl().min(signature.ttl_seconds()).min(rrsig.original_ttl).min(left),
        expanded_from: encloser,
        weak: keys.weak || algorithm::is_weak(key.algorithm),
    })
}

/// The conditions of §5.3.1 that need no key. The result is the closest encloser, if a wildcard was expanded.
fn is_about(
    set: &RrSet,
    owner: &Name,
    signature: &Record,
    rrsig: &Rrsig,
    zone: &Name,
) -> Result<Option<Name>, Flaw> {
    // "The RRSIG RR and the RRset MUST have the same owner name and the same class."
    if signature.name != *owner || signature.class != set.class() || Some(rrsig.covered) != set.rtype() {
        return Err(Flaw::NoSignature);
    }
    // "The RRSIG RR's Signer's Name field MUST be the name of the zone that contains the RRset."
    if rrsig.signer != *zone || !is_of_zone(owner, rrsig.covered, zone) {
        return Err(Flaw::Signer { signer: Box::new(rrsig.signer.clone()) });
    }
    // "The number of labels in the RRset owner name MUST be greater than or equal to the value in the RRSIG RR's
    // Labels field." A wildcard above the zone is not in the zone.
    let labels = usize::from(rrsig.labels);
    let is_wildcard = owner.labels().next() == Some(b"*");
    let own = owner.labels().count() - usize::from(is_wildcard);
    if labels > own || labels < zone.labels().count().min(own) {
        return Err(Flaw::Labels { labels: rrsig.labels });
    }
    Ok(if labels < own { owner.ancestors().find(|name| name.labels().count() == labels) } else { None })
}

/// Whether a zone has records of this type at this name: DS stands above the cut, and the keys at the top of the zone
/// (RFC 4035 §2.1 and §2.4).
fn is_of_zone(owner: &Name, rtype: RecordType, zone: &Name) -> bool {
    match rtype {
        RecordType::DNSKEY => owner == zone,
        RecordType::DS => owner != zone && owner.is_within(zone),
        _ => owner.is_within(zone),
    }
}

/// The key that made the signature. Several keys may have the tag (§5.3.1), so each of them is tried, up to a bound.
fn matching_key<'k>(
    set: &RrSet,
    rrsig: &Rrsig,
    owner: &Name,
    keys: &'k Keys,
    effort: &mut Effort,
) -> Result<&'k Dnskey, Flaw> {
    let named = |key: &&Dnskey| key.algorithm == rrsig.algorithm && key.key_tag() == rrsig.key_tag;
    let mut candidates = keys.keys.iter().filter(named).take(effort.bounds().same_tag).peekable();
    if candidates.peek().is_none() {
        return Err(Flaw::NoKey { key_tag: rrsig.key_tag, algorithm: rrsig.algorithm });
    }
    let bytes = signed_bytes(set, rrsig, owner).ok_or(Flaw::NotWritable)?;
    for key in candidates {
        effort.check(algorithm::weight(key))?;
        if algorithm::matches(key, &bytes, &rrsig.signature) {
            return Ok(key);
        }
        effort.failed();
    }
    Err(Flaw::Mismatch { key_tag: rrsig.key_tag })
}
