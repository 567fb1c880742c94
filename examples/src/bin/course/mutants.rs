//! Mutants: bugs that a student's own tests are to find.
//!
//! A layer has six bugs or more, and a file with tests: `examples/course/mutants/LAYER.rs`, in which a student
//! writes. The tests must pass with the reference; each bug that makes one of them fail is killed. All bugs are in
//! one build, in which the variable COURSE_MUTANT chooses one, so a score takes one build and a run for each.
//! Tested by `.ci/course.sh`, which also proves that each bug is caught by a test of its crate.

mod score;
mod tests_of;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;

use crate::fnv::fnv;
use crate::layer::Layer;
use crate::mutant::{self, Mutant};
use crate::reference::{MUTANTS, Reference};
use crate::workspace::Workspace;
use score::{Fate, Score};
use tests_of::{Outcome, REFERENCE, Tests};

/// The mutants of a layer.
fn mutants(reference: &Reference, layer: Layer) -> Result<Vec<Mutant>, String> {
    let file = format!("{MUTANTS}/{}_bugs.md", layer.name());
    mutant::of(&reference.text(&file)?).map_err(|why| format!("{file}: {why}"))
}

/// The mutants of all layers: they are built together.
pub(crate) fn all(reference: &Reference) -> Result<Vec<Mutant>, String> {
    let layers = Layer::value_variants().iter().map(|layer| mutants(reference, *layer));
    Ok(layers.collect::<Result<Vec<_>, _>>()?.concat())
}

/// Runs a student's tests with the reference and with each bug.
pub(crate) fn score(root: &Path, layer: Layer, tests: Option<&Path>) -> Result<Score, String> {
    let reference = Reference::of(root)?;
    let own = root.join(MUTANTS).join(layer.name()).with_extension("rs");
    let file: PathBuf = tests.map_or(own, Path::to_owned);
    let source = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mutants = mutants(&reference, layer)?;
    let workspace = Workspace::write(root, &reference, &all(&reference)?)?;
    // Each file has a name of its own, so that two can be scored at once.
    let name =
        format!("mine_{:016x}", fnv(&std::path::absolute(&file).unwrap_or(file.clone()).to_string_lossy()));
    workspace.put_test(layer, &name, &source)?;
    let (begun, count) = (Instant::now(), mutants.len());
    let (reference, fates) = match Tests::built(&workspace, layer, &[&name]) {
        Ok(built) => fates(&built[0], mutants)?,
        Err(_) => (Outcome::not_built(), Vec::new()),
    };
    Ok(Score { reference, fates, mutants: count, file, took: begun.elapsed() })
}

/// What the tests say of the reference, and of each mutant if they pass with the reference.
fn fates(tests: &Tests, mutants: Vec<Mutant>) -> Result<(Outcome, Vec<(Fate, Mutant)>), String> {
    let reference = tests.run(REFERENCE, None)?;
    if !reference.is_passed() {
        return Ok((reference, Vec::new()));
    }
    let mut fates = Vec::new();
    for mutant in mutants {
        fates.push((tests.run(mutant.number, None)?.into(), mutant));
    }
    // Once more: tests that pass the first time only say nothing about a bug.
    let again = tests.run(REFERENCE, None)?;
    if again.is_passed() { Ok((reference, fates)) } else { Ok((again, Vec::new())) }
}

/// Proves that each bug is caught by the test of its crate that its page names.
pub(crate) fn proof(root: &Path, layer: Layer) -> Result<String, String> {
    let reference = Reference::of(root)?;
    let mutants = mutants(&reference, layer)?;
    let workspace = Workspace::write(root, &reference, &all(&reference)?)?;
    workspace.put_tests(layer)?;
    let mut names: Vec<String> = mutants.iter().map(Mutant::caught_by).map(|(target, _)| target).collect();
    names.sort();
    names.dedup();
    let built = Tests::built(&workspace, layer, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
    let mut says = String::new();
    for mutant in &mutants {
        let (number, file) = (mutant.number, &mutant.caught.0);
        let (target, test) = mutant.caught_by();
        let tests = built.iter().find(|tests| tests.name == target).ok_or(format!("{file} was not built"))?;
        let without = tests.run(REFERENCE, Some(&test))?;
        if !without.is_passed() {
            return Err(format!("{file}, {test}: {without} without a bug: {}", without.says));
        }
        match tests.run(number, Some(&test))?.into() {
            Fate::Killed(_) => says += &format!("{} {number}: caught by {test}\n", layer.name()),
            Fate::Survives => {
                return Err(format!("{} {number} is not caught by {file}, {test}", layer.name()));
            }
        }
    }
    Ok(says)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::ValueEnum;

    use super::{Layer, MUTANTS, Reference, mutants};

    /// What a page says of the sources is true: else it names the mutant and the file.
    #[test]
    fn every_bug_fits_its_source() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let reference = Reference::of(&root).expect("nothing is hidden here");
        let text = |file: &str| reference.text(file).unwrap_or_else(|why| panic!("{why}"));
        for layer in Layer::value_variants() {
            let page = format!("{MUTANTS}/{}_bugs.md", layer.name());
            let mutants = mutants(&reference, *layer).unwrap_or_else(|why| panic!("{why}"));
            assert!(mutants.len() >= 6, "{page} has {}, and six are promised", mutants.len());
            for mutant in mutants {
                if let Err(why) = mutant.switched_into(&text(&mutant.file)) {
                    panic!("{page}, {why}");
                }
                let (file, test) = &mutant.caught;
                let file = format!("{}/{file}", layer.folder());
                assert!(text(&file).contains(&format!("fn {test}(")), "{page}: {file} has no test {test}");
            }
        }
    }
}
