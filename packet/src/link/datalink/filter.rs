//! Which frames come to us: a program for the kernel's classic BPF machine, which runs it on each frame
//! (McCanne and Jacobson, 1993; here `bpf(4)` and linux/Documentation/networking/filter.rst).
//!
//! ```text
//!   the tag           none, or VLAN 0 (which only has a priority);  or ours      else: drop
//!   the type          IPv4, ARP or IPv6                                          else: drop
//!   the destination   a group, or our MAC address                                else: drop
//!   keep all of it
//! ```
//!
//! The machine has one register, A. An instruction loads it from the frame, or from what the kernel knows beside it
//! (offsets below zero), or compares it and jumps forward. Tested in `tests/datalink.rs`, by frames that come.

use socket2::SockFilter;

use crate::ethertype;
use crate::mac::MacAddress;

/// Where the kernel tells whether there was a tag, and what was in it. Offsets from SKF_AD_OFF on are not the frame's.
const TAG_PRESENT: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_VLAN_TAG_PRESENT) as u32;
const TAG: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_VLAN_TAG) as u32;
const TAG_TYPE: u32 = (libc::SKF_AD_OFF + libc::SKF_AD_VLAN_TPID) as u32;
/// The 12 bits of a tag that are the VLAN's number.
const VLAN_BITS: u32 = 0x0fff;

const LOAD_BYTE: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_ABS;
const LOAD_HALF: u32 = libc::BPF_LD | libc::BPF_H | libc::BPF_ABS;
const LOAD_WORD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const AND: u32 = libc::BPF_ALU | libc::BPF_AND | libc::BPF_K;
const IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const IF_BITS: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;

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
    // The number of the VLAN; 0 where there is no tag.
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
    ]);
    assemble(&steps)
}

/// An instruction, before it is known where the program ends.
enum Step {
    /// Loads the register, or computes with it.
    Load(u32, u32),
    /// Goes on if the comparison holds, and drops the frame otherwise.
    DropUnless(u32, u32),
    /// Skips so many of the next instructions if the comparison holds.
    SkipIf(u32, u32, u8),
}

fn assemble(steps: &[Step]) -> Vec<SockFilter> {
    let instruction = |code: u32, yes: u8, no: u8, operand| SockFilter::new(code as u16, yes, no, operand);
    let each = steps.iter().enumerate().map(|(at, step)| match *step {
        Step::Load(code, operand) => instruction(code, 0, 0, operand),
        // The last instruction but one keeps, and the last drops.
        Step::DropUnless(code, operand) => instruction(code, 0, (steps.len() - at) as u8, operand),
        Step::SkipIf(code, operand, over) => instruction(code, over, 0, operand),
    });
    let ends = [instruction(RETURN, 0, 0, u32::MAX), instruction(RETURN, 0, 0, 0)];
    each.chain(ends).collect()
}
