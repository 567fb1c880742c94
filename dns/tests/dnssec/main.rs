//! DNSSEC, checked against records that others signed: the examples of the RFCs, and zones signed by ldns-signzone and
//! dnssec-signzone (`zones/README.md` and `dnssec/zones/README.md` say how).

mod anchors;
mod canonical;
mod chain;
mod denial;
mod effort;
mod false_claims;
mod hashes;
mod moments;
mod odd;
mod rfc_examples;
mod rfc_responses;
mod sentences;
#[path = "../served/mod.rs"]
mod served;
mod signatures;
mod signed_zones;
mod signer;

use std::time::{Duration, SystemTime};

use barewire_dns::dnssec::{
    Anchors, Broken, Claim, Denied, Effort, Flaw, Insecure, Keys, Proven, Verified, deny, keys_from_ds,
    verify,
};
use barewire_dns::rdata::{Dnskey, Ds};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Name, RData, Record, RecordType, RrSet};

/// names.zone, signed in all ways that are known here.
const SIGNED: [(&str, &str); 12] = [
    ("ldns-5", include_str!("zones/ldns-5.signed")),
    ("ldns-7", include_str!("zones/ldns-7.signed")),
    ("ldns-8", include_str!("zones/ldns-8.signed")),
    ("ldns-10", include_str!("zones/ldns-10.signed")),
    ("ldns-13", include_str!("zones/ldns-13.signed")),
    ("ldns-14", include_str!("zones/ldns-14.signed")),
    ("ldns-15", include_str!("zones/ldns-15.signed")),
    ("bind-8", include_str!("zones/bind-8.signed")),
    ("bind-10", include_str!("zones/bind-10.signed")),
    ("bind-13", include_str!("zones/bind-13.signed")),
    ("bind-14", include_str!("zones/bind-14.signed")),
    ("bind-15", include_str!("zones/bind-15.signed")),
];

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

/// A claim with NSEC and NSEC3 records that others, or a test, have signed; each signature must hold.
fn denied(claim: Claim<'_>, proof: &[RrSet], keys: &Keys, now: SystemTime) -> Result<Denied, Broken> {
    let is_proof = |set: &&RrSet| matches!(set.rtype(), Some(RecordType::NSEC | RecordType::NSEC3));
    let sets: Vec<&RrSet> = proof.iter().filter(is_proof).collect();
    let verified: Vec<Verified> = sets.iter().map(|set| check(set, keys, now).unwrap()).collect();
    let proof: Vec<_> = sets.into_iter().zip(&verified).collect();
    deny(claim, &proof, keys.zone(), &mut Effort::default())
}

/// Keys from DS, whatever comes of it.
fn prove(zone: &str, ds: &[Ds], dnskeys: &RrSet) -> Result<Proven, Broken> {
    keys_from_ds(&name(zone), ds, dnskeys, today(), &mut Effort::default())
}

/// The DS that a trust anchor makes of a key.
fn ds_of(zone: &str, key: &Dnskey) -> Ds {
    let mut anchors = Anchors::default();
    anchors.add(Record::new(name(zone), 0, RData::Dnskey(key.clone()))).unwrap();
    anchors.above(&name(zone)).unwrap().1[0].clone()
}
