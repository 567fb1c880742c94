//! Whole zones: every signature that others made in them holds.

use std::collections::BTreeSet;

use super::*;

/// How many sets have a signature, counted in the text: words 1 and 5 of each line whose fourth is RRSIG.
fn counted(text: &str) -> usize {
    let words = |line: &str| line.split_whitespace().map(str::to_lowercase).collect::<Vec<String>>();
    let signed = text.lines().map(words).filter(|words| words.get(3).is_some_and(|word| word == "rrsig"));
    signed.map(|words| (words[0].clone(), words[4].clone())).collect::<BTreeSet<_>>().len()
}

/// Every RRset with a signature, under the keys of the zone. The result is how many there were.
fn every_signature_holds(text: &str, zone: &str, now: SystemTime, weak: bool) -> usize {
    let sets = RrSet::group(&records(text));
    let keys = keys_of(zone, &sets, now);
    let signed: Vec<&RrSet> = sets.iter().filter(|set| !set.signatures.is_empty()).collect();
    for set in &signed {
        let verified = check(set, &keys, now).unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!((verified.expanded_from, verified.weak), (None, weak));
    }
    signed.len()
}

#[test]
fn each_algorithm_and_each_signer() {
    for (file, text) in SIGNED {
        let weak = ["ldns-5", "ldns-7"].contains(&file);
        let count = every_signature_holds(text, "names.test", today(), weak);
        assert_eq!(count, counted(text), "{file}");
        assert!(count >= 30, "{file}: {count}");
    }
}

#[test]
fn the_zones_of_the_authority() {
    for (zone, text) in [
        ("nsec.test", include_str!("../zones/nsec.zone")),
        ("nsec3.test", include_str!("../zones/nsec3.zone")),
        ("optout.test", include_str!("../zones/optout.zone")),
    ] {
        assert_eq!(every_signature_holds(text, zone, today(), false), counted(text), "{zone}");
    }
}

/// RSA/SHA-1; the signatures hold from 2004-04-09 to 2004-05-09. The appendix has 26 sets with a signature.
#[test]
fn the_zone_of_rfc_4035() {
    let zone = include_str!("../zones/rfc4035.zone");
    assert_eq!(every_signature_holds(zone, "example", at(1_083_000_000), true), 26);
}
