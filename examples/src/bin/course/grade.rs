//! Grading: a check in a process of its own, which may panic or never end.

use std::fmt;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::exercise::Exercise;
use crate::kept;
use crate::told::Record;
use crate::wire::Packet;

/// How long a check may take. They take milliseconds: time in them is virtual.
const LIMIT: Duration = Duration::from_secs(20);
/// The word before the name of an exercise that runs its check in this process.
pub(crate) const CHECK: &str = "run-the-check-of";
/// The seed of what is random in a check, where none is given.
pub(crate) const SEED: u64 = 1;
/// How often to look whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// What came of a check.
#[derive(Debug)]
pub(crate) struct Grade {
    pub(crate) exercise: Exercise,
    solved: bool,
    /// The steps, and what went wrong.
    report: String,
    /// What went over the wire in them.
    packets: Vec<Packet>,
    took: Duration,
}

impl Grade {
    /// Runs the check of an exercise. The seed is for what is random in it.
    pub(crate) fn of(exercise: &Exercise, seed: u64) -> Result<Grade, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut child = Command::new(own)
            .args([CHECK, &exercise.id, &seed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the check could not be started: {error}"))?;
        // Pipes are emptied by threads, so that a check which prints much is not held up.
        let read = |pipe: Option<Box<dyn std::io::Read + Send>>| {
            std::thread::spawn(move || {
                let mut text = Vec::new();
                let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut text));
                String::from_utf8_lossy(&text).into_owned()
            })
        };
        let stdout = read(child.stdout.take().map(|pipe| Box::new(pipe) as Box<_>));
        let stderr = read(child.stderr.take().map(|pipe| Box::new(pipe) as Box<_>));
        let begun = Instant::now();
        let status = loop {
            match child.try_wait().map_err(|error| error.to_string())? {
                Some(status) => break Some(status),
                None if begun.elapsed() > LIMIT => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break None;
                }
                None => std::thread::sleep(LOOK),
            }
        };
        let (output, errors) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
        let Record { mut report, seed, packets } = Record::of(&output);
        let solved = status.is_some_and(|status| status.success());
        match status {
            None => {
                report += &format!(
                    "  *** it did not end within {} s: is there a loop without an end?\n",
                    LIMIT.as_secs()
                )
            }
            Some(status) if status.code() != Some(0) && status.code() != Some(1) => {
                report += &format!("  *** it broke off: {}\n", panicked(&errors));
            }
            Some(_) => {}
        }
        if let Some(seed) = seed {
            report += &format!("  seed {seed}; `course grade {} --seed N` tries another\n", exercise.id);
        }
        Ok(Grade { exercise: exercise.clone(), solved, report, packets, took: begun.elapsed() })
    }

    /// Keeps the capture of a check that failed, and says in the report where it lies.
    pub(crate) fn keep_capture(&mut self, root: &Path) {
        match self.solved {
            true => kept::forget(root, &self.exercise.id),
            false => {
                self.report += &format!("  {}\n", kept::keep(root, &self.exercise.id, &self.packets));
            }
        }
    }

    pub(crate) fn is_solved(&self) -> bool {
        self.solved
    }
}

/// What a panic said.
fn panicked(errors: &str) -> String {
    let mut lines = errors.lines().filter(|line| !line.trim().is_empty());
    let place = lines.find(|line| line.contains("panicked at")).unwrap_or("it was ended from outside");
    let says = lines.next().unwrap_or_default();
    format!("{} {says}", place.trim_start_matches("thread 'main' "))
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Exercise { id, title, file, rule, .. } = &self.exercise;
        let mark = if self.solved { "solved" } else { "not yet" };
        writeln!(f, "{id}: {title}: {mark}")?;
        f.write_str(&self.report)?;
        if !self.solved {
            write!(f, "  {file}, {rule}; `course hint {id}` helps")?;
        }
        Ok(())
    }
}

/// Gradescope's results.json (the form of its autograder documentation): one point an exercise. Checked in
/// `tests/course/gradescope.rs`.
pub(crate) fn results(grades: &[Grade]) -> Value {
    let test = |grade: &Grade| {
        json!({
            "name": format!("{}: {}", grade.exercise.id, grade.exercise.title),
            "score": u8::from(grade.solved),
            "max_score": 1,
            "status": if grade.solved { "passed" } else { "failed" },
            "output": grade.report,
        })
    };
    let score = grades.iter().filter(|grade| grade.solved).count();
    let took: Duration = grades.iter().map(|grade| grade.took).sum();
    json!({
        "score": score,
        "execution_time": took.as_secs_f64(),
        "tests": grades.iter().map(test).collect::<Vec<_>>(),
    })
}
