//! A whole capture summarised: `barewire read FILE` against `tshark -q -z conv,tcp -r FILE`, as processes.
//!
//! What counts is the CPU time of the process, user and system, from its start to its end. The captures are made from a
//! seed, in a temporary folder: long transfers in three sizes, which show that memory does not grow with the file, and
//! many short connections, which show what one of them costs.
//!
//! Before anything is measured, the two lists of conversations (ends, frames) are compared with what was written to
//! the file. `barewire` is built first, by `cargo build --release` in the workspace above. Without tshark the subject
//! is left out, and says so.

mod child;
mod file;
mod list;
mod traffic;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use file::{CaptureFile, TempFolder};
use list::Listed;

use crate::measure::{Comparison, Unit};

/// A capture to make.
#[derive(Debug, Clone, Copy)]
enum Work {
    /// Four transfers side by side, until the file has so many bytes.
    Transfers(u64),
    /// So many short connections.
    Connections(u32),
}

const ALL: [Work; 4] = [
    Work::Transfers(50_000_000),
    Work::Transfers(200_000_000),
    Work::Transfers(400_000_000),
    Work::Connections(100_000),
];

impl Work {
    fn name(self) -> String {
        match self {
            Work::Transfers(bytes) => format!("Capture of {} MB, 4 connections", bytes / 1_000_000),
            Work::Connections(count) => format!("Capture of {count} connections"),
        }
    }

    /// Writes the capture: its length in bytes, and its conversations.
    fn write(self, path: &Path) -> io::Result<(u64, Vec<Listed>)> {
        let file = CaptureFile::create(path)?;
        match self {
            Work::Transfers(bytes) => traffic::transfers(file, bytes),
            Work::Connections(count) => traffic::short_connections(file, count),
        }
    }
}

/// A round takes seconds, and processes differ little from one to the next: a fifth of the rounds is enough.
pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    if !tshark_is_there() {
        // Past the progress line, and loud: a table without these lines must not look whole.
        let _ = writeln!(io::stderr(), "LEFT OUT: read, because tshark is not installed");
        return Vec::new();
    }
    let barewire = build(&["--release"]);
    let folder = TempFolder::new().expect("a folder for captures");
    ALL.iter().map(|work| measure(*work, &barewire, &folder, rounds.div_ceil(5))).collect()
}

fn measure(work: Work, barewire: &Path, folder: &TempFolder, rounds: usize) -> Comparison {
    crate::progress(&format!("{}: made and compared", work.name()));
    let path = folder.file("t.pcapng");
    let (length, written) = work.write(&path).expect("room for a capture");
    check(barewire, &path, &written);
    let peaks =
        [ours(barewire, &path), theirs(&path)].map(|mut command| megabytes(child::peak_memory(&mut command)));
    Comparison::run(
        format!("{} (peak memory, MB: {}, {})", work.name(), peaks[0], peaks[1]),
        "tshark",
        Unit::MegabytesPerSecond,
        rounds,
        || nanoseconds(ours(barewire, &path)) / length as f64,
        || nanoseconds(theirs(&path)) / length as f64,
    )
}

/// What is measured, and compared: the table of conversations.
fn ours(barewire: &Path, path: &Path) -> Command {
    let mut command = Command::new(barewire);
    command.arg("read").arg(path);
    command
}

fn theirs(path: &Path) -> Command {
    let mut command = Command::new("tshark");
    command.args(["-q", "-z", "conv,tcp", "-r"]).arg(path);
    command
}

fn nanoseconds(mut command: Command) -> f64 {
    child::cpu_time(&mut command).as_nanos() as f64
}

fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or("?".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e6))
}

/// Both list the conversations that were written.
fn check(barewire: &Path, path: &Path, written: &[Listed]) {
    let text = |mut command| String::from_utf8(child::output(&mut command)).expect("text");
    list::same("barewire", &list::ours(&text(ours(barewire, path))), written);
    list::same("tshark", &list::theirs(&text(theirs(path))), written);
}

fn tshark_is_there() -> bool {
    let version =
        Command::new("tshark").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// Has cargo build `barewire` in the workspace above, and say where it is.
pub(crate) fn build(more: &[&str]) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "build",
            "--package",
            "barewire",
            "--bin",
            "barewire",
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(more);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).stderr(Stdio::inherit());
    let messages = String::from_utf8(child::output(&mut command)).expect("JSON");
    let (_, path) = messages.rsplit_once(r#""executable":""#).expect("cargo names what it built");
    let (path, _) = path.split_once('"').expect("a path in quotes");
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_list_what_was_written() {
        if !tshark_is_there() {
            let required = std::env::var_os("BAREWIRE_REQUIRE_LIVE").is_some_and(|value| value == "1");
            assert!(!required, "may not be skipped (BAREWIRE_REQUIRE_LIVE=1), but tshark is not installed");
            // Straight to the descriptor: the harness keeps `eprintln!` of a test that passes to itself.
            let _ = writeln!(
                io::stderr(),
                "SKIPPED: both_list_what_was_written, because tshark is not installed"
            );
            return;
        }
        let barewire = build(&[]);
        let folder = TempFolder::new().expect("a folder");
        let path = folder.file("t.pcapng");
        for work in [Work::Transfers(20_000_000), Work::Connections(500)] {
            let (length, written) = work.write(&path).expect("room for a capture");
            assert_eq!(std::fs::metadata(&path).expect("a file").len(), length, "{work:?}");
            check(&barewire, &path, &written);
            assert_eq!(wrong_checksums(&path), "", "{work:?}");
        }
    }

    /// The frames in which tshark finds a wrong checksum or a packet that is not whole.
    fn wrong_checksums(path: &Path) -> String {
        let mut command = Command::new("tshark");
        command.args(["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y"]);
        command.arg("ip.checksum.status != 1 || tcp.checksum.status != 1 || _ws.malformed || !tcp");
        command.arg("-r").arg(path);
        String::from_utf8(child::output(&mut command)).expect("text")
    }
}
