//! Values in a filter: addresses, networks, ports, flags.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;

use barewire_internet::Prefix;
use barewire_tcp::Flags;

use super::unreadable::Reason;

/// Ports that have a name here (IANA, "Service Name and Transport Protocol Port Number Registry").
const PORTS: [(&str, u16); 18] = [
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("bootps", 67),
    ("bootpc", 68),
    ("tftp", 69),
    ("http", 80),
    ("pop3", 110),
    ("ntp", 123),
    ("imap", 143),
    ("snmp", 161),
    ("bgp", 179),
    ("ldap", 389),
    ("https", 443),
    ("domain-s", 853),
    ("mdns", 5353),
];

/// The letters of TCP's flags, as tcpdump prints them and as scapy has them.
const LETTERS: [(char, Flags); 9] = [
    ('F', Flags::FIN),
    ('S', Flags::SYN),
    ('R', Flags::RST),
    ('P', Flags::PSH),
    ('A', Flags::ACK),
    ('.', Flags::ACK),
    ('U', Flags::URG),
    ('E', Flags::ECE),
    ('W', Flags::CWR),
];

/// An address; with a length it is a network, as tcpdump's `host` has it for nothing else.
pub(super) fn host(word: &str) -> Result<Prefix, Reason> {
    match word.parse::<IpAddr>() {
        Ok(address) => Ok(Prefix::only(address)),
        Err(_) if word.contains('/') => Err(Reason::Expected("one address (a network is `net 10.0.0.0/8`)")),
        Err(_) => Err(Reason::Name),
    }
}

/// A network: `10.0.0.0/8`, `10/8`, `192.168`, `2001:db8::/32`.
pub(super) fn net(word: &str) -> Result<Prefix, Reason> {
    const WANTED: Reason = Reason::Expected("a network, as 10.0.0.0/8 or 2001:db8::/32");
    let (address, length) = match word.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u8>().map_err(|_| WANTED)?)),
        None => (word, None),
    };
    let (address, shown) = match address.parse::<IpAddr>() {
        Ok(address) => (address, if address.is_ipv4() { 32 } else { 128 }),
        Err(_) => beginning(address).ok_or(WANTED)?,
    };
    let length = length.unwrap_or(shown);
    if length > Prefix::only(address).length() {
        return Err(WANTED);
    }
    let prefix = Prefix::of(address, length);
    if prefix.network() == address { Ok(prefix) } else { Err(Reason::BitsAfter(prefix)) }
}

/// The first bytes of an IPv4 address, and how many bits they are: `10`, `192.168`.
fn beginning(word: &str) -> Option<(IpAddr, u8)> {
    let mut bytes = [0; 4];
    let mut count = 0;
    for part in word.split('.') {
        *bytes.get_mut(count)? = part.parse::<u8>().ok()?;
        count += 1;
    }
    Some((Ipv4Addr::from(bytes).into(), 8 * count as u8))
}

/// A port, by number or name.
pub(super) fn port(word: &str) -> Result<RangeInclusive<u16>, Reason> {
    let named = PORTS.iter().find(|(name, _)| *name == word).map(|(_, port)| *port);
    let port = named.or(word.parse().ok());
    port.map(|port| port..=port).ok_or(Reason::Expected("a port, 0 to 65535 or a name such as https"))
}

/// A range of ports: `6000-6008`.
pub(super) fn port_range(word: &str) -> Result<RangeInclusive<u16>, Reason> {
    let both = word.split_once('-').and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    match both {
        None => Err(Reason::Expected("a range of ports, as 6000-6008")),
        Some((low, high)) if low > high => Err(Reason::Backwards),
        Some((low, high)) => Ok(low..=high),
    }
}

/// Letters of flags: `S`, `S.`, `SA`.
pub(super) fn flags(word: &str) -> Result<Flags, Reason> {
    let mut flags = Flags(0);
    for letter in word.chars() {
        let found = LETTERS.iter().find(|(known, _)| *known == letter.to_ascii_uppercase());
        flags = flags | found.ok_or(Reason::Letter(letter))?.1;
    }
    Ok(flags)
}

/// A whole number.
pub(super) fn number<N: std::str::FromStr>(word: &str, what: &'static str) -> Result<N, Reason> {
    word.parse().map_err(|_| Reason::Expected(what))
}
