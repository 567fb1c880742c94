//! The wires of this machine.

#[cfg_attr(not(target_os = "linux"), path = "raw/elsewhere.rs")]
mod linux;

pub(super) use linux::{open, sender};
