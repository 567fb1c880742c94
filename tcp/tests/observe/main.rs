//! The observer: what it says of segments made by hand, and of runs of our own over a poor wire.

#[path = "../common/mod.rs"]
mod common;

mod connections;
mod fast_open;
mod memory;
mod notes;
mod runs;
mod states;
mod streams;
mod watch;
