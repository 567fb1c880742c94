//! Addresses with the length of their network's prefix, and prefixes: RFC 4632 §3.1, RFC 4291 §2.3.
//!
//! Tested in `tests/topology.rs`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The addresses that begin with the same bits: `203.0.113.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix {
    /// Its first address: the bits after the prefix are zero.
    network: IpAddr,
    length: u8,
}

impl Prefix {
    /// The prefix of `length` bits that `address` lies in. A length over that of an address is one address.
    pub fn of(address: IpAddr, length: u8) -> Prefix {
        let length = length.min(bits(address));
        Prefix { network: masked(address, length), length }
    }

    /// The prefix that has `address` and no other.
    pub fn only(address: IpAddr) -> Prefix {
        Prefix::of(address, bits(address))
    }

    /// How many bits are fixed.
    pub fn length(self) -> u8 {
        self.length
    }

    /// Its first address.
    pub fn network(self) -> IpAddr {
        self.network
    }

    /// Whether `address` lies in it.
    pub fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.network.is_ipv4() && masked(address, self.length) == self.network
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.length)
    }
}

/// An address of a node, and how many of its bits are its network's: `192.168.1.42/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address {
    /// The address.
    pub address: IpAddr,
    /// The length of the prefix, in bits.
    pub length: u8,
}

impl Address {
    /// Whether the address is a network of its own.
    pub(crate) fn is_alone(self) -> bool {
        self.length >= bits(self.address)
    }

    /// The prefix that the address lies in.
    pub fn prefix(self) -> Prefix {
        Prefix::of(self.address, self.length)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

/// A text is not an address with a prefix length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnAddress(pub String);

impl fmt::Display for NotAnAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not an address such as 192.168.1.42/24 or 2001:db8::1/64", self.0)
    }
}

impl std::error::Error for NotAnAddress {}

impl FromStr for Address {
    type Err = NotAnAddress;

    /// Reads `192.168.1.42/24`. Without a length it is the whole address.
    fn from_str(text: &str) -> Result<Address, NotAnAddress> {
        let wrong = || NotAnAddress(text.to_owned());
        let (address, length) = text.split_once('/').map_or((text, None), |(a, l)| (a, Some(l)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let length: u8 = match length {
            Some(text) if digits(text) => text.parse().map_err(|_| wrong())?,
            Some(_) => return Err(wrong()),
            None => bits(address),
        };
        if length > bits(address) {
            return Err(wrong());
        }
        Ok(Address { address, length })
    }
}

impl FromStr for Prefix {
    type Err = NotAnAddress;

    /// Reads `203.0.113.0/24`. Bits after the prefix are cleared.
    fn from_str(text: &str) -> Result<Prefix, NotAnAddress> {
        Ok(text.parse::<Address>()?.prefix())
    }
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The address with every bit after the first `length` cleared.
fn masked(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}
