//! Pid 1 of a lab: it raises the lab, starts the program, and waits; when the program ends, the lab ends.
//!
//! A process whose parent has ended becomes a child of pid 1, which therefore waits for all (init(1)). The kernel gives
//! pid 1 no signal that it did not ask for, so Ctrl+C ends the program and not the lab around it.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, set_parent_process_death_signal, wait};

use super::hosts::Lab;
use super::outer::{VARIABLE, hand_on};
use super::plan::Plan;
use super::programs::find;
use super::servers::{self, Running};
use super::system::{block_signals, groups, wait_for_signal};
use super::topology::Service;
use super::{mounts, raise, relay};
use crate::failure::{Failure, Step};

/// A lab that is ready.
pub(crate) struct Ready {
    pub(crate) lab: Lab,
    /// The servers that run.
    pub(crate) running: Vec<Running>,
    /// How long it took, since it was asked for.
    pub(crate) took: Duration,
}

/// Raises the lab, runs the program that `choose` makes, and returns its exit code: 128 + N if signal N killed it, 127
/// if there is no such program, 126 if it is not one.
///
/// # Errors
/// [`Failure`]: a part of the lab cannot be made.
pub(super) fn run(
    words: &str,
    plan: &Plan,
    choose: impl FnOnce(&Ready) -> Result<Command, Failure>,
) -> Result<u8, Failure> {
    let failed = |error: io::Error| Failure::new(Step::Usage, format!("the lab cannot be raised: {error}"));
    let (parent, asked) = words.split_once(' ').unwrap_or((words, "0"));
    die_with(parent).and_then(|()| block_signals()).map_err(failed)?;
    let (lab, running) = make(plan).map_err(failed)?;
    let ready = Ready { lab, running, took: since(asked) };
    let mut command = choose(&ready)?;
    command.env_remove(VARIABLE); // A lab inside this one has an outside of its own.
    match command.spawn() {
        Ok(child) => wait_for(Pid::from_child(&child)).map_err(failed),
        Err(error) => Ok(not_started(&command, &error)),
    }
}

/// From now on the kernel kills this process when its parent dies. If the parent is dead already, this process ends.
fn die_with(parent: &str) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // getppid would not do: the parent has no number in this pid namespace. The /proc of the parent is still here.
    let status = fs::read_to_string("/proc/self/status")?;
    let number = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    let is_alive = number.is_some_and(|number| number.trim() == parent);
    if is_alive { Ok(()) } else { Err(io::Error::other("the process that asked for it is gone")) }
}

fn make(plan: &Plan) -> io::Result<(Lab, Vec<Running>)> {
    mounts::prepare()?;
    if fs::read_to_string("/proc/self/setgroups").is_ok_and(|text| text.trim() == "deny") {
        groups::pretend_to_set()?;
    }
    let record = raise::raise(plan.topology)?;
    rustix::system::sethostname(plan.topology.hosts[0].name.as_bytes())?;
    mounts::write_record(&record)?;
    let lab = Lab::attach()?.ok_or_else(|| io::Error::other("its record cannot be read"))?;
    for (name, devices) in plan.topology.relays() {
        relay::start(lab.host(name), devices, &plan.relay)?;
    }
    name_resolver(&lab, plan)?;
    let running = if plan.servers { servers::start(&lab, plan.topology) } else { Vec::new() };
    Ok((lab, running))
}

/// What /etc/resolv.conf says in here.
fn name_resolver(lab: &Lab, plan: &Plan) -> io::Result<()> {
    let serves =
        |services: &[Service]| services.iter().any(|service| matches!(service, Service::Resolver(_)));
    let resolver = plan.topology.services.iter().find(|(_, services)| serves(services));
    let text = match resolver {
        Some((name, _)) => format!("nameserver {}\n", lab.host(name).v4()),
        None => "# This lab has no DNS server. /etc/hosts has its names.\n".to_string(),
    };
    mounts::replace("/etc/resolv.conf", &text)
}

fn since(asked: &str) -> Duration {
    let asked = Duration::from_micros(asked.parse().unwrap_or(0));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(asked)
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

/// Says why a program cannot be started, and returns the exit code that a shell would have.
pub(crate) fn not_started(command: &Command, error: &io::Error) -> u8 {
    let program = command.get_program().to_string_lossy();
    crate::commands::complain(&format!("{program} cannot be started: {error}"));
    // Where a folder of PATH may not be read, the system does not say that the program is missing.
    let is_searched = Path::new(command.get_program()).components().count() == 1;
    let is_missing =
        error.kind() == io::ErrorKind::NotFound || is_searched && find(command.get_program()).is_none();
    if is_missing { 127 } else { 126 }
}
