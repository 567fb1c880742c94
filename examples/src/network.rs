//! The seam above: what a fetch needs of a network, and the three that offer it.
//!
//! | network | DNS        | UDP    | TCP    | needs        |
//! |---------|------------|--------|--------|--------------|
//! | `toy`   | ours       | ours   | ours   | nothing      |
//! | `os`    | ours       | kernel | kernel | a network    |
//! | `raw`   | ours       | kernel | ours   | CAP_NET_RAW  |
//!
//! TLS, HTTP and the fetch are ours, the same code over each of them. WebAssembly has no sockets: there `os` and `raw`
//! return an error that says so, and only `toy` works.
//!
//! Tested in `tests/offline.rs`, and in `tests/live` against real servers.

mod names;
#[cfg_attr(target_family = "wasm", path = "network/no_sockets.rs")]
mod sockets;
mod stack_streams;
mod streams;
pub mod toy;

use std::time::{Duration, Instant, SystemTime};

use barewire_dns::driver::Transport;
use barewire_dns::resolver::Trace as Decisions;
use rand_core::Rng;

pub use names::Names;
pub use sockets::{os, raw};
pub use streams::{Awaited, StreamId, Streams};
pub use toy::{Toy, ToyOptions, ToyUdp};

use crate::trace::Trace;

/// A network: carry a DNS message, open streams, what time is it.
pub trait Network {
    /// A few words about it, for the head of the picture.
    fn describe(&self) -> String;
    /// Where everything that it carries is noted.
    fn trace(&self) -> &Trace;
    /// The time on the clock that deadlines are set by.
    fn now(&self) -> Instant;
    /// The time of day, for certificates.
    fn wall_clock(&self) -> SystemTime;
    /// The generator for everything random but key material.
    fn rng(&mut self) -> &mut dyn Rng;
    /// Which DNS servers to ask, and what not to ask at all.
    fn names(&self) -> &Names;
    /// What carries DNS messages to these servers and back.
    fn transport(&mut self) -> Box<dyn Transport>;
    /// What the run has to be told at its end, in sentences: a simulated network says what was to be broken and was
    /// not, and a raw socket how many packets this machine has lost.
    fn complaints(&self) -> Vec<String> {
        Vec::new()
    }
    /// What its resolver decided for each question that it had to ask others about, if it is one that shows it; and how
    /// long after the begin of time that began.
    fn walks(&self) -> Vec<(Duration, Decisions)> {
        Vec::new()
    }
    /// Its TCP connections.
    fn streams(&mut self) -> &mut dyn Streams;
}
