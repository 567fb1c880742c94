//! RFC 9293 clause by clause, and RFC 5961, 7323 and 2018 where they change it, in one connection that is played by
//! hand. Every script begins a few numbers before the wrap of the sequence space, on both sides.
//!
//! Which test shows which MUST and SHOULD: `tests/index`.

#[path = "../common/mod.rs"]
mod common;

mod acks;
mod arrives;
mod closing;
mod guesses;
mod opening;
mod segments;
mod timestamps;
mod windows;
