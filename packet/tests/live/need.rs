//! What a live test needs, and what happens where that is missing.

use std::io::Write;
use std::process::{Command, Stdio};

/// Whether the test `name` can run: as root, with each tool on the path.
///
/// If not, it says so past the capture of output that the test harness makes. Under `BAREWIRE_REQUIRE_LIVE=1` it fails
/// instead.
pub(crate) fn can_run(name: &str, tools: &[&str]) -> bool {
    let Some(why) = what_is_missing(tools) else { return true };
    let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "{name} may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but {why}");
    // Straight to the descriptor: the harness keeps `eprintln!` of a test that passes to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {name}, because {why}");
    false
}

fn what_is_missing(tools: &[&str]) -> Option<String> {
    if !Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout == b"0\n") {
        return Some("it makes network namespaces, which needs root".to_owned());
    }
    let missing: Vec<&str> = tools.iter().copied().filter(|tool| !is_installed(tool)).collect();
    (!missing.is_empty()).then(|| format!("these programs are not installed: {}", missing.join(" ")))
}

fn is_installed(tool: &str) -> bool {
    let probe = Command::new("sh").args(["-c", "command -v \"$0\"", tool]).stdout(Stdio::null()).status();
    probe.is_ok_and(|status| status.success())
}
