//! What can be wrong: with a packet ([`Reason`]), or with a request to a host or a connection ([`Error`]).
//!
//! Tested in `tests/headers.rs` (reasons) and `tests/host.rs` (errors).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use barewire_dissect::{Explain, Lesson, Located, Refused};
use nom::error::ErrorKind;

/// Why a packet was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes end inside a field.
    EndsEarly,
    /// The IP or UDP header was refused.
    Packet(barewire_packet::Reason),
    /// The TCP checksum is wrong.
    Checksum {
        /// What the field says.
        found: u16,
        /// What it should say.
        wanted: u16,
    },
    /// Only the pseudo-header was summed, and the configuration asks for whole checksums.
    UnfinishedChecksum,
    /// A TCP header shorter than its fixed part, or longer than the segment, in 32-bit words.
    DataOffset {
        /// What the field says.
        words: u8,
        /// How many bytes the segment has.
        there: usize,
    },
    /// A TCP option with a length that it cannot have.
    OptionLength {
        /// The option's kind.
        kind: u8,
        /// The length it gives.
        length: u8,
    },
}

impl From<ErrorKind> for Reason {
    /// The nom parsers used here fail for one reason only: the input is too short.
    fn from(_: ErrorKind) -> Reason {
        Reason::EndsEarly
    }
}

/// What a parser of the layer below refused, as a refusal of this layer at the same byte.
pub(crate) fn lower<'a>(
    error: nom::Err<Located<'a, barewire_packet::Reason>>,
) -> nom::Err<Located<'a, Reason>> {
    error.map(|located| located.map_reason(Reason::Packet))
}

impl Explain for Reason {
    fn rule(&self) -> &'static str {
        match self {
            Reason::Packet(reason) => reason.rule(),
            Reason::EndsEarly | Reason::DataOffset { .. } | Reason::Checksum { .. } => "RFC 9293 §3.1",
            Reason::UnfinishedChecksum => "RFC 9293 §3.1, strict checksums were asked for",
            Reason::OptionLength { .. } => "RFC 9293 §3.2",
        }
    }

    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Packet(reason) => return reason.explain(what, at, f),
            Reason::EndsEarly => write!(f, "the {what} ends at byte {at}, inside a field"),
            Reason::Checksum { found, wanted } => {
                write!(f, "the checksum at byte {at} is 0x{found:04x}, should be 0x{wanted:04x}")
            }
            Reason::UnfinishedChecksum => {
                write!(
                    f,
                    "the checksum at byte {at} covers only the pseudo-header: its computation was offloaded"
                )
            }
            Reason::DataOffset { words, there } => write!(
                f,
                "a data offset of {words} words at byte {at}; a header has at least 5, and this segment {there} bytes"
            ),
            Reason::OptionLength { kind, length } => {
                write!(f, "option {kind} at byte {at} gives its length as {length}, which is not possible")
            }
        }?;
        write!(f, " ({})", self.rule())
    }
}

/// What a host or a connection refuses to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A packet was refused.
    Malformed(Refused<Reason>),
    /// A packet for an address this host does not have.
    NotOurs(IpAddr),
    /// A SYN from an address that no other host can have: of many hosts, of none, or our own.
    BadSource(IpAddr),
    /// No single host has the address that a connection was to be opened to.
    BadDestination(IpAddr),
    /// A packet that does not carry TCP. Its protocol number.
    NotTcp(u8),
    /// The host has no address of the family asked for.
    NoAddress(SocketAddr),
    /// Every ephemeral port towards this peer is taken.
    NoPort,
    /// The local port is taken.
    PortInUse(u16),
    /// The host holds as many connections as it is configured to.
    TooManyConnections(usize),
    /// The handle belongs to no connection: it was never given out, or the connection is over.
    NoConnection,
    /// This end has already been closed: nothing can be written after the FIN (RFC 9293 §3.10.2).
    Closing,
}

impl From<Refused<Reason>> for Error {
    fn from(malformed: Refused<Reason>) -> Error {
        Error::Malformed(malformed)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Malformed(malformed) => malformed.fmt(f),
            Error::NotOurs(address) => {
                write!(f, "a packet for {address}, which is not an address of this host")
            }
            Error::BadSource(address) => {
                write!(f, "a SYN from {address}, which cannot be the address of another host")
            }
            Error::BadDestination(address) => {
                write!(f, "a connection to {address}, which is not the address of one host")
            }
            Error::NotTcp(protocol) => write!(f, "a packet of protocol {protocol}; TCP is 6"),
            Error::NoAddress(remote) => write!(f, "this host has no address from which to reach {remote}"),
            Error::NoPort => write!(f, "every ephemeral port towards this peer is in use"),
            Error::PortInUse(port) => write!(f, "port {port} is in use"),
            Error::TooManyConnections(limit) => write!(f, "this host already holds {limit} connections"),
            Error::NoConnection => write!(f, "connection does not exist (RFC 9293 §3.10)"),
            Error::Closing => {
                write!(f, "connection closing: nothing can be sent after the FIN (RFC 9293 §3.10.2)")
            }
        }
    }
}

impl std::error::Error for Error {}

impl Lesson for Error {
    fn offset(&self) -> usize {
        if let Error::Malformed(malformed) = self { malformed.offset } else { 0 }
    }

    fn rule(&self) -> &'static str {
        match self {
            Error::Malformed(malformed) => malformed.rule(),
            Error::NotOurs(_) => "RFC 1122 §3.2.1.3",
            Error::BadSource(_) => "RFC 9293 §3.9.2.3",
            Error::NotTcp(_) => "RFC 791 §3.1",
            Error::BadDestination(_) | Error::NoAddress(_) | Error::NoPort | Error::PortInUse(_) => {
                "RFC 9293 §3.9.1.1"
            }
            Error::TooManyConnections(_) => "RFC 9293 §3.10.1",
            Error::NoConnection | Error::Closing => "RFC 9293 §3.10",
        }
    }
}
