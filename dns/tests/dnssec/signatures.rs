//! One bit changed anywhere, and the conditions of RFC 4035 §5.3.1.

use barewire_dns::Message;
use barewire_dns::rdata::Rrsig;

use super::signer::Signer;
use super::*;

/// A message with a record and its signature, and where their RDATA begins and ends.
fn message(set: &RrSet) -> Vec<u8> {
    let mut message = Message::query(0, Name::root(), RecordType::A);
    message.questions.clear();
    message.answers = set.all().cloned().collect();
    message.encode().unwrap()
}

/// In each zone, each bit of a set and its signature as they stand on the wire: owner, type, class, TTL, RDATA. None of
/// the changed ones is taken for what was signed.
#[test]
fn one_bit_anywhere() {
    for (file, text) in SIGNED {
        let sets = RrSet::group(&records(text));
        let keys = keys_of("names.test", &sets, today());
        let set = set(&sets, "ns1.names.test", RecordType::A);
        let bytes = message(&set);
        let mut refused = 0;
        for bit in 12 * 8..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 0x80 >> (bit % 8);
            let Ok(message) = Message::parse(&changed) else { continue };
            for other in RrSet::group(&message.answers) {
                match check(&other, &keys, today()) {
                    // The same to a signature: the case of a name, and the TTL.
                    Ok(_) => {
                        let plain = |set: &RrSet| {
                            let lower =
                                |record: &Record| format!("{} {}", record.name, record.data).to_lowercase();
                            lower(&set.records[0])
                        };
                        assert_eq!(plain(&other), plain(&set), "{file}, bit {bit}");
                    }
                    Err(_) => refused += 1,
                }
            }
        }
        // The signature alone has so many bits.
        let RData::Rrsig(rrsig) = &set.signatures[0].data else { panic!() };
        assert!(refused >= rrsig.signature.len() * 8, "{file}: {refused}");
    }
}

/// Each bit of each field of RRSIG, by itself; what is reported.
#[test]
fn each_field_of_the_signature() {
    let signer = Signer::new("z.test", 1);
    let keys = signer.keys_with(&[]);
    let good = signer.sign(&records("www.z.test. 3600 A 192.0.2.1"));
    let RData::Rrsig(rrsig) = &good.signatures[0].data else { panic!() };
    let with = |change: &dyn Fn(&mut Rrsig)| {
        let mut rrsig = rrsig.clone();
        change(&mut rrsig);
        let data = RData::Rrsig(rrsig);
        let signatures = vec![Record { data, ..good.signatures[0].clone() }];
        check(&RrSet { signatures, ..good.clone() }, &keys, today()).map_err(|broken| broken.reason)
    };
    let mismatch = Flaw::Mismatch { key_tag: rrsig.key_tag };
    assert!(with(&|_| ()).is_ok());
    for bit in 0..16 {
        assert_eq!(with(&|rrsig| rrsig.covered.0 ^= 1 << bit), Err(Flaw::NoSignature));
        let key_tag = rrsig.key_tag ^ (1 << bit);
        assert_eq!(with(&|rrsig| rrsig.key_tag = key_tag), Err(Flaw::NoKey { key_tag, algorithm: 15 }));
    }
    for bit in 0..32 {
        assert_eq!(
            with(&|rrsig| rrsig.original_ttl ^= 1 << bit),
            Err(mismatch.clone()),
            "original TTL {bit}"
        );
        for changed in
            [with(&|rrsig| rrsig.expiration ^= 1 << bit), with(&|rrsig| rrsig.inception ^= 1 << bit)]
        {
            let flaw = changed.unwrap_err();
            let of_time = matches!(
                flaw,
                Flaw::Expired { .. } | Flaw::NotYetValid { .. } | Flaw::ExpiresBeforeValid { .. }
            );
            assert!(flaw == mismatch || of_time, "{flaw}");
        }
    }
    for algorithm in (0..=255).filter(|algorithm| *algorithm != 15) {
        let flaw = match algorithm {
            5 | 7 | 8 | 10 | 13 | 14 => Flaw::NoKey { key_tag: rrsig.key_tag, algorithm },
            _ => Flaw::Algorithm { algorithm },
        };
        assert_eq!(with(&|rrsig| rrsig.algorithm = algorithm), Err(flaw));
    }
    for labels in (0..=255).filter(|labels| *labels != 3) {
        // 2 is the wildcard of the zone, which was not what was signed.
        let flaw = if labels == 2 { mismatch.clone() } else { Flaw::Labels { labels } };
        assert_eq!(with(&|rrsig| rrsig.labels = labels), Err(flaw));
    }
    for signer in ["test", "www.z.test", "y.test", "."] {
        let flaw = Flaw::Signer { signer: Box::new(name(signer)) };
        assert_eq!(with(&|rrsig| rrsig.signer = name(signer)), Err(flaw));
    }
    assert!(with(&|rrsig| rrsig.signer = name("Z.tEST")).is_ok());
    for bit in 0..rrsig.signature.len() * 8 {
        assert_eq!(with(&|rrsig| rrsig.signature[bit / 8] ^= 1 << (bit % 8)), Err(mismatch.clone()));
    }
}

