//! Other programs: run to the end within a time limit, or kept in the background and killed when dropped.

use std::fmt;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A command that has ended, with everything a failure message should show.
pub(crate) struct Outcome {
    pub(crate) command: String,
    /// The exit code; `None` when it was killed, by a signal or because its time was up.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Outcome {
    pub(crate) fn succeeded(&self) -> bool {
        self.code == Some(0)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or("none: killed".to_string(), |code| code.to_string());
        writeln!(
            f,
            "  command: {}\n  exit code: {code}, after {:.2} s",
            self.command,
            self.took.as_secs_f64()
        )?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            writeln!(f, "  {name}:")?;
            let lines: Vec<&str> = text.lines().collect();
            for line in lines.iter().take(80) {
                writeln!(f, "    {line}")?;
            }
            if lines.len() > 80 {
                writeln!(f, "    ... {} lines more", lines.len() - 80)?;
            }
        }
        Ok(())
    }
}

/// Runs `command` with nothing on its standard input, for at most `limit`.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Outcome {
    let text = command_line(command);
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {text}: {error}"));
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let status = loop {
        match child.try_wait().expect("a child can be waited for") {
            Some(status) => break Some(status),
            None if start.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    let took = start.elapsed();
    let finish = |reader: JoinHandle<String>| reader.join().unwrap_or_default();
    Outcome {
        command: text,
        code: status.and_then(|status| status.code()),
        stdout: finish(stdout),
        stderr: finish(stderr),
        took,
    }
}

/// Runs a command of the lab itself, which must succeed.
pub(crate) fn must(program: &str, arguments: &[&str]) -> String {
    let outcome = run(Command::new(program).args(arguments), Duration::from_secs(20));
    assert!(outcome.succeeded(), "the lab cannot be raised:\n{outcome}");
    outcome.stdout
}

fn collect<R: Read + Send + 'static>(pipe: Option<R>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn command_line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// A server or a recorder that runs until it is dropped.
pub(crate) struct Background {
    child: Child,
}

impl Background {
    pub(crate) fn start(command: &mut Command) -> Background {
        let text = command_line(command);
        let child = command.spawn().unwrap_or_else(|error| panic!("cannot start {text}: {error}"));
        Background { child }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Asks it to end (SIGTERM), and waits until it has: a recorder writes its last packets then.
    pub(crate) fn stop(mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let start = Instant::now();
        while !self.has_ended() && start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if !self.has_ended() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
