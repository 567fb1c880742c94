//! The score of a student's tests: which bugs they kill.

use std::fmt;
use std::path::PathBuf;

use super::tests_of::Outcome;
use crate::mutant::Mutant;

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
    pub(crate) file: PathBuf,
}

impl Score {
    fn killed(&self) -> usize {
        self.fates.iter().filter(|(fate, _)| matches!(fate, Fate::Killed(_))).count()
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
            let Mutant { number, rule, .. } = mutant;
            match fate {
                Fate::Killed(outcome) => writeln!(f, "bug {number}: killed: {outcome}")?,
                Fate::Survives => writeln!(f, "bug {number}: survives; it breaks {rule}")?,
            }
        }
        write!(f, "{} of {} bugs are killed by {}", self.killed(), self.fates.len(), self.file.display())
    }
}
