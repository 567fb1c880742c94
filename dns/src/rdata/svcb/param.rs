//! The parameters of SVCB: a key, a length, and a value that the key lays out (RFC 9460 §2.2 and §7).

use std::net::{Ipv4Addr, Ipv6Addr};

use barewire_dissect::{Parsed, Show, describe, field, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::combinator::rest;
use nom::number::complete::{be_u16, be_u32, be_u128, u8};

use crate::compress::Writer;
use crate::reason::{BrokenRule, Reason, when_it_ends_early};

/// The number of a parameter: IANA's registry "Service Parameter Keys (SvcParamKeys)".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SvcKey(pub u16);

impl SvcKey {
    /// The keys that a client must understand, or not use the record (RFC 9460 §8).
    pub const MANDATORY: SvcKey = SvcKey(0);
    /// The protocols that the service speaks (RFC 9460 §7.1.1).
    pub const ALPN: SvcKey = SvcKey(1);
    /// The scheme's usual protocol is not spoken (RFC 9460 §7.1.1).
    pub const NO_DEFAULT_ALPN: SvcKey = SvcKey(2);
    /// The port (RFC 9460 §7.2).
    pub const PORT: SvcKey = SvcKey(3);
    /// IPv4 addresses to try before those of the target are known (RFC 9460 §7.3).
    pub const IPV4HINT: SvcKey = SvcKey(4);
    /// The configuration of Encrypted ClientHello.
    pub const ECH: SvcKey = SvcKey(5);
    /// IPv6 addresses to try before those of the target are known (RFC 9460 §7.3).
    pub const IPV6HINT: SvcKey = SvcKey(6);

    /// The name, or `keyN`.
    pub fn name(self) -> String {
        let row = NAMES.iter().find(|(number, _)| *number == self.0);
        row.map_or_else(|| format!("key{}", self.0), |(_, name)| (*name).to_owned())
    }

    /// The key that `keyN` stands for, N in decimal digits without zeros in front.
    pub(super) fn from_number(name: &str) -> Option<SvcKey> {
        let key = name.strip_prefix("key")?.parse().ok().map(SvcKey)?;
        (name == format!("key{}", key.0)).then_some(key)
    }

    /// The key of this name, or of `keyN`.
    pub fn from_name(name: &str) -> Option<SvcKey> {
        match NAMES.iter().find(|(_, known)| *known == name) {
            Some((number, _)) => Some(SvcKey(*number)),
            None => SvcKey::from_number(name),
        }
    }
}

impl Show for SvcKey {
    fn show(&self) -> String {
        format!("{} ({})", self.name(), self.0)
    }
}

const NAMES: &[(u16, &str)] = &[
    (0, "mandatory"),
    (1, "alpn"),
    (2, "no-default-alpn"),
    (3, "port"),
    (4, "ipv4hint"),
    (5, "ech"),
    (6, "ipv6hint"),
    (7, "dohpath"),
    (8, "ohttp"),
];

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SvcParam {
    /// Keys that a client must understand, in ascending order.
    Mandatory(Vec<SvcKey>),
    /// Protocols, each of 1 to 255 bytes.
    Alpn(Vec<Vec<u8>>),
    /// The scheme's usual protocol is not spoken.
    NoDefaultAlpn,
    /// The port.
    Port(u16),
    /// IPv4 addresses, one at least.
    Ipv4Hint(Vec<Ipv4Addr>),
    /// IPv6 addresses, one at least.
    Ipv6Hint(Vec<Ipv6Addr>),
    /// Any other key, with its bytes.
    Other {
        /// The key.
        key: SvcKey,
        /// Its value.
        value: Vec<u8>,
    },
}

/// What a value of each key must look like.
const fn value_rule(rule: &'static str, says: &'static str) -> BrokenRule {
    BrokenRule { field: "SvcParamValue", rule, says }
}

static MANDATORY: BrokenRule =
    value_rule("RFC 9460 §8", "mandatory lists keys in ascending order, each once, and not itself");
static ALPN: BrokenRule =
    value_rule("RFC 9460 §7.1.1", "alpn lists protocols of 1 to 255 bytes, one at least");
static NO_DEFAULT_ALPN: BrokenRule = value_rule("RFC 9460 §7.1.1", "no-default-alpn has no value");
static PORT: BrokenRule = value_rule("RFC 9460 §7.2", "a port has two bytes");
static IPV4HINT: BrokenRule =
    value_rule("RFC 9460 §7.3", "ipv4hint lists addresses of four bytes, one at least");
static IPV6HINT: BrokenRule =
    value_rule("RFC 9460 §7.3", "ipv6hint lists addresses of sixteen bytes, one at least");
static OTHER: BrokenRule = value_rule("RFC 9460 §2.2", "a key with a known layout has that layout");

impl SvcParam {
    /// The key.
    pub fn key(&self) -> SvcKey {
        match self {
            SvcParam::Mandatory(_) => SvcKey::MANDATORY,
            SvcParam::Alpn(_) => SvcKey::ALPN,
            SvcParam::NoDefaultAlpn => SvcKey::NO_DEFAULT_ALPN,
            SvcParam::Port(_) => SvcKey::PORT,
            SvcParam::Ipv4Hint(_) => SvcKey::IPV4HINT,
            SvcParam::Ipv6Hint(_) => SvcKey::IPV6HINT,
            SvcParam::Other { key, .. } => *key,
        }
    }

    /// Whether the value is one that a reader takes.
    pub(super) fn check(&self) -> Result<(), Reason> {
        let good = match self {
            SvcParam::Mandatory(keys) => {
                !keys.is_empty()
                    && keys.is_sorted_by(|a, b| a < b)
                    && keys.first() != Some(&SvcKey::MANDATORY)
            }
            SvcParam::Alpn(ids) => !ids.is_empty() && ids.iter().all(|id| (1..=255).contains(&id.len())),
            SvcParam::Ipv4Hint(addresses) => !addresses.is_empty(),
            SvcParam::Ipv6Hint(addresses) => !addresses.is_empty(),
            SvcParam::NoDefaultAlpn | SvcParam::Port(_) => true,
            // A key that has a variant of its own must use it, or it would be read as something else.
            SvcParam::Other { key, .. } => !matches!(key.0, 0..=4 | 6),
        };
        if good { Ok(()) } else { Err(Reason::Broken(self.wants())) }
    }

    /// What the value must look like.
    fn wants(&self) -> &'static BrokenRule {
        match self {
            SvcParam::Mandatory(_) => &MANDATORY,
            SvcParam::Alpn(_) => &ALPN,
            SvcParam::NoDefaultAlpn => &NO_DEFAULT_ALPN,
            SvcParam::Port(_) => &PORT,
            SvcParam::Ipv4Hint(_) => &IPV4HINT,
            SvcParam::Ipv6Hint(_) => &IPV6HINT,
            SvcParam::Other { .. } => &OTHER,
        }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        if let Err(reason) = self.check() {
            out.refuse(reason);
        }
        out.u16(self.key().0);
        out.counted(|out| match self {
            SvcParam::Mandatory(keys) => keys.iter().for_each(|key| out.u16(key.0)),
            SvcParam::Alpn(ids) => ids.iter().for_each(|id| out.string(id)),
            SvcParam::NoDefaultAlpn => {}
            SvcParam::Port(port) => out.u16(*port),
            SvcParam::Ipv4Hint(addresses) => addresses.iter().for_each(|one| out.bytes(&one.octets())),
            SvcParam::Ipv6Hint(addresses) => addresses.iter().for_each(|one| out.bytes(&one.octets())),
            SvcParam::Other { value, .. } => out.bytes(value),
        });
    }
}

