//! What a live test needs, and what happens where that is missing.

use std::io::Write;
use std::process::{Command, Stdio};

/// Whether the test `name` can run: root, where it asks for it, and each tool on the path. If not, it says so past the
/// test harness's capture of output; under `BAREWIRE_REQUIRE_LIVE=1` it fails instead.
pub(crate) fn can_run(name: &str, root: bool, tools: &[&str]) -> bool {
    let Some(why) = what_is_missing(root, tools) else { return true };
    let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "{name} may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but {why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED: {name}, because {why}");
    false
}

fn what_is_missing(root: bool, tools: &[&str]) -> Option<String> {
    let id = || Command::new("id").arg("-u").output();
    if root && !id().is_ok_and(|answer| answer.stdout == b"0\n") {
        return Some("it makes network namespaces, which needs root".to_owned());
    }
    let is_missing = |tool: &&&str| {
        let probe = Command::new("sh").args(["-c", "command -v \"$0\"", tool]).stdout(Stdio::null()).status();
        !probe.is_ok_and(|status| status.success())
    };
    let missing: Vec<&str> = tools.iter().filter(is_missing).copied().collect();
    (!missing.is_empty()).then(|| format!("these programs are not installed: {}", missing.join(" ")))
}
