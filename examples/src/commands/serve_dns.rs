//! `barewire serve-dns`: zones from files, served over UDP and TCP by our own authoritative server; or, with
//! `--recursive`, a resolver at a port.
//!
//! Left out: a reload while it runs, and, where it listens at 0.0.0.0 on a host with several addresses, to choose the
//! one that was asked. Tested in `tests/serve_dns.rs` and `tests/recursive.rs`; dig, kdig and unbound ask it in
//! `tests/peers`.

mod authority;
mod port;
mod recursive;
mod tcp;
mod told;
mod udp;
mod zones;

use crate::cli::ServeDnsArgs;
use crate::failure::Failure;

#[cfg(target_os = "linux")]
pub(crate) use authority::start;

/// Runs the command: serves until it is stopped.
///
/// # Errors
/// [`Failure`]: a file cannot be used, an address may not be listened at, or a port is taken.
pub fn run(args: &ServeDnsArgs) -> Result<u8, Failure> {
    if args.recursion.recursive { recursive::run(args) } else { authority::run(args) }
}
