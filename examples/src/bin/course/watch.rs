//! Watching: the check runs again whenever a source changes, until all exercises are solved.
//!
//! A change is compiled by `cargo run`, which starts this program anew; so it is the student's code that is checked.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::exercise::Exercise;

/// How often to look for a change.
const LOOK: Duration = Duration::from_millis(300);

/// Watches from the exercise `id` on, or from the first.
pub(crate) fn run(root: &Path, exercises: &[Exercise], id: Option<&str>) -> Result<bool, String> {
    let from = match id {
        Some(id) => exercises
            .iter()
            .position(|exercise| exercise.id == id)
            .ok_or(format!("no exercise is called {id:?}"))?,
        None => 0,
    };
    for exercise in &exercises[from..] {
        let file = root.join(&exercise.file);
        println!("{}: {}\n  {}; it is checked when you save", exercise.id, exercise.title, exercise.file);
        while !graded(root, &exercise.id)? {
            let seen = changed(&file);
            while changed(&file) == seen {
                std::thread::sleep(LOOK);
            }
        }
    }
    println!("all exercises are solved");
    Ok(true)
}

fn graded(root: &Path, id: &str) -> Result<bool, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "-q", "-p", "barewire", "--bin", "course", "--", "grade", id])
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    Ok(status.success())
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|about| about.modified()).ok()
}
