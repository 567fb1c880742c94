//! Proofs that something does not exist: signed records say what comes next in the zone, and so what is not between
//! (RFC 4035 §5.4, RFC 5155 §8).
//!
//! | claim | NSEC, `deny/nsec.rs` | NSEC3, `deny/nsec3.rs` |
//! |---|---|---|
//! | name | covers the name; covers the wildcard | closest encloser proof; covers the wildcard |
//! | type | matches the name, or its wildcard, without the type | the same, by hash |
//! | DS | matches the name: NS, and neither DS nor SOA | the same, or opt-out |
//! | expanded | covers the name; the encloser is the wildcard's | covers the next closer name |
//!
//! The records come from the network, so a proof may lie by being true: the zone above the cut signs NSEC too, and
//! knows nothing of what is below (RFC 6840 §4.1); a list without CNAME alone makes an alias into nothing (§4.3); a
//! list without NS makes a name into a cut (§4.4). Tested in `tests/dnssec/denial.rs`.

mod nsec;
mod nsec3;
mod types;

use super::broken::{Broken, Flaw};
use super::claim::{Claim, Denied, Proof};
use super::effort::Effort;
use super::security::Insecure;
use crate::name::Name;

/// Whether signed NSEC or NSEC3 records of the zone prove the claim. Records of other zones, of other types, and those
/// that a wildcard was expanded to, are passed over: no zone has NSEC records to expand (RFC 4592 §4.8).
///
/// # Errors
/// [`Broken`], with what is missing, or what shows the contrary.
pub fn deny(
    claim: Claim<'_>,
    proof: &[Proof<'_>],
    zone: &Name,
    effort: &mut Effort,
) -> Result<Denied, Broken> {
    let (owner, rtype) = (claim.name().clone(), claim.rtype());
    prove(claim, proof, zone, effort).map_err(|reason| Broken { zone: zone.clone(), owner, rtype, reason })
}

fn prove(claim: Claim<'_>, proof: &[Proof<'_>], zone: &Name, effort: &mut Effort) -> Result<Denied, Flaw> {
    let own = |(set, verified): &&Proof<'_>| {
        verified.zone == *zone
            && verified.expanded_from.is_none()
            && set.name().is_some_and(|name| name.is_within(zone))
    };
    let records = || proof.iter().filter(own).flat_map(|(set, _)| &set.records);
    if !claim.name().is_within(zone) {
        return Err(Flaw::NoDenial);
    }
    let spans = nsec::Spans::of(records(), zone);
    if !spans.is_empty() {
        return spans.prove(claim);
    }
    let mut ring = match nsec3::Ring::of(records(), zone) {
        Ok(Some(ring)) => ring,
        Ok(None) => return Err(Flaw::NoDenial),
        // RFC 9276 §3.2: the zone chose it, so its answers count as unsigned.
        Err(iterations) => {
            let insecure = Insecure::Iterations { zone: zone.clone(), iterations };
            return Ok(Denied { insecure: Some(insecure), encloser: None });
        }
    };
    ring.prove(claim, effort)
}
