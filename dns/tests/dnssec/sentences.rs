//! What is said of a chain that broke, and of an insecure zone: one sentence each, with its rule and its code.

use barewire_dns::dnssec::{Security, Work};

use super::*;

fn boxed(text: &str) -> Box<Name> {
    Box::new(name(text))
}

#[test]
fn a_broken_link() {
    let flaws = [
        (Flaw::NoSignature, 10, "no signature covers the records, and the zone is signed (RFC 4035 §2.2)"),
        (Flaw::NotOneSet, 6, "the records are not of one owner, type and class (RFC 4035 §5.3.1)"),
        (
            Flaw::Signer { signer: boxed("y.test") },
            6,
            "y.test. signed, which is not the zone that has the records (RFC 4035 §5.3.1)",
        ),
        (
            Flaw::Labels { labels: 9 },
            6,
            "a signature for a name of 9 labels cannot be for this one (RFC 4035 §5.3.1)",
        ),
        (
            Flaw::Algorithm { algorithm: 16 },
            6,
            "the signatures are of algorithm 16, which is not known here (RFC 4035 §5.2)",
        ),
        (
            Flaw::ExpiresBeforeValid { inception: 86_400, expiration: 0 },
            25,
            "the signature holds from 19700102000000 until 19700101000000, which is earlier (RFC 4035 §5.3.1)",
        ),
        (Flaw::Expired { expiration: 0 }, 7, "the signature held until 19700101000000 (RFC 4035 §5.3.1)"),
        (
            Flaw::NotYetValid { inception: 0 },
            8,
            "the signature holds from 19700101000000 on, which is not yet (RFC 4035 §5.3.1)",
        ),
        (
            Flaw::NoKey { key_tag: 7, algorithm: 13 },
            9,
            "key 7 of ECDSAP256SHA256 signed, and the zone has no such key (RFC 4035 §5.3.1)",
        ),
        (
            Flaw::NotWritable,
            6,
            "the records have no form on the wire, so no signature is over it (RFC 4034 §6.2)",
        ),
        (
            Flaw::Mismatch { key_tag: 7 },
            6,
            "the signature by key 7 does not match the records (RFC 4035 §5.3.3)",
        ),
        (Flaw::NoDnskey, 9, "there are no DNSKEY records, though the zone above has DS (RFC 4035 §5.2)"),
        (
            Flaw::NoKeyOfDs { key_tags: vec![7, 8] },
            9,
            "DS names key 7, 8, and the zone has no key with this digest (RFC 4035 §5.2)",
        ),
        (
            Flaw::NotAZoneKey { key_tag: 7 },
            11,
            "key 7, which DS names, has not the flag of a key of the zone (RFC 4035 §5.2)",
        ),
        (Flaw::Revoked { key_tag: 7 }, 6, "key 7, which DS names, is revoked (RFC 5011 §2.1)"),
        (Flaw::NoDenial, 12, "no record proves that it does not exist (RFC 4035 §5.4)"),
        (Flaw::Exists, 6, "a signed record says that it exists (RFC 4035 §5.4)"),
        (
            Flaw::NotCovered { name: boxed("*.z.test") },
            12,
            "no record proves that *.z.test. does not exist (RFC 4035 §5.4)",
        ),
        (Flaw::NoEncloser, 12, "no record shows which name above it exists (RFC 5155 §8.3)"),
        (
            Flaw::OtherWildcard { encloser: boxed("z.test") },
            6,
            "the wildcard for the name is the one below z.test., and it was not that (RFC 4035 §5.3.4)",
        ),
        (
            Flaw::ParentSide { cut: boxed("z.test") },
            6,
            "the proof is of the zone above z.test., and says nothing of below (RFC 6840 §4.1)",
        ),
        (Flaw::ChildSide, 6, "the proof is of the zone itself, and the zone above has DS (RFC 6840 §4.4)"),
        (Flaw::NotACut, 6, "the proof shows that no zone begins there (RFC 6840 §4.4)"),
        (
            Flaw::TooMuchWork(Work::Checks),
            6,
            "it takes too many checks of signatures, which is more than an honest zone needs (RFC 4033 §12)",
        ),
        (
            Flaw::TooMuchWork(Work::Failures),
            6,
            "too many signatures do not match, which is more than an honest zone needs (RFC 4033 §12)",
        ),
        (
            Flaw::TooMuchWork(Work::Digests),
            6,
            "it takes too many digests of keys, which is more than an honest zone needs (RFC 4033 §12)",
        ),
        (
            Flaw::TooMuchWork(Work::Hashes),
            6,
            "it takes too many hashes of names, which is more than an honest zone needs (RFC 4033 §12)",
        ),
    ];
    for (reason, code, sentence) in flaws {
        assert_eq!((reason.extended_error(), reason.to_string().as_str()), (code, sentence));
        let broken = Broken { zone: name("z.test"), owner: name("www.z.test"), rtype: RecordType::A, reason };
        assert_eq!(broken.to_string(), format!("www.z.test. A, in the zone z.test.: {sentence}"));
        let security = Security::Bogus(broken);
        assert_eq!(
            (security.extended_error(), security.is_bogus(), security.is_secure()),
            (Some(code), true, false)
        );
    }
}

#[test]
fn an_insecure_zone() {
    let zone = || name("z.test");
    let rows = [
        (Insecure::NoAnchor, None, "no trust anchor is at or above the name (RFC 4033 §5)"),
        (
            Insecure::NegativeAnchor { zone: zone() },
            None,
            "a negative trust anchor turns validation off from z.test. down",
        ),
        (
            Insecure::Unsigned { zone: zone() },
            None,
            "the zone above has signed that z.test. has no DS (RFC 4035 §5.2)",
        ),
        (
            Insecure::Algorithms { zone: zone(), algorithms: vec![1, 16] },
            Some(1),
            "z.test. signs with algorithms that are not known here: 1, 16 (RFC 4035 §5.2)",
        ),
        (
            Insecure::Digests { zone: zone(), digests: vec![3] },
            Some(2),
            "the DS records of z.test. have digests that are not known here: 3 (RFC 6840 §5.2)",
        ),
        (
            Insecure::KeySizes { zone: zone() },
            Some(1),
            "the RSA keys of z.test. are shorter than 1024 bits, or otherwise not usable",
        ),
        (
            Insecure::OptOut { name: zone() },
            None,
            "the zone names no unsigned zones, and z.test. may be one (RFC 5155 §6)",
        ),
        (
            Insecure::Iterations { zone: zone(), iterations: 151 },
            Some(27),
            "z.test. hashes names 151 times more, which is too often (RFC 9276 §3.2)",
        ),
    ];
    for (insecure, code, sentence) in rows {
        assert_eq!((insecure.extended_error(), insecure.to_string().as_str()), (code, sentence));
        let security = Security::Insecure(insecure);
        assert_eq!(security.to_string(), format!("insecure: {sentence}"));
        assert_eq!((security.is_bogus(), security.is_secure()), (false, false));
    }
    assert_eq!((Security::Secure.to_string().as_str(), Security::Secure.extended_error()), ("secure", None));
}
