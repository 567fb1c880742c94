//! How a NAT behaves, as data: two presets, one by the RFCs and one as Linux does it.

use std::time::Duration;

use super::classes::{LINUX_CLASSES, PortClass, RFC_CLASSES};
use crate::tracking::Timers;

/// What a NAT does. Every choice has the clause that rules it; the table in the [module's head](super) compares the
/// presets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Which external port an inside socket gets.
    pub mapping: Mapping,
    /// Whose packets a mapping lets in.
    pub filtering: Filtering,
    /// The same port outside as inside, where it is free (RFC 4787 §4.2.1).
    pub keep_port: bool,
    /// An even port stays even, and an odd one odd (RFC 4787 REQ-4).
    pub keep_parity: bool,
    /// Which ports take the place of which (RFC 4787 REQ-3a).
    pub classes: &'static [PortClass],
    /// What happens when an inside host sends to the external address (RFC 4787 REQ-9).
    pub hairpin: Hairpin,
    /// Who deals with a packet from outside that no mapping lets in (RFC 5382 REQ-4).
    pub unsolicited: Unsolicited,
    /// Whether a segment in the middle of an unknown connection makes a mapping, as with Linux's `tcp_loose`.
    pub learn_midway: bool,
    /// What becomes of a packet from inside that fits no mapping and may not make one.
    pub invalid: Invalid,
    /// Whether packets from outside keep a UDP or ICMP mapping alive (RFC 4787 REQ-6a). TCP segments always do.
    pub inbound_refresh: bool,
    /// Whether an ICMP error whose quoted header does not sum up is dropped (RFC 5508 REQ-3a).
    pub check_quotes: bool,
    /// Whether a sender is told that it gets no mapping (RFC 5508 REQ-8).
    pub tell_when_full: bool,
    /// How long mappings live.
    pub timers: Timers,
    /// How long a SYN that no mapping lets in waits. RFC 5382 REQ-4: at least 6 s.
    pub held_syn: Duration,
    /// The most sessions at a time. Linux: `nf_conntrack_max`.
    pub most_sessions: usize,
    /// Decides the external ports.
    pub seed: u64,
}

/// Which external port an inside socket gets (RFC 4787 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mapping {
    /// One for all its peers, which no other socket has: endpoint-independent (REQ-1), no overloading (REQ-3).
    EndpointIndependent,
    /// One for each connection; two sockets may have the same one towards different peers (overloading). Linux.
    PerConnection,
}

/// Whose packets a mapping lets in (RFC 4787 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filtering {
    /// Those of everybody.
    EndpointIndependent,
    /// Those of hosts that the inside socket has sent to.
    AddressDependent,
    /// Those of sockets that the inside socket has sent to.
    AddressAndPortDependent,
}

/// What happens when an inside host sends to the external address (RFC 4787 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hairpin {
    /// It reaches the inside host that the port is mapped to, which sees the external address of the sender (REQ-9a).
    External,
    /// Only forwarded ports are reached, and the sender's address stays as it is. So it is with Linux's masquerade.
    ForwardsOnly,
}

/// Who deals with a packet from outside that no mapping lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsolicited {
    /// The router itself: it answers as a host without such a socket does. Linux.
    Router,
    /// A SYN waits for 6 s for one from inside that crosses it, then its sender is told (RFC 5382 REQ-4). What is not a
    /// SYN is dropped; an echo request is for the router.
    HoldSyn,
    /// Nobody: it is dropped. An echo request, too.
    Drop,
}

/// What becomes of a packet from inside that fits no mapping and may not make one. RFC 5382 §5 leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// It leaves as it is, with its private address. Linux without a rule against it.
    Untranslated,
    /// It is dropped. Linux with `ct state invalid drop`.
    Drop,
    /// It is dropped, and a TCP sender gets a reset: as cloud gateways do.
    Reset,
}

impl Config {
    /// As RFC 4787, 5382 and 5508 require and recommend, with the filtering that is most transparent.
    pub fn rfc() -> Config {
        Config {
            mapping: Mapping::EndpointIndependent,
            filtering: Filtering::EndpointIndependent,
            keep_port: false,
            keep_parity: true,
            classes: RFC_CLASSES,
            hairpin: Hairpin::External,
            unsolicited: Unsolicited::HoldSyn,
            learn_midway: false,
            invalid: Invalid::Drop,
            inbound_refresh: false,
            check_quotes: true,
            tell_when_full: true,
            timers: Timers::rfc(),
            held_syn: Duration::from_secs(6),
            most_sessions: 262_144,
            seed: 1,
        }
    }

    /// As Linux does it with `masquerade` and no filter.
    pub fn linux() -> Config {
        Config {
            mapping: Mapping::PerConnection,
            filtering: Filtering::AddressAndPortDependent,
            keep_port: true,
            keep_parity: false,
            classes: LINUX_CLASSES,
            hairpin: Hairpin::ForwardsOnly,
            unsolicited: Unsolicited::Router,
            learn_midway: true,
            invalid: Invalid::Untranslated,
            inbound_refresh: true,
            check_quotes: false,
            tell_when_full: false,
            timers: Timers::linux(),
            ..Config::rfc()
        }
    }
}
