//! The course: exercises in the sources of the stack, and tests that say whether they are solved.
//!
//! ```text
//!   course list                 the exercises, and which of them are solved here
//!   course handout FOLDER       a workspace of its own, in which the marked bodies are gone
//!   course grade [ID] [--json]  runs a check, or all: the steps, wanted and got, seed, capture
//!   course hint ID [N]          the first hint, the second, the third
//!   course trace LAYER --student NAME           a capture for one student, with questions
//!   course answer LAYER --student NAME N ANSWER is it right?
//!   course show FILE            reads a capture with right code
//!   course mutants LAYER [--tests FILE] [--json]  which bugs do your own tests find?
//!   course watch [ID]           checks when a source changes, and goes on when it passes
//! ```
//!
//! An exercise is a page, `examples/course/ID.md`, a piece of a source between `// exercise: ID` and
//! `// exercise: end`, and a check in `checks`. After `instead:` stands what the handout has in the place of the piece:
//! code that compiles and does too little. So no exercise needs another one's solution. A check runs in a process of
//! its own, with a limit: a panic or an endless loop is a failure with a sentence, and the steps and packets up to it
//! are kept. Tested in `tests/course.rs`.

mod aliases;
mod building;
mod checks;
mod exercise;
mod files;
mod fnv;
mod grade;
mod handout;
mod hex;
mod kept;
mod layer;
mod limited;
mod mutant;
mod mutants;
mod proof;
mod questions;
mod reference;
mod results;
mod right;
mod steps;
mod told;
mod trace;
mod tree;
mod watch;
mod wire;
mod workspace;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exercise::Exercise;
use grade::Grade;
use layer::Layer;
use reference::Reference;
use results::{Point, results};

/// Exercises in a network stack, and checks that say whether they are solved
#[derive(Debug, Parser)]
#[command(max_term_width = 80)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// The workspace [default: the one that this folder is in]
    #[arg(long, global = true, value_name = "FOLDER", overrides_with = "root")]
    #[arg(default_value_os_t = workspace_here(), hide_default_value = true)]
    root: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the exercises, and say which are solved here
    List,
    /// Write a workspace in which the bodies of the exercises are gone
    Handout {
        /// Where to; it must not exist
        folder: PathBuf,
        /// Only the exercises up to this one; the bodies of the others stay
        #[arg(long, value_name = "ID")]
        until: Option<String>,
    },
    /// Run the check of an exercise, or of all of them
    Grade {
        /// Which one; without it, all
        id: Option<String>,
        /// Print Gradescope's results.json
        #[arg(long)]
        json: bool,
        /// For what is random in a check: the same seed, the same check
        #[arg(long, value_name = "N", default_value_t = grade::SEED)]
        seed: u64,
    },
    /// Print a hint
    Hint {
        /// Of which exercise
        id: String,
        /// Which of its three hints
        #[arg(default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
        number: u8,
    },
    /// Make the capture of a student, and ask questions about it; nobody else gets the same
    Trace {
        /// What it is about
        layer: Layer,
        /// The student's name, or number
        #[arg(long, value_name = "NAME")]
        student: String,
        /// Where the capture goes
        #[arg(long, value_name = "FILE", default_value = "trace.pcapng")]
        to: PathBuf,
        /// For teachers: print the answers too
        #[arg(long)]
        answers: bool,
    },
    /// Answer a question about the capture of a student
    Answer {
        /// What it is about
        layer: Layer,
        /// The student's name, or number
        #[arg(long, value_name = "NAME")]
        student: String,
        /// The number of the question
        #[arg(value_parser = clap::value_parser!(u8).range(1..))]
        question: u8,
        /// The answer
        answer: String,
    },
    /// Read a capture with right code: `show FILE -v`, `show FILE --bytes`
    Show {
        /// The capture
        file: PathBuf,
        /// What `barewire read` takes beside it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run your own tests against the reference, and against bugs that they are to find
    Mutants {
        /// Of which layer
        layer: Layer,
        /// The file with the tests [default: examples/course/mutants/LAYER.rs]
        #[arg(long, value_name = "FILE")]
        tests: Option<PathBuf>,
        /// Print Gradescope's results.json
        #[arg(long)]
        json: bool,
        /// For the course's own tests: each bug is caught by a test of its crate
        #[arg(long, hide = true)]
        proof: bool,
    },
    /// For the course's own tests: each exercise fails unsolved, and passes when it alone is solved
    #[command(hide = true)]
    Proof,
    /// Check an exercise again whenever a source changes
    Watch {
        /// Which one to begin with
        id: Option<String>,
    },
}

/// The nearest folder above this one that has exercises.
fn workspace_here() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let above = here.ancestors().skip(1).find(|folder| folder.join(exercise::PAGES).is_dir());
    let is_here = here.join(exercise::PAGES).is_dir();
    above.filter(|_| !is_here).map_or(PathBuf::from("."), Path::to_owned)
}

fn main() -> ExitCode {
    // In a process of its own a check needs no pages, only its name.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, id, seed] = &arguments[..]
        && word == grade::CHECK
        && let Ok(seed) = seed.parse()
    {
        return if checks::run(id, seed) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let cli = Cli::parse();
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("course: {why}");
            ExitCode::from(2)
        }
    }
}

