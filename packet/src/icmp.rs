//! ICMP (RFC 792) and ICMPv6 (RFC 4443, RFC 4861): is somebody there, and what became of a packet.
//!
//! ```text
//!   type · code · checksum · 4 bytes that depend on the type · data
//!        of an error: the start of the packet that it is about ┘
//! ```
//!
//! ```
//! use barewire_packet::icmp::{Icmp, Version};
//!
//! let bytes = [8, 0, 0xf7, 0xfc, 0, 1, 0, 2];
//! let icmp = Icmp::parse(Version::V4, &bytes)?;
//! assert_eq!(icmp.to_string(), "echo request id 1 seq 2");
//! # Ok::<(), barewire_dissect::Refused<barewire_packet::Reason>>(())
//! ```
//!
//! Left out: the extensions of RFC 4884, most options of neighbor discovery, and the records of multicast listener
//! reports (all kept unread). Tested in `tests/icmp.rs`.

mod make;
mod names;
mod neighbor;
mod quoted;
mod version;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use barewire_dissect::{Parsed, Refused, Tree, describe, field, field_as, finish, group, record};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use crate::checksum::{Sum, Verdict, pseudo_header, verify};
use crate::ip;
use crate::reason::Reason;

pub use make::{ErrorKind, echo_packet, error_packet};
pub use names::{CODES, TYPES};
pub use neighbor::{ADVERTISEMENT, Neighbor, SOLICITATION, neighbor_packet};
pub use quoted::Quoted;
pub use version::{PROTOCOL, PROTOCOL_V6, Version};

/// An ICMP message of either version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icmp {
    /// Which of the two protocols.
    pub version: Version,
    /// What kind of message it is: see [`TYPES`].
    pub kind: u8,
    /// Which of its kind: see [`CODES`].
    pub code: u8,
    /// The checksum as it stands on the wire.
    pub checksum: u16,
    /// What the type says of the rest.
    pub message: Message,
}

/// What a message says beside its type and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// An echo request or its reply; or another question and its answer: the time, the address mask.
    Echo {
        /// Tells the programs apart that ask.
        identifier: u16,
        /// Counts the questions of one program.
        sequence: u16,
    },
    /// An error: a packet could not be delivered.
    Error {
        /// The largest packet that would have passed, where the error says it.
        mtu: Option<u32>,
        /// What the error is about, as far as it is quoted.
        quoted: Option<Quoted>,
    },
    /// There is a better way for packets like the quoted one.
    Redirect {
        /// The router to take.
        gateway: IpAddr,
        /// What the redirect is about, as far as it is quoted.
        quoted: Option<Quoted>,
    },
    /// A neighbor is asked for its MAC address, or gives it.
    Neighbor(Neighbor),
    /// Another message, unread.
    Other,
}

impl Icmp {
    /// Reads an ICMP message: the payload of an IP packet.
    ///
    /// # Errors
    /// [`Refused`]: too short.
    pub fn parse(version: Version, bytes: &[u8]) -> Result<Icmp, Refused<Reason>> {
        finish("ICMP message", bytes, icmp(version, bytes)).map(|(icmp, _)| icmp)
    }

    /// Judges the checksum; `bytes` are the whole message, as received. That of ICMPv6 is also over the addresses
    /// (RFC 4443 §2.3).
    pub fn verify(&self, source: IpAddr, destination: IpAddr, bytes: &[u8]) -> Verdict {
        let sum = match self.version {
            Version::V4 => Sum::default(),
            Version::V6 => pseudo_header(source, destination, PROTOCOL_V6, bytes.len()),
        };
        verify(sum, bytes, self.checksum)
    }

    /// What its type and code are called.
    pub fn name(&self) -> String {
        names::name(self.version, self.kind, self.code)
    }

    /// Whether it reports an error of another packet.
    pub fn is_error(&self) -> bool {
        matches!(self.message, Message::Error { .. })
    }
}

/// Reads an ICMP message and names every byte.
pub fn dissect(version: Version, bytes: &[u8]) -> (Result<Icmp, Refused<Reason>>, Tree) {
    record(bytes, || Icmp::parse(version, bytes))
}

impl fmt::Display for Icmp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        match self.message {
            Message::Echo { identifier, sequence } => write!(f, " id {identifier} seq {sequence}"),
            Message::Error { mtu, quoted } => {
                if let Some(mtu) = mtu {
                    write!(f, ", MTU {mtu}")?;
                }
                about(quoted, f)
            }
            Message::Redirect { gateway, quoted } => {
                write!(f, " to {gateway}")?;
                about(quoted, f)
            }
            Message::Neighbor(said) => write!(f, " for {}", said.target),
            Message::Other => Ok(()),
        }
    }
}

