//! The names of ICMP's types and codes (IANA, "ICMP Type Numbers" and "ICMPv6 Parameters").

use super::Version::{self, V4, V6};

/// Names of types.
pub const TYPES: [(Version, u8, &str); 34] = [
    (V4, 0, "echo reply"),
    (V4, 3, "destination unreachable"),
    (V4, 4, "source quench"),
    (V4, 5, "redirect"),
    (V4, 8, "echo request"),
    (V4, 9, "router advertisement"),
    (V4, 10, "router solicitation"),
    (V4, 11, "time exceeded"),
    (V4, 12, "parameter problem"),
    (V4, 13, "timestamp request"),
    (V4, 14, "timestamp reply"),
    (V4, 15, "information request"),
    (V4, 16, "information reply"),
    (V4, 17, "address mask request"),
    (V4, 18, "address mask reply"),
    (V4, 42, "extended echo request"),
    (V4, 43, "extended echo reply"),
    (V6, 1, "destination unreachable"),
    (V6, 2, "packet too big"),
    (V6, 3, "time exceeded"),
    (V6, 4, "parameter problem"),
    (V6, 128, "echo request"),
    (V6, 129, "echo reply"),
    (V6, 130, "multicast listener query"),
    (V6, 131, "multicast listener report"),
    (V6, 132, "multicast listener done"),
    (V6, 133, "router solicitation"),
    (V6, 134, "router advertisement"),
    (V6, 135, "neighbor solicitation"),
    (V6, 136, "neighbor advertisement"),
    (V6, 137, "redirect"),
    (V6, 143, "multicast listener report v2"),
    (V6, 160, "extended echo request"),
    (V6, 161, "extended echo reply"),
];

/// Names of codes, by version and type. A message with such a code is called by its code's name.
pub const CODES: [(Version, u8, u8, &str); 34] = [
    (V4, 3, 0, "net unreachable"),
    (V4, 3, 1, "host unreachable"),
    (V4, 3, 2, "protocol unreachable"),
    (V4, 3, 3, "port unreachable"),
    (V4, 3, 4, "fragmentation needed"),
    (V4, 3, 5, "source route failed"),
    (V4, 3, 6, "destination network unknown"),
    (V4, 3, 7, "destination host unknown"),
    (V4, 3, 9, "network administratively prohibited"),
    (V4, 3, 10, "host administratively prohibited"),
    (V4, 3, 11, "network unreachable for type of service"),
    (V4, 3, 12, "host unreachable for type of service"),
    (V4, 3, 13, "communication administratively prohibited"),
    (V4, 5, 0, "redirect for the network"),
    (V4, 5, 1, "redirect for the host"),
    (V4, 11, 0, "time exceeded in transit"),
    (V4, 11, 1, "fragment reassembly time exceeded"),
    (V4, 12, 0, "parameter problem: pointer indicates the error"),
    (V4, 12, 1, "parameter problem: missing a required option"),
    (V4, 12, 2, "parameter problem: bad length"),
    (V6, 1, 0, "no route to destination"),
    (V6, 1, 1, "communication administratively prohibited"),
    (V6, 1, 2, "beyond scope of source address"),
    (V6, 1, 3, "address unreachable"),
    (V6, 1, 4, "port unreachable"),
    (V6, 1, 5, "source address failed policy"),
    (V6, 1, 6, "reject route to destination"),
    (V6, 3, 0, "time exceeded in transit"),
    (V6, 3, 1, "fragment reassembly time exceeded"),
    (V6, 4, 0, "parameter problem: erroneous header field"),
    (V6, 4, 1, "parameter problem: unknown next header"),
    (V6, 4, 2, "parameter problem: unknown option"),
    (V6, 4, 3, "parameter problem: incomplete header chain"),
    (V6, 4, 5, "parameter problem: extension header too big"),
];

pub(super) fn type_name(version: Version, kind: u8) -> Option<&'static str> {
    TYPES.iter().find(|(v, k, _)| (*v, *k) == (version, kind)).map(|(_, _, name)| *name)
}

pub(super) fn code_name(version: Version, kind: u8, code: u8) -> Option<&'static str> {
    CODES.iter().find(|(v, k, c, _)| (*v, *k, *c) == (version, kind, code)).map(|(_, _, _, name)| *name)
}

/// What a message is called.
pub(super) fn name(version: Version, kind: u8, code: u8) -> String {
    let known = code_name(version, kind, code).map(str::to_owned);
    known.unwrap_or_else(|| match (type_name(version, kind), code) {
        (Some(name), 0) => name.to_owned(),
        (Some(name), code) => format!("{name}, code {code}"),
        (None, code) => format!("type {kind} code {code}"),
    })
}

/// A number with its name, where it has one.
pub(super) fn show(name: Option<&str>, number: u8) -> String {
    name.map_or_else(|| number.to_string(), |name| format!("{name} ({number})"))
}
