//! The wires: each is a [`Link`](barewire_packet::link::Link), the seam of the crate `barewire-packet`.
//! Tested in `tests/sim.rs` and, live, by the tests of `examples`.
//!
//! * [`sim`]: in process, in virtual time, with seeded loss, delay, jitter, reordering, duplication, rate and queue.
//! * [`raw`]: a raw socket on the host's own address (Linux).

pub mod raw;
pub mod sim;
