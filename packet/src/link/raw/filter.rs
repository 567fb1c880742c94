//! Which packets a raw link is given: [programs](crate::link::bpf) that the kernel runs on what comes for its sockets,
//! so that the segments of other programs do not fill the queue.
//!
//! ```text
//!   IPv4:  a raw socket has the IP header     segment at 4 · IHL     its destination port at + 2
//!   IPv6:  it has what follows the headers    segment at 0           the same
//!   an ICMP error:  8 bytes, then the packet that it is about; its source port is ours
//! ```
//!
//! Tested in `tests/live`.

use socket2::SockFilter;

use crate::icmp::Version;
use crate::link::bpf::{
    ADD_INDEX, AND, IF_EQUAL, INDEX_HEADER, LOAD_BYTE, LOAD_BYTE_FROM_INDEX, LOAD_HALF, LOAD_HALF_FROM_INDEX,
    SHIFT_LEFT, Step, TO_INDEX, assemble,
};
use crate::transit::TCP;

/// How many ports a program may name: the kernel takes 4096 instructions, and each port is two.
const MOST_PORTS: usize = 2000;

/// The program for the socket of segments. `None`: too many ports, so all are taken.
pub(super) fn segments(version: Version, ports: &[u16]) -> Option<Vec<SockFilter>> {
    let port: &[Step] = match version {
        Version::V4 => &[Step::Load(INDEX_HEADER, 0), Step::Load(LOAD_HALF_FROM_INDEX, 2)],
        Version::V6 => &[Step::Load(LOAD_HALF, 2)],
    };
    of_ports(port, ports)
}

/// The program for the socket of ICMP: errors about segments of ours.
pub(super) fn errors(version: Version, ports: &[u16]) -> Option<Vec<SockFilter>> {
    let port: &[Step] = match version {
        Version::V4 => &[
            Step::Load(INDEX_HEADER, 0),
            Step::Load(LOAD_BYTE_FROM_INDEX, 8 + 9),
            Step::DropUnless(IF_EQUAL, TCP as u32),
            // The quoted header, too, may have options.
            Step::Load(LOAD_BYTE_FROM_INDEX, 8),
            Step::Load(AND, 0x0f),
            Step::Load(SHIFT_LEFT, 2),
            Step::Load(ADD_INDEX, 0),
            Step::Load(TO_INDEX, 0),
            Step::Load(LOAD_HALF_FROM_INDEX, 8),
        ],
        // Our packets have no extension headers.
        Version::V6 => &[
            Step::Load(LOAD_BYTE, 8 + 6),
            Step::DropUnless(IF_EQUAL, TCP as u32),
            Step::Load(LOAD_HALF, 8 + 40),
        ],
    };
    of_ports(port, ports)
}

/// A program that loads a port by these steps, and keeps what is for one of ours. A load beyond the packet's end drops
/// it.
fn of_ports(load: &[Step], ports: &[u16]) -> Option<Vec<SockFilter>> {
    let ours = ports.iter().map(|port| Step::KeepIf(IF_EQUAL, (*port).into()));
    let steps: Vec<Step> = load.iter().copied().chain(ours).chain([Step::Drop]).collect();
    (ports.len() <= MOST_PORTS).then(|| assemble(&steps))
}
