//! Options of EDNS: a strategy over all of them.

use barewire_dns::{ClientSubnet, Edns, EdnsOption, ExtendedError, OptionCode, ZoneVersion};
use proptest::prelude::*;

use super::{bytes, name};

fn subnet() -> impl Strategy<Value = ClientSubnet> {
    let ipv4 = (any::<[u8; 4]>().prop_map(std::net::IpAddr::from), 0..=32u8, 0..=32u8);
    let ipv6 = (any::<[u8; 16]>().prop_map(std::net::IpAddr::from), 0..=128u8, 0..=128u8);
    prop_oneof![ipv4, ipv6]
        .prop_map(|(address, source, scope)| ClientSubnet { scope, ..ClientSubnet::new(address, source) })
}

fn option() -> impl Strategy<Value = EdnsOption> {
    let cookie = (any::<[u8; 8]>(), prop_oneof![bytes(0..1), bytes(8..33)]);
    let version = (any::<[u8; 2]>(), bytes(0..9)).prop_map(|([labels, kind], version)| ZoneVersion {
        labels,
        kind,
        version,
    });
    prop_oneof![
        bytes(0..20).prop_map(EdnsOption::Nsid),
        subnet().prop_map(EdnsOption::ClientSubnet),
        any::<Option<u32>>().prop_map(EdnsOption::Expire),
        cookie.prop_map(|(client, server)| EdnsOption::Cookie { client, server }),
        any::<Option<u16>>().prop_map(EdnsOption::Keepalive),
        bytes(0..20).prop_map(EdnsOption::Padding),
        name().prop_map(EdnsOption::Chain),
        prop::collection::vec(any::<u16>(), 0..4).prop_map(EdnsOption::KeyTag),
        (any::<u16>(), bytes(0..20))
            .prop_map(|(code, text)| EdnsOption::ExtendedError(ExtendedError { code, text })),
        name().prop_map(EdnsOption::ReportChannel),
        prop::option::of(version).prop_map(EdnsOption::ZoneVersion),
        (20..=u16::MAX, bytes(0..20))
            .prop_map(|(code, data)| EdnsOption::Other { code: OptionCode(code), data }),
    ]
}

/// What an OPT record says, at the end of the message.
pub(crate) fn edns() -> impl Strategy<Value = Edns> {
    let options = prop::collection::vec(option(), 0..5);
    (any::<u16>(), any::<u8>(), any::<bool>(), 0..0x8000u16, options).prop_map(
        |(udp_size, version, dnssec_ok, reserved, options)| Edns {
            version,
            dnssec_ok,
            reserved,
            options,
            ..Edns::new(udp_size)
        },
    )
}
