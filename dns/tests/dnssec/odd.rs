//! Keys, signatures, digests and hashes of odd lengths: never a panic, never a proof.

use super::signer::Signer;
use super::*;

/// The record of a zone that was signed well, and its signature with other bytes.
fn with_signature(set: &RrSet, signature: Vec<u8>) -> RrSet {
    let RData::Rrsig(rrsig) = &set.signatures[0].data else { panic!() };
    let mut rrsig = rrsig.clone();
    rrsig.signature = signature;
    let signatures = vec![Record { data: RData::Rrsig(rrsig), ..set.signatures[0].clone() }];
    RrSet { signatures, ..set.clone() }
}

#[test]
fn signatures_of_odd_lengths() {
    for (file, text) in SIGNED {
        let sets = RrSet::group(&records(text));
        let keys = keys_of("names.test", &sets, today());
        let set = set(&sets, "ns1.names.test", RecordType::A);
        let RData::Rrsig(rrsig) = &set.signatures[0].data else { panic!() };
        let own = rrsig.signature.len();
        for length in [0, 1, 2, 31, 32, 63, 64, 65, 127, 128, 255, 256, 512, 65_000, own - 1, own, own + 1] {
            let mut bytes = rrsig.signature.clone();
            bytes.resize(length, 0);
            let broken = check(&with_signature(&set, bytes), &keys, today());
            let right = length == own;
            assert_eq!(broken.is_ok(), right, "{file}: {length} bytes");
        }
    }
}

/// The DNSKEY RRset with one odd key more, signed by the right one: the set is taken, and the odd key signs nothing. As
/// the only key of a DS it proves nothing.
#[test]
fn keys_of_odd_lengths() {
    let www = records("www.z.test. A 192.0.2.1");
    for algorithm in [5, 7, 8, 10, 13, 14, 15] {
        let good = Signer::new("z.test", 1);
        for length in
            [1, 2, 3, 4, 31, 32, 33, 57, 63, 64, 65, 95, 96, 97, 127, 128, 129, 130, 131, 132, 260, 300, 1100]
        {
            for byte in [0, 1, 255] {
                let key = Dnskey { flags: 257, protocol: 3, algorithm, key: vec![byte; length] };
                let odd = Signer { key: key.clone(), ..Signer::new("z.test", 2) };
                let broken =
                    check(&odd.sign(&www), &good.keys_with(std::slice::from_ref(&key)), today()).unwrap_err();
                assert_eq!(broken.reason, Flaw::Mismatch { key_tag: key.key_tag() });
                let outcome = prove("z.test", &[ds_of("z.test", &key)], &odd.sign(&[odd.dnskey()]));
                match outcome {
                    Err(Broken { reason: Flaw::Mismatch { .. }, .. }) => {}
                    // An RSA key that has a modulus, and one of a size that nobody takes.
                    Ok(Proven::Insecure(Insecure::KeySizes { .. })) => assert!(algorithm <= 10),
                    other => panic!("{algorithm}, {length} bytes of {byte}: {other:?}"),
                }
            }
        }
    }
}

/// RFC 3110 §2: the length of the exponent takes one byte, or three.
#[test]
fn the_exponent_of_rsa() {
    let sets = RrSet::group(&records(include_str!("zones/ldns-8.signed")));
    let dnskeys = set(&sets, "names.test", RecordType::DNSKEY);
    let RData::Dnskey(key) = &dnskeys.records[0].data else { panic!() };
    let [3, 1, 0, 1, modulus @ ..] = &key.key[..] else { panic!("the exponent is not 65537") };
    let www = set(&sets, "ns1.names.test", RecordType::A);
    // The key in another form, under a tag of its own; the signature names that tag.
    let with = |bytes: Vec<u8>| {
        let key = Dnskey { key: bytes, ..key.clone() };
        let keys = Signer::new("names.test", 1).keys_with(std::slice::from_ref(&key));
        let RData::Rrsig(rrsig) = &www.signatures[0].data else { panic!() };
        (
            key.key_tag() == rrsig.key_tag,
            check(&www, &keys, today()).map(|_| ()).map_err(|broken| broken.reason),
        )
    };
    assert_eq!(with(key.key.clone()), (true, Ok(())));
    // Two zeros in front are a length of three bytes, and the tag is the same, because it is a sum.
    assert_eq!(with([&[0, 0, 3, 1, 0, 1], modulus].concat()), (true, Ok(())));
    // Zeros in front of the modulus change neither the number nor the tag.
    assert_eq!(with([&[3, 1, 0, 1, 0, 0], modulus].concat()), (true, Ok(())));
    // Each of these is another key, or none: its tag is not that of the signature, or it does not match.
    for bytes in [
        [&[0, 0, 4, 1, 0, 1], modulus].concat(),
        [&[3, 1, 0, 3], modulus].concat(),
        [&[0, 255, 255, 1, 0, 1], modulus].concat(),
        [&[255, 1, 0, 1], modulus].concat(),
        vec![3, 1, 0, 1],
        vec![0],
        vec![0, 0],
        vec![0, 1, 0],
    ] {
        assert!(with(bytes).1.is_err());
    }
}

