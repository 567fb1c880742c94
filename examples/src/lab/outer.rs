//! The process outside: it asks for the lab's namespaces, starts the lab's first process in them, and waits.
//!
//! ```text
//!   this process ─────── unshare: user, mount, pid, network, ... ; waits, hands on signals
//!     └─ pid 1 of the lab ── raises hosts and servers; waits for orphans
//!          ├─ servers
//!          └─ the program
//! ```
//!
//! All are the same executable, started again with the same arguments; a variable of the environment says which one it
//! is. When this process dies, however it dies, the kernel kills pid 1 of the lab (PR_SET_PDEATHSIG); when pid 1 is
//! dead, the kernel kills every process of its pid namespace; and with the last process the namespaces are gone, and
//! with them devices, rules and mounts.
//!
//! Ctrl+C at a terminal goes to the program, which is in the same process group, and not through here: the program
//! decides what it means. What is sent to this process alone is handed on.

use std::env;
use std::fs;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, getegid, geteuid, kill_process};
use rustix::termios::{tcgetpgrp, tcsetpgrp};
use rustix::thread::UnshareFlags;

use super::refused::{Facts, refused};
use super::system::{block_signals, unshare, wait_for_signal};
use crate::failure::{Failure, Step};

/// The variable that tells pid 1 of a lab what it is. Its value is the number of its parent in /proc, and the time at
/// which the lab was asked for, in microseconds since 1970.
pub(super) const VARIABLE: &str = "BAREWIRE_LAB_INIT";

/// Starts the lab and waits for its end. Returns the exit code of its program: 128 + N if signal N killed it.
///
/// # Errors
/// [`Failure`]: this system gives out no such namespaces, and what opens the door.
pub(super) fn run() -> Result<u8, Failure> {
    let terminal = tcgetpgrp(io::stdin()).ok();
    let failed =
        |what: &str, error: io::Error| Failure::new(Step::Usage, format!("the lab: {what}: {error}"));
    block_signals().map_err(|error| failed("signals", error))?;
    leave()?;
    let child = start().map_err(|error| failed("its first process", error))?;
    let status = wait(child).map_err(|error| failed("waiting", error))?;
    // A shell in the lab was a process group of its own at the terminal. It cannot hand the terminal back: this
    // process's group has no number in there.
    if let Some(group) = terminal {
        let _ = tcsetpgrp(io::stdin(), group);
    }
    Ok(exit_code(status))
}

/// The exit code that a shell would have for it.
pub(super) fn exit_code(status: ExitStatus) -> u8 {
    status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1) as u8
}

/// Leaves the namespaces that this process shares with all others. Root keeps its user namespace: in one of its own it
/// could not be any other user, and servers want that.
fn leave() -> Result<(), Failure> {
    let others = UnshareFlags::NEWNS
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWPID
        | UnshareFlags::NEWUTS
        | UnshareFlags::NEWIPC;
    if geteuid().is_root() && unshare(others).is_ok() {
        return Ok(());
    }
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    unshare(others | UnshareFlags::NEWUSER)
        .map_err(|error| refused("unshare", &error, &Facts::of_system()))?;
    // In there this user is root, and there is nobody else. Groups have to be given up first (user_namespaces(7)).
    let map = |file: &str, text: String| {
        fs::write(file, text)
            .map_err(|error| refused(&format!("writing {file}"), &error, &Facts::of_system()))
    };
    map("/proc/self/setgroups", "deny".to_string())?;
    map("/proc/self/uid_map", format!("0 {user} 1"))?;
    map("/proc/self/gid_map", format!("0 {group} 1"))
}

/// Starts pid 1 of the lab.
fn start() -> io::Result<Child> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let parent = fs::read_link("/proc/self")?;
    again().env(VARIABLE, format!("{} {now}", parent.display())).spawn()
}

/// This program, with the arguments that it has.
pub(super) fn again() -> Command {
    let mut arguments = env::args_os();
    let mut command = Command::new("/proc/self/exe");
    command.arg0(arguments.next().unwrap_or_default()).args(arguments).env_remove(VARIABLE);
    command
}

fn wait(mut child: Child) -> io::Result<ExitStatus> {
    let pid = Pid::from_child(&child);
    loop {
        let signal = wait_for_signal()?;
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if !signal.from_kernel || signal.number == libc::SIGHUP {
            hand_on(signal.number, pid);
        }
    }
}

/// Sends a signal to a process that may have ended.
pub(super) fn hand_on(number: i32, pid: Pid) {
    if let Some(signal) = rustix::process::Signal::from_named_raw(number) {
        let _ = kill_process(pid, signal);
    }
}
