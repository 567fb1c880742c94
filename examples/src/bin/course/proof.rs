//! The proof that exercises are sound: each fails unsolved, for the reason that it states, and passes when its own
//! piece alone is there, and when all but one of the others are. Tested by `tests/course.rs`, which runs it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::exercise::{Exercise, PAGES};
use crate::limited::{self, Run};
use crate::mutants;
use crate::reference::Reference;
use crate::workspace::Workspace;

/// How long a check may take. It takes milliseconds if nothing is wrong with it.
const LIMIT: Duration = Duration::from_secs(60);

/// Builds the workspace with all switches, and runs each check with several choices of what is solved.
pub(crate) fn of(root: &Path, exercises: &[Exercise]) -> Result<String, String> {
    let reference = Reference::of(root)?;
    let workspace = Workspace::write(root, &reference, &mutants::all(&reference)?)?;
    let checks = workspace.building.build("checks", "checks")?;
    let mut says = String::new();
    for exercise in exercises {
        let Exercise { id, file, .. } = exercise;
        let check = |solved: &str| {
            let mut command = Command::new(&checks);
            command.arg(id).env("COURSE_SOLVED", solved);
            limited::run(&mut command, LIMIT).map_err(|error| error.to_string())
        };
        let sound = verdict(&check("none")?, &check(id)?);
        let sound = sound.and_then(|()| needs_no_other(exercise, exercises, &check));
        sound.map_err(|why| format!("{PAGES}/{id}.md, {file}: {id} {why}"))?;
        says += &format!("{id}: fails unsolved, passes when it alone is solved\n");
    }
    Ok(says)
}

/// It passes when any one of the others is open. Only those of the same crate can matter.
fn needs_no_other(
    exercise: &Exercise,
    all: &[Exercise],
    check: &dyn Fn(&str) -> Result<Run, String>,
) -> Result<(), String> {
    let others = all.iter().filter(|other| other.id != exercise.id && other.folder() == exercise.folder());
    for Exercise { id: open, .. } in others {
        let solved = all.iter().map(|exercise| exercise.id.as_str()).filter(|id| id != open);
        let Run { status, stdout, stderr } = check(&solved.collect::<Vec<_>>().join(","))?;
        if !status.is_some_and(|status| status.success()) {
            return Err(format!("fails when {open} is open and all others are solved:\n{stdout}{stderr}"));
        }
    }
    Ok(())
}

/// Whether an exercise is sound, by what its check said without and with its piece.
fn verdict(unsolved: &Run, solved: &Run) -> Result<(), String> {
    let code = |run: &Run| run.status.and_then(|status| status.code());
    let with = |what: &str, run: &Run| Err(format!("{what}:\n{}{}", run.stdout, run.stderr));
    match (code(unsolved), code(solved)) {
        (Some(0), _) => with("passes unsolved", unsolved),
        (Some(1), _) if !unsolved.stdout.contains("***") => with("fails without saying why", unsolved),
        (Some(1), Some(0)) => Ok(()),
        (Some(1), _) => with("fails although its own piece is there", solved),
        (_, _) => with("panics or does not end unsolved, where it should say what is wrong", unsolved),
    }
}

#[cfg(test)]
mod tests {
    use super::{Run, verdict};

    #[cfg(unix)]
    fn run(code: i32, stdout: &str) -> Run {
        use std::os::unix::process::ExitStatusExt;
        let status = Some(std::process::ExitStatus::from_raw(code << 8));
        Run { status, stdout: stdout.to_owned(), stderr: String::new() }
    }

    #[test]
    #[cfg(unix)]
    fn what_is_not_sound_is_said() {
        let fails = "  1. *** the name\n";
        assert_eq!(verdict(&run(1, fails), &run(0, "")), Ok(()));
        let says = |unsolved: Run, solved: Run| {
            let why = verdict(&unsolved, &solved).expect_err("it is not sound");
            why.lines().next().unwrap_or_default().to_owned()
        };
        assert_eq!(says(run(0, ""), run(0, "")), "passes unsolved:");
        assert_eq!(says(run(1, "no"), run(0, "")), "fails without saying why:");
        assert_eq!(says(run(1, fails), run(1, fails)), "fails although its own piece is there:");
        let broken = "panics or does not end unsolved, where it should say what is wrong:";
        assert_eq!(says(run(101, ""), run(0, "")), broken);
        assert_eq!(says(Run { status: None, ..run(1, "") }, run(0, "")), broken);
    }
}
