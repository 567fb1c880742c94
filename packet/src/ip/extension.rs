//! IPv6 extension headers (RFC 8200 §4): a chain, each naming the type of the next.
//!
//! ```text
//!   fixed header ──▶ hop-by-hop ──▶ routing ──▶ fragment ──▶ destination options ──▶ TCP
//!    next: 0          next: 43       next: 44    next: 60     next: 6
//! ```
//!
//! The walk ends at a type that is not in [`Kind`]: a protocol, ESP (what follows is encrypted), or "no next header".
//! It also ends at the fragment header of a real fragment: what follows there may be the middle of anything.

use std::net::Ipv6Addr;

use barewire_dissect::{Bits, Parsed, Word, field, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use super::{Fragment, protocol_name};
use crate::reason::Reason;

/// How many extension headers are read of one packet. RFC 8200 §4.1 has each at most once, and one of them twice.
pub const MOST_EXTENSIONS: usize = 16;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
/// The type of an authentication header (RFC 4302).
pub const AUTHENTICATION_HEADER: u8 = 51;
const DESTINATION_OPTIONS: u8 = 60;
pub(super) const NO_NEXT_HEADER: u8 = 59;

/// The kinds of extension headers that are walked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Options,
    Routing,
    Fragment,
    Authentication,
}

impl Kind {
    fn of(number: u8) -> Option<Kind> {
        match number {
            HOP_BY_HOP | DESTINATION_OPTIONS => Some(Kind::Options),
            ROUTING => Some(Kind::Routing),
            FRAGMENT => Some(Kind::Fragment),
            AUTHENTICATION_HEADER => Some(Kind::Authentication),
            _ => None,
        }
    }

    /// How long the header is, in bytes, when its second byte is `length`.
    fn length(self, length: u8) -> usize {
        match self {
            Kind::Options | Kind::Routing => 8 + 8 * usize::from(length),
            Kind::Fragment => 8,
            // RFC 4302 §2.2: in 4-byte units, minus 2.
            Kind::Authentication => 4 * (usize::from(length) + 2),
        }
    }
}

/// One extension header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Its type: the number that the header before it gives as next header.
    pub kind: u8,
    /// All of its bytes.
    pub bytes: &'a [u8],
}

impl Extension<'_> {
    /// How many stops a routing header still has (RFC 8200 §4.4). 0 for all others.
    pub fn segments_left(&self) -> u8 {
        if self.kind == ROUTING { self.bytes.get(3).copied().unwrap_or_default() } else { 0 }
    }

    /// The last stop, in a routing header that has stops left and whose type is known.
    pub(super) fn last_stop(&self) -> Option<Ipv6Addr> {
        if self.segments_left() == 0 {
            return None;
        }
        let stop = match self.bytes.get(2)? {
            // The addresses in order (RFC 5095 ended type 0, RFC 6275 §6.4 has type 2).
            0 | 2 => self.bytes.get(8..)?.last_chunk::<16>()?,
            // Segment routing, RFC 8754 §2: the last segment stands first.
            4 => self.bytes.get(8..)?.first_chunk::<16>()?,
            _ => return None,
        };
        Some(Ipv6Addr::from(*stop))
    }
}

/// The headers in `bytes`, which [`extension_headers`] has found good.
pub(super) fn walk(first: u8, mut bytes: &[u8]) -> impl Iterator<Item = Extension<'_>> {
    let mut next = first;
    std::iter::from_fn(move || {
        let kind = next;
        let &[after, length, ..] = bytes else { return None };
        let (header, rest) = bytes.split_at_checked(Kind::of(kind)?.length(length))?;
        (next, bytes) = (after, rest);
        Some(Extension { kind, bytes: header })
    })
}

/// Reads the chain: what it leads to, and the fragment that it says this is.
pub(super) fn extension_headers(first: u8, mut input: &[u8]) -> Parsed<'_, (u8, Option<Fragment>), Reason> {
    let mut next = first;
    let mut count = 0;
    while let Some(kind) = Kind::of(next) {
        if count == MOST_EXTENSIONS {
            return refuse(input, Reason::TooManyExtensionHeaders(count));
        }
        count += 1;
        let fragment;
        (input, (next, fragment)) = one(kind, input)?;
        if fragment.is_some() {
            return Ok((input, (next, fragment)));
        }
    }
    Ok((input, (next, None)))
}

fn one(kind: Kind, input: &[u8]) -> Parsed<'_, (u8, Option<Fragment>), Reason> {
    match kind {
        Kind::Options => {
            group("options header", "RFC 8200 §4.3, §4.6", |input| with_length(kind, input)).parse(input)
        }
        Kind::Routing => {
            group("routing header", "RFC 8200 §4.4", |input| with_length(kind, input)).parse(input)
        }
        Kind::Authentication => {
            group("authentication header", "RFC 4302 §2", |input| with_length(kind, input)).parse(input)
        }
        Kind::Fragment => group("fragment header", "RFC 8200 §4.5", fragment).parse(input),
    }
}

fn with_length(kind: Kind, input: &[u8]) -> Parsed<'_, (u8, Option<Fragment>), Reason> {
    let (rest, next) = field_as("next header", "", be_u8, |p| protocol_name(*p)).parse(input)?;
    let (rest, length) = field_as("length", "of this header", be_u8, |length| {
        format!("{length}: {} bytes", kind.length(*length))
    })
    .parse(rest)?;
    let beyond = kind.length(length) - 2;
    let rest = if kind == Kind::Routing {
        let (rest, _) = field("routing type", "", be_u8).parse(rest)?;
        let (rest, _) = field("segments left", "stops before the last", be_u8).parse(rest)?;
        field("type-specific data", "unread", take(beyond - 2)).parse(rest)?.0
    } else {
        field("content", "unread", take(beyond)).parse(rest)?.0
    };
    Ok((rest, (next, None)))
}

/// RFC 8200 §4.5.
static FRAGMENT_WORD: Word<3> = Word::new([
    Bits::new("fragment offset", 13, "in units of 8 bytes"),
    Bits::new("reserved", 2, "zero"),
    Bits::new("more fragments", 1, ""),
]);

/// A fragment header. That of a packet which is whole all the same (RFC 6946, "atomic") is one more header to walk
/// through.
fn fragment(input: &[u8]) -> Parsed<'_, (u8, Option<Fragment>), Reason> {
    let (rest, next) = field_as("next header", "", be_u8, |p| protocol_name(*p)).parse(input)?;
    let (rest, _) = field("reserved", "zero", be_u8).parse(rest)?;
    let (rest, (offset, more)) =
        field_as("fragment offset and flags", "", fragment_word, |(offset, _)| format!("byte {offset}"))
            .parse(rest)?;
    let (rest, identification) = field("identification", "which packet it belongs to", be_u32).parse(rest)?;
    let fragment = (offset > 0 || more).then_some(Fragment { identification, offset, more });
    Ok((rest, (next, fragment)))
}

fn fragment_word(input: &[u8]) -> Parsed<'_, (usize, bool), Reason> {
    let (rest, word) = be_u16(input)?;
    let [offset, _, more] = FRAGMENT_WORD.split(word.into());
    Ok((rest, (8 * offset as usize, more == 1)))
}
