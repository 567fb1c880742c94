//! The networks that need sockets, in WebAssembly, which has none: each of them is an error that says so.

use rand_chacha::ChaCha8Rng;

use super::{Names, Network};
use crate::failure::{Failure, Step};

/// The kernel's UDP and TCP under our DNS, TLS and HTTP.
///
/// # Errors
/// Always, because WebAssembly has no sockets.
pub fn os(_: Names, _: ChaCha8Rng) -> Result<Box<dyn Network>, Failure> {
    Err(no_sockets("os"))
}

/// All four layers ours, over a raw socket; TCP with Fast Open or not.
///
/// # Errors
/// Always, because WebAssembly has no sockets.
pub fn raw(_: Names, _: ChaCha8Rng, _: bool) -> Result<Box<dyn Network>, Failure> {
    Err(no_sockets("raw"))
}

fn no_sockets(net: &str) -> Failure {
    let why = "needs sockets, and a page has none; the same command works in a terminal";
    Failure::new(Step::Usage, format!("--net {net} {why}"))
}
