//! A small internet of real kernels on this machine, without root: network namespaces, and cables between them.
//!
//! ```text
//!   client ────────── server        each a network namespace: its own addresses, routes, ports,
//!   10.77.0.1         10.77.0.2     and the kernel's own IP, TCP and UDP
//! ```
//!
//! Nothing that is sent in a lab can leave it, and nothing of it is left when its program ends, however it ends. An
//! ordinary user may raise one where the system gives out user namespaces, as most do; no program `ip` is needed.
//!
//! [`enter`] is for a program that wants to run in a lab: the program is started again inside, with the same arguments,
//! and there `enter` returns. So it stands at the beginning, before there is a thread or an open file.
//!
//! ```no_run
//! use std::net::{TcpListener, TcpStream};
//! use barewire::lab;
//!
//! let lab = lab::enter("pair")?;
//! let server = lab.host("server");
//! let listener = server.inside(|| TcpListener::bind((server.v4(), 80)))?; // the server's kernel
//! let stream = TcpStream::connect((server.v4(), 80))?; // this process is at the client
//! assert_eq!(stream.local_addr()?.ip(), lab.host("client").v4());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reading order
//!
//! [`topology`] and [`topologies`]: which labs there are. `outer`: the process that waits outside, and how all of it
//! dies with it. `init`: the first process inside. `raise`: namespaces, cables, addresses, with `netlink` for the
//! messages to the kernel; `nat` and `relay` for what some topologies have. `servers`: nginx and the like. `mounts`:
//! what the file system looks like inside. [`record`]: what a lab says of itself. `threads`: how they are
//! started. `system`: the system calls that have no safe name. [`Lab`] and [`Host`]: a lab from inside. `refused`:
//! why a system gives out no namespaces.
//!
//! Left out: a way from a lab to a real network. Linux only. Tested in `tests/lab`.

mod hosts;
#[cfg(target_os = "linux")]
mod init;
#[cfg(target_os = "linux")]
pub(crate) mod mounts;
#[cfg(target_os = "linux")]
mod nat;
#[cfg(target_os = "linux")]
mod netlink;
#[cfg(target_os = "linux")]
mod outer;
mod plan;
#[cfg(target_os = "linux")]
mod programs;
#[cfg(target_os = "linux")]
mod raise;
pub mod record;
#[cfg(target_os = "linux")]
mod refused;
#[cfg(target_os = "linux")]
mod relay;
#[cfg(target_os = "linux")]
mod servers;
#[cfg_attr(not(target_os = "linux"), path = "lab/system/elsewhere.rs")]
mod system;
mod threads;
pub mod topologies;
pub mod topology;

#[cfg(target_os = "linux")]
use std::process::Command;

pub use hosts::{Host, Lab};
#[cfg(target_os = "linux")]
pub(crate) use init::{Ready, not_started};
pub use plan::Plan;

use crate::failure::{Failure, Step};

/// Whether this thread's network namespace is one that a lab made.
pub fn is_inside() -> bool {
    hosts::own_record().is_some()
}

/// The lab of this topology, for this program: [`Plan::enter`] with no servers.
///
/// # Errors
/// [`Failure`]: this system refuses, and what opens the door; or there is no topology of this name.
pub fn enter(topology: &str) -> Result<Lab, Failure> {
    Plan::of(topology)?.enter()
}

impl Plan {
    /// This lab, for this program. Outside such a lab the program is started again inside one, with the same arguments,
    /// and this process ends with its exit code. Inside, also when somebody else raised the lab, this returns.
    ///
    /// # Errors
    /// [`Failure`]: this system refuses, and what opens the door.
    pub fn enter(&self) -> Result<Lab, Failure> {
        match attach()? {
            Some(lab) if lab.topology() == self.topology.name => Ok(lab),
            _ => start_again(self),
        }
    }
}

/// The lab around this process, if there is one.
///
/// # Errors
/// [`Failure`]: a namespace of it cannot be opened.
pub fn attach() -> Result<Option<Lab>, Failure> {
    Lab::attach().map_err(|error| Failure::new(Step::Usage, format!("the lab around this process: {error}")))
}

#[cfg(target_os = "linux")]
fn start_again(plan: &Plan) -> Result<Lab, Failure> {
    let code = run(plan, |ready| {
        let mut command = outer::again();
        system::start_in(&mut command, None);
        command.env("BAREWIRE_LAB", ready.lab.topology());
        Ok(command)
    })?;
    std::process::exit(code.into())
}

#[cfg(not(target_os = "linux"))]
fn start_again(_plan: &Plan) -> Result<Lab, Failure> {
    let why = "a lab is made of network namespaces, which only Linux has; on Windows, WSL2 has them";
    Err(Failure::new(Step::Usage, why))
}

/// Runs one program in a lab, and returns its exit code. `choose` makes the command, inside the lab.
#[cfg(target_os = "linux")]
pub(crate) fn run(
    plan: &Plan,
    choose: impl FnOnce(&Ready) -> Result<Command, Failure>,
) -> Result<u8, Failure> {
    match std::env::var(outer::VARIABLE) {
        Ok(words) => init::run(&words, plan, choose),
        Err(_) => outer::run(),
    }
}
