//! Serial lines: PPP with HDLC framing (RFC 1662), Cisco HDLC (RFC 1547 §4.3.1), frame relay (RFC 2427). Tested in
//! `tests/frame.rs`.

use barewire_dissect::{Parsed, field, field_as, group};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16};

use super::carried::{Network, ip, other};
use super::{Other, ieee802, ppp};
use crate::ethertype;
use crate::reason::Reason;

/// LINKTYPE_PPP and LINKTYPE_PPP_HDLC: with address and control in front, or without; or, told by its first byte,
/// Cisco HDLC.
pub(super) fn ppp(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    match input {
        [0xff] | [0xff, 0x03, ..] => {
            let (rest, _) = field("address and control", "RFC 1662 §3.1", be_u16).parse(input)?;
            ppp::protocol(rest)
        }
        [0x0f | 0x8f] | [0x0f | 0x8f, 0x00, ..] => cisco_hdlc(input),
        _ => ppp::protocol(input),
    }
}

/// LINKTYPE_C_HDLC: address (unicast 0x0f, multicast 0x8f), control, and an EtherType.
pub(super) fn cisco_hdlc(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, kind) = group("Cisco HDLC", "RFC 1547 §4.3.1", |input| {
        let (rest, _) = field_as("address", "", be_u8, |byte| format!("0x{byte:02x}")).parse(input)?;
        let (rest, _) = field("control", "", be_u8).parse(rest)?;
        let (rest, kind) = field_as("protocol", "", be_u16, |kind| ethertype::show(*kind)).parse(rest)?;
        Ok((rest, kind))
    })
    .parse(input)?;
    typed(kind, rest)
}

fn typed(kind: u16, input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    if ethertype::is_type(kind) {
        ieee802::carried(kind, input)
    } else {
        other(input, Other::EtherType(kind))
    }
}

const UNNUMBERED_INFORMATION: u8 = 3;
const NLPID_SNAP: u8 = 0x80;
const NLPID_IPV6: u8 = 0x8e;
const NLPID_IPV4: u8 = 0xcc;
const NLPID_PPP: u8 = 0xcf;

/// LINKTYPE_FRELAY: an address of two to four bytes, then a network layer id (RFC 2427 §3) or, as Cisco does, an
/// EtherType.
pub(super) fn frame_relay(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, _) =
        field("address", "Q.922: the lowest bit marks its last byte", q922_address).parse(input)?;
    if rest.first() != Some(&UNNUMBERED_INFORMATION) {
        let (rest, kind) = field_as("protocol", "", be_u16, |kind| ethertype::show(*kind)).parse(rest)?;
        return typed(kind, rest);
    }
    let (mut rest, _) = field("control", "3 is unnumbered information", be_u8).parse(rest)?;
    if rest.first() == Some(&0) {
        (rest, _) = field("pad", "so that what follows is even", be_u8).parse(rest)?;
    }
    let (rest, id) =
        field_as("NLPID", "network layer protocol id", be_u8, |id| format!("0x{id:02x}")).parse(rest)?;
    match id {
        NLPID_IPV4 | NLPID_IPV6 => ip(rest),
        NLPID_SNAP => ieee802::snap(rest),
        NLPID_PPP => ppp::protocol(rest),
        _ => other(rest, Other::Nlpid(id)),
    }
}

fn q922_address(input: &[u8]) -> Parsed<'_, &[u8], Reason> {
    let last = input.iter().take(4).position(|byte| byte & 1 == 1);
    take(last.map_or(2, |last| (last + 1).max(2))).parse(input)
}
