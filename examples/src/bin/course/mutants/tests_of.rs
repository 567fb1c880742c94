//! A file with tests: building it once, and running it with a bug.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::layer::Layer;
use crate::limited;
use crate::workspace::Workspace;

/// How long the tests may take. A bug can make a loop endless, so there is a limit.
const LIMIT: Duration = Duration::from_secs(30);

/// The number of no mutant.
pub(crate) const REFERENCE: u8 = 0;

/// The program that cargo made of a file with tests.
pub(crate) struct Tests {
    pub(crate) name: String,
    program: PathBuf,
    /// The folder of the crate: there tests run.
    folder: PathBuf,
}

impl Tests {
    /// Builds files with tests of a crate. What the compiler says goes to the standard error.
    pub(crate) fn built(workspace: &Workspace, layer: Layer, names: &[&str]) -> Result<Vec<Tests>, String> {
        let package = format!("barewire-{}", layer.folder());
        let output = workspace
            .building
            .cargo()
            .args(["test", "--no-run", "--message-format", "json-render-diagnostics", "-p", &package])
            .args(names.iter().flat_map(|name| ["--test", name]))
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cargo could not be started: {error}"))?;
        if !output.status.success() {
            return Err("the tests do not compile".to_owned());
        }
        let messages: Vec<Value> = output
            .stdout
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect();
        let built = |name: &&str| {
            let is_it =
                |message: &&Value| message["target"]["name"] == **name && message["executable"].is_string();
            let program = messages.iter().find(is_it).and_then(|message| message["executable"].as_str());
            let program = program.ok_or(format!("cargo names no program for the tests of {name}"))?.into();
            Ok(Tests {
                name: (*name).to_owned(),
                program,
                folder: workspace.building.folder.join(layer.folder()),
            })
        };
        names.iter().map(built).collect()
    }

    /// Runs the tests, or one of them, with a bug, or with the reference.
    pub(crate) fn run(&self, mutant: u8, only: Option<&str>) -> Result<Outcome, String> {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).env("COURSE_MUTANT", mutant.to_string());
        command.args(only.map(|test| ["--exact", test]).into_iter().flatten());
        let run = limited::run(&mut command, LIMIT).map_err(|error| error.to_string())?;
        let named = |end: &str| {
            let name = |line: &str| line.strip_prefix("test ")?.strip_suffix(end).map(str::to_owned);
            run.stdout.lines().filter_map(name).collect::<Vec<String>>()
        };
        Ok(Outcome {
            passed: named(" ... ok").len(),
            failed: named(" ... FAILED"),
            ended: run.status.map(|status| status.success()),
            says: shortened(run.stdout + &run.stderr),
        })
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// How many tests passed.
    passed: usize,
    /// The names of those that failed.
    pub(crate) failed: Vec<String>,
    /// Whether the program ended well; `None`: it did not end.
    ended: Option<bool>,
    /// All that it printed.
    pub(crate) says: String,
}

/// The most that is shown of what tests print, in bytes.
const SHOWN: usize = 20_000;

impl Outcome {
    /// What there is to say when the compiler refused the tests. It has said why.
    pub(crate) fn not_built() -> Outcome {
        Outcome {
            passed: 0,
            failed: Vec::new(),
            ended: Some(false),
            says: "they do not compile\n".to_owned(),
        }
    }

    /// Whether there are tests, and all of them passed.
    pub(crate) fn is_passed(&self) -> bool {
        self.ended == Some(true) && self.passed > 0
    }

    /// Whether something is wrong; no tests at all is not.
    pub(crate) fn is_failed(&self) -> bool {
        self.ended != Some(true)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ended, &self.failed[..]) {
            (None, _) => write!(f, "the tests do not end within {} s", LIMIT.as_secs()),
            (Some(true), _) if self.passed == 0 => f.write_str("there is no test"),
            (Some(true), _) => write!(f, "{} passed", count(self.passed)),
            (Some(false), []) => f.write_str("the tests broke off"),
            (Some(false), failed) => write!(f, "{} failed: {}", count(failed.len()), failed.join(", ")),
        }
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}\n... and more\n", &text[..at]),
        None => text,
    }
}

fn count(tests: usize) -> String {
    format!("{tests} test{}", if tests == 1 { "" } else { "s" })
}
