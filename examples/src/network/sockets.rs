//! The networks that need sockets: over the kernel's UDP and TCP, and over a raw socket.

mod kernel_streams;
mod made_up;
mod os;
mod raw;

use rand_chacha::ChaCha8Rng;

use super::{Names, Network};
use crate::failure::Failure;
use os::Os;
use raw::Raw;

/// The kernel's UDP and TCP under our DNS, TLS and HTTP.
///
/// # Errors
/// Only in WebAssembly, which has no sockets.
pub fn os(names: Names, rng: ChaCha8Rng) -> Result<Box<dyn Network>, Failure> {
    Ok(Box::new(Os::new(names, rng)))
}

/// All four layers ours, over a raw socket; TCP with Fast Open or not.
///
/// # Errors
/// Only in WebAssembly, which has no sockets.
pub fn raw(names: Names, rng: ChaCha8Rng, fast_open: bool) -> Result<Box<dyn Network>, Failure> {
    Ok(Box::new(Raw::new(names, rng, fast_open)))
}
