//! Questions about a zone: every name of it, its neighbours, names below, and many types.

use std::collections::BTreeSet;

use barewire_dns::authority::Zone;
use barewire_dns::rdata::Rrsig;
use barewire_dns::{Edns, Message, Name, RData, Record, RecordType};

const TYPES: [RecordType; 17] = [
    RecordType::A,
    RecordType::NS,
    RecordType::CNAME,
    RecordType::SOA,
    RecordType::MX,
    RecordType::TXT,
    RecordType::AAAA,
    RecordType::SRV,
    RecordType::DNAME,
    RecordType::DS,
    RecordType::RRSIG,
    RecordType::NSEC,
    RecordType::DNSKEY,
    RecordType::NSEC3,
    RecordType::NSEC3PARAM,
    RecordType::ANY,
    RecordType(65280),
];

/// All names of a zone, those around them, and those below them.
///
/// Below the owner of an NSEC3 record nothing is asked: nsd takes such a hash for a name of the zone there, against RFC
/// 5155 §7.2.8.
fn names(zone: &Zone) -> BTreeSet<Name> {
    let is_hash = |record: &Record| {
        let covers = |rrsig: &Rrsig| rrsig.covered == RecordType::NSEC3;
        record.rtype() == RecordType::NSEC3 || matches!(&record.data, RData::Rrsig(rrsig) if covers(rrsig))
    };
    let (hashes, others): (Vec<&Record>, Vec<&Record>) = zone.records().partition(|record| is_hash(record));
    let mut names: BTreeSet<Name> = hashes.into_iter().map(|record| record.name.clone()).collect();
    for owner in others.into_iter().map(|record| record.name.clone()).collect::<BTreeSet<_>>() {
        names.extend(owner.ancestors().take_while(|name| name.is_within(zone.apex())));
        names.extend([&b"x"[..], b"*", b"\0", b"zzz", b"ns"].iter().filter_map(|label| owner.child(label)));
        names.extend(owner.child(b"y").and_then(|below| below.child(b"x")));
        names.extend(neighbours(&owner));
    }
    names.extend(zone.apex().parent());
    names
}

/// The name right after this one in the order, one a little before, and one in a second label.
fn neighbours(owner: &Name) -> Vec<Name> {
    let (Some(parent), Some(label)) = (owner.parent(), owner.labels().next()) else { return Vec::new() };
    let (last, rest) = label.split_last().unwrap();
    let before = [rest, &[last.wrapping_sub(1)]].concat();
    [[label, b"\0"].concat(), before, [b"a", label].concat()]
        .iter()
        .filter_map(|label| parent.child(label))
        .collect()
}

/// A query with DO for each name and type, and for some types one without EDNS.
pub(crate) fn about(zone: &Zone) -> impl Iterator<Item = Message> + use<> {
    let plain_too =
        |rtype| matches!(rtype, RecordType::A | RecordType::NS | RecordType::DS | RecordType::ANY);
    let names = names(zone);
    let pairs = names.into_iter().flat_map(|name| TYPES.map(|rtype| (name.clone(), rtype)));
    pairs.flat_map(move |(name, rtype)| {
        let plain = Message::query(7, name, rtype);
        let dnssec = Message { edns: Some(Edns { dnssec_ok: true, ..Edns::new(4096) }), ..plain.clone() };
        [Some(dnssec), plain_too(rtype).then_some(plain)].into_iter().flatten()
    })
}
