//! `barewire lab`: hosts with real kernels, in namespaces of their own.
//!
//! The library does the work ([`crate::lab`]); here are the words. Tested in `tests/lab`.

mod list;
#[cfg_attr(not(target_os = "linux"), path = "lab/elsewhere.rs")]
mod programs;
#[cfg(target_os = "linux")]
mod shell;
#[cfg(target_os = "linux")]
mod welcome;

use crate::cli::{LabArgs, LabCommand};
use crate::failure::Failure;

/// Runs the command. The exit code is that of the program that runs in the lab.
///
/// # Errors
/// [`Failure`]: bad flags, or the system refuses.
pub fn run(args: &LabArgs) -> Result<u8, Failure> {
    match &args.command {
        LabCommand::List(args) => list::run(args),
        LabCommand::Shell(options) => programs::shell(options),
        LabCommand::Run { options, quiet, words } => programs::run(options, *quiet, words),
        LabCommand::Exec { host, words } => programs::exec(host, words),
    }
}
