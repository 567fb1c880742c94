//! A filter as a tree, and whether it holds for a frame.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use barewire_internet::Prefix;
use barewire_packet::link::Way;
use barewire_tcp::Flags;

use super::headers::Headers;

/// What a filter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// One test.
    Is(Primitive),
    /// The other way round.
    Not(Box<Expression>),
    /// Both hold.
    And(Box<[Expression; 2]>),
    /// One of the two at least.
    Or(Box<[Expression; 2]>),
}

/// One test of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Primitive {
    /// An IP packet of this version: 4 or 6.
    Version(u8),
    /// An ARP message.
    Arp,
    /// An IP packet of either version with this protocol in it.
    Protocol(u8),
    /// An address of the IP packet or of the ARP message lies in this prefix. One host is a prefix of all its bits.
    Address(Ends, Prefix),
    /// A port of TCP, UDP or SCTP lies in this range. Fragments after the first one have no ports.
    Port(Ends, RangeInclusive<u16>),
    /// A TCP segment in which these flags are set, whatever the others.
    Flag(Flags),
    /// A TCP segment in which exactly these flags are set. ECE and CWR count where they are named.
    Flags(Flags),
    /// A frame with a VLAN tag; with this number, where one is given.
    Vlan(Option<u16>),
    /// A frame of at most this many bytes on the wire.
    Less(u32),
    /// A frame of at least this many bytes on the wire.
    Greater(u32),
    /// The interface's host sent it, or received it.
    Way(Way),
    /// The story found this in it.
    Content(Content),
}

/// Which of the two ends a test is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// The sender.
    Source,
    /// The receiver.
    Destination,
    /// One of them at least.
    Either,
    /// Both of them.
    Both,
}

/// What can be found in the bytes, whatever the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A DNS message.
    Dns,
    /// A record of TLS, or a part of one.
    Tls,
    /// HTTP, in the clear or opened with a key log.
    Http,
}

/// What was found in a frame. Nothing, before the story has read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contents {
    /// DNS.
    pub dns: bool,
    /// TLS.
    pub tls: bool,
    /// HTTP.
    pub http: bool,
}

impl Expression {
    /// This one and another one.
    pub(super) fn and(self, other: Expression) -> Expression {
        Expression::And(Box::new([self, other]))
    }

    /// Whether it holds for a frame.
    pub(super) fn holds(&self, headers: &Headers, contents: Contents) -> bool {
        match self {
            Expression::Is(primitive) => primitive.holds(headers, contents),
            Expression::Not(inner) => !inner.holds(headers, contents),
            Expression::And(both) => both.iter().all(|one| one.holds(headers, contents)),
            Expression::Or(both) => both.iter().any(|one| one.holds(headers, contents)),
        }
    }

    /// Whether one of its tests is wanted.
    pub(super) fn any(&self, wanted: &dyn Fn(&Primitive) -> bool) -> bool {
        match self {
            Expression::Is(primitive) => wanted(primitive),
            Expression::Not(inner) => inner.any(wanted),
            Expression::And(both) | Expression::Or(both) => both.iter().any(|one| one.any(wanted)),
        }
    }
}

impl Primitive {
    fn holds(&self, headers: &Headers, contents: Contents) -> bool {
        match self {
            Primitive::Version(version) => headers.version == Some(*version),
            Primitive::Arp => headers.is_arp,
            Primitive::Protocol(protocol) => headers.protocol == Some(*protocol),
            Primitive::Address(ends, prefix) => headers
                .addresses
                .is_some_and(|both| ends.hold(both, |address: IpAddr| prefix.contains(address))),
            Primitive::Port(ends, range) => {
                headers.ports.is_some_and(|both| ends.hold(both, |port| range.contains(&port)))
            }
            Primitive::Flag(wanted) => headers.flags.is_some_and(|flags| flags.has(*wanted)),
            Primitive::Flags(wanted) => headers.flags.is_some_and(|flags| exactly(flags, *wanted)),
            Primitive::Vlan(None) => headers.vlans.iter().any(Option::is_some),
            Primitive::Vlan(number) => headers.vlans.contains(number),
            Primitive::Less(most) => headers.length <= *most,
            Primitive::Greater(least) => headers.length >= *least,
            Primitive::Way(way) => headers.way == Some(*way),
            Primitive::Content(Content::Dns) => contents.dns,
            Primitive::Content(Content::Tls) => contents.tls,
            Primitive::Content(Content::Http) => contents.http,
        }
    }

    /// Whether it may hold for one packet of a conversation and not for another.
    pub(super) fn splits_conversations(&self) -> bool {
        match self {
            Primitive::Version(_) | Primitive::Arp | Primitive::Protocol(_) | Primitive::Vlan(_) => false,
            Primitive::Address(ends, _) | Primitive::Port(ends, _) => {
                matches!(ends, Ends::Source | Ends::Destination)
            }
            Primitive::Flag(_) | Primitive::Flags(_) | Primitive::Less(_) | Primitive::Greater(_) => true,
            Primitive::Way(_) | Primitive::Content(_) => true,
        }
    }
}

/// The flags of ECN are not part of what `S` means to a reader, unless they are asked for.
fn exactly(flags: Flags, wanted: Flags) -> bool {
    let ecn = Flags::ECE.0 | Flags::CWR.0;
    let counted = if wanted.0 & ecn == 0 { !ecn } else { u8::MAX };
    flags.0 & counted == wanted.0
}

impl Ends {
    fn hold<T: Copy>(self, [source, destination]: [T; 2], test: impl Fn(T) -> bool) -> bool {
        match self {
            Ends::Source => test(source),
            Ends::Destination => test(destination),
            Ends::Either => test(source) || test(destination),
            Ends::Both => test(source) && test(destination),
        }
    }
}
