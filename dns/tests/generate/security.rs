//! The types of DNSSEC, and others with keys and digests.

use barewire_dns::rdata::{Csync, Dnskey, Ds, Nsec, Nsec3, Nsec3param, Rrsig, Sshfp, Tlsa, Tsig, Zonemd};
use barewire_dns::{RData, Rcode, RecordType};
use proptest::prelude::*;

use super::{bytes, name, types};

fn ds() -> impl Strategy<Value = Ds> {
    (any::<u16>(), any::<[u8; 2]>(), bytes(1..50)).prop_map(|(key_tag, [algorithm, digest_type], digest)| {
        Ds { key_tag, algorithm, digest_type, digest }
    })
}

fn dnskey() -> impl Strategy<Value = Dnskey> {
    (any::<u16>(), any::<[u8; 2]>(), bytes(1..70)).prop_map(|(flags, [protocol, algorithm], key)| Dnskey {
        flags,
        protocol,
        algorithm,
        key,
    })
}

fn rrsig() -> impl Strategy<Value = RData> {
    let numbers = (any::<[u16; 2]>(), any::<[u8; 2]>(), any::<[u32; 3]>());
    (numbers, name(), bytes(1..70)).prop_map(
        |(
            ([covered, key_tag], [algorithm, labels], [original_ttl, expiration, inception]),
            signer,
            signature,
        )| {
            RData::Rrsig(Box::new(Rrsig {
                covered: RecordType(covered),
                algorithm,
                labels,
                original_ttl,
                expiration,
                inception,
                key_tag,
                signer,
                signature,
            }))
        },
    )
}

fn nsec3param() -> impl Strategy<Value = Nsec3param> {
    (any::<[u8; 2]>(), any::<u16>(), bytes(0..12)).prop_map(|([hash_algorithm, flags], iterations, salt)| {
        Nsec3param { hash_algorithm, flags, iterations, salt }
    })
}

fn tsig() -> impl Strategy<Value = RData> {
    (name(), 0..1u64 << 48, any::<[u16; 3]>(), bytes(0..40), bytes(0..10)).prop_map(
        |(algorithm, time, [fudge, original_id, error], mac, other)| {
            let error = Rcode(error);
            RData::Tsig(Box::new(Tsig { algorithm, time, fudge, mac, original_id, error, other }))
        },
    )
}

pub(super) fn data_of(rtype: RecordType) -> Option<BoxedStrategy<RData>> {
    let two = any::<[u8; 2]>;
    Some(match rtype {
        RecordType::DS => ds().prop_map(RData::Ds).boxed(),
        RecordType::CDS => ds().prop_map(RData::Cds).boxed(),
        RecordType::DNSKEY => dnskey().prop_map(RData::Dnskey).boxed(),
        RecordType::CDNSKEY => dnskey().prop_map(RData::Cdnskey).boxed(),
        RecordType::RRSIG => rrsig().boxed(),
        RecordType::NSEC => {
            (name(), types()).prop_map(|(next, types)| RData::Nsec(Box::new(Nsec { next, types }))).boxed()
        }
        RecordType::NSEC3 => (nsec3param(), bytes(1..30), types())
            .prop_map(|(param, next, types)| RData::Nsec3(Box::new(Nsec3 { param, next, types })))
            .boxed(),
        RecordType::NSEC3PARAM => nsec3param().prop_map(RData::Nsec3param).boxed(),
        RecordType::CSYNC => (any::<u32>(), any::<u16>(), types())
            .prop_map(|(serial, flags, types)| RData::Csync(Csync { serial, flags, types }))
            .boxed(),
        RecordType::SSHFP => (two(), bytes(1..40))
            .prop_map(|([algorithm, fingerprint_type], fingerprint)| {
                RData::Sshfp(Sshfp { algorithm, fingerprint_type, fingerprint })
            })
            .boxed(),
        RecordType::TLSA => (any::<[u8; 3]>(), bytes(1..40))
            .prop_map(|([usage, selector, matching_type], data)| {
                RData::Tlsa(Tlsa { usage, selector, matching_type, data })
            })
            .boxed(),
        RecordType::ZONEMD => (any::<u32>(), two(), bytes(12..60))
            .prop_map(|(serial, [scheme, hash_algorithm], digest)| {
                RData::Zonemd(Zonemd { serial, scheme, hash_algorithm, digest })
            })
            .boxed(),
        RecordType::TSIG => tsig().boxed(),
        _ => return None,
    })
}
