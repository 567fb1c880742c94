//! What this machine allows: which sockets, devices and namespaces a program may open here, and what that opens.
//!
//! Each probe tries the real thing, with the code that the commands use, and lets go of it at once. What would change
//! the machine is tried in a lab, whose namespaces nobody else sees and which is gone a moment later. So this changes
//! nothing, and what it says is what will happen.
//!
//! ```text
//!   raw, packet, guard, tun, ...  ── on this machine ──┐
//!   the same, nft, netem, tbf     ── in a lab ─────────┼──▶ Report ──▶ views::doctor, or JSON
//!   capabilities, seccomp, ...    ── /proc ────────────┘
//! ```
//!
//! A [`Probe`] is data: its name, what was tried, what came of it, what it opens, and for a closed door the line that
//! opens it. On macOS and Windows nothing is tried: what is possible there is known, and said.
//!
//! Left out: whether a real network lets our packets pass, and what a firewall of this machine drops.
//! Tested in `tests/live/doctor.rs`, in five made situations, and in `tests/doctor.rs`.

#[cfg(target_os = "linux")]
mod buffers;
#[cfg_attr(not(target_os = "linux"), path = "doctor/elsewhere.rs")]
mod everything;
#[cfg(target_os = "linux")]
mod facts;
#[cfg(target_os = "linux")]
mod guards;
#[cfg(target_os = "linux")]
mod kernel_tools;
#[cfg(target_os = "linux")]
mod lab;
#[cfg(target_os = "linux")]
mod offloads;
#[cfg(target_os = "linux")]
mod packet;
mod probe;
#[cfg(target_os = "linux")]
mod raw;
mod report;
#[cfg(target_os = "linux")]
mod servers;
mod sockets;
#[cfg(target_os = "linux")]
mod tun;

pub use everything::{examine, examine_lab};
pub use probe::{Outcome, Probe};
pub use report::{Fact, Report};
