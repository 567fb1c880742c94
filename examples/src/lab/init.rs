//! Pid 1 of a lab: it raises the lab, starts the program, and waits; when the program ends, the lab ends.
//!
//! A process whose parent has ended becomes a child of pid 1, which therefore waits for all (init(1)). The kernel gives
//! pid 1 no signal that it did not ask for, so Ctrl+C ends the program and not the lab around it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::process::Command;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, set_parent_process_death_signal, wait};

use super::hosts::Lab;
use super::outer::hand_on;
use super::system::{block_signals, wait_for_signal};
use super::topology::Topology;
use super::{mounts, raise};
use crate::failure::{Failure, Step};

/// Raises the lab, runs the program that `choose` makes, and returns its exit code.
///
/// # Errors
/// [`Failure`]: a part of the lab cannot be made, or the program cannot be started (see [`not_started`]).
pub(super) fn run(
    parent: &OsStr,
    topology: &Topology,
    choose: impl FnOnce(&Lab) -> Result<Command, Failure>,
) -> Result<u8, Failure> {
    let failed = |error: io::Error| Failure::new(Step::Usage, format!("the lab cannot be raised: {error}"));
    die_with(parent).and_then(|()| block_signals()).map_err(failed)?;
    let lab = make(topology).map_err(failed)?;
    let mut command = choose(&lab)?;
    let child = command.spawn().map_err(|error| not_started(&command, &error))?;
    wait_for(Pid::from_child(&child)).map_err(failed)
}

/// From now on the kernel kills this process when its parent dies. If the parent is dead already, this process ends.
fn die_with(parent: &OsStr) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // getppid would not do: the parent has no number in this pid namespace. The /proc of the parent is still here.
    let status = fs::read_to_string("/proc/self/status")?;
    let is_alive = status
        .lines()
        .any(|line| line.strip_prefix("PPid:").is_some_and(|number| OsStr::new(number.trim()) == parent));
    if is_alive { Ok(()) } else { Err(io::Error::other("the process that asked for it is gone")) }
}

fn make(topology: &Topology) -> io::Result<Lab> {
    mounts::prepare()?;
    let record = raise::raise(topology)?;
    rustix::system::sethostname(topology.hosts[0].name.as_bytes())?;
    mounts::write_record(&record)?;
    Lab::attach()?.ok_or_else(|| io::Error::other("its record cannot be read"))
}

/// Waits for all children until this one has ended.
fn wait_for(program: Pid) -> io::Result<u8> {
    loop {
        while let Some((pid, status)) = wait(WaitOptions::NOHANG)? {
            if pid == program {
                return Ok(exit_code(status));
            }
        }
        let signal = wait_for_signal()?;
        // A key at the terminal went to the program, too.
        if !signal.from_kernel {
            hand_on(signal.number, program);
        }
    }
}

/// The exit code that a shell would have for it.
fn exit_code(status: WaitStatus) -> u8 {
    status.exit_status().or(status.terminating_signal().map(|signal| 128 + signal)).unwrap_or(1) as u8
}

/// The program cannot be started.
fn not_started(command: &Command, error: &io::Error) -> Failure {
    let program = command.get_program().to_string_lossy().into_owned();
    Failure::new(Step::Usage, format!("{program} cannot be started in the lab: {error}"))
}
