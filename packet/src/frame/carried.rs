//! What a frame carries: where all parsers of links end. Tested in `tests/frame.rs`.

use barewire_dissect::Parsed;

use super::Other;
use crate::arp::Arp;
use crate::reason::Reason;

/// What a frame carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network<'a> {
    /// An IP packet, from its header on.
    Ip(&'a [u8]),
    /// An ARP message.
    Arp(Arp),
    /// Something else, or something that cannot be read.
    Other(Other),
}

/// The end of every way that leads to an IP packet.
pub(super) fn ip(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    Ok((input, Network::Ip(input)))
}

/// The end of a way that leads elsewhere.
pub(super) fn other(rest: &[u8], other: Other) -> Parsed<'_, Network<'_>, Reason> {
    Ok((rest, Network::Other(other)))
}
