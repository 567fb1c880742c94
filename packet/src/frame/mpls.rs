//! The MPLS label stack (RFC 3032 §2.1).
//!
//! A label does not say what follows the last one: that is known to the router that gave it out. As all sniffers do,
//! this reader looks at the next four bits (RFC 4385 §3): 4 and 6 are IP.

use barewire_dissect::{Bits, Parsed, Word, field};
use nom::Parser;
use nom::number::complete::be_u32;

use super::Other;
use super::carried::{Network, ip, other};
use crate::reason::Reason;

/// RFC 3032 §2.1.
static ENTRY: Word<4> = Word::new([
    Bits::new("label", 20, ""),
    Bits::new("traffic class", 3, ""),
    Bits::new("bottom of stack", 1, ""),
    Bits::new("time to live", 8, ""),
]);

/// Labels, up to the one that is marked as the last.
pub(super) fn labels(mut input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    loop {
        let last;
        (input, last) = field("MPLS label", "RFC 3032 §2.1", entry).parse(input)?;
        if last {
            break;
        }
    }
    match input.first().map(|byte| byte >> 4) {
        Some(4 | 6) => ip(input),
        _ => other(input, Other::Mpls),
    }
}

/// Whether this entry is the last.
fn entry(input: &[u8]) -> Parsed<'_, bool, Reason> {
    let (rest, word) = be_u32(input)?;
    let [_, _, bottom, _] = ENTRY.split(word);
    Ok((rest, bottom == 1))
}
