//! From DS to the keys of a zone: the step of the chain that goes down a level (RFC 4035 §5.2).
//!
//! ```text
//!   zone above:  DS 60485 13 2 D4B7...      the digest of a key
//!                    │ is the digest of
//!   this zone:   DNSKEY 257 3 13 (60485)
//!                    │ signs
//!                DNSKEY, all of them ──▶ they sign the zone's other records
//! ```
//!
//! A trust anchor is a DS record that nobody had to prove. Tested in `tests/dnssec/chain.rs`.

use std::collections::BTreeSet;
use std::time::SystemTime;

use super::algorithm;
use super::broken::{Broken, Flaw};
use super::effort::Effort;
use super::keys::{Keys, is_revoked, is_zone_key, may_sign};
use super::security::Insecure;
use super::verify::verify;
use crate::name::Name;
use crate::rdata::{Dnskey, Ds, RData};
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// What DS records say of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proven {
    /// The zone is signed, and these are its keys.
    Keys(Keys),
    /// The zone is signed in ways that are not known here, and so counts as unsigned (RFC 4035 §5.2).
    Insecure(Insecure),
}

/// The keys of the zone: one that DS names must have signed the DNSKEY RRset. Neither DS nor a signature counts whose
/// algorithm is not known here. Where DS has other digests, one by SHA-1 does not count (RFC 4509 §3).
///
/// # Errors
/// [`Broken`], if no key that DS names has signed.
pub fn keys_from_ds(
    zone: &Name,
    ds: &[Ds],
    dnskeys: &RrSet,
    now: SystemTime,
    effort: &mut Effort,
) -> Result<Proven, Broken> {
    let broken =
        |reason| Broken { zone: zone.clone(), owner: zone.clone(), rtype: RecordType::DNSKEY, reason };
    if ds.is_empty() {
        return Err(broken(Flaw::NoKeyOfDs { key_tags: Vec::new() }));
    }
    let usable = match usable(zone, ds) {
        Ok(usable) => usable,
        Err(insecure) => return Ok(Proven::Insecure(insecure)),
    };
    if dnskeys.name() != Some(zone) || dnskeys.rtype() != Some(RecordType::DNSKEY) {
        return Err(broken(Flaw::NoDnskey));
    }
    let mut worst: Option<Flaw> = None;
    let mut odd = 0;
    for ds in &usable {
        let Some(key) = named_by(ds, zone, dnskeys, effort).map_err(broken)? else { continue };
        if !algorithm::is_usable(key) {
            odd += 1;
            continue;
        }
        match signed_by(zone, key, ds, dnskeys, now, effort) {
            Ok(keys) => return Ok(Proven::Keys(keys)),
            Err(Flaw::TooMuchWork(work)) => return Err(broken(work.into())),
            Err(flaw) => worst = worst.filter(|worst| worst.rank() > flaw.rank()).or(Some(flaw)),
        }
    }
    // Each DS names a key of a size that is not checked here. If a DS were without a key, somebody could have taken
    // away the key that we can check.
    if odd == usable.len() {
        return Ok(Proven::Insecure(Insecure::KeySizes { zone: zone.clone() }));
    }
    let key_tags = || usable.iter().map(|ds| ds.key_tag).collect();
    Err(broken(worst.unwrap_or_else(|| Flaw::NoKeyOfDs { key_tags: key_tags() })))
}

/// The DS records that count.
fn usable<'d>(zone: &Name, ds: &'d [Ds]) -> Result<Vec<&'d Ds>, Insecure> {
    let mut usable: Vec<&Ds> = ds.iter().filter(|ds| algorithm::is_known(ds.algorithm)).collect();
    if usable.is_empty() {
        let algorithms = numbers(ds.iter().map(|ds| ds.algorithm));
        return Err(Insecure::Algorithms { zone: zone.clone(), algorithms });
    }
    let digests = numbers(usable.iter().map(|ds| ds.digest_type));
    usable.retain(|ds| algorithm::is_known_digest(ds.digest_type));
    if usable.is_empty() {
        return Err(Insecure::Digests { zone: zone.clone(), digests });
    }
    if usable.iter().any(|ds| !algorithm::is_weak_digest(ds.digest_type)) {
        usable.retain(|ds| !algorithm::is_weak_digest(ds.digest_type));
    }
    Ok(usable)
}

/// Numbers in ascending order, each once.
fn numbers(of: impl Iterator<Item = u8>) -> Vec<u8> {
    of.collect::<BTreeSet<u8>>().into_iter().collect()
}

/// The key that a DS record is the digest of. Several keys may have the tag, so each is tried, up to a bound.
fn named_by<'k>(
    ds: &Ds,
    zone: &Name,
    dnskeys: &'k RrSet,
    effort: &mut Effort,
) -> Result<Option<&'k Dnskey>, Flaw> {
    let keys = dnskeys.records.iter().filter_map(|record| key_in(&record.data));
    let named = keys.filter(|key| key.algorithm == ds.algorithm && key.key_tag() == ds.key_tag);
    for key in named.take(effort.bounds().same_tag) {
        effort.digest()?;
        if algorithm::is_digest_of(ds, zone, key) {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

fn key_in(data: &RData) -> Option<&Dnskey> {
    match data {
        RData::Dnskey(key) => Some(key),
        _ => None,
    }
}

/// The keys of the zone, if this one may sign and has signed them.
fn signed_by(
    zone: &Name,
    key: &Dnskey,
    ds: &Ds,
    dnskeys: &RrSet,
    now: SystemTime,
    effort: &mut Effort,
) -> Result<Keys, Flaw> {
    let key_tag = key.key_tag();
    if !is_zone_key(key) {
        return Err(Flaw::NotAZoneKey { key_tag });
    }
    if is_revoked(key) {
        return Err(Flaw::Revoked { key_tag });
    }
    let weak = algorithm::is_weak_digest(ds.digest_type);
    let one = Keys { zone: zone.clone(), keys: vec![key.clone()], ttl: 0, key_tag, weak };
    let verified = verify(dnskeys, &one, now, effort).map_err(|broken| broken.reason)?;
    let all = dnskeys.records.iter().filter_map(|record| key_in(&record.data));
    let keys = all.filter(|key| may_sign(key) && algorithm::is_known(key.algorithm)).cloned().collect();
    Ok(Keys { zone: zone.clone(), keys, ttl: verified.ttl, key_tag, weak: verified.weak })
}