#[test]
fn what_is_signed_is_one_set_of_the_zone() {
    let signer = Signer::new("z.test", 1);
    let keys = signer.keys_with(&[]);
    let why = |set: &RrSet| check(set, &keys, today()).map_err(|broken| broken.reason);
    let two = signer.sign(&records("www.z.test. A 192.0.2.1\nwww.z.test. A 192.0.2.2"));
    assert!(why(&two).is_ok());
    // Order and duplicates do not count (RFC 4034 §6.3).
    let again = RrSet { records: [&two.records[1..], &two.records].concat(), ..two.clone() };
    assert!(why(&again).is_ok());
    // One record more or fewer.
    let one = RrSet { records: two.records[..1].to_vec(), ..two.clone() };
    assert!(matches!(why(&one), Err(Flaw::Mismatch { .. })));
    let three =
        RrSet { records: [two.records.clone(), records("www.z.test. A 192.0.2.3")].concat(), ..two.clone() };
    assert!(matches!(why(&three), Err(Flaw::Mismatch { .. })));
    assert_eq!(why(&RrSet { signatures: vec![], ..two.clone() }), Err(Flaw::NoSignature));
    assert_eq!(why(&RrSet { records: vec![], ..two.clone() }), Err(Flaw::NotOneSet));
    let mixed =
        RrSet { records: [two.records.clone(), records("www.z.test. AAAA ::1")].concat(), ..two.clone() };
    assert_eq!(why(&mixed), Err(Flaw::NotOneSet));
    // The signer is above, and the zone at hand is not the signer's.
    let below = Signer::new("sub.z.test", 1).sign(&records("www.sub.z.test. A 192.0.2.1"));
    assert_eq!(why(&below), Err(Flaw::Signer { signer: Box::new(name("sub.z.test")) }));
    let outside = signer.sign(&records("www.y.test. A 192.0.2.1"));
    assert_eq!(why(&outside), Err(Flaw::Signer { signer: Box::new(name("z.test")) }));
    // A zone does not sign its own DS, nor the keys of the zone below.
    let ds = |owner: &str| signer.sign(&records(&format!("{owner} DS 1 15 2 0102")));
    assert!(why(&ds("sub.z.test.")).is_ok());
    assert_eq!(why(&ds("z.test.")), Err(Flaw::Signer { signer: Box::new(name("z.test")) }));
    let dnskey = signer.sign(&records("sub.z.test. DNSKEY 257 3 15 AAAA"));
    assert_eq!(why(&dnskey), Err(Flaw::Signer { signer: Box::new(name("z.test")) }));
}

/// RFC 4035 §5.3.2: the wildcard's signature, at a name that it was expanded to.
#[test]
fn a_wildcard_gives_its_closest_encloser() {
    let signer = Signer::new("z.test", 1);
    let keys = signer.keys_with(&[]);
    let at_name = |owner: &str, wildcard: &str, labels| {
        let set = signer.sign_as(&records(&format!("{owner} A 192.0.2.1")), &name(wildcard), labels);
        check(&set, &keys, today()).map(|verified| verified.expanded_from).map_err(|broken| broken.reason)
    };
    assert_eq!(at_name("a.b.w.z.test.", "*.w.z.test", 3), Ok(Some(name("w.z.test"))));
    assert_eq!(at_name("a.z.test.", "*.z.test", 2), Ok(Some(name("z.test"))));
    // The wildcard itself is not expanded, and neither is a name below a label `*`.
    assert_eq!(at_name("*.w.z.test.", "*.w.z.test", 3), Ok(None));
    assert_eq!(at_name("*.w.z.test.", "*.z.test", 2), Ok(Some(name("z.test"))));
    // A wildcard above the zone is not a part of it, even if the zone's key has signed.
    assert_eq!(at_name("a.z.test.", "*.test", 1), Err(Flaw::Labels { labels: 1 }));
    assert!(matches!(at_name("a.z.test.", "*.w.z.test", 2), Err(Flaw::Mismatch { .. })));
}

/// RFC 6840 §5.4 and §5.12: one good signature is enough, and the others do not spoil it.
#[test]
fn one_good_signature_is_enough() {
    let (signer, stranger) = (Signer::new("z.test", 1), Signer::new("z.test", 2));
    let keys = signer.keys_with(&[]);
    let www = records("www.z.test. A 192.0.2.1");
    let (good, bad) = (signer.sign(&www), stranger.sign(&www));
    let expired = Signer { dates: (1, 2), ..Signer::new("z.test", 1) }.sign(&www);
    let of = |sets: &[&RrSet]| RrSet {
        records: www.clone(),
        signatures: sets.iter().flat_map(|set| set.signatures.clone()).collect(),
    };
    let why = |set: &RrSet| check(set, &keys, today()).map_err(|broken| broken.reason);
    assert!(why(&of(&[&bad, &expired, &good])).is_ok());
    // What is reported is the one that came farthest.
    assert_eq!(why(&of(&[&bad, &expired, &bad])), Err(Flaw::Expired { expiration: 2 }));
    assert!(matches!(why(&of(&[&bad])), Err(Flaw::NoKey { .. })));
}
