//! The score of a student's tests: which bugs they kill.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::tests_of::Outcome;
use crate::layer::Layer;
use crate::mutant::Mutant;
use crate::results::Point;

/// What became of a mutant.
#[derive(Debug)]
pub(crate) enum Fate {
    /// A test failed, and that is how it ended.
    Killed(Outcome),
    /// All tests passed.
    Survives,
}

impl From<Outcome> for Fate {
    fn from(outcome: Outcome) -> Fate {
        if outcome.is_failed() { Fate::Killed(outcome) } else { Fate::Survives }
    }
}

/// What the tests of a file are worth.
#[derive(Debug)]
pub(crate) struct Score {
    /// With the reference they must pass.
    pub(crate) reference: Outcome,
    /// Empty if they do not: then there is nothing to score.
    pub(crate) fates: Vec<(Fate, Mutant)>,
    /// How many bugs there are.
    pub(crate) mutants: usize,
    pub(crate) file: PathBuf,
    pub(crate) took: Duration,
}

impl Score {
    fn killed(&self) -> usize {
        self.fates.iter().filter(|(fate, _)| matches!(fate, Fate::Killed(_))).count()
    }

    /// The points that a grader gives for them: none if the reference fails, else one for each bug that is killed.
    pub(crate) fn points(&self, layer: Layer) -> Vec<Point> {
        let name = |number: u8| format!("{}, bug {number}", layer.name());
        if !self.reference.is_passed() {
            let says = self.to_string();
            let point = |number| Point { name: name(number), is_earned: false, says: says.clone() };
            return (1..=self.mutants as u8).map(point).collect();
        }
        let point = |(fate, mutant): &(Fate, Mutant)| Point {
            name: name(mutant.number),
            is_earned: matches!(fate, Fate::Killed(_)),
            says: said(fate, mutant),
        };
        self.fates.iter().map(point).collect()
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_full(&self) -> bool {
        self.reference.is_passed() && self.killed() == self.fates.len()
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the reference: {}", self.reference)?;
        if !self.reference.is_passed() {
            writeln!(f, "  A test that fails with right code says nothing about a bug. It printed:\n")?;
            write!(f, "{}", self.reference.says)?;
            return write!(f, "\n{}", self.file.display());
        }
        for (fate, mutant) in &self.fates {
            writeln!(f, "bug {}: {}", mutant.number, said(fate, mutant))?;
        }
        write!(f, "{} of {} bugs are killed by {}", self.killed(), self.fates.len(), self.file.display())
    }
}

fn said(fate: &Fate, mutant: &Mutant) -> String {
    match fate {
        Fate::Killed(outcome) => format!("killed: {outcome}"),
        Fate::Survives => format!("survives; it breaks {}", mutant.rule),
    }
}
