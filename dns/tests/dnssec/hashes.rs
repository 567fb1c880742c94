//! Proofs by NSEC3 made up hash by hash: what covers what, and which records count (RFC 5155 §8).

use super::signer::Signer;
use super::*;

/// The hash of a name without salt and iterations, moved by one or not at all, as a label. None of the hashes here ends
/// in 0 or 255.
fn hash(text: &str, step: i8) -> String {
    let mut hash = super::served::sha1(name(text).as_wire());
    hash[19] = hash[19].checked_add_signed(step).unwrap();
    data_encoding::BASE32HEX_NOPAD.encode(&hash)
}

/// A record that covers this name and hardly anything else.
fn around(text: &str) -> String {
    format!("{}.z.test. NSEC3 1 0 0 - {} A\n", hash(text, -1), hash(text, 1))
}

/// The record of the zone's own name.
fn apex() -> String {
    format!("{}.z.test. NSEC3 1 0 0 - {} NS SOA\n", hash("z.test", 0), hash("z.test", 1))
}

fn flaw(text: &str, claim: Claim<'_>) -> Result<Denied, Flaw> {
    let signer = Signer::new("z.test", 1);
    let sets: Vec<RrSet> =
        records(text).iter().map(|record| signer.sign(std::slice::from_ref(record))).collect();
    denied(claim, &sets, &signer.keys_with(&[]), today()).map_err(|broken| broken.reason)
}

/// §8.3: the name that is covered must be one label longer than the one that is matched. Here a name between them is
/// neither, so it may exist, with a wildcard below.
#[test]
fn a_gap_in_the_proof_of_the_encloser() {
    let owner = name("b.a.z.test");
    let claim = Claim::Name { name: &owner };
    let gap = apex() + &around("b.a.z.test") + &around("*.z.test");
    assert_eq!(flaw(&gap, claim), Err(Flaw::NoEncloser));
    let whole = apex() + &around("a.z.test") + &around("*.z.test");
    assert_eq!(flaw(&whole, claim).unwrap().encloser, Some(name("z.test")));
}

/// The last record leads back to the first: it covers what is after it, and what is before the first.
#[test]
fn the_ring_is_closed() {
    let owner = name("a.z.test");
    let claim = Claim::Name { name: &owner };
    let (zero, top) = ("0".repeat(32), "V".repeat(32));
    let after = format!("{}.z.test. NSEC3 1 0 0 - {zero} A\n", hash("a.z.test", -1));
    let before = format!("{top}.z.test. NSEC3 1 0 0 - {} A\n", hash("a.z.test", 1));
    for last in [after, before] {
        let proof = apex() + &last + &around("*.z.test");
        assert_eq!(flaw(&proof, claim).unwrap().encloser, Some(name("z.test")), "{last}");
    }
}

/// §3: the owner is a hash and the zone's name. §8.2: all records have the same salt and iterations.
#[test]
fn other_owners_and_salts_do_not_count() {
    let owner = name("a.z.test");
    let claim = Claim::Name { name: &owner };
    let right = around("a.z.test");
    let with = |changed: String| flaw(&(apex() + &changed + &around("*.z.test")), claim);
    assert!(with(right.clone()).is_ok());
    let not_covered = || Err(Flaw::NotCovered { name: Box::new(owner.clone()) });
    assert_eq!(with(right.replace(".z.test.", ".sub.z.test.")), not_covered());
    assert_eq!(with(right.replace("1 0 0 -", "1 0 0 aabb")), not_covered());
    assert_eq!(with(right.replace("1 0 0 -", "1 0 1 -")), not_covered());
}

#[test]
fn names_are_hashed_in_lower_case() {
    let louder = name("A.Z.Test");
    let proof = apex() + &around("a.z.test") + &around("*.z.test");
    assert!(flaw(&proof, Claim::Name { name: &louder }).is_ok());
}

/// One record, which covers all hashes but one; and a wildcard that is not above the name.
#[test]
fn the_wildcard_must_be_above() {
    let all = format!("{0}.z.test. NSEC3 1 0 0 - {0} A\n", "0".repeat(32));
    let (owner, above, beside) = (name("a.z.test"), name("z.test"), name("y.test"));
    assert!(flaw(&all, Claim::Expanded { name: &owner, encloser: &above }).is_ok());
    assert_eq!(flaw(&all, Claim::Expanded { name: &owner, encloser: &beside }), Err(Flaw::Exists));
}
