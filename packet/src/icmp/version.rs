//! The two protocols called ICMP, and their numbers in an IP header. Tested in `tests/icmp.rs`.

/// The protocol number of ICMP in an IP header.
pub const PROTOCOL: u8 = 1;
/// The protocol number of ICMPv6 in an IP header.
pub const PROTOCOL_V6: u8 = 58;

/// Which of the two protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// ICMP, over IPv4.
    V4,
    /// ICMPv6, over IPv6.
    V6,
}

impl Version {
    /// The version that an IP header announces with this protocol number.
    pub fn of_protocol(protocol: u8) -> Option<Version> {
        match protocol {
            PROTOCOL => Some(Version::V4),
            PROTOCOL_V6 => Some(Version::V6),
            _ => None,
        }
    }
}
