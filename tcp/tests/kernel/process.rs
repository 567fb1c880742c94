//! Processes in a namespace: each is this test's own program again, in a role, or a tool.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A process that is killed when this is dropped.
pub(crate) struct Process {
    name: String,
    child: Child,
    /// It knows by the end of this that nobody wants it any more.
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    said: Vec<String>,
    /// What it said while another line was waited for.
    passed: Vec<String>,
}

impl Process {
    /// Starts a command. What it prints on either output is kept.
    pub(crate) fn start(name: &str, command: &mut Command) -> Process {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let (to, lines) = channel();
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|output| Box::new(output) as _),
            child.stderr.take().map(|output| Box::new(output) as _),
        ];
        for output in outputs.into_iter().flatten() {
            let to = to.clone();
            thread::spawn(move || {
                BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| to.send(line))
            });
        }
        let input = child.stdin.take();
        Process { name: name.to_owned(), child, input, lines, said: Vec::new(), passed: Vec::new() }
    }

    /// Waits until it has printed a line that contains `words`; gives the line. Each line is given once. The threads of
    /// a process print in any order, so it may have come while another line was waited for.
    pub(crate) fn wait_for(&mut self, words: &str, limit: Duration) -> String {
        let found = self.look_for(words, Instant::now() + limit);
        found.unwrap_or_else(|why| panic!("{}", self.has_failed(words, why)))
    }

    /// As [`Process::wait_for`], until `end`.
    pub(crate) fn look_for(&mut self, words: &str, end: Instant) -> Result<String, RecvTimeoutError> {
        if let Some(place) = self.passed.iter().position(|line| line.contains(words)) {
            return Ok(self.passed.remove(place));
        }
        loop {
            let line = self.lines.recv_timeout(end.saturating_duration_since(Instant::now()))?;
            self.said.push(line.clone());
            if line.contains(words) {
                return Ok(line);
            }
            self.passed.push(line);
        }
    }

    /// Why the line has not come.
    pub(crate) fn has_failed(&self, words: &str, why: RecvTimeoutError) -> String {
        let what = if why == RecvTimeoutError::Disconnected { "ended" } else { "was too slow" };
        format!("{} {what} before it said {words:?}; {}", self.name, self.has_said())
    }

    /// All that it has said so far.
    pub(crate) fn has_said(&self) -> String {
        format!("{} said:\n{}", self.name, self.said.join("\n"))
    }

    /// Ends its input, waits until it has ended by itself, and gives all that it printed.
    pub(crate) fn finish(mut self, limit: Duration) -> Vec<String> {
        self.input = None;
        let end = Instant::now() + limit;
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.said.push(line);
        }
        std::mem::take(&mut self.said)
    }

    /// Asks it to end (SIGTERM): a recorder writes its last packets then.
    pub(crate) fn stop(self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        self.finish(Duration::from_secs(5));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command of the lab itself, which must succeed.
pub(crate) fn must(words: &[&str]) -> String {
    let output = Command::new(words[0]).args(&words[1..]).output();
    let output = output.unwrap_or_else(|error| panic!("{words:?}: {error}"));
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
