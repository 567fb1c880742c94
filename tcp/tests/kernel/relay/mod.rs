//! A poor wire between two network devices: it passes frames on late, loses some, lets some overtake others.
//!
//! Kernels often lack netem, so this does its work in a program. It sees whole Ethernet frames and changes at most the
//! two ECN bits of one. Whatever is lost, delayed or doubled by chance is decided by `barewire-internet`, from a seed.
//!
//! ```text
//!   end ──veth── left ▐ rules ──▶ a wire of barewire-internet ──▶ ▌ right ──veth── end
//!                     ▐ ◀──────── the same the other way ◀─────── ▌
//! ```
//!
//! `plan` is what it is told, `rules` what happens to single frames, `path` the core without I/O, `devices` the loop.
//! It keeps nothing in the kernel but two sockets: when it ends, however it ends, nothing is left. The core is tested
//! below it, in virtual time; the loop by the live tests of `tests/kernel`.
#![allow(dead_code, reason = "the program and the tests each use a part")]

mod devices;
mod frame;
mod path;
pub(crate) mod plan;
mod rules;

pub(crate) use devices::run;
pub(crate) use plan::Plan;
