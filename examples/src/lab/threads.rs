//! Threads of a lab. A system that allows a user few processes also refuses threads, which is an error and no panic.

use std::io;
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

/// Does `work` on a thread of its own, which may change its namespaces, and waits for it.
///
/// # Errors
/// The system refuses a thread; or `work` fails.
///
/// # Panics
/// If `work` does.
pub(super) fn beside<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let joined = start_in(scope, work)?.join();
        joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Starts a thread that ends before the scope does.
pub(super) fn start_in<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    Builder::new().spawn_scoped(scope, work).map_err(refused)
}

/// Starts a thread that goes on by itself.
#[cfg(target_os = "linux")]
pub(super) fn start(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Builder::new().spawn(work).map(|_| ()).map_err(refused)
}

fn refused(error: io::Error) -> io::Error {
    let text = format!("the system refuses a thread ({error}); `ulimit -u` says how many this user may have");
    io::Error::new(error.kind(), text)
}
