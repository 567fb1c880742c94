//! The system calls of the lab that have no safe name, each in a function that is safe to call.

pub(super) mod groups;

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;
use std::sync::Arc;

use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space};

/// The namespace that this thread is in, as the kernel calls it: `net:[4026532345]`.
pub(super) fn network_namespace() -> io::Result<String> {
    Ok(std::fs::read_link(NETWORK_NAMESPACE)?.to_string_lossy().into_owned())
}

/// The file that stands for this thread's network namespace.
pub(super) const NETWORK_NAMESPACE: &str = "/proc/thread-self/ns/net";

/// Moves this thread into another network namespace.
pub(super) fn move_into_network(namespace: &File) -> io::Result<()> {
    use std::os::fd::AsFd;
    Ok(move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?)
}

/// Gives this thread, or with some flags this process, namespaces of its own.
#[allow(unsafe_code, reason = "unshare with CLONE_FILES could take files from under another thread")]
pub(super) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    assert!(!flags.contains(UnshareFlags::FILES), "the table of open files stays shared");
    // SAFETY: unsafe only for CLONE_FILES, and that is not among the flags.
    Ok(unsafe { rustix::thread::unshare_unsafe(flags) }?)
}

/// The program of `command` starts in this network namespace, and with no signal blocked.
#[allow(unsafe_code, reason = "a closure that runs between fork and exec")]
pub(super) fn start_in(command: &mut Command, namespace: Option<Arc<File>>) {
    let prepare = move || {
        hold_back(&[])?;
        namespace.as_ref().map_or(Ok(()), |namespace| move_into_network(namespace))
    };
    // SAFETY: between fork and exec it makes two system calls, and takes no memory and no lock.
    unsafe { command.pre_exec(prepare) };
}

/// A signal that [`wait_for_signal`] took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signal {
    /// Its number.
    pub(super) number: i32,
    /// Whether the kernel sent it, because of a key at the terminal or of a child that ended.
    pub(super) from_kernel: bool,
}

/// What [`block_signals`] holds back: those that ask a program to end or tell it something, and those of children.
/// SIGTTOU is among them, so that a process in the background may hand on the terminal.
const BLOCKED: [i32; 9] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGCHLD,
    libc::SIGTTOU,
];

/// From now on signals wait until [`wait_for_signal`] takes them.
pub(super) fn block_signals() -> io::Result<()> {
    hold_back(&BLOCKED)
}

/// Those that are not among `signals` come as they always do.
#[allow(unsafe_code, reason = "sigprocmask")]
fn hold_back(signals: &[i32]) -> io::Result<()> {
    let signals = set(signals);
    // SAFETY: the set is whole, and the old one is not asked for.
    let result = unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const signals, ptr::null_mut()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Waits for one of the signals that are blocked.
#[allow(unsafe_code, reason = "sigwaitinfo")]
pub(super) fn wait_for_signal() -> io::Result<Signal> {
    let (blocked, mut info) = (set(&BLOCKED), MaybeUninit::<libc::siginfo_t>::uninit());
    loop {
        // SAFETY: the set is whole; the kernel fills `info` in, and it is read only after it has.
        let number = unsafe { libc::sigwaitinfo(&raw const blocked, info.as_mut_ptr()) };
        if number > 0 {
            // SAFETY: sigwaitinfo has succeeded, so it has written all of `info`.
            let code = unsafe { info.assume_init() }.si_code;
            return Ok(Signal { number, from_kernel: code > 0 });
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

#[allow(unsafe_code, reason = "sigemptyset and sigaddset")]
fn set(signals: &[i32]) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset writes the whole set before anything reads it; the numbers are signals.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        signals.iter().for_each(|signal| {
            libc::sigaddset(set.as_mut_ptr(), *signal);
        });
        set.assume_init()
    }
}
