//! The ECN field: the last two bits of the traffic class (RFC 3168 §5).
//!
//! ```text
//!    bits   codepoint   who writes it
//!     00    not-ECT     a sender whose transport does not understand marks: a full router drops
//!     01    ECT(1)      a sender whose transport understands marks
//!     10    ECT(0)      the same; RFC 3168 prefers this one
//!     11    CE          a router whose queue grows: congestion experienced
//! ```
//!
//! What TCP makes of it stands in the crate `barewire-tcp`. Tested in `tests/ip.rs`.

use super::IpHeader;

/// What the ECN field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Codepoint {
    /// Not-ECT: the packet cannot be marked.
    #[default]
    NotEct,
    /// ECT(1): the packet can be marked.
    Ect1,
    /// ECT(0): the packet can be marked.
    Ect0,
    /// CE: a router on the way has marked the packet.
    Ce,
}

impl Codepoint {
    /// The codepoint in a traffic class.
    #[inline]
    pub fn of(traffic_class: u8) -> Codepoint {
        match traffic_class & 3 {
            0 => Codepoint::NotEct,
            1 => Codepoint::Ect1,
            2 => Codepoint::Ect0,
            _ => Codepoint::Ce,
        }
    }

    /// Its two bits.
    #[inline]
    pub fn bits(self) -> u8 {
        self as u8
    }
}

impl IpHeader<'_> {
    /// What the ECN field says.
    #[inline]
    pub fn codepoint(&self) -> Codepoint {
        match self {
            IpHeader::V4(header) => Codepoint::of(header.traffic_class),
            IpHeader::V6(header) => Codepoint::of(header.traffic_class),
        }
    }
}
