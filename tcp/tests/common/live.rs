//! What a test that makes network namespaces needs, and what happens where that is missing.

use std::process::{Command, Stdio};

use crate::need::can_run_unless;

/// Whether the test `name` can run: as root, with each tool on the path.
pub(crate) fn can_run(name: &str, tools: &[&str]) -> bool {
    can_run_unless(name, what_is_missing(tools))
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
