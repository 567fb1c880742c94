//! What a router may add to an ICMP error after the quoted packet (RFC 4884): labels of MPLS (RFC 4950), names of
//! interfaces (RFC 5837), and whatever else has a class.
//!
//! ```text
//!   type · code · checksum · 4 bytes · quoted packet, padded · extension
//!                            │                                 ├ version 2 · reserved · checksum
//!                            │                                 └ objects: length · class ·
//!                            │                                            C-type · data
//!                            └ the quote's length: in IPv4 byte 5, in words of 4 bytes;
//!                                                  in IPv6 byte 4, in words of 8 bytes
//! ```
//!
//! Left out: what is in an object of a class other than MPLS. Tested in `tests/probe`, with bytes from RFC 4950's
//! figures.

use std::fmt;

use barewire_packet::checksum::checksum;
use barewire_packet::icmp::Version;

/// The least that is quoted where an extension follows (RFC 4884 §4), and where old routers put one without saying so
/// (§5.5).
const USUAL_QUOTE: usize = 128;

/// How many objects are read of one error.
const MOST_OBJECTS: usize = 16;

/// One object of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Extension {
    /// The labels that the packet had when it arrived, outermost first (RFC 4950).
    Mpls(Vec<Label>),
    /// An object of another class.
    Other {
        /// Its class.
        class: u8,
        /// Its C-type.
        kind: u8,
        /// The length of its data, in bytes.
        length: usize,
    },
    /// There is something, and it cannot be read: a wrong checksum, version or length.
    Broken,
}

/// An entry of an MPLS label stack (RFC 3032 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    /// The label: 20 bits.
    pub label: u32,
    /// The traffic class: 3 bits.
    pub class: u8,
    /// Whether it is the last one of the stack.
    pub is_last: bool,
    /// Its own time to live.
    pub time_to_live: u8,
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Extension::Mpls(labels) => {
                f.write_str("MPLS")?;
                for Label { label, class, time_to_live, .. } in labels {
                    write!(f, " label {label} (class {class}, TTL {time_to_live})")?;
                }
                Ok(())
            }
            Extension::Other { class: 2, .. } => f.write_str("interface information (RFC 5837)"),
            Extension::Other { class, kind, length } => {
                write!(f, "extension of class {class}, C-type {kind}, {length} bytes")
            }
            Extension::Broken => f.write_str("an extension that cannot be read"),
        }
    }
}

/// Cuts an ICMP error into the packet that it quotes and the extensions after it. `bytes` are the ICMP message.
pub(super) fn extensions(version: Version, kind: u8, bytes: &[u8]) -> (&[u8], Vec<Extension>) {
    let quote = bytes.get(8..).unwrap_or_default();
    let length = match (version, kind) {
        (Version::V4, 3 | 11 | 12) => 4 * usize::from(bytes.get(5).copied().unwrap_or_default()),
        (Version::V6, 1 | 3) => 8 * usize::from(bytes.get(4).copied().unwrap_or_default()),
        _ => return (quote, Vec::new()),
    };
    match quote.split_at_checked(if length > 0 { length } else { USUAL_QUOTE }) {
        Some((before, extension)) if length > 0 => {
            let extension = structure(extension).unwrap_or_else(|| vec![Extension::Broken]);
            (before, extension)
        }
        // Without a length, bytes there are the rest of a long quote unless they have the form and the checksum.
        Some((before, extension)) => match structure(extension) {
            Some(objects) if !objects.is_empty() => (before, objects),
            _ => (quote, Vec::new()),
        },
        None if length > 0 => (quote, vec![Extension::Broken]),
        None => (quote, Vec::new()),
    }
}

/// RFC 4884 §7: the header of the structure, then objects (§7.1). `None`: it is not one.
fn structure(bytes: &[u8]) -> Option<Vec<Extension>> {
    let (header, mut rest) = bytes.split_at_checked(4)?;
    // A checksum of zero means that none was computed.
    if header[0] >> 4 != 2 || (header[2..] != [0, 0] && checksum(bytes) != 0) {
        return None;
    }
    let mut objects = Vec::new();
    while !rest.is_empty() && objects.len() < MOST_OBJECTS {
        let [high, low, class, kind, ..] = *rest else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let data = rest.get(4..length)?;
        rest = &rest[length..];
        objects.push(object(class, kind, data));
    }
    Some(objects)
}

fn object(class: u8, kind: u8, data: &[u8]) -> Extension {
    match (class, kind, data.as_chunks::<4>()) {
        (1, 1, (entries, [])) => Extension::Mpls(entries.iter().map(|entry| label(*entry)).collect()),
        _ => Extension::Other { class, kind, length: data.len() },
    }
}

fn label(entry: [u8; 4]) -> Label {
    let word = u32::from_be_bytes(entry);
    Label {
        label: word >> 12,
        class: (word >> 9 & 7) as u8,
        is_last: word >> 8 & 1 == 1,
        time_to_live: word as u8,
    }
}
