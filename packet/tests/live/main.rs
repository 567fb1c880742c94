//! The links against the Linux kernel, in network namespaces that the tests make ([`space`]).
//!
//! They need root on Linux and the tools that they name; without them they say loudly that they skipped, and under
//! `BAREWIRE_REQUIRE_LIVE=1`, as in `.ci/run`, skipping is failing ([`need`]).
#![cfg(target_os = "linux")]

mod layer3;
mod need;
mod raw;
mod segment;
mod space;
mod tap;
