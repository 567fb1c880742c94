//! ICMP errors about segments of ours: what they mean to a connection (RFC 1122 §4.2.3.9, RFC 5927).
//!
//! | error | while the connection opens | when it is open |
//! |---|---|---|
//! | too large for the path | smaller segments (RFC 1191, RFC 8201) | the same |
//! | hard: no such port, no such protocol, prohibited | the connection ends | nothing: it may be forged |
//! | soft: no route, time exceeded | nothing: it may pass | nothing |
//!
//! Where it changes nothing the user hears of it: [`SoftError`](crate::SoftError).
//!
//! Anybody can send such a message. It counts only if it quotes a number that is in flight (RFC 5927 §4.1), and even
//! then it does not end an open connection (§5.2).
//!
//! Left out: remembering the path MTU for later connections. Tested in `tests/icmp.rs`.

use std::fmt;

use barewire_packet::icmp::{Icmp, Message, Quoted, Version};

/// What an ICMP error says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcmpError {
    /// The packet is too large for a link on the way, which takes packets of this many bytes. Old routers say 0.
    TooLarge {
        /// The MTU of that link.
        mtu: u32,
    },
    /// Trying again will not help.
    Hard,
    /// It may pass.
    Soft,
}

/// What a host made of an ICMP error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcmpOutcome {
    /// The path takes packets of this size only.
    PathMtu(u32),
    /// The connection was opening, and has ended.
    Ended,
    /// It changes nothing: it is soft, or the connection is open.
    Noted,
    /// It quotes a number that is not in flight, so it is old or forged.
    NotInFlight,
}

/// The errors that are hard: version, type, code. In IPv4 they are "destination unreachable" (RFC 1122 §3.2.2.1, and
/// RFC 1812 §5.2.7.1 for code 13), in IPv6 the same (RFC 4443 §3.1) and "unrecognized next header" (§3.4).
const HARD: [(Version, u8, u8); 9] = [
    (Version::V4, 3, 2),
    (Version::V4, 3, 3),
    (Version::V4, 3, 9),
    (Version::V4, 3, 10),
    (Version::V4, 3, 13),
    (Version::V6, 1, 1),
    (Version::V6, 1, 4),
    (Version::V6, 1, 5),
    (Version::V6, 4, 1),
];

impl IcmpError {
    /// What a message says about the packet that it quotes. `None` where it is not an error, or quotes too little.
    pub(crate) fn of(icmp: &Icmp) -> Option<(IcmpError, Quoted)> {
        let Message::Error { mtu, quoted } = icmp.message else { return None };
        let key = (icmp.version, icmp.kind, icmp.code);
        let error = match key {
            // A source quench, from when routers asked to be spared: RFC 6633 has it dropped in silence.
            (Version::V4, 4, _) => return None,
            (Version::V4, 3, 4) | (Version::V6, 2, _) => IcmpError::TooLarge { mtu: mtu.unwrap_or_default() },
            _ if HARD.contains(&key) => IcmpError::Hard,
            _ => IcmpError::Soft,
        };
        quoted.map(|quoted| (error, quoted))
    }
}

impl fmt::Display for IcmpOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IcmpOutcome::PathMtu(mtu) => write!(f, "the path takes packets of {mtu} bytes"),
            IcmpOutcome::Ended => f.write_str("the connection ends: it cannot be made"),
            IcmpOutcome::Noted => f.write_str("noted: it does not end a connection"),
            IcmpOutcome::NotInFlight => f.write_str("ignored: it quotes a number that is not in flight"),
        }
    }
}
