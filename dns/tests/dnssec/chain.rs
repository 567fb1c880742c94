//! From DS to keys (RFC 4035 §5.2): which DS counts, and what makes a zone insecure instead of bogus.

use super::signer::Signer;
use super::*;

const ZONE: &str = "z.test";

/// Two keys: the first signs, and DS names it.
fn zone() -> (Signer, Ds, RrSet) {
    let signer = Signer::new(ZONE, 1);
    let other = Signer::new(ZONE, 2);
    let set = signer.sign(&[signer.dnskey(), other.dnskey()]);
    let ds = ds_of(ZONE, &signer.key);
    (signer, ds, set)
}

fn flaw(ds: &[Ds], set: &RrSet) -> Flaw {
    let broken = prove(ZONE, ds, set).unwrap_err();
    assert_eq!((&broken.zone, &broken.owner, broken.rtype), (&name(ZONE), &name(ZONE), RecordType::DNSKEY));
    broken.reason
}

#[test]
fn ds_proves_all_keys() {
    let (signer, ds, set) = zone();
    let Ok(Proven::Keys(keys)) = prove(ZONE, &[ds], &set) else { panic!() };
    assert_eq!(keys.zone(), &name(ZONE));
    assert_eq!(keys.keys().len(), 2);
    assert_eq!((keys.key_tag(), keys.ttl(), keys.is_weak()), (signer.key.key_tag(), 3600, false));
    // The second key signs, too.
    let www = Signer::new(ZONE, 2).sign(&records("www.z.test. A 192.0.2.1"));
    assert!(check(&www, &keys, today()).is_ok());
}

