//! Client subnet: for which addresses an answer is meant (RFC 7871 §6).
//!
//! ```text
//!   0001         FAMILY 1, IPv4
//!   18 00        SOURCE PREFIX-LENGTH 24, SCOPE PREFIX-LENGTH 0
//!   c00002       ADDRESS: as many bytes as the 24 bits need, 192.0.2.0
//! ```

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_dissect::{Parsed, field, field_as, refuse};
use nom::Parser;
use nom::combinator::rest;
use nom::number::complete::{be_u16, u8};

use crate::compress::Writer;
use crate::reason::{BrokenRule, Reason};

/// The addresses that a question comes from, or that an answer is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientSubnet {
    /// The address. All bits after `source` are zero.
    pub address: IpAddr,
    /// How many bits of the address the question tells.
    pub source: u8,
    /// For how many bits of it the answer is meant; 0 in a question.
    pub scope: u8,
}

static FAMILY: BrokenRule =
    BrokenRule { field: "FAMILY", rule: "RFC 7871 §6", says: "the family is 1 (IPv4) or 2 (IPv6)" };
static LENGTH: BrokenRule = BrokenRule {
    field: "PREFIX-LENGTH",
    rule: "RFC 7871 §6",
    says: "a prefix has no more bits than the address",
};
static ADDRESS: BrokenRule = BrokenRule {
    field: "ADDRESS",
    rule: "RFC 7871 §6",
    says: "the address has as many bytes as the prefix needs, and zero bits after the prefix",
};

impl ClientSubnet {
    /// The first `prefix` bits of an address, for a question.
    pub fn new(address: IpAddr, prefix: u8) -> ClientSubnet {
        let mut bytes = octets(address);
        let prefix = usize::from(prefix).min(bytes.len() * 8);
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte &= mask(index, prefix);
        }
        ClientSubnet { address: of_octets(&bytes), source: prefix as u8, scope: 0 }
    }

    /// The bytes of the address that are written.
    fn prefix(&self) -> Vec<u8> {
        let mut bytes = octets(self.address);
        bytes.truncate(usize::from(self.source).div_ceil(8));
        bytes
    }

    fn check(&self) -> Result<(), Reason> {
        let bytes = octets(self.address);
        let source = usize::from(self.source);
        if source > bytes.len() * 8 || usize::from(self.scope) > bytes.len() * 8 {
            return Err(Reason::Broken(&LENGTH));
        }
        let is_zero = |(index, byte): (usize, &u8)| byte & !mask(index, source) == 0;
        if bytes.iter().enumerate().all(is_zero) { Ok(()) } else { Err(Reason::Broken(&ADDRESS)) }
    }
}

/// Which bits of the byte at `index` belong to a prefix of so many bits.
fn mask(index: usize, prefix: usize) -> u8 {
    match prefix.saturating_sub(index * 8) {
        0 => 0,
        bits @ 1..=7 => !(0xff >> bits),
        _ => 0xff,
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// The address of four bytes or of sixteen.
fn of_octets(bytes: &[u8]) -> IpAddr {
    match <[u8; 4]>::try_from(bytes) {
        Ok(octets) => IpAddr::V4(Ipv4Addr::from(octets)),
        Err(_) => {
            let mut octets = [0; 16];
            octets.iter_mut().zip(bytes).for_each(|(octet, byte)| *octet = *byte);
            IpAddr::V6(Ipv6Addr::from(octets))
        }
    }
}

pub(super) fn parse(start: &[u8]) -> Parsed<'_, ClientSubnet, Reason> {
    let (input, family) = field_as("FAMILY", "", be_u16, family_name).parse(start)?;
    let length = match family {
        1 => 4,
        2 => 16,
        _ => return refuse(start, Reason::Broken(&FAMILY)),
    };
    let prefixes = input;
    let (input, source) = field("SOURCE PREFIX-LENGTH", "bits of the address", u8).parse(input)?;
    let (bytes, scope) =
        field("SCOPE PREFIX-LENGTH", "for so many bits the answer is meant", u8).parse(input)?;
    if usize::from(source) > length * 8 {
        return refuse(prefixes, Reason::Broken(&LENGTH));
    }
    if bytes.len() != usize::from(source).div_ceil(8) {
        return refuse(bytes, Reason::Broken(&ADDRESS));
    }
    let mut octets = bytes.to_vec();
    octets.resize(length, 0);
    let address = of_octets(&octets);
    let (left, _) = field_as("ADDRESS", "", rest, |_: &&[u8]| address.to_string()).parse(bytes)?;
    let subnet = ClientSubnet { address, source, scope };
    match subnet.check() {
        Ok(()) => Ok((left, subnet)),
        Err(reason) => refuse(bytes, reason),
    }
}

fn family_name(family: &u16) -> String {
    match family {
        1 => "1, IPv4".into(),
        2 => "2, IPv6".into(),
        other => other.to_string(),
    }
}

pub(super) fn write(subnet: &ClientSubnet, out: &mut Writer) {
    if let Err(reason) = subnet.check() {
        out.refuse(reason);
    }
    out.u16(if subnet.address.is_ipv4() { 1 } else { 2 });
    out.u8(subnet.source);
    out.u8(subnet.scope);
    out.bytes(&subnet.prefix());
}

/// As dig writes it: address, source, scope.
impl fmt::Display for ClientSubnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.address, self.source, self.scope)
    }
}
