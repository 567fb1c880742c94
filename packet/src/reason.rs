//! Why a header was refused: what was seen, at which byte, and the rule against it.
//!
//! Tested in `tests/headers.rs`.

use std::fmt;

use barewire_dissect::Explain;
use nom::error::ErrorKind;

/// Why a header was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes end inside a field.
    EndsEarly,
    /// The first four bits are neither 4 nor 6.
    Version(u8),
    /// An IPv4 header shorter than its fixed part, in 32-bit words.
    HeaderLength(u8),
    /// An IPv4 length that disagrees with the bytes that are there, or with its own header.
    Length {
        /// What the field says.
        says: usize,
        /// What there is.
        there: usize,
    },
    /// An IPv6 payload length of more bytes than there are.
    PayloadLength {
        /// What the field says.
        says: usize,
        /// What there is.
        there: usize,
    },
    /// A UDP length that disagrees with the bytes that are there, or with its own header.
    DatagramLength {
        /// What the field says.
        says: usize,
        /// What there is.
        there: usize,
    },
    /// One piece of a larger packet; pieces are not put together here.
    Fragment {
        /// Where the piece starts in the larger packet, in bytes.
        offset: usize,
        /// Whether more pieces follow.
        more: bool,
    },
    /// An IPv6 extension header that a host has no use for, by its type.
    ExtensionHeader(u8),
    /// More IPv6 extension headers than are read here.
    TooManyExtensionHeaders(usize),
    /// ARP about other addresses than IPv4's on a link with 48-bit addresses.
    ArpAddresses {
        /// The kind of link, as ARP numbers it.
        hardware: u16,
        /// What is asked about, as an EtherType.
        protocol: u16,
    },
    /// The IPv4 header's checksum is wrong.
    HeaderChecksum {
        /// What the field says.
        found: u16,
        /// What it should say.
        wanted: u16,
    },
}

impl From<ErrorKind> for Reason {
    /// The nom parsers used here fail for one reason only: the input is too short.
    fn from(_: ErrorKind) -> Reason {
        Reason::EndsEarly
    }
}

impl Explain for Reason {
    fn rule(&self) -> &'static str {
        match self {
            Reason::Version(_) | Reason::HeaderLength(_) | Reason::Length { .. } => "RFC 791 §3.1",
            Reason::PayloadLength { .. } => "RFC 8200 §3",
            Reason::DatagramLength { .. } => "RFC 768",
            // Which header it is, its `what` says.
            Reason::EndsEarly => "RFC 791 §3.1, RFC 8200 §3, RFC 768, RFC 792, RFC 826",
            Reason::Fragment { .. } => "RFC 791 §3.2, left out here",
            Reason::ExtensionHeader(_) => "RFC 8200 §4.1, left out here",
            Reason::TooManyExtensionHeaders(_) => "RFC 8200 §4.1",
            Reason::ArpAddresses { .. } => "RFC 826, left out here",
            Reason::HeaderChecksum { .. } => "RFC 1122 §3.2.1.2",
        }
    }

    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::EndsEarly => write!(f, "the {what} ends at byte {at}, inside a field"),
            Reason::Version(version) => write!(f, "IP version {version} at byte {at} is neither 4 nor 6"),
            Reason::HeaderLength(words) => {
                write!(f, "a header of {words} words at byte {at}; an IPv4 header has at least 5")
            }
            Reason::Length { says, there }
            | Reason::PayloadLength { says, there }
            | Reason::DatagramLength { says, there } => {
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
                write!(
                    f,
                    "an IPv6 extension header of type {kind} at byte {at}, which this host has no use for"
                )
            }
            Reason::TooManyExtensionHeaders(most) => {
                write!(f, "the IPv6 extension header at byte {at} is one more than the {most} that are read")
            }
            Reason::ArpAddresses { hardware, protocol } => write!(
                f,
                "hardware type {hardware}, protocol 0x{protocol:04x} at byte {at}: \
                 only IPv4 on links with 48-bit addresses is read"
            ),
            Reason::HeaderChecksum { found, wanted } => {
                write!(f, "the IPv4 header checksum at byte {at} is 0x{found:04x}, should be 0x{wanted:04x}")
            }
        }?;
        write!(f, " ({})", self.rule())
    }
}
