//! The canonical form (RFC 4034 §6.2): names in the data of the old types are the same in both cases, all other names
//! are not. `signed_zones.rs` checks that the form is that of ldns-signzone and dnssec-signzone.

use super::*;

/// The same set with all names in its data in upper case.
fn louder(set: &RrSet) -> RrSet {
    let louder = |record: &Record| {
        let data = record.data.to_string();
        // The words of NAPTR and the values of SVCB are not names.
        let data: Vec<String> = data
            .split(' ')
            .map(|word| if word.ends_with('.') { word.to_uppercase() } else { word.to_owned() })
            .collect();
        let text =
            format!("{} {} IN {} {}", record.name.with_dot(), record.ttl, record.rtype(), data.join(" "));
        Record::parse_text(&text).unwrap()
    };
    RrSet { records: set.records.iter().map(louder).collect(), ..set.clone() }
}

#[test]
fn names_in_both_cases() {
    for file in ["bind-13", "ldns-13"] {
        let text = SIGNED.iter().find(|(name, _)| *name == file).unwrap().1;
        let sets = RrSet::group(&records(text));
        let keys = keys_of("names.test", &sets, today());
        let same = "NS SOA MX CNAME DNAME SRV NAPTR RP AFSDB KX RT PTR MINFO PX";
        for rtype in same.split(' ').map(|word| RecordType::from_name(word).unwrap()) {
            let set =
                sets.iter().find(|set| set.rtype() == Some(rtype) && !set.signatures.is_empty()).unwrap();
            let louder = louder(set);
            assert_ne!(format!("{:?}", louder.records), format!("{:?}", set.records), "{rtype}");
            check(&louder, &keys, today()).unwrap_or_else(|broken| panic!("{file}, {rtype}: {broken}"));
        }
        // RFC 6840 §5.1 takes NSEC out of the list, and SVCB and HTTPS are newer than it.
        for rtype in [RecordType::SVCB, RecordType::HTTPS, RecordType::NSEC] {
            let Some(set) = sets.iter().find(|set| set.rtype() == Some(rtype)) else { continue };
            let broken = check(&louder(set), &keys, today()).unwrap_err();
            assert!(matches!(broken.reason, Flaw::Mismatch { .. }), "{file}, {rtype}");
        }
    }
}

/// The owner is in lower case in what is signed, and so is the signer.
#[test]
fn the_owner_in_both_cases() {
    for (file, text) in SIGNED {
        let sets = RrSet::group(&records(text));
        let keys = keys_of("names.test", &sets, today());
        let mut set = set(&sets, "mail.names.test", RecordType::MX);
        let all = set.records.iter_mut().chain(&mut set.signatures);
        all.for_each(|record| record.name = name("mAIL.NAMES.Test"));
        check(&set, &keys, today()).unwrap_or_else(|broken| panic!("{file}: {broken}"));
    }
}
