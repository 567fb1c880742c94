//! Records made to keep a validator busy. What is compared is the number of operations, and not the time.

use barewire_dns::dnssec::{Bounds, Work};

use super::signer::Signer;
use super::*;

/// Keys of one tag: the tag is a sum of words of 16 bits, which does not change when the words change places.
fn same_tag(key: &Dnskey, count: usize) -> Vec<Dnskey> {
    let turned = |turn: usize| {
        let mut key = key.clone();
        key.key.rotate_left(2 * (turn % 16));
        // Sixteen places are sixteen keys; more come from another order of the first two words.
        if turn >= 16 {
            key.key[..4].rotate_left(2);
        }
        key
    };
    let keys: Vec<Dnskey> = (1..=count).map(turned).collect();
    assert!(
        keys.iter().all(|other| other.key_tag() == key.key_tag() && other.key != key.key || other == key)
    );
    keys
}

/// KeyTrap (CVE-2023-50387): 20 keys of one tag, and 20 signatures that name them and match none.
fn key_trap() -> (Keys, RrSet) {
    let other = Signer::new("z.test", 2);
    let keys = Signer::new("z.test", 1).keys_with(&same_tag(&other.key, 20));
    assert_eq!(keys.keys().len(), 21);
    let mut set = other.sign(&records("www.z.test. A 192.0.2.1"));
    let RData::Rrsig(rrsig) = &set.signatures[0].data else { panic!() };
    let forged = |number: u8| {
        let mut rrsig = rrsig.clone();
        rrsig.signature[0] ^= number;
        Record { data: RData::Rrsig(rrsig), ..set.signatures[0].clone() }
    };
    set.signatures = (1..=20).map(forged).collect();
    (keys, set)
}

#[test]
fn key_trap_ends_after_sixteen_checks() {
    let (keys, set) = key_trap();
    let mut effort = Effort::default();
    let broken = verify(&set, &keys, today(), &mut effort).unwrap_err();
    assert_eq!(broken.reason, Flaw::TooMuchWork(Work::Failures));
    assert_eq!((effort.checks(), effort.failures()), (16, 16));
    // The effort is that of the whole question: for the next set there is none left.
    let broken = verify(&set, &keys, today(), &mut effort).unwrap_err();
    assert_eq!(broken.reason, Flaw::TooMuchWork(Work::Failures));
    assert_eq!(effort.checks(), 16);
}

/// Eight signatures of a set are looked at, and four keys of a tag are tried: 32 of the 400 pairs.
#[test]
fn eight_signatures_and_four_keys() {
    let (keys, set) = key_trap();
    let mut effort = Effort::new(Bounds { failures: 1000, ..Bounds::default() });
    let broken = verify(&set, &keys, today(), &mut effort).unwrap_err();
    assert!(matches!(broken.reason, Flaw::Mismatch { .. }));
    assert_eq!((effort.checks(), effort.failures()), (32, 32));
    let mut effort = Effort::new(Bounds { failures: 1000, checks: 10, ..Bounds::default() });
    let broken = verify(&set, &keys, today(), &mut effort).unwrap_err();
    assert_eq!(broken.reason, Flaw::TooMuchWork(Work::Checks));
    assert_eq!(effort.checks(), 10);
}

/// An honest set costs one check.
#[test]
fn one_check_for_an_honest_set() {
    let signer = Signer::new("z.test", 1);
    let mut effort = Effort::default();
    let set = signer.sign(&records("www.z.test. A 192.0.2.1"));
    verify(&set, &signer.keys_with(&[]), today(), &mut effort).unwrap();
    assert_eq!((effort.checks(), effort.failures()), (1, 0));
}

/// A check of P-384, or of RSA with more than 4096 bits, counts as three: a reply may have room for more of them than
/// fit in 50 ms.
#[test]
fn dear_checks_count_as_three() {
    let rsa = |bytes: usize| (8, [&[3, 1, 0, 1][..], &vec![0xff; bytes]].concat());
    let keys = [(15, vec![7; 32]), (13, vec![7; 64]), (14, vec![7; 96]), rsa(512), rsa(513), rsa(1024)];
    let counted = keys.map(|(algorithm, key)| {
        let key = Dnskey { flags: 256, protocol: 3, algorithm, key };
        let mut set = Signer::new("z.test", 2).sign(&records("www.z.test. A 192.0.2.1"));
        let RData::Rrsig(rrsig) = &mut set.signatures[0].data else { panic!() };
        (rrsig.algorithm, rrsig.key_tag) = (algorithm, key.key_tag());
        let keys = Signer::new("z.test", 1).keys_with(std::slice::from_ref(&key));
        let mut effort = Effort::default();
        let broken = verify(&set, &keys, today(), &mut effort).unwrap_err();
        assert_eq!(broken.reason, Flaw::Mismatch { key_tag: key.key_tag() });
        let mut small = Effort::new(Bounds { checks: effort.checks() - 1, ..Bounds::default() });
        let broken = verify(&set, &keys, today(), &mut small).unwrap_err();
        assert_eq!((broken.reason, small.checks()), (Flaw::TooMuchWork(Work::Checks), 0));
        effort.checks()
    });
    assert_eq!(counted, [1, 1, 3, 1, 3, 3]);
}

