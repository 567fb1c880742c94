//! The wires: each is a [`Link`](barewire_packet::link::Link), the seam of the crate `barewire-packet`.
//! Tested live, by the tests of `examples`.
//!
//! [`raw`] is a raw socket on the host's own address (Linux). A wire in process and in virtual time is in the crate
//! `barewire-internet`.

pub mod raw;
