//! Sets of zones that ldns-signzone and dnssec-signzone signed, with bytes changed, and any bytes as such sets. What
//! holds is what was signed, and no proof denies what the zone has.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use barewire_dns::dnssec::{
    Anchors, Claim, Effort, Keys, Proof, Proven, Verified, deny, keys_from_ds, verify,
};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Message, Name, RData, Record, RecordType, RrSet};
use libfuzzer_sys::fuzz_target;

const ZONES: [(&str, &str); 6] = [
    ("nsec.test", include_str!("../../tests/zones/nsec.zone")),
    ("nsec3.test", include_str!("../../tests/zones/nsec3.zone")),
    ("optout.test", include_str!("../../tests/zones/optout.zone")),
    ("names.test", include_str!("../../tests/dnssec/zones/bind-13.signed")),
    ("names.test", include_str!("../../tests/dnssec/zones/bind-14.signed")),
    ("names.test", include_str!("../../tests/dnssec/zones/ldns-8.signed")),
];

/// A signed zone, and what is true of it.
struct Zone {
    keys: Keys,
    anchors: Anchors,
    /// Those with a signature.
    signed: Vec<RrSet>,
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_780_800)
}

fn zone(&(zone, text): &(&str, &str)) -> Zone {
    let records = ZoneFile::parse(text.as_bytes(), &Name::root()).records;
    let zone = Name::parse_text(zone).expect("a name");
    let mut signed = RrSet::group(&records);
    signed.retain(|set| !set.signatures.is_empty());
    let dnskeys = signed.iter().find(|set| set.rtype() == Some(RecordType::DNSKEY)).expect("keys");
    let mut anchors = Anchors::default();
    dnskeys.records.iter().for_each(|record| anchors.add(record.clone()).expect("a key that may sign"));
    let ds = anchors.above(&zone).expect("an anchor").1;
    match keys_from_ds(&zone, ds, dnskeys, now(), &mut Effort::default()) {
        Ok(Proven::Keys(keys)) => Zone { keys, anchors: anchors.clone(), signed },
        other => panic!("{other:?}"),
    }
}

static SIGNED: LazyLock<Vec<Zone>> = LazyLock::new(|| ZONES.iter().map(zone).collect());

/// The first byte chooses the zone. With its top bit the rest is a message. Without it follow four numbers of sets, and
/// then places and what is changed there.
fn sets(zone: &Zone, raw: bool, input: &[u8]) -> Vec<RrSet> {
    if raw {
        let records = Message::parse(input).map(|message| [message.answers, message.authorities].concat());
        return RrSet::group(&records.unwrap_or_default());
    }
    let Some((chosen, changes)) = input.split_first_chunk::<4>() else { return Vec::new() };
    let mut message = Message::query(0, Name::root(), RecordType::A);
    message.questions.clear();
    let chosen = chosen.iter().filter_map(|number| zone.signed.get(usize::from(*number) % zone.signed.len()));
    message.answers = chosen.flat_map(|set| set.all().cloned()).collect();
    let mut bytes = message.encode().expect("a zone's records");
    for change in changes.chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]])) % bytes.len();
        bytes[place] ^= change[2];
    }
    RrSet::group(&Message::parse(&bytes).map(|message| message.answers).unwrap_or_default())
}

/// What a signature says of a record: all but the TTL and the case of names.
fn meaning(record: &Record) -> String {
    let mut text = format!("{} {} {}", record.name, record.class, record.data);
    text.make_ascii_lowercase();
    text
}

fn meanings(set: &RrSet) -> Vec<String> {
    let mut all: Vec<String> = set.records.iter().map(meaning).collect();
    all.sort();
    all.dedup();
    all
}

/// A set that holds is one of the zone's, or a wildcard's at another name.
fn is_of_zone(zone: &Zone, set: &RrSet, verified: &Verified) -> bool {
    let mut set = set.clone();
    if let Some(encloser) = &verified.expanded_from {
        let wildcard = encloser.child(b"*").expect("a name that was signed");
        set.records.iter_mut().for_each(|record| record.name = wildcard.clone());
    }
    zone.signed.iter().any(|signed| meanings(signed) == meanings(&set))
}

fuzz_target!(|input: &[u8]| {
    let Some((&first, rest)) = input.split_first() else { return };
    let zone = &SIGNED[usize::from(first & 0x7f) % ZONES.len()];
    let sets = sets(zone, first & 0x80 != 0, rest);
    let mut effort = Effort::default();
    let verified: Vec<(RrSet, Verified)> = sets
        .iter()
        .filter_map(|set| Some((set.clone(), verify(set, &zone.keys, now(), &mut effort).ok()?)))
        .collect();
    for (set, verified) in &verified {
        assert!(is_of_zone(zone, set, verified), "{set:?}");
    }
    let proof: Vec<Proof<'_>> = verified.iter().map(|(set, verified)| (set, verified)).collect();
    for signed in &zone.signed {
        let (Some(name), Some(rtype)) = (signed.name(), signed.rtype()) else { continue };
        if rtype == RecordType::NSEC3 {
            continue; // its owner is a hash, and no name of the zone
        }
        let ds = Claim::Ds { name };
        for claim in [Claim::Name { name }, Claim::Type { name, rtype }, ds] {
            // A cut with NSEC and without DS is in the list, by its NSEC.
            if claim == ds && rtype != RecordType::DS {
                continue;
            }
            let denied = deny(claim, &proof, zone.keys.zone(), &mut Effort::default());
            assert!(denied.is_err(), "{claim:?} {proof:?}");
        }
    }
    for set in &sets {
        let Some(owner) = set.name() else { continue };
        let of_ds = |record: &Record| match &record.data {
            RData::Ds(ds) => Some(ds.clone()),
            _ => None,
        };
        let ds: Vec<_> = sets.iter().flat_map(|set| set.records.iter().filter_map(of_ds)).collect();
        let _ = keys_from_ds(owner, &ds, set, now(), &mut effort);
        if let Ok((trusted, ds)) = zone.anchors.above(owner)
            && let Ok(proven) = keys_from_ds(trusted, ds, set, now(), &mut effort)
        {
            assert!(matches!(proven, Proven::Keys(_)), "{proven:?}");
        }
    }
    assert!(effort.checks() <= 128 && effort.failures() <= 16 && effort.digests() <= 128);
});
