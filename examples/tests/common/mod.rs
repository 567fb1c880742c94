//! Running the program in a test.

#![allow(dead_code)] // each test file uses its own part

pub(crate) mod scripted;

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A run of the program, and what came of it.
pub(crate) struct Run {
    line: String,
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program with these arguments and nothing on standard input.
pub(crate) fn barewire(arguments: &[&str]) -> Run {
    Run::with_input(arguments, b"")
}

impl Run {
    pub(crate) fn with_input(arguments: &[&str], input: &[u8]) -> Run {
        Run::of(Command::new(env!("CARGO_BIN_EXE_barewire")).env_remove("SSLKEYLOGFILE"), arguments, input)
    }

    /// As if SSLKEYLOGFILE had been set for all programs.
    pub(crate) fn with_key_log(arguments: &[&str], file: &str) -> Run {
        Run::of(Command::new(env!("CARGO_BIN_EXE_barewire")).env("SSLKEYLOGFILE", file), arguments, b"")
    }

    fn of(command: &mut Command, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // A program that ends before it has read everything closes the pipe; that is its right.
        let _ = child.stdin.take().expect("piped").write_all(input);
        let output = child.wait_with_output().expect("the program ends");
        Run {
            line: format!("barewire {}", arguments.join(" ")),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same run, which must have ended with exit code 0.
    pub(crate) fn succeeds(self) -> Run {
        assert_eq!(self.code, Some(0), "{self}");
        self
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Run { line, code, stdout, stderr } = self;
        write!(f, "\n$ {line}\nexit code {code:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

/// A folder that goes away with the test.
pub(crate) struct TempFolder(PathBuf);

impl TempFolder {
    pub(crate) fn new() -> TempFolder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("barewire-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a folder for temporary files");
        TempFolder(path)
    }

    /// The path of a file in it.
    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
