//! What a radio puts in front of an 802.11 frame: radiotap, Prism and AVS headers. Only their length is needed, and
//! one flag.

use barewire_dissect::{Parsed, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u32, le_u16, le_u32, u8};

use super::carried::{Network, other};
use super::{Other, ieee80211};
use crate::reason::Reason;

/// The first bits of radiotap's "present" word: which fields follow.
const TSFT: u32 = 1;
const FLAGS: u32 = 1 << 1;
/// Another "present" word follows.
const MORE: u32 = 1 << 31;
/// In the flags field: the 802.11 header is padded.
const DATA_PAD: u8 = 0x20;

/// LINKTYPE_IEEE802_11_RADIOTAP, as radiotap.org defines it.
pub(super) fn radiotap(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, padded) = group("radiotap", "what the radio noted", radiotap_header).parse(input)?;
    ieee80211::frame(rest, padded)
}

fn radiotap_header(input: &[u8]) -> Parsed<'_, bool, Reason> {
    let (rest, _) = field("version", "0", u8).parse(input)?;
    let (rest, _) = field("pad", "", u8).parse(rest)?;
    let (rest, length) = field("length", "of this header, in bytes", le_u16).parse(rest)?;
    let (rest, present) =
        field_as("present", "a bit for each field that follows", le_u32, |p| format!("0x{p:08x}"))
            .parse(rest)?;
    let beyond = usize::from(length).saturating_sub(8);
    let (rest, _) = field("radio fields", "signal, rate, channel ...", take(beyond)).parse(rest)?;
    Ok((rest, flags(input, present) & DATA_PAD != 0))
}

/// Radiotap's flags. In front of them stand all "present" words, and the TSFT clock, which starts at a multiple of
/// eight.
fn flags(header: &[u8], present: u32) -> u8 {
    let mut words = header.get(4..).unwrap_or_default().chunks_exact(4);
    let more = words.position(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]) & MORE == 0);
    let (Some(more), true) = (more, present & FLAGS != 0) else { return 0 };
    let fields = 8 + 4 * more;
    let at = if present & TSFT == 0 { fields } else { fields.next_multiple_of(8) + 8 };
    header.get(at).copied().unwrap_or_default()
}

/// LINKTYPE_IEEE802_11_PRISM: a fixed 144 bytes, or, as told by the first word, an AVS header.
pub(super) fn prism(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let is_avs = input.first_chunk().is_some_and(|magic| u32::from_be_bytes(*magic) & AVS_MASK == AVS_MAGIC);
    if is_avs {
        return avs(input);
    }
    let (rest, _) = field("Prism header", "what the radio noted", take(144usize)).parse(input)?;
    ieee80211::ieee80211(rest)
}

const AVS_MAGIC: u32 = 0x8021_1000;
/// The last four bits are the version.
const AVS_MASK: u32 = 0xffff_fff0;

/// LINKTYPE_IEEE802_11_AVS: magic, length, fields.
pub(super) fn avs(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, _) = field_as("AVS magic", "", be_u32, |magic| format!("0x{magic:08x}")).parse(input)?;
    let (rest, length) = field("AVS length", "of this header, in bytes", be_u32).parse(rest)?;
    let Some(beyond) = length.checked_sub(8) else { return other(rest, Other::EndsEarly) };
    let (rest, _) = field("radio fields", "", take(beyond)).parse(rest)?;
    ieee80211::ieee80211(rest)
}
