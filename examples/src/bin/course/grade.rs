//! Grading: a check in a process of its own, which may panic or never end.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::exercise::Exercise;
use crate::kept;
use crate::limited;
use crate::results::Point;
use crate::told::Record;
use crate::wire::Packet;

/// How long a check may take. They take milliseconds: time in them is virtual.
const LIMIT: Duration = Duration::from_secs(10);
/// The word before the name of an exercise that runs its check in this process.
pub(crate) const CHECK: &str = "run-the-check-of";
/// The seed of what is random in a check, where none is given.
pub(crate) const SEED: u64 = 1;

/// What came of a check.
#[derive(Debug)]
pub(crate) struct Grade {
    pub(crate) exercise: Exercise,
    solved: bool,
    /// The steps, and what went wrong.
    report: String,
    /// What went over the wire in them.
    packets: Vec<Packet>,
    /// The lines of a key log that opens them.
    secrets: Vec<String>,
    took: Duration,
}

impl Grade {
    /// Runs the check of an exercise. The seed is for what is random in it.
    pub(crate) fn of(exercise: &Exercise, seed: u64) -> Result<Grade, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let begun = Instant::now();
        let run = limited::run(Command::new(own).args([CHECK, &exercise.id, &seed.to_string()]), LIMIT)
            .map_err(|error| format!("the check could not be started: {error}"))?;
        let Record { mut report, seed, packets, secrets, passed } = Record::of(&run.stdout);
        let code = run.status.map(|status| status.code());
        let broke = match code {
            None => {
                Some(format!("it did not end within {} s: is there a loop without an end?", LIMIT.as_secs()))
            }
            Some(Some(0 | 1)) if passed || report.contains("***") => None,
            Some(Some(0 | 1)) => Some("it ended before the check did: does the code exit?".to_owned()),
            Some(_) => Some(format!("it broke off: {}", panicked(&run.stderr))),
        };
        report.extend(broke.map(|says| format!("  *** {says}\n")));
        let solved = passed && code == Some(Some(0));
        if let Some(seed) = seed {
            report +=
                &format!("  seed {seed}; `cargo course grade {} --seed N` tries another\n", exercise.id);
        }
        Ok(Grade { exercise: exercise.clone(), solved, report, packets, secrets, took: begun.elapsed() })
    }

    /// Keeps the capture of a check that failed, and says in the report where it lies.
    pub(crate) fn keep_capture(&mut self, root: &Path) {
        match self.solved {
            true => kept::forget(root, &self.exercise.id),
            false => {
                self.report +=
                    &format!("  {}\n", kept::keep(root, &self.exercise.id, &self.packets, &self.secrets));
            }
        }
    }

    /// The point that a grader gives for it.
    pub(crate) fn point(&self) -> Point {
        let name = format!("{}: {}", self.exercise.id, self.exercise.title);
        Point { name, is_earned: self.solved, says: self.report.clone() }
    }

    pub(crate) fn took(&self) -> Duration {
        self.took
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
            write!(f, "  {file}, {rule}; `cargo course hint {id}` helps")?;
        }
        Ok(())
    }
}
