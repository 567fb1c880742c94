//! SVCB and HTTPS: parameters in ascending order, each once, and those that are mandatory there.

use barewire_dns::rdata::{SvcKey, SvcParam, Svcb};
use barewire_dns::{RData, RecordType};
use proptest::prelude::*;

use super::{bytes, name};

pub(super) fn data_of(rtype: RecordType) -> Option<BoxedStrategy<RData>> {
    Some(match rtype {
        RecordType::SVCB => svcb().prop_map(|svcb| RData::Svcb(Box::new(svcb))).boxed(),
        RecordType::HTTPS => svcb().prop_map(|svcb| RData::Https(Box::new(svcb))).boxed(),
        _ => return None,
    })
}

fn param() -> impl Strategy<Value = SvcParam> {
    let id = prop_oneof![3 => "[a-z0-9,\\\\\"]{1,6}".prop_map(String::into_bytes), 1 => bytes(1..20)];
    let ipv4 = any::<[u8; 4]>().prop_map(Into::into);
    let ipv6 = any::<[u8; 16]>().prop_map(Into::into);
    // 7 and 8 have names, and values that nobody here looks into.
    let other = (prop_oneof![Just(5), Just(7), 9..40u16, 65_280..65_535u16], bytes(1..20));
    prop_oneof![
        prop::collection::vec(id, 1..4).prop_map(SvcParam::Alpn),
        any::<u16>().prop_map(SvcParam::Port),
        prop::collection::vec(ipv4, 1..3).prop_map(SvcParam::Ipv4Hint),
        prop::collection::vec(ipv6, 1..3).prop_map(SvcParam::Ipv6Hint),
        other.prop_map(|(key, value)| SvcParam::Other { key: SvcKey(key), value }),
    ]
}

fn svcb() -> impl Strategy<Value = Svcb> {
    let params = prop::collection::vec(param(), 0..5);
    (any::<u16>(), name(), params, any::<[bool; 2]>()).prop_map(
        |(priority, target, mut params, [mandatory, no_default])| {
            if no_default && params.iter().any(|param| param.key() == SvcKey::ALPN) {
                params.push(SvcParam::NoDefaultAlpn);
            }
            params.sort_by_key(SvcParam::key);
            params.dedup_by_key(|param| param.key());
            let keys: Vec<SvcKey> = params.iter().map(SvcParam::key).step_by(2).collect();
            if mandatory && !keys.is_empty() {
                params.insert(0, SvcParam::Mandatory(keys));
            }
            Svcb { priority, target, params }
        },
    )
}
