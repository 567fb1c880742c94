//! `barewire serve-dns` in WebAssembly, which has no sockets to serve at: an error that says so.

use crate::cli::ServeDnsArgs;
use crate::failure::{Failure, Step};

/// Serves nothing.
///
/// # Errors
/// Always, because WebAssembly has no sockets.
pub fn run(_: &ServeDnsArgs) -> Result<u8, Failure> {
    let why = "serve-dns needs sockets, and a page has none; the same command works in a terminal";
    Err(Failure::new(Step::Usage, why.to_owned()))
}
