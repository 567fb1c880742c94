//! PPP (RFC 1661), and PPPoE (RFC 2516), which carries it in Ethernet. The serial lines that carry it are in `wan.rs`.
//! Tested in `tests/frame.rs`.

use barewire_dissect::{Parsed, field, field_as, group};
use nom::Parser;
use nom::number::complete::{be_u8, be_u16};

use super::carried::{Network, ip, other};
use super::{Other, mpls};
use crate::reason::Reason;

const PPP_IPV4: u16 = 0x0021;
const PPP_IPV6: u16 = 0x0057;
const PPP_MPLS: u16 = 0x0281;
const PPP_MPLS_MULTICAST: u16 = 0x0283;

/// The PPP protocols that have a name here (IANA, "PPP DLL Protocol Numbers").
const PROTOCOLS: [(u16, &str); 17] = [
    (PPP_IPV4, "IPv4"),
    (0x002b, "IPX"),
    (0x002d, "compressed TCP/IP headers"),
    (0x002f, "uncompressed TCP/IP headers"),
    (0x003d, "multilink"),
    (PPP_IPV6, "IPv6"),
    (0x00fd, "compressed datagram"),
    (PPP_MPLS, "MPLS"),
    (PPP_MPLS_MULTICAST, "MPLS multicast"),
    (0x8021, "IPCP"),
    (0x8057, "IPv6CP"),
    (0x80fd, "CCP"),
    (0x8281, "MPLSCP"),
    (0xc021, "LCP"),
    (0xc023, "PAP"),
    (0xc025, "link quality report"),
    (0xc223, "CHAP"),
];

pub(super) fn name_of(protocol: u16) -> Option<&'static str> {
    PROTOCOLS.iter().find(|(number, _)| *number == protocol).map(|(_, name)| *name)
}

fn show(protocol: u16) -> String {
    match name_of(protocol) {
        Some(name) => format!("0x{protocol:04x} ({name})"),
        None => format!("0x{protocol:04x}"),
    }
}

/// RFC 1661 §2: the protocol field has two bytes, or one where both ends agreed to that; the last byte is odd.
pub(super) fn protocol(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, protocol) = field_as("protocol", "RFC 1661 §2", protocol_number, |p| show(*p)).parse(input)?;
    match protocol {
        PPP_IPV4 | PPP_IPV6 => ip(rest),
        PPP_MPLS | PPP_MPLS_MULTICAST => mpls::labels(rest),
        _ => other(rest, Other::Ppp(protocol)),
    }
}

fn protocol_number(input: &[u8]) -> Parsed<'_, u16, Reason> {
    match input.first() {
        Some(byte) if byte & 1 == 1 => {
            let (rest, byte) = be_u8(input)?;
            Ok((rest, byte.into()))
        }
        _ => be_u16(input),
    }
}

/// PPPoE (RFC 2516 §4): a header in an Ethernet frame, then PPP without framing. Also LINKTYPE_PPP_ETHER.
pub(super) fn pppoe(input: &[u8]) -> Parsed<'_, Network<'_>, Reason> {
    let (rest, code) = group("PPPoE", "RFC 2516 §4", |input| {
        let (rest, _) =
            field_as("version and type", "1 and 1", be_u8, |byte| format!("0x{byte:02x}")).parse(input)?;
        let (rest, code) = field("code", "0 carries PPP", be_u8).parse(rest)?;
        let (rest, _) = field_as("session", "", be_u16, |session| format!("0x{session:04x}")).parse(rest)?;
        let (rest, _) = field("length", "of what follows", be_u16).parse(rest)?;
        Ok((rest, code))
    })
    .parse(input)?;
    if code == 0 { protocol(rest) } else { other(rest, Other::EtherType(0x8863)) }
}