/// Reads one parameter.
pub(super) fn parse(input: &[u8]) -> Parsed<'_, SvcParam, Reason> {
    group("SvcParam", "", |input| {
        let (input, key) = field("SvcParamKey", "", be_u16.map(SvcKey)).parse(input)?;
        let (input, length) = field("length", "of the value", be_u16).parse(input)?;
        let (rest, bytes) = take(length).parse(input)?;
        let (left, param) = when_it_ends_early(value(key, bytes), || value_of(key))?;
        if !left.is_empty() {
            return refuse(left, value_of(key));
        }
        if let Err(reason) = param.check() {
            return refuse(bytes, reason);
        }
        describe(|| param.to_string());
        Ok((rest, param))
    })
    .parse(input)
}

/// The value does not have the form that the key wants.
pub(super) fn value_of(key: SvcKey) -> Reason {
    Reason::Broken(empty(key).wants())
}

/// A parameter of this key, without a value: for what it wants.
fn empty(key: SvcKey) -> SvcParam {
    match key {
        SvcKey::MANDATORY => SvcParam::Mandatory(Vec::new()),
        SvcKey::ALPN => SvcParam::Alpn(Vec::new()),
        SvcKey::NO_DEFAULT_ALPN => SvcParam::NoDefaultAlpn,
        SvcKey::PORT => SvcParam::Port(0),
        SvcKey::IPV4HINT => SvcParam::Ipv4Hint(Vec::new()),
        SvcKey::IPV6HINT => SvcParam::Ipv6Hint(Vec::new()),
        _ => SvcParam::Other { key, value: Vec::new() },
    }
}

pub(super) fn value(key: SvcKey, bytes: &[u8]) -> Parsed<'_, SvcParam, Reason> {
    let key_number = |input| field("key", "", be_u16.map(SvcKey)).parse(input);
    let ipv4 = |input| field("address", "", be_u32.map(Ipv4Addr::from_bits)).parse(input);
    let ipv6 = |input| field("address", "", be_u128.map(Ipv6Addr::from_bits)).parse(input);
    let other = |value: &[u8]| SvcParam::Other { key, value: value.to_vec() };
    match key {
        SvcKey::MANDATORY => list(bytes, key_number, SvcParam::Mandatory),
        SvcKey::ALPN => list(bytes, alpn_id, SvcParam::Alpn),
        SvcKey::NO_DEFAULT_ALPN => Ok((bytes, SvcParam::NoDefaultAlpn)),
        SvcKey::PORT => field("port", "", be_u16).map(SvcParam::Port).parse(bytes),
        SvcKey::IPV4HINT => list(bytes, ipv4, SvcParam::Ipv4Hint),
        SvcKey::IPV6HINT => list(bytes, ipv6, SvcParam::Ipv6Hint),
        _ => field("SvcParamValue", "", rest).map(other).parse(bytes),
    }
}

/// Items up to the end.
fn list<'a, T>(
    mut input: &'a [u8],
    item: impl Fn(&'a [u8]) -> Parsed<'a, T, Reason>,
    param: impl FnOnce(Vec<T>) -> SvcParam,
) -> Parsed<'a, SvcParam, Reason> {
    let mut items = Vec::new();
    while !input.is_empty() {
        let (rest, value) = item(input)?;
        items.push(value);
        input = rest;
    }
    Ok((input, param(items)))
}

fn alpn_id(input: &[u8]) -> Parsed<'_, Vec<u8>, Reason> {
    let (input, length) = field("length", "of the protocol's name", u8).parse(input)?;
    let text = |id: &&[u8]| id.escape_ascii().to_string();
    let (input, id) = field_as("alpn-id", "", take(length), text).parse(input)?;
    Ok((input, id.to_vec()))
}
