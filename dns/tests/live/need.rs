//! What a live test needs, and what happens where that is missing.

use std::io::Write;
use std::process::{Command, Stdio};

/// Whether the test can run: its tool is on the path. `ask` is an option that the tool answers.
///
/// If not, says so past the test harness's capture of output. Under `BAREWIRE_REQUIRE_LIVE=1` it fails instead.
pub(crate) fn can_run(test: &str, tool: &str, ask: &str) -> bool {
    if Command::new(tool).arg(ask).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok() {
        return true;
    }
    let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "{test} may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but {tool} is not installed");
    // Straight to the descriptor: the harness keeps `eprintln!` of a test that passes to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {test}, because {tool} is not installed");
    false
}