#[test]
fn each_bit_of_ds_counts() {
    let (signer, ds, set) = zone();
    let none = |ds: &Ds| Flaw::NoKeyOfDs { key_tags: vec![ds.key_tag] };
    for bit in 0..ds.digest.len() * 8 {
        let mut other = ds.clone();
        other.digest[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(flaw(std::slice::from_ref(&other), &set), none(&other), "{bit}");
    }
    for length in 0..ds.digest.len() {
        let short = Ds { digest: ds.digest[..length].to_vec(), ..ds.clone() };
        assert_eq!(flaw(std::slice::from_ref(&short), &set), none(&short), "{length}");
    }
    let other = Ds { key_tag: ds.key_tag ^ 1, ..ds.clone() };
    assert_eq!(flaw(std::slice::from_ref(&other), &set), none(&other));
    let other = Ds { algorithm: 8, ..ds.clone() };
    assert_eq!(flaw(std::slice::from_ref(&other), &set), none(&other));
    // The digest is of the owner, too.
    let stranger = Ds { ..ds_of("y.test", &signer.key) };
    assert_eq!(flaw(std::slice::from_ref(&stranger), &set), none(&stranger));
    assert_eq!(flaw(&[], &set), Flaw::NoKeyOfDs { key_tags: vec![] });
}

#[test]
fn the_keys_must_be_signed_by_one_that_ds_names() {
    let (signer, ds, set) = zone();
    let unsigned = RrSet { signatures: vec![], ..set.clone() };
    assert_eq!(flaw(std::slice::from_ref(&ds), &unsigned), Flaw::NoSignature);
    assert_eq!(flaw(std::slice::from_ref(&ds), &RrSet::default()), Flaw::NoDnskey);
    assert_eq!(
        flaw(std::slice::from_ref(&ds), &signer.sign(&records("z.test. A 192.0.2.1"))),
        Flaw::NoDnskey
    );
    // Signed by the other key only, which nobody has named.
    let other = Signer::new(ZONE, 2);
    let by_other = other.sign(&set.records);
    let no_key = Flaw::NoKey { key_tag: other.key.key_tag(), algorithm: 15 };
    assert_eq!(flaw(std::slice::from_ref(&ds), &by_other), no_key);
    // A key that was slipped in.
    let mut more = set.clone();
    more.records.push(Signer::new(ZONE, 3).dnskey());
    assert_eq!(flaw(std::slice::from_ref(&ds), &more), Flaw::Mismatch { key_tag: ds.key_tag });
    let expired = Signer { dates: (1, 2), ..Signer::new(ZONE, 1) }.sign(&set.records);
    assert_eq!(flaw(&[ds], &expired), Flaw::Expired { expiration: 2 });
}

/// RFC 4035 §5.2 and RFC 6840 §5.2: what nobody here can check is insecure. One DS that can be checked is enough to ask
/// for a proof.
#[test]
fn what_is_not_known_is_insecure() {
    let (_, ds, set) = zone();
    let of_algorithm = |algorithm| Ds { algorithm, ..ds.clone() };
    let of_digest = |digest_type| Ds { digest_type, ..ds.clone() };
    let insecure = |ds: &[Ds]| match prove(ZONE, ds, &RrSet::default()) {
        Ok(Proven::Insecure(insecure)) => insecure,
        other => panic!("{other:?}"),
    };
    // RSA/MD5, DSA, GOST, Ed448, two numbers that nobody has, and the private ones.
    for algorithm in [0, 1, 3, 6, 12, 16, 17, 200, 253, 254, 255] {
        let wanted = Insecure::Algorithms { zone: name(ZONE), algorithms: vec![algorithm] };
        assert_eq!(insecure(&[of_algorithm(algorithm)]), wanted);
        assert_eq!(wanted.extended_error(), Some(1));
    }
    for digest in [0, 3, 5, 200] {
        let wanted = Insecure::Digests { zone: name(ZONE), digests: vec![digest] };
        assert_eq!(insecure(&[of_digest(digest)]), wanted);
        assert_eq!(wanted.extended_error(), Some(2));
    }
    // No DS can be checked: for one the algorithm is not known, for the other the digest.
    let wanted = Insecure::Digests { zone: name(ZONE), digests: vec![3] };
    assert_eq!(insecure(&[of_digest(3), of_algorithm(16)]), wanted);
    // One that can: the zone must prove itself.
    assert_eq!(flaw(&[of_digest(3), of_algorithm(16), ds.clone()], &RrSet::default()), Flaw::NoDnskey);
    assert!(matches!(prove(ZONE, &[of_digest(3), of_algorithm(16), ds.clone()], &set), Ok(Proven::Keys(_))));
    assert!(matches!(prove(ZONE, &[of_algorithm(8), ds], &set), Ok(Proven::Keys(_))));
}

/// A zone signed with Ed448, and one with RSA of 512 bits: insecure. A DS for another key would ask for a proof: then
/// somebody may have taken that key away.
#[test]
fn what_ring_lacks_is_insecure() {
    for (text, short) in
        [(include_str!("zones/ldns-16.signed"), false), (include_str!("zones/ldns-512.signed"), true)]
    {
        let sets = RrSet::group(&records(text));
        let dnskeys = set(&sets, "names.test", RecordType::DNSKEY);
        let RData::Dnskey(key) = &dnskeys.records[0].data else { panic!() };
        let ds = ds_of("names.test", key);
        let zone = name("names.test");
        let wanted = match short {
            true => Insecure::KeySizes { zone },
            false => Insecure::Algorithms { zone, algorithms: vec![16] },
        };
        assert_eq!(prove("names.test", std::slice::from_ref(&ds), &dnskeys), Ok(Proven::Insecure(wanted)));
        if short {
            let gone = ds_of("names.test", &Signer::new("names.test", 1).key);
            let key_tags = vec![ds.key_tag, gone.key_tag];
            let broken = prove("names.test", &[ds, gone], &dnskeys).unwrap_err();
            assert_eq!(broken.reason, Flaw::NoKeyOfDs { key_tags });
        }
    }
}

/// dnssec-dsfromkey made these DS records of the key in bind-13.signed (`sign.sh` writes them there).
#[test]
fn digests_by_sha_1_256_and_384() {
    let sets = RrSet::group(&records(include_str!("zones/bind-13.signed")));
    let dnskeys = set(&sets, "names.test", RecordType::DNSKEY);
    let all: Vec<Ds> = records(include_str!("zones/bind-13.ds"))
        .into_iter()
        .map(|record| if let RData::Ds(ds) = record.data { ds } else { panic!("{record}") })
        .collect();
    assert_eq!(all.iter().map(|ds| ds.digest_type).collect::<Vec<_>>(), [1, 2, 4]);
    for ds in &all {
        let Ok(Proven::Keys(keys)) = prove("names.test", std::slice::from_ref(ds), &dnskeys) else {
            panic!("{ds:?}")
        };
        assert_eq!(keys.is_weak(), ds.digest_type == 1);
        let www = check(&set(&sets, "ns1.names.test", RecordType::A), &keys, today()).unwrap();
        assert_eq!(www.weak, ds.digest_type == 1);
    }
    // RFC 4509 §3: SHA-1 counts only where nothing else does.
    let wrong = Ds { digest: vec![0; 32], ..all[1].clone() };
    let broken = prove("names.test", &[all[0].clone(), wrong], &dnskeys).unwrap_err();
    assert_eq!(broken.reason, Flaw::NoKeyOfDs { key_tags: vec![all[1].key_tag] });
}

#[test]
fn keys_that_may_not_sign() {
    let flags = |flags, protocol| {
        let mut signer = Signer::new(ZONE, 1);
        signer.key = Dnskey { flags, protocol, ..signer.key };
        let ds = {
            // Anchors refuse such a key, so its DS is made of the digest by hand.
            let [high, low] = flags.to_be_bytes();
            let bytes = [b"\x01z\x04test\0" as &[u8], &[high, low, protocol, 15], &signer.key.key].concat();
            let digest = ring::digest::digest(&ring::digest::SHA256, &bytes).as_ref().to_vec();
            Ds { key_tag: signer.key.key_tag(), algorithm: 15, digest_type: 2, digest }
        };
        let set = signer.sign(&[signer.dnskey()]);
        prove(ZONE, std::slice::from_ref(&ds), &set)
            .map_err(|broken| (broken.extended_error(), broken.reason))
            .map(|_| ds.key_tag)
    };
    assert!(flags(257, 3).is_ok() && flags(256, 3).is_ok());
    // No zone key, and no key of DNSSEC.
    for (flag, protocol) in [(0, 3), (1, 3), (257, 2), (256, 255)] {
        assert!(matches!(flags(flag, protocol), Err((11, Flaw::NotAZoneKey { .. }))), "{flag} {protocol}");
    }
    assert!(matches!(flags(257 | 128, 3), Err((6, Flaw::Revoked { .. }))));
}

/// A revoked key in the set signs nothing any more (RFC 5011 §2.1), and neither does one without the flag.
#[test]
fn such_keys_do_not_sign_other_records_either() {
    let signer = Signer::new(ZONE, 1);
    for flags in [256 | 128, 0] {
        let mut other = Signer::new(ZONE, 2);
        other.key.flags = flags;
        let keys = signer.keys_with(std::slice::from_ref(&other.key));
        assert_eq!(keys.keys(), std::slice::from_ref(&signer.key));
        let broken = check(&other.sign(&records("www.z.test. A 192.0.2.1")), &keys, today()).unwrap_err();
        assert_eq!(broken.reason, Flaw::NoKey { key_tag: other.key.key_tag(), algorithm: 15 });
    }
}