/// Prints a line. A reader that wants only the first ones, as `head` does, closes the pipe; that is not an error.
fn say(line: &dyn std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Runs the command; `false`: an exercise is not solved.
fn run(cli: &Cli) -> Result<bool, String> {
    let exercises = || exercise::all(&cli.root);
    match &cli.command {
        Command::List => list(&exercises()?),
        Command::Handout { folder, until } => {
            let exercises = exercises()?;
            let chosen = up_to(&exercises, until.as_deref())?;
            handout::write(&cli.root, folder, chosen).map(|()| true)
        }
        Command::Grade { id, json, seed } => {
            let exercises = exercises()?;
            let chosen = match id {
                Some(id) => std::slice::from_ref(find(&exercises, id)?),
                None => &exercises[..],
            };
            let grades = chosen.iter().map(|exercise| Grade::of(exercise, *seed));
            let mut grades = grades.collect::<Result<Vec<_>, _>>()?;
            grades.iter_mut().for_each(|grade| grade.keep_capture(&cli.root));
            match json {
                true => {
                    let points: Vec<Point> = grades.iter().map(Grade::point).collect();
                    say(&results(&points, grades.iter().map(Grade::took).sum()));
                }
                false => grades.iter().for_each(|grade| say(&grade)),
            }
            Ok(grades.iter().all(Grade::is_solved))
        }
        Command::Hint { id, number } => {
            let exercises = exercises()?;
            let exercise = find(&exercises, id)?;
            say(&exercise.hints[usize::from(*number) - 1]);
            Ok(true)
        }
        Command::Proof => {
            say(&proof::of(&cli.root, &exercises()?)?.trim_end());
            Ok(true)
        }
        Command::Watch { id } => watch::run(&cli.root, &exercises()?, id.as_deref()),
        Command::Mutants { layer, proof: true, .. } => {
            say(&mutants::proof(&cli.root, *layer)?.trim_end());
            Ok(true)
        }
        Command::Mutants { layer, tests, json, .. } => {
            let score = mutants::score(&cli.root, *layer, tests.as_deref())?;
            match json {
                true => say(&results(&score.points(*layer), score.took)),
                false => say(&score),
            }
            Ok(score.is_full())
        }
        Command::Show { file, arguments } => right::show(&cli.root, file, arguments),
        Command::Trace { answers: true, .. } if Reference::of(&cli.root)?.hides() => {
            Err("answers are for teachers: this is a handout".to_owned())
        }
        Command::Trace { layer, student, to, answers } => match right::run_as_here(&cli.root)? {
            Some(ended) => Ok(ended),
            None => trace(*layer, student, to, *answers),
        },
        Command::Answer { layer, student, question, answer } => match right::run_as_here(&cli.root)? {
            Some(right) => Ok(right),
            None => answered(*layer, student, usize::from(*question), answer),
        },
    }
}

/// Writes the capture of a student, and prints the questions.
fn trace(layer: Layer, student: &str, to: &Path, answers: bool) -> Result<bool, String> {
    let trace = trace::of(student, layer)?;
    std::fs::write(to, trace.capture.write()).map_err(|error| format!("{}: {error}", to.display()))?;
    say(&format!("{}: the capture of {student}; `cargo course show {0} -v` draws it", to.display()));
    for (index, question) in trace.questions.iter().enumerate() {
        say(&format!("  {}. {}", index + 1, question.asks));
        if answers {
            say(&format!("     {}", question.answer));
        }
    }
    Ok(true)
}

/// Says whether an answer is right; the right one is not told.
fn answered(layer: Layer, student: &str, number: usize, answer: &str) -> Result<bool, String> {
    let questions = trace::of(student, layer)?.questions;
    let question =
        questions.get(number - 1).ok_or(format!("there are the questions 1 to {}", questions.len()))?;
    let right = question.is_answered_by(answer);
    say(&format!("{} {}: {}", question.asks, answer, if right { "right" } else { "not right" }));
    Ok(right)
}

fn list(exercises: &[Exercise]) -> Result<bool, String> {
    for exercise in exercises {
        let grade = Grade::of(exercise, grade::SEED)?;
        let mark = if grade.is_solved() { "done" } else { "open" };
        let Exercise { id, title, minutes, file, .. } = exercise;
        say(&format!("{mark}  {id}  {title}, about {minutes} minutes\n              {file}"));
    }
    Ok(true)
}

fn find<'a>(exercises: &'a [Exercise], id: &str) -> Result<&'a Exercise, String> {
    let ids = || exercises.iter().map(|exercise| exercise.id.as_str()).collect::<Vec<_>>().join(", ");
    exercises
        .iter()
        .find(|exercise| exercise.id == id)
        .ok_or_else(|| format!("no exercise is called {id:?}; there are {}", ids()))
}

fn up_to<'a>(exercises: &'a [Exercise], until: Option<&str>) -> Result<&'a [Exercise], String> {
    let Some(id) = until else { return Ok(exercises) };
    find(exercises, id)?;
    let end = exercises.iter().position(|exercise| exercise.id == id).map_or(0, |at| at + 1);
    Ok(&exercises[..end])
}
