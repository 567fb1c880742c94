//! A program that may never end: it gets a time limit.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The most that is kept of what it prints, in bytes. A student's loop may print without an end.
const MOST: usize = 16 << 20;
/// How long to wait for the end of what it prints, once it has ended.
const END: Duration = Duration::from_secs(2);
/// How often to look whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// What a program did.
#[derive(Debug)]
pub(crate) struct Run {
    /// How it ended; `None`: it was stopped, because its time was over.
    pub(crate) status: Option<ExitStatus>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program for as long as the limit at most.
pub(crate) fn run(command: &mut Command, limit: Duration) -> std::io::Result<Run> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let begun = Instant::now();
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if begun.elapsed() > limit => {
                child.kill()?;
                child.wait()?;
                break None;
            }
            None => std::thread::sleep(LOOK),
        }
    };
    Ok(Run { status, stdout: text(&stdout), stderr: text(&stderr) })
}

/// A pipe that is being read.
struct Reading {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

/// Reads a pipe in a thread, so that a program which prints much is not held up. What is too much is read, and not
/// kept.
fn collect<P: Read + Send + 'static>(pipe: Option<P>) -> Reading {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let kept = bytes.clone();
    let reader = std::thread::spawn(move || {
        let mut piece = [0; 1 << 16];
        let Some(mut pipe) = pipe else { return };
        // What came before an error is what there is to show.
        while let Ok(length @ 1..) = pipe.read(&mut piece) {
            let Ok(mut kept) = kept.lock() else { return };
            let room = MOST.saturating_sub(kept.len()).min(length);
            kept.extend_from_slice(&piece[..room]);
        }
    });
    Reading { bytes, reader }
}

/// What was read. A program that was started by this one may hold the pipe for ever, so nobody waits long for its end.
fn text(reading: &Reading) -> String {
    let begun = Instant::now();
    while !reading.reader.is_finished() && begun.elapsed() < END {
        std::thread::sleep(LOOK);
    }
    let bytes = reading.bytes.lock().map(|bytes| bytes.clone()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    #[test]
    #[cfg(unix)]
    fn what_does_not_end_is_stopped() {
        let run = |script: &str, limit| {
            super::run(Command::new("sh").args(["-c", script]), Duration::from_millis(limit))
                .expect("a shell")
        };
        let ended = run("echo out; echo err >&2; exit 3", 20_000);
        assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("out\n", "err\n"));
        assert_eq!(ended.status.and_then(|status| status.code()), Some(3));
        let stopped = run("echo begun; exec sleep 20", 300);
        assert_eq!((stopped.status, stopped.stdout.as_str()), (None, "begun\n"));
        // What it has started holds the pipe, and lives on for a while.
        let parent = run("sleep 20 & echo begun", 20_000);
        assert_eq!((parent.status.is_some(), parent.stdout.as_str()), (true, "begun\n"));
        let loud = run("head -c 20000000 /dev/zero", 20_000);
        assert!(loud.status.is_some_and(|status| status.success()), "it is not held up");
        assert_eq!(loud.stdout.len(), 16 << 20);
    }
}
