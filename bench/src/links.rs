//! Links over real wires: what a packet costs, beside plain `send` and `recv` of the same kind of socket; and what our
//! TCP makes of a link, beside a plain sender there.
//!
//! Needs root, and runs in network namespaces of its own: this program starts itself again in a new one (`unshare`),
//! and there once more for the far end. Nothing is left when it ends.
//!
//! ```text
//!   goodput   near 10.96.0.1 ─── veth ─── 10.96.0.2 far: the kernel's TCP and UDP, which read all
//!                  10.96.0.9 (datalink)
//!             near 10.96.1.2 ─── tun0 ─── 10.96.1.1 near: the kernel of our own namespace
//!   packets   near 10.96.2.1 ─── veth ─── a device without an address, here: what comes is dropped
//! ```
//!
//! All is the CPU time of the thread that sends or receives. What the kernel does within a call of that thread counts,
//! and over a veth pair that is much of what the far end does with the packet.

mod goodput;
mod packets;
mod room;

use crate::measure::Comparison;
use room::ROLE;

/// Whether this is the far end.
pub(crate) fn is_far_end() -> bool {
    std::env::var(ROLE).is_ok_and(|role| role == "far")
}

/// What the far end does, until nobody wants it any more.
pub(crate) fn far_end() {
    room::far();
}

/// Whether this is the program in a namespace of its own, where the wires can be made.
pub(crate) fn is_at_home() -> bool {
    std::env::var(ROLE).is_ok_and(|role| role == "near")
}

/// Starts this program again in a namespace of its own: it prints the lines of this subject.
pub(crate) fn run_at_home(rounds: u32, markdown: bool) {
    room::enter(rounds, markdown);
}

/// The lines of this subject.
pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    let _far = room::furnish();
    packets::compare(rounds).into_iter().chain(goodput::compare(rounds)).collect()
}
