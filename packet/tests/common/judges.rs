//! tshark and tcpdump, the judges of what frames mean.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether `test` can ask these programs. If not, says so past the test harness's capture of output; under
/// `BAREWIRE_REQUIRE_LIVE=1` it fails instead.
pub(crate) fn can_run(test: &str, programs: &[&str]) -> bool {
    let runs = |program: &&&str| {
        Command::new(program).arg("--version").output().is_ok_and(|answer| answer.status.success())
    };
    let missing: Vec<&str> = programs.iter().filter(|program| !runs(program)).copied().collect();
    if missing.is_empty() {
        return true;
    }
    let why = format!("these programs are not installed: {}", missing.join(" "));
    let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
    assert!(!required, "{test} may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but {why}");
    // Straight to the descriptor: the harness keeps `eprintln!` of a test that passes to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {test}, because {why}");
    false
}

/// What tshark says of a capture file: a line for each frame, of each field the first that the frame has.
pub(crate) fn tshark(test: &str, file: &[u8], options: &[&str], fields: &[&str]) -> Vec<Vec<String>> {
    let path = written(test, file);
    let mut command = Command::new("tshark");
    command.arg("-n").arg("-r").arg(&path).args(options).args(["-T", "fields", "-E", "occurrence=f"]);
    fields.iter().for_each(|field| {
        command.args(["-e", field]);
    });
    lines(command).iter().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// What tcpdump says of a capture file: a line for each frame.
pub(crate) fn tcpdump(test: &str, file: &[u8]) -> Vec<String> {
    let path = written(test, file);
    let mut command = Command::new("tcpdump");
    command.args(["-n", "-t", "-r"]).arg(&path);
    lines(command)
}

fn written(test: &str, file: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.capture"));
    std::fs::write(&path, file).unwrap();
    path
}

fn lines(mut command: Command) -> Vec<String> {
    let answer = command.output().unwrap();
    let text = String::from_utf8(answer.stdout).unwrap();
    assert!(!text.is_empty(), "{command:?} said nothing: {}", String::from_utf8_lossy(&answer.stderr));
    text.lines().map(str::to_owned).collect()
}
