//! Addresses that begin alike: `10.0.0.0/8`, `2001:db8::/32`, and one host as a prefix of all its bits.

use std::fmt;
use std::net::IpAddr;

/// A prefix of either version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    address: IpAddr,
    length: u8,
}

impl Prefix {
    /// One host.
    pub fn host(address: IpAddr) -> Prefix {
        Prefix { address, length: bits_of(address) }
    }

    /// The addresses that begin with the first `length` bits of this one; `None`: it has fewer bits.
    pub fn new(address: IpAddr, length: u8) -> Option<Prefix> {
        (length <= bits_of(address)).then_some(Prefix { address, length })
    }

    /// Whether an address lies in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && (number(address) ^ number(self.address)).checked_shr(self.rest()).unwrap_or(0) == 0
    }

    /// The same prefix, with nothing set after its length.
    pub fn cleared(&self) -> Prefix {
        let rest = self.rest();
        let kept = number(self.address).checked_shr(rest).unwrap_or(0);
        let number = kept.checked_shl(rest).unwrap_or(0);
        let address = match self.address {
            IpAddr::V4(_) => IpAddr::V4(u32::try_from(number).unwrap_or_default().into()),
            IpAddr::V6(_) => IpAddr::V6(number.into()),
        };
        Prefix { address, length: self.length }
    }

    /// Bits after it.
    fn rest(&self) -> u32 {
        (bits_of(self.address) - self.length).into()
    }
}

fn bits_of(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}