/// Sizes that ring does not take make a zone insecure; the others must prove themselves.
#[test]
fn the_sizes_of_rsa() {
    let outcome = |exponent: &[u8], modulus: usize| {
        let bytes = [&[exponent.len() as u8], exponent, &vec![0xff; modulus]].concat();
        let signer = Signer::new("z.test", 1);
        let key = Dnskey { flags: 257, protocol: 3, algorithm: 8, key: bytes };
        let odd = Signer { key: key.clone(), ..signer };
        prove("z.test", &[ds_of("z.test", &key)], &odd.sign(&[odd.dnskey()])).map_err(|broken| broken.reason)
    };
    let insecure = Ok(Proven::Insecure(Insecure::KeySizes { zone: name("z.test") }));
    let e = [1, 0, 1];
    for (exponent, modulus) in [
        (&e[..], 127),
        (&e[..], 1025),
        (&[1], 256),
        (&[1, 0, 0], 256),
        (&[2, 0, 0, 0, 1], 256),
        (&[1, 0, 0, 0, 0, 0, 0, 0, 1], 256),
    ] {
        assert_eq!(outcome(exponent, modulus), insecure, "{exponent:?}, {modulus}");
    }
    for (exponent, modulus) in [(&e[..], 128), (&e[..], 1024), (&[3], 256), (&[1, 255, 255, 255, 255], 256)] {
        assert!(matches!(outcome(exponent, modulus), Err(Flaw::Mismatch { .. })), "{exponent:?}, {modulus}");
    }
}

#[test]
fn hashes_of_odd_lengths() {
    let signer = Signer::new("z.test", 1);
    let keys = signer.keys_with(&[]);
    let base32 = |byte: u8, length: usize| data_encoding::BASE32HEX_NOPAD.encode(&vec![byte; length]);
    let lengths = [0, 1, 2, 5, 10, 19, 20, 21, 32, 39];
    for (owner, next) in
        lengths.iter().flat_map(|owner| [1, 2, 19, 20, 21, 32, 60, 255].map(|next| (*owner, next)))
    {
        let first = if owner == 0 { "x".to_owned() } else { base32(0, owner) };
        if owner == 20 && next == 20 {
            continue;
        }
        let set = signer.sign(&records(&format!("{first}.z.test. NSEC3 1 0 0 - {} A", base32(255, next))));
        let broken = denied(Claim::Name { name: &name("www.z.test") }, &[set], &keys, today()).unwrap_err();
        assert_eq!(broken.reason, Flaw::NoDenial, "{owner} {next}");
    }
}

/// RFC 5155 §8.1 and §8.2: another hash, and flags that nobody knows, are ignored.
#[test]
fn other_hashes_and_flags_are_ignored() {
    let signer = Signer::new("z.test", 1);
    let keys = signer.keys_with(&[]);
    let (owner, next) = ("0".repeat(32), "v".repeat(32));
    for (hash, flags) in [(0, 0), (2, 0), (255, 0), (1, 2), (1, 3), (1, 255)] {
        let set = signer.sign(&records(&format!("{owner}.z.test. NSEC3 {hash} {flags} 0 - {next} A")));
        let broken = denied(Claim::Name { name: &name("www.z.test") }, &[set], &keys, today()).unwrap_err();
        assert_eq!(broken.reason, Flaw::NoDenial);
    }
}
