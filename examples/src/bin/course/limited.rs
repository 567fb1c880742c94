//! A program that may never end: it gets a time limit.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The most that is kept of what it prints, in bytes. A student's loop may print without an end.
const MOST: u64 = 16 << 20;
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
    Ok(Run { status, stdout: text(stdout), stderr: text(stderr) })
}

/// Reads a pipe in a thread, so that a program which prints much is not held up.
fn collect<P: Read + Send + 'static>(pipe: Option<P>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before an error is what there is to show. The rest is read too, and not kept.
            let _ = pipe.by_ref().take(MOST).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        bytes
    })
}

fn text(reader: JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
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
        let loud = run("head -c 20000000 /dev/zero", 20_000);
        assert!(loud.status.is_some_and(|status| status.success()), "it is not held up");
        assert_eq!(loud.stdout.len(), 16 << 20);
    }
}
