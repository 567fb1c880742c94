//! Ctrl+C as a request: a command that runs until it is ended says at its end what it has seen.
//!
//! Tested in `tests/live/relaying.rs`.

use std::io;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
static REQUESTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl+C, SIGTERM and SIGHUP do not end the program: [`is_requested`] says that they came, and a system
/// call that waits comes back. The second time they end it as always.
///
/// # Errors
/// What the system says.
#[cfg(unix)]
#[allow(unsafe_code, reason = "sigaction")]
pub(super) fn take_requests() -> io::Result<()> {
    extern "C" fn note(_signal: libc::c_int) {
        REQUESTED.store(true, Ordering::Relaxed);
    }
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: all of its fields are numbers, for which zero is a value: no flags, no signals blocked.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = note as *const () as libc::sighandler_t;
        action.sa_flags = libc::SA_RESETHAND;
        // SAFETY: the action is whole, and its handler does nothing but store to an atomic.
        if unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Whether somebody has asked the program to end.
#[cfg(unix)]
pub(super) fn is_requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Elsewhere Ctrl+C ends the program at once.
#[cfg(not(unix))]
pub(super) fn take_requests() -> io::Result<()> {
    Ok(())
}

/// Elsewhere nobody asks.
#[cfg(not(unix))]
pub(super) fn is_requested() -> bool {
    false
}
