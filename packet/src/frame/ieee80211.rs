//! 802.11 data frames (IEEE 802.11 §9.2, §9.3.2): a header of 24 to 36 bytes, then LLC.
//!
//! Left out: management and control frames are named. Frames that are encrypted, or several packets in one (A-MSDU),
//! or one of several pieces of a packet, are named and not opened.

use barewire_dissect::{Bits, Parsed, Word, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, le_u16};

use super::carried::{Network, other};
use super::{Other, ieee802};
use crate::mac::mac_address;
use crate::reason::Reason;

/// IEEE 802.11 §9.2.4.1: frame control, its first byte on the left.
static FRAME_CONTROL: Word<11> = Word::new([
    Bits::new("subtype", 4, ""),
    Bits::new("type", 2, "0 management, 1 control, 2 data"),
    Bits::new("version", 2, "0"),
    Bits::new("order", 1, "in a QoS frame: HT control follows"),
    Bits::new("protected", 1, "encrypted"),
    Bits::new("more data", 1, ""),
    Bits::new("power management", 1, ""),
    Bits::new("retry", 1, ""),
    Bits::new("more fragments", 1, ""),
    Bits::new("from DS", 1, "sent by an access point"),
    Bits::new("to DS", 1, "sent to an access point"),
]);

const DATA: u32 = 2;
/// Bits of the subtype of a data frame.
const NO_DATA: u32 = 4;
const QOS: u32 = 8;
/// In the QoS control field: several packets in one frame.
const AGGREGATE: u16 = 0x80;

/// What of a header decides how the frame goes on.
struct Header {
    kind: u32,
    subtype: u32,
    protected: bool,
    piece: bool,
    aggregate: bool,
}

/// LINKTYPE_IEEE802_11.
pub(super) fn ieee80211(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    frame(input, false)
}

/// A frame. When it is `padded`, its header is filled up to a multiple of four bytes, as some radios do.
pub(super) fn frame(input: &[u8], padded: bool) -> Parsed<'_, Network<'_>, Reason> {
    let (mut rest, header) = group("802.11", "IEEE 802.11 §9.2.3", header).parse(input)?;
    let padding = (input.len() - rest.len()).wrapping_neg() % 4;
    let Header { kind, subtype, .. } = header;
    if kind != DATA || subtype & NO_DATA != 0 {
        return other(rest, Other::Ieee80211 { kind: kind as u8, subtype: subtype as u8 });
    }
    if padded && padding > 0 {
        (rest, _) = field("padding", "the radio's, to a multiple of four", take(padding)).parse(rest)?;
    }
    match header {
        Header { protected: true, .. } => other(rest, Other::Ieee80211Protected),
        Header { aggregate: true, .. } => other(rest, Other::Ieee80211Aggregate),
        Header { piece: true, .. } => other(rest, Other::Ieee80211Piece),
        _ => ieee802::llc(rest),
    }
}

fn header(input: &[u8]) -> Parsed<'_, Header, Reason> {
    let (rest, word) = field_as("frame control", "", frame_control, |word| {
        let [subtype, kind, ..] = *word;
        name_of(kind as u8, subtype as u8).unwrap_or(if kind == DATA { "data" } else { "unknown" }).into()
    })
    .parse(input)?;
    let [subtype, kind, _, order, protected, _, _, _, more_pieces, from_ds, to_ds] = word;
    let mut header =
        Header { kind, subtype, protected: protected == 1, piece: more_pieces == 1, aggregate: false };
    if kind != DATA {
        return Ok((rest, header));
    }
    let (rest, _) = field("duration", "how long the medium is taken, in µs", le_u16).parse(rest)?;
    let (rest, _) = field("address 1", "the receiver", mac_address).parse(rest)?;
    let (rest, _) = field("address 2", "the transmitter", mac_address).parse(rest)?;
    let (rest, _) = field("address 3", "", mac_address).parse(rest)?;
    let (mut rest, sequence) = field("sequence control", "low 4 bits: which piece", le_u16).parse(rest)?;
    header.piece |= sequence & 0x000f != 0;
    if from_ds == 1 && to_ds == 1 {
        (rest, _) = field("address 4", "the source, between two access points", mac_address).parse(rest)?;
    }
    if subtype & QOS != 0 {
        let qos;
        (rest, qos) = field("QoS control", "", le_u16).parse(rest)?;
        header.aggregate = qos & AGGREGATE != 0;
        if order == 1 {
            (rest, _) = field("HT control", "", take(4usize)).parse(rest)?;
        }
    }
    Ok((rest, header))
}

fn frame_control(input: &[u8]) -> Parsed<'_, [u32; 11], Reason> {
    let (rest, word) = be_u16(input)?;
    Ok((rest, FRAME_CONTROL.split(word.into())))
}

/// Names of management, control, and empty data frames: IEEE 802.11 table 9-1.
const NAMES: [(u8, u8, &str); 28] = [
    (0, 0, "association request"),
    (0, 1, "association response"),
    (0, 2, "reassociation request"),
    (0, 3, "reassociation response"),
    (0, 4, "probe request"),
    (0, 5, "probe response"),
    (0, 6, "timing advertisement"),
    (0, 8, "beacon"),
    (0, 9, "ATIM"),
    (0, 10, "disassociation"),
    (0, 11, "authentication"),
    (0, 12, "deauthentication"),
    (0, 13, "action"),
    (0, 14, "action without acknowledgement"),
    (1, 2, "trigger"),
    (1, 4, "beamforming report poll"),
    (1, 5, "NDP announcement"),
    (1, 7, "control wrapper"),
    (1, 8, "block acknowledgement request"),
    (1, 9, "block acknowledgement"),
    (1, 10, "PS-Poll"),
    (1, 11, "RTS"),
    (1, 12, "CTS"),
    (1, 13, "acknowledgement"),
    (1, 14, "CF-End"),
    (2, 4, "null data"),
    (2, 12, "QoS null data"),
    (2, 14, "QoS CF-Poll"),
];

pub(super) fn name_of(kind: u8, subtype: u8) -> Option<&'static str> {
    NAMES.iter().find(|(k, s, _)| (*k, *s) == (kind, subtype)).map(|(_, _, name)| *name)
}