/// Many DS records of one tag, and many keys of it.
#[test]
fn ds_and_keys_of_one_tag() {
    let signer = Signer::new("z.test", 1);
    let dnskeys: Vec<Record> = same_tag(&signer.key, 15)
        .into_iter()
        .map(|key| Record::new(name("z.test"), 3600, RData::Dnskey(key)))
        .collect();
    let ds = |number: u8| Ds {
        key_tag: signer.key.key_tag(),
        algorithm: 15,
        digest_type: 2,
        digest: vec![number; 32],
    };
    let ds: Vec<Ds> = (0..200).map(ds).collect();
    let mut effort = Effort::default();
    let broken =
        keys_from_ds(&name("z.test"), &ds, &signer.sign(&dnskeys), today(), &mut effort).unwrap_err();
    assert_eq!(broken.reason, Flaw::TooMuchWork(Work::Digests));
    assert_eq!((effort.digests(), effort.checks()), (128, 0));
    let mut effort = Effort::default();
    let broken =
        keys_from_ds(&name("z.test"), &ds[..5], &signer.sign(&dnskeys), today(), &mut effort).unwrap_err();
    assert!(matches!(broken.reason, Flaw::NoKeyOfDs { .. }));
    assert_eq!(effort.digests(), 20);
}

/// The NSEC3 sets of a zone, and a name with so many labels below it.
fn flood(zone: &str, labels: usize) -> (Vec<RrSet>, Keys, Name) {
    let text = match zone {
        "nsec3.test" => include_str!("../zones/nsec3.zone"),
        _ => panic!("{zone}"),
    };
    let sets = RrSet::group(&records(text));
    let keys = keys_of(zone, &sets, today());
    let long = (0..labels).fold(name(zone), |name, _| name.child(b"a").unwrap());
    (sets.into_iter().filter(|set| set.rtype() == Some(RecordType::NSEC3)).collect(), keys, long)
}

fn hashes_for(sets: &[RrSet], keys: &Keys, claim: Claim<'_>) -> (Result<Denied, Flaw>, u32) {
    let verified: Vec<Verified> = sets.iter().map(|set| check(set, keys, today()).unwrap()).collect();
    let proof: Vec<_> = sets.iter().zip(&verified).collect();
    let mut effort = Effort::default();
    let denied = deny(claim, &proof, keys.zone(), &mut effort).map_err(|broken| broken.reason);
    (denied, effort.hashes())
}

/// CVE-2023-50868: a name with a hundred labels. The whole zone as the proof: the name itself is not looked for, the
/// apex is matched, the next name is covered, the wildcard is covered: three hashes.
#[test]
fn a_long_name_costs_no_more_than_the_zone_is_deep() {
    let (sets, keys, long) = flood("nsec3.test", 100);
    let (denied, hashes) = hashes_for(&sets, &keys, Claim::Name { name: &long });
    assert_eq!(denied.unwrap().encloser, Some(name("nsec3.test")));
    assert_eq!(hashes, 3);
}

/// Each name is hashed once: the name, the apex, the wildcard's encloser, the wildcard.
#[test]
fn four_hashes_for_a_wildcard_without_the_type() {
    let (sets, keys, _) = flood("nsec3.test", 0);
    let owner = name("x.wild.nsec3.test");
    let (denied, hashes) = hashes_for(&sets, &keys, Claim::Type { name: &owner, rtype: RecordType::TXT });
    assert_eq!((denied.unwrap().encloser, hashes), (Some(name("wild.nsec3.test")), 4));
}

/// A proof in which nothing is covered makes us hash every name above, up to the bound.
#[test]
fn a_proof_that_shows_nothing_ends_at_the_bound() {
    let (sets, keys, long) = flood("nsec3.test", 100);
    // One record only, of the apex: it covers few hashes, or none.
    let apex: Vec<RrSet> = sets
        .into_iter()
        .filter(|set| matches!(&set.records[0].data, RData::Nsec3(nsec3) if nsec3.types.contains(RecordType::SOA)))
        .collect();
    let (denied, hashes) = hashes_for(&apex, &keys, Claim::Name { name: &long });
    match denied {
        Err(Flaw::TooMuchWork(Work::Hashes)) => assert_eq!(hashes, 64),
        // By chance the record covers one of the names.
        other => panic!("{other:?} after {hashes} hashes"),
    }
}

/// A thousand NSEC3 records make no more work than one: a name is hashed once.
#[test]
fn a_thousand_records() {
    let signer = Signer::new("z.test", 1);
    let keys = signer.keys_with(&[]);
    let hash = |number: u32| {
        let mut hash = vec![0; 20];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        hash
    };
    let base32 = |hash: &[u8]| data_encoding::BASE32HEX_NOPAD.encode(hash);
    // All of them next to each other at the beginning of the ring, so that they cover nothing in question.
    let set = |number: u32| {
        let (owner, next) = (base32(&hash(2 * number)), base32(&hash(2 * number + 1)));
        signer.sign(&records(&format!("{owner}.z.test. NSEC3 1 0 0 - {next} A")))
    };
    let sets: Vec<RrSet> = (0..1000).map(set).collect();
    let long = (0..30).fold(name("z.test"), |name, _| name.child(b"a").unwrap());
    let (denied, hashes) = hashes_for(&sets, &keys, Claim::Name { name: &long });
    assert_eq!((denied, hashes), (Err(Flaw::NoEncloser), 31));
}

/// RFC 9276 §3.2: more than 150 iterations are not followed, and cost nothing.
#[test]
fn too_many_iterations_are_insecure() {
    let sets = RrSet::group(&records(include_str!("zones/ldns-151.signed")));
    let keys = keys_of("names.test", &sets, today());
    let sets: Vec<RrSet> = sets.into_iter().filter(|set| set.rtype() == Some(RecordType::NSEC3)).collect();
    let (denied, hashes) = hashes_for(&sets, &keys, Claim::Name { name: &name("nobody.names.test") });
    let wanted = Insecure::Iterations { zone: name("names.test"), iterations: 151 };
    assert_eq!(wanted.extended_error(), Some(27));
    assert_eq!((denied.unwrap().insecure, hashes), (Some(wanted), 0));
}
