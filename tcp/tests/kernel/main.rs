//! Our TCP against that of the Linux kernel, on a wire that the test makes: as client and as server, against reno and
//! against cubic, on a path that loses packets.
//!
//! Each test raises network namespaces ([`lab`]), so tests do not see each other, need no network, and leave nothing.
//! They need root on Linux and the tools named in [`lab::TOOLS`]; without them they say loudly that they skipped, and
//! under `BAREWIRE_REQUIRE_LIVE=1`, as in `.ci/run`, skipping is failing.
//!
//! ```text
//! cargo test -p barewire-tcp --test kernel                            1 MB each way, and 50 kB at 20 % loss
//! BAREWIRE_LONG=1 cargo test -p barewire-tcp --test kernel transfer   10 MB each way, and 1 MB at 20 % loss,
//!                                                                     there also from the kernel to the kernel
//! BAREWIRE_GOODPUT=10 cargo test -p barewire-tcp --test kernel goodput -- --nocapture
//!                                              ten runs of each sender, and a table: BAREWIRE_GOODPUT_BYTES=4000000
//! ```
//!
//! In reading order: [`transfer`] (all bytes arrive, and nobody resets), [`fast_open`] (text with the SYN), [`goodput`]
//! (how fast, beside the kernel), [`role`] (what the processes in the namespaces do), [`relay`] (the poor wire of
//! `barewire-internet` between them).
#![cfg(target_os = "linux")]

mod fast_open;
mod fast_open_role;
mod goodput;
mod lab;
#[path = "../common/live.rs"]
mod live;
#[path = "../common/namespaces.rs"]
mod namespaces;
#[path = "../common/need.rs"]
#[allow(dead_code, reason = "here only the part about skipping is used")]
mod need;
mod pair;
mod process;
mod raw_stack;
#[path = "../common/relay.rs"]
mod relay;
mod role;
mod seen;
mod transfer;