fn about(quoted: Option<Quoted>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    quoted.map_or(Ok(()), |quoted| write!(f, ", for {quoted}"))
}

/// Reads an ICMP message, naming its fields.
///
/// # Errors
/// [`Reason`], at the byte where reading stopped.
pub fn icmp(version: Version, input: &[u8]) -> Parsed<'_, Icmp, Reason> {
    let name = if version == Version::V4 { "ICMP" } else { "ICMPv6" };
    let rule = if version == Version::V4 { "RFC 792" } else { "RFC 4443" };
    group(name, rule, |input| {
        let (rest, kind) =
            field_as("type", "", be_u8, |kind| names::show(names::type_name(version, *kind), *kind))
                .parse(input)?;
        let (rest, code) =
            field_as("code", "", be_u8, |code| names::show(names::code_name(version, kind, *code), *code))
                .parse(rest)?;
        let (rest, checksum) = field_as("checksum", "", be_u16, |sum| format!("0x{sum:04x}")).parse(rest)?;
        let (rest, message) = body(version, kind, code, rest)?;
        let icmp = Icmp { version, kind, code, checksum, message };
        describe(|| icmp.to_string());
        Ok((rest, icmp))
    })
    .parse(input)
}

/// What follows the checksum, by type.
fn body(version: Version, kind: u8, code: u8, input: &[u8]) -> Parsed<'_, Message, Reason> {
    match (version, kind) {
        (Version::V4, 0 | 8 | 13..=18) | (Version::V6, 128 | 129) => echo(input),
        (Version::V4, 3) if code == 4 => error(input, "MTU", |word| Some(word & 0xffff)),
        (Version::V6, 2) => error(input, "MTU", Some),
        (Version::V4, 3 | 4 | 11 | 12) | (Version::V6, 1 | 3 | 4) => error(input, "unused", |_| None),
        (Version::V4, 5) => redirect(input),
        (Version::V6, SOLICITATION | ADVERTISEMENT) => {
            neighbor::neighbor(kind, input).map(|(rest, said)| (rest, Message::Neighbor(said)))
        }
        (Version::V6, 137) => redirect_v6(input),
        _ => Ok((unread(input)?, Message::Other)),
    }
}

fn echo(input: &[u8]) -> Parsed<'_, Message, Reason> {
    let (rest, identifier) = field("identifier", "whose question this is", be_u16).parse(input)?;
    let (rest, sequence) = field("sequence number", "", be_u16).parse(rest)?;
    Ok((unread(rest)?, Message::Echo { identifier, sequence }))
}

fn error<'a>(
    input: &'a [u8],
    word: &'static str,
    mtu: fn(u32) -> Option<u32>,
) -> Parsed<'a, Message, Reason> {
    let (rest, mtu) = field(word, "", be_u32.map(mtu)).parse(input)?;
    let (rest, quoted) = quoted::quoted(rest)?;
    // Routers of before RFC 1191 left the MTU at zero: unknown.
    Ok((rest, Message::Error { mtu: mtu.filter(|mtu| *mtu > 0), quoted }))
}

fn redirect(input: &[u8]) -> Parsed<'_, Message, Reason> {
    let (rest, gateway) = field("gateway", "the router to take", be_u32.map(Ipv4Addr::from)).parse(input)?;
    let (rest, quoted) = quoted::quoted(rest)?;
    Ok((rest, Message::Redirect { gateway: gateway.into(), quoted }))
}

/// RFC 4861 §4.5. The packet is quoted in an option.
fn redirect_v6(input: &[u8]) -> Parsed<'_, Message, Reason> {
    let (rest, _) = field("reserved", "zero", take(4usize)).parse(input)?;
    let (rest, gateway) = field("target address", "the router to take", ip::address).parse(rest)?;
    let (rest, _) = field("destination address", "what it is the way to", ip::address).parse(rest)?;
    Ok((unread(rest)?, Message::Redirect { gateway: gateway.into(), quoted: None }))
}

/// Names the rest of the message.
fn unread(input: &[u8]) -> Result<&[u8], nom::Err<barewire_dissect::Located<'_, Reason>>> {
    if input.is_empty() {
        return Ok(input);
    }
    let (rest, _) = field("data", "", take(input.len())).parse(input)?;
    Ok(rest)
}
