//! Which frames come to us: a [program](crate::link::bpf) that the kernel runs on each frame.
//!
//! ```text
//!   the tag           none, or VLAN 0 (which only has a priority);  or ours      else: drop
//!   the type          IPv4, ARP or IPv6                                          else: drop
//!   the destination   a group, or our MAC address                                else: drop
//!   keep all of it
//! ```
//!
//! Tested by `tcp/tests/links`, with frames that come.

use socket2::SockFilter;

use crate::ethertype;
use crate::link::bpf::{AND, IF_BITS, IF_EQUAL, LOAD_BYTE, LOAD_HALF, LOAD_WORD, Step, assemble};
use crate::mac::MacAddress;

/// Where the kernel tells whether there was a tag, and what was in it. Offsets from SKF_AD_OFF on are not the frame's.
const TAG_PRESENT: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_VLAN_TAG_PRESENT) as u32;
const TAG: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_VLAN_TAG) as u32;
const TAG_TYPE: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_VLAN_TPID) as u32;
/// The 12 bits of a tag that are the VLAN's number.
const VLAN_BITS: u32 = 0x0fff;

/// The program for an interface with this MAC address.
pub(super) fn program(mac: MacAddress, vlan: Option<u16>) -> Vec<SockFilter> {
    let [a, b, c, d, e, f] = mac.0;
    let (first, last) = (u32::from_be_bytes([a, b, c, d]), u32::from(u16::from_be_bytes([e, f])));
    let mut steps = Vec::new();
    if vlan.is_some() {
        steps.extend([
            Step::Load(LOAD_BYTE, TAG_PRESENT),
            Step::DropUnless(IF_EQUAL, 1),
            Step::Load(LOAD_HALF, TAG_TYPE),
            Step::DropUnless(IF_EQUAL, ethertype::VLAN.into()),
        ]);
    }
    // The number of the VLAN. A frame without a tag has 0 here.
    steps.extend([
        Step::Load(LOAD_HALF, TAG),
        Step::Load(AND, VLAN_BITS),
        Step::DropUnless(IF_EQUAL, vlan.unwrap_or(0).into()),
        Step::Load(LOAD_HALF, 12),
        Step::SkipIf(IF_EQUAL, ethertype::IPV4.into(), 2),
        Step::SkipIf(IF_EQUAL, ethertype::IPV6.into(), 1),
        Step::DropUnless(IF_EQUAL, ethertype::ARP.into()),
        Step::Load(LOAD_BYTE, 0),
        Step::SkipIf(IF_BITS, 1, 4),
        Step::Load(LOAD_WORD, 0),
        Step::DropUnless(IF_EQUAL, first),
        Step::Load(LOAD_HALF, 4),
        Step::DropUnless(IF_EQUAL, last),
        Step::Keep,
    ]);
    assemble(&steps)
}
