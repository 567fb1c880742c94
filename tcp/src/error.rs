//! What can be wrong: with a packet ([`Malformed`], which knows its byte and its rule), or with a request ([`Error`]).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use barewire_dissect::{Lesson, Parsed};
use nom::error::ErrorKind;

/// A packet that was refused: what was seen, at which byte, and the rule against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The offset of the refused byte from the start of the IP packet (or of what was being read).
    pub offset: usize,
    /// What was seen there.
    pub reason: Reason,
}

/// Why a packet was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes end inside a field.
    Short,
    /// The first four bits are neither 4 nor 6.
    Version(u8),
    /// An IPv4 header shorter than its fixed part, in 32-bit words.
    HeaderLength(u8),
    /// A length field that disagrees with the bytes that are there, or with its own header.
    Length {
        /// What the field says.
        says: usize,
        /// What there is, or what the header alone takes.
        there: usize,
    },
    /// One piece of a larger packet; pieces are not put together here.
    Fragment {
        /// Where the piece starts in the whole, in bytes.
        offset: usize,
        /// Whether more pieces follow.
        more: bool,
    },
    /// An IPv6 extension header that is not skipped.
    ExtensionHeader(u8),
    /// The IPv4 header's checksum is wrong.
    HeaderChecksum {
        /// What the field says.
        found: u16,
        /// What it should say.
        wanted: u16,
    },
    /// The TCP or UDP checksum is wrong.
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
    /// A TCP option whose length cannot be.
    OptionLength {
        /// The option's kind.
        kind: u8,
        /// The length it gives.
        length: u8,
    },
}

impl From<ErrorKind> for Reason {
    fn from(_: ErrorKind) -> Reason {
        Reason::Short
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.offset;
        match &self.reason {
            Reason::Short => write!(f, "the bytes end at byte {at}, inside a field"),
            Reason::Version(version) => write!(f, "IP version {version} at byte {at} is neither 4 nor 6"),
            Reason::HeaderLength(words) => {
                write!(f, "a header of {words} words at byte {at}; an IPv4 header has at least 5")
            }
            Reason::Length { says, there } => {
                write!(
                    f,
                    "the length at byte {at} says {says} bytes, which does not fit the {there} there are"
                )
            }
            Reason::Fragment { offset, more } => write!(
                f,
                "a fragment at byte {at}: it starts at byte {offset} of a larger packet{}",
                if *more { ", and more follow" } else { " and is its last" }
            ),
            Reason::ExtensionHeader(kind) => {
                write!(f, "an IPv6 extension header of type {kind} at byte {at}, which is not read here")
            }
            Reason::HeaderChecksum { found, wanted } => {
                write!(f, "the IPv4 header checksum at byte {at} is 0x{found:04x}, should be 0x{wanted:04x}")
            }
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
                write!(f, "option {kind} at byte {at} gives its length as {length}, which cannot be")
            }
        }?;
        write!(f, " ({})", self.rule())
    }
}

impl std::error::Error for Malformed {}

impl Lesson for Malformed {
    fn offset(&self) -> usize {
        self.offset
    }

    fn rule(&self) -> &'static str {
        match self.reason {
            Reason::Short | Reason::DataOffset { .. } | Reason::Checksum { .. } => "RFC 9293 §3.1",
            Reason::Version(_) | Reason::HeaderLength(_) | Reason::Length { .. } => "RFC 791 §3.1",
            Reason::Fragment { .. } => "RFC 791 §3.2, left out here",
            Reason::ExtensionHeader(_) => "RFC 8200 §4.1, left out here",
            Reason::HeaderChecksum { .. } => "RFC 1122 §3.2.1.2",
            Reason::UnfinishedChecksum => "RFC 9293 §3.1, strict checksums were asked for",
            Reason::OptionLength { .. } => "RFC 9293 §3.2",
        }
    }
}

/// Ends a parse of `whole`.
pub(crate) fn finish<'a, T>(whole: &'a [u8], parsed: Parsed<'a, T, Reason>) -> Result<T, Malformed> {
    barewire_dissect::finish(whole, parsed)
        .map(|(value, _)| value)
        .map_err(|(offset, reason)| Malformed { offset, reason })
}

/// What a host or a connection refuses to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A packet was refused.
    Malformed(Malformed),
    /// A packet for an address this host does not have.
    NotOurs(IpAddr),
    /// A packet that carries neither TCP nor anything else for this host: its protocol number.
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

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Error {
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
            Error::NotTcp(_) => "RFC 791 §3.1",
            Error::NoAddress(_) | Error::NoPort | Error::PortInUse(_) => "RFC 9293 §3.9.1.1",
            Error::TooManyConnections(_) => "RFC 9293 §3.10.1",
            Error::NoConnection | Error::Closing => "RFC 9293 §3.10",
        }
    }
}
