//! Whole zones: every signature that others made in them holds. How many sets are signed was counted in the files:
//! `awk '$4 == "RRSIG" { print tolower($1), $5 }' FILE | sort -u | wc -l`.

use super::*;

/// Every RRset with a signature, under the keys of the zone. The result is how many there were.
fn every_signature_holds(text: &str, zone: &str, now: SystemTime) -> usize {
    let sets = RrSet::group(&records(text));
    let keys = keys_of(zone, &sets, now);
    let signed: Vec<&RrSet> = sets.iter().filter(|set| !set.signatures.is_empty()).collect();
    for set in &signed {
        let verified = check(set, &keys, now).unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!(verified.expanded_from, None);
    }
    signed.len()
}

#[test]
fn the_zones_of_the_authority() {
    let zone = include_str!("../zones/nsec.zone");
    assert_eq!(every_signature_holds(zone, "nsec.test", today()), 66);
    let zone = include_str!("../zones/nsec3.zone");
    assert_eq!(every_signature_holds(zone, "nsec3.test", today()), 75);
    let zone = include_str!("../zones/optout.zone");
    assert_eq!(every_signature_holds(zone, "optout.test", today()), 72);
}

/// RSA/SHA-1; the signatures hold from 2004-04-09 to 2004-05-09.
#[test]
fn the_zone_of_rfc_4035() {
    let zone = include_str!("../zones/rfc4035.zone");
    assert_eq!(every_signature_holds(zone, "example", at(1_083_000_000)), 26);
}
