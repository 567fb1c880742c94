//! What stands for the networks that need sockets where there are none: in WebAssembly.

use rand_chacha::ChaCha8Rng;

use super::{Names, Network};
use crate::failure::{Failure, Step};

/// The kernel's UDP and TCP under our DNS, TLS and HTTP.
///
/// # Errors
/// Always: there are no sockets here.
pub fn os(_: Names, _: ChaCha8Rng) -> Result<Box<dyn Network>, Failure> {
    Err(no_sockets("os"))
}

/// All four layers ours, over a raw socket.
///
/// # Errors
/// Always: there are no sockets here.
pub fn raw(_: Names, _: ChaCha8Rng) -> Result<Box<dyn Network>, Failure> {
    Err(no_sockets("raw"))
}

fn no_sockets(net: &str) -> Failure {
    let why = "needs sockets, and a page has none; the same command works in a terminal";
    Failure::new(Step::Usage, format!("--net {net} {why}"))
}
