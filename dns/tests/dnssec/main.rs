//! DNSSEC, checked against records that others signed: the examples of the RFCs, and zones signed by ldns-signzone and
//! dnssec-signzone (`zones/README.md` and `dnssec/zones/README.md` say how).

mod rfc_examples;
mod signed_zones;
mod signer;

use std::time::{Duration, SystemTime};

use barewire_dns::dnssec::{Anchors, Broken, Effort, Keys, Proven, Verified, keys_from_ds, verify};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Name, RData, Record, RecordType, RrSet};

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

/// A moment from seconds since 1970.
fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// 2026-11-27 12:00:00 UTC: the signatures of the recorded zones hold then.
fn today() -> SystemTime {
    at(1_795_780_800)
}

fn records(text: &str) -> Vec<Record> {
    let file = ZoneFile::parse(format!("$TTL 3600\n{text}").as_bytes(), &Name::root());
    assert_eq!(file.faults, []);
    file.records
}

/// The set of this owner and type.
fn set(sets: &[RrSet], owner: &str, rtype: RecordType) -> RrSet {
    let found = sets.iter().find(|set| set.name() == Some(&name(owner)) && set.rtype() == Some(rtype));
    found.unwrap_or_else(|| panic!("{owner} has {rtype}")).clone()
}

/// Keys proven by the zone's own keys, as if they were the trust anchor: each of them signs the DNSKEY RRset or is
/// signed by one that does.
fn keys_of(zone: &str, sets: &[RrSet], now: SystemTime) -> Keys {
    let dnskeys = set(sets, zone, RecordType::DNSKEY);
    let mut anchors = Anchors::default();
    for record in &dnskeys.records {
        anchors.add(record.clone()).unwrap();
    }
    let zone = name(zone);
    let ds = anchors.above(&zone).unwrap().1;
    match keys_from_ds(&zone, ds, &dnskeys, now, &mut Effort::default()) {
        Ok(Proven::Keys(keys)) => keys,
        other => panic!("{other:?}"),
    }
}

fn check(set: &RrSet, keys: &Keys, now: SystemTime) -> Result<Verified, Broken> {
    verify(set, keys, now, &mut Effort::default())
}
