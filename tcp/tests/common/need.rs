//! What a test needs beside Rust, and what happens where that is missing.

use std::io::Write;
use std::process::{Command, Stdio};

/// Whether the test `name` can run: whether `tool` is installed.
pub(crate) fn can_run(name: &str, tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let installed = found.is_ok_and(|status| status.success());
    can_run_unless(name, (!installed).then(|| format!("{tool} is not installed")))
}

/// Whether the test `name` can run: not if there is a reason against it.
///
/// Then it says so past the capture of output that the test harness makes. Under `BAREWIRE_REQUIRE_LIVE=1` it fails
/// instead.
pub(crate) fn can_run_unless(name: &str, why: Option<String>) -> bool {
    let Some(why) = why else { return true };
    let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "{name} may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but {why}");
    // Straight to the descriptor: the harness keeps `eprintln!` of a test that passes to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {name}, because {why}");
    false
}
