//! The address of a network interface on its link: 48 bits (IEEE 802.3 §3.2.3). Tested in `tests/arp.rs`.

use std::fmt;

use barewire_dissect::{Parsed, Show};
use nom::Parser;
use nom::bytes::complete::take;

use crate::reason::Reason;

/// The address of a network interface: 48 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MacAddress(pub [u8; 6]);

impl MacAddress {
    /// The address of everybody on the link.
    pub const BROADCAST: MacAddress = MacAddress([0xff; 6]);
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl Show for MacAddress {
    fn show(&self) -> String {
        self.to_string()
    }
}

pub(crate) fn mac_address(input: &[u8]) -> Parsed<'_, MacAddress, Reason> {
    let (rest, bytes) = take(6usize).parse(input)?;
    Ok((rest, MacAddress(bytes.try_into().unwrap_or_default())))
}
