//! What a NAT says beside a packet.

use std::fmt;
use std::net::SocketAddrV4;
use std::time::{Duration, Instant};

use super::ends::Protocol;
use super::expired::Expired;

/// What a NAT says beside a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NatNote {
    /// An inside socket has an external one from now on; it may have had the same one before.
    Mapped {
        /// The inside socket.
        inside: SocketAddrV4,
        /// The external one.
        outside: SocketAddrV4,
        /// Whether this packet is in the middle of a connection that the NAT does not know.
        midway: bool,
    },
    /// A packet from outside opens a session, to an inside socket.
    LetIn {
        /// The external socket.
        outside: SocketAddrV4,
        /// The inside one.
        inside: SocketAddrV4,
    },
    /// An inside host reaches another by the external address.
    Hairpin {
        /// The external socket that the sender shows as.
        shows_as: SocketAddrV4,
        /// The inside socket that is reached.
        reaches: SocketAddrV4,
    },
    /// No mapping lets the packet in, or fits it on its way out.
    NoMapping {
        /// What becomes of it.
        fate: Fate,
        /// When, before `now`, a mapping ended that would have fitted.
        expired: Option<(Expired, Instant)>,
    },
    /// The mapping is there, but the packet cannot belong to its connection.
    Invalid(Fate),
    /// There are as many sessions as there may be.
    Full(usize),
    /// All external ports that may be used are taken.
    NoPort(Protocol),
    /// It is not TCP, UDP or a query of ICMP.
    NotTranslated(u8),
    /// A piece of a packet whose first piece did not come before it: the ports are only there.
    FragmentBeforeFirst {
        /// Whether it waits for that one.
        kept: bool,
    },
    /// An ICMP error that does not sum up, or quotes a header that does not.
    BrokenError,
}

/// What becomes of a packet that no mapping fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is dropped.
    Dropped,
    /// It is a SYN. Its sender is told after this time, if no SYN from inside crosses it.
    Waits(Duration),
    /// It is for the router itself.
    ForRouter,
    /// It leaves with its private address.
    Untranslated,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fate::Dropped => f.write_str("dropped"),
            Fate::Waits(time) => {
                let seconds = time.as_secs();
                write!(f, "held back; its sender is told in {seconds} s, unless a SYN from inside crosses it")
            }
            Fate::ForRouter => f.write_str("left to the router itself"),
            Fate::Untranslated => f.write_str("it leaves with its private address"),
        }
    }
}

impl fmt::Display for NatNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NatNote::Mapped { inside, outside, midway } => {
                let midway = if *midway { ", in the middle of a connection" } else { "" };
                write!(f, "mapped {inside} to {outside}{midway}")
            }
            NatNote::LetIn { outside, inside } => write!(f, "let in: {outside} leads to {inside}"),
            NatNote::Hairpin { shows_as, reaches } => {
                write!(f, "hairpin: to {reaches}, which sees {shows_as}")
            }
            NatNote::NoMapping { fate, expired: None } => write!(f, "no mapping: {fate}"),
            NatNote::NoMapping { fate, expired: Some((expired, now)) } => {
                let (idle, ago) =
                    (expired.idle.as_secs(), now.saturating_duration_since(expired.at).as_secs());
                write!(f, "mapping expired after {idle} s idle, {ago} s ago: {fate}")
            }
            NatNote::Invalid(fate) => write!(f, "not a packet of this connection: {fate}"),
            NatNote::Full(most) => write!(f, "table full ({most} sessions): dropped"),
            NatNote::NoPort(protocol) => write!(f, "no external port is free for {protocol}: dropped"),
            NatNote::NotTranslated(protocol) => {
                write!(f, "IP protocol {protocol} is not translated: dropped")
            }
            NatNote::FragmentBeforeFirst { kept } => {
                let fate = if *kept { "held back until that comes" } else { "dropped" };
                write!(f, "fragment before the first of its packet: {fate}")
            }
            NatNote::BrokenError => f.write_str("ICMP error with a wrong checksum: dropped"),
        }
    }
}
