//! What the program does, one file per command.
//!
//! Tested in `tests/offline.rs`, `tests/curl_flags.rs`, `tests/read.rs`, `tests/input.rs`, `tests/step.rs`,
//! `tests/dissect.rs`, `tests/keys.rs`, `tests/report.rs`, `tests/serve.rs`, `tests/serve_dns.rs`,
//! `tests/probing.rs`, `tests/listening.rs`, `tests/send.rs` and `tests/resolve`.

mod dissect;
#[cfg(not(target_family = "wasm"))]
mod doctor;
mod fetch;
mod gunzip;
mod hex;
mod input;
#[cfg(not(target_family = "wasm"))]
mod interrupt;
mod keylog;
mod keys;
#[cfg(not(target_family = "wasm"))]
mod lab;
#[cfg(not(target_family = "wasm"))]
mod listen;
mod output;
#[cfg(not(target_family = "wasm"))]
mod ping;
#[cfg(not(target_family = "wasm"))]
mod probing;
mod progress;
mod read;
#[cfg(not(target_family = "wasm"))]
mod relay;
mod report;
#[cfg(not(target_family = "wasm"))] // the page fetches, and has no use for it
mod resolve;
#[cfg(not(target_family = "wasm"))]
mod scan;
mod scene;
mod seed;
#[cfg(not(target_family = "wasm"))] // the page has no wires
mod send;
mod serve;
#[cfg_attr(target_family = "wasm", path = "commands/serve_dns/no_sockets.rs")]
mod serve_dns;
#[cfg(not(target_family = "wasm"))]
mod sniff;
mod step;
#[cfg(not(target_family = "wasm"))]
mod traceroute;

pub use dissect::run as dissect;
#[cfg(not(target_family = "wasm"))]
pub use doctor::run as doctor;
pub use fetch::run as fetch;
pub use input::read_story;
pub use keys::run as keys;
#[cfg(not(target_family = "wasm"))]
pub use lab::run as lab;
#[cfg(not(target_family = "wasm"))]
pub use listen::run as listen;
pub use output::complain;
#[cfg(not(target_family = "wasm"))]
pub use ping::run as ping;
pub use read::run as read;
#[cfg(not(target_family = "wasm"))]
pub use relay::run as relay;
#[cfg(not(target_family = "wasm"))]
pub use resolve::run as resolve;
#[cfg(not(target_family = "wasm"))]
pub use scan::run as scan;
pub use scene::{list as scenes, run as scene};
#[cfg(not(target_family = "wasm"))]
pub use send::run as send;
pub use serve::run as serve;
pub use serve_dns::run as serve_dns;
#[cfg(target_os = "linux")]
pub(crate) use serve_dns::start as start_dns; // at a host of the lab
#[cfg(not(target_family = "wasm"))]
pub use sniff::run as sniff;
#[cfg(not(target_family = "wasm"))]
pub use traceroute::run as traceroute;
