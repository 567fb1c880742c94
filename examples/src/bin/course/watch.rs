//! Watching: the check runs again whenever a source changes, until all exercises are solved.
//!
//! A change is compiled by `cargo run`, which starts this program anew; so it is the student's code that is checked.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::building;
use crate::exercise::{Exercise, PAGES};
use crate::files;

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
        let Exercise { id, title, file, .. } = exercise;
        // The folder of its crate: a solution may need more than its own file.
        let sources = format!("{}/src", exercise.folder());
        println!("{id}: {title}\n  {PAGES}/{id}.md; {file}; it is checked when you save");
        loop {
            // Before the check: what is saved while it runs is checked again.
            let seen = changed(root, &sources)?;
            if graded(root, id)? {
                break;
            }
            while changed(root, &sources)? == seen {
                std::thread::sleep(LOOK);
            }
        }
    }
    println!("all exercises are solved");
    Ok(true)
}

fn graded(root: &Path, id: &str) -> Result<bool, String> {
    let status = building::cargo()
        .args(["run", "-q", "-p", "barewire", "--bin", "course", "--", "grade", id])
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    Ok(status.success())
}

/// When the last of these sources was saved.
fn changed(root: &Path, sources: &str) -> Result<Option<SystemTime>, String> {
    let saved = |file: &String| std::fs::metadata(root.join(file)).and_then(|about| about.modified()).ok();
    Ok(files::below(root, sources)?.iter().filter_map(saved).max())
}
