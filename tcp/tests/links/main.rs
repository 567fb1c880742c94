//! One conversation over every link: our TCP against that of the Linux kernel, in namespaces that the test makes.
//!
//! ```text
//!   raw        near 10.95.1.2 ──── veth ──── 10.95.1.1 far      the host's own address, guarded
//!   layer3     the same, on the link for packets of all kinds
//!   datalink   near 10.95.1.9 ──── veth ──── 10.95.1.1 far      an address that no kernel owns
//!   vlan       near 10.95.1.9 ═ tagged ═ untag ──── 10.95.1.1   the same in VLAN 7; this kernel's end knows no tags
//!   tun        near 10.95.2.2 ──── tun0 ──── 10.95.2.1 near     the kernel of our own namespace
//!   sim        in process, in virtual time: our own TCP at both ends
//! ```
//!
//! The conversation: a connection is opened, a megabyte goes each way and both SHA-256 are right, it is closed; the
//! peer resets one; we reset one; one is refused. Then a link with a queue that is far too small: packets are lost,
//! the link counts them, and the bytes are right. Beside it a recorder at the kernel's end: tshark finds nothing
//! malformed there, and no reset but those of the conversation.
//!
//! ```text
//! cargo test -p barewire-tcp --test links                        1 MB each way
//! BAREWIRE_LONG=1 cargo test -p barewire-tcp --test links        10 MB each way
//! ```
//!
//! They need root on Linux and the tools named in [`room::TOOLS`]; without them they say loudly that they skipped, and
//! under `BAREWIRE_REQUIRE_LIVE=1`, as in `.ci/run`, skipping is failing.
//!
//! In reading order: [`conversation`] (what is asked of a link), [`offloads`] (MTU, VLAN and offloads), [`by_rule`]
//! (fragments, ICMP, path MTU), [`our_end`] and [`peer`] (the two ends), [`room`] (the namespaces), [`untag`] (a bridge
//! that takes tags off), [`sim`].
#![cfg(target_os = "linux")]

mod by_rule;
mod bytes;
mod conversation;
#[path = "../common/live.rs"]
mod live;
#[path = "../common/namespaces.rs"]
mod namespaces;
#[path = "../common/need.rs"]
#[allow(dead_code, reason = "here only the part about skipping is used")]
mod need;
mod offloads;
mod our_end;
mod peer;
#[path = "../kernel/process.rs"]
mod process;
mod role;
mod room;
mod sim;
mod untag;
