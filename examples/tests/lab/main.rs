//! The lab: kernels and servers in namespaces of their own, as root and as an ordinary user.
//!
//! In reading order: [`raising`] (each topology, over both versions of IP, with its servers), [`running`] (exit codes,
//! signals, terminals), [`wire`] (our own stack against nginx, and what tcpdump sees of it at the server), [`leaving`]
//! (killed at a random moment, and nothing is left), [`refusing`] (systems that give out no namespaces).
//!
//! It needs Linux and the tools that each test names; what is missing is told loudly, and under
//! `BAREWIRE_REQUIRE_LIVE=1`, as in `.ci/run`, skipping is failing.
#![cfg(target_os = "linux")]

mod leaving;
#[path = "../live/need.rs"]
mod need;
#[allow(dead_code)] // no server of its own: the lab starts them
#[path = "../live/process.rs"]
mod process;
mod raising;
mod refusing;
mod running;
mod who;
mod wire;
