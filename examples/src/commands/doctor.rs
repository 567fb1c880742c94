//! `barewire doctor`: what this machine allows, which commands and lessons that opens, and the line that opens a closed
//! door.
//!
//! The library tries ([`crate::doctor`]), and a view draws ([`crate::views::doctor`]). Tested in `tests/doctor.rs`
//! and `tests/live/doctor.rs`.

use serde_json::Value;

use super::output::{print, style};
use crate::cli::DoctorArgs;
use crate::doctor::{Probe, examine, examine_lab};
use crate::failure::Failure;
use crate::views;

/// Runs the command. The exit code says whether `--net raw` works.
///
/// # Errors
/// [`Failure`]: standard output cannot be written.
pub fn run(args: &DoctorArgs) -> Result<u8, Failure> {
    if args.inside {
        let probes: Value = examine_lab().iter().map(Probe::to_json).collect();
        print(&format!("{probes}\n"))?;
        return Ok(0);
    }
    let report = examine();
    print(&if args.json {
        format!("{}\n", report.to_json())
    } else {
        views::doctor(&report, args.verbose, &style())
    })?;
    Ok(report.exit_code())
}
