//! The workspace in which the course is proved: the crates of the stack, with a switch at each piece of an exercise and
//! at each bug, and the checks. One build of it is all exercises, solved and unsolved, and all mutants.
//!
//! Two variables choose. COURSE_SOLVED names the exercises that are solved; without it all are. COURSE_MUTANT is the
//! number of a bug; without it there is none.

use std::path::{Path, PathBuf};

use crate::building::Building;
use crate::files::{self, put};
use crate::layer::Layer;
use crate::mutant::Mutant;
use crate::reference::Reference;
use crate::tree::{Piece, quiet, treated, with_version};

/// Its crates. What they are tested with comes with them.
const CRATES: [&str; 7] = ["dissect", "packet", "internet", "dns", "tcp", "tls13", "http1"];

/// What the switches ask: two functions in the root of each crate.
const SWITCHES: &str = r#"
/// Whether the mutant with this number is the chosen one.
pub(crate) fn mutant(number: u8) -> bool {
    static CHOSEN: std::sync::OnceLock<u8> = std::sync::OnceLock::new();
    let chosen = || std::env::var("COURSE_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    *CHOSEN.get_or_init(chosen) == number
}

/// Whether this exercise is solved.
pub(crate) fn solved(id: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| std::env::var("COURSE_SOLVED").ok()).as_ref();
    chosen.is_none_or(|chosen| chosen.split(',').any(|one| one == id))
}
"#;
/// The folder of this program, and the modules of it that check the exercises.
const PROGRAM: &str = "examples/src/bin/course";
const CHECKS: [&str; 5] = ["checks", "hex", "steps", "told", "wire"];
/// The package around them. What it depends on stands in the manifest of the program.
const CHECKS_MANIFEST: &str = r#"[package]
name = "checks"
edition.workspace = true
version.workspace = true
rust-version.workspace = true

[[bin]]
name = "checks"
path = "src/bin/course/main.rs"

[lints]
workspace = true

[dependencies]
"#;
const DEPENDENCIES: [&str; 10] = [
    "barewire-dissect",
    "barewire-dns",
    "barewire-http1",
    "barewire-packet",
    "barewire-tcp",
    "barewire-tls13",
    "rand_chacha",
    "rand_core",
    "ring",
    "rustls",
];
const CHECKS_MAIN: &str = r#"
/// Runs one check.
fn main() -> std::process::ExitCode {
    let id = std::env::args().nth(1).unwrap_or_default();
    if checks::run(&id, 1) { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
"#;

/// The workspace, once it is written.
pub(crate) struct Workspace {
    root: PathBuf,
    pub(crate) building: Building,
}

impl Workspace {
    /// Writes it below the target folder.
    pub(crate) fn write(root: &Path, reference: &Reference, mutants: &[Mutant]) -> Result<Workspace, String> {
        let workspace = Workspace { root: root.to_owned(), building: Building::called("course", root)? };
        workspace.remove_what_is_gone()?;
        workspace.put_manifest()?;
        for part in CRATES.into_iter().flat_map(|name| [format!("{name}/Cargo.toml"), format!("{name}/src")])
        {
            for file in files::below(root, &part)? {
                workspace.put_switched(reference, mutants, &file)?;
            }
        }
        let unknown = mutants.iter().find(|mutant| !workspace.place(&mutant.file).exists());
        match unknown {
            Some(mutant) => Err(format!("mutant {}: there is no file {}", mutant.number, mutant.file)),
            None => Ok(workspace),
        }
    }

    /// Takes away what an earlier workspace had here, and the crates have no longer: cargo would build it, too.
    fn remove_what_is_gone(&self) -> Result<(), String> {
        for name in CRATES {
            let there = files::below(&self.building.folder, name)?;
            for file in there.iter().filter(|file| !self.root.join(file).exists()) {
                std::fs::remove_file(self.place(file)).map_err(|error| format!("{file}: {error}"))?;
            }
        }
        Ok(())
    }

    /// Where a file of it lies.
    fn place(&self, file: &str) -> PathBuf {
        self.building.folder.join(file)
    }

    /// A source with its switches.
    fn put_switched(&self, reference: &Reference, mutants: &[Mutant], file: &str) -> Result<(), String> {
        // Mutants first: some of them lie in the piece of an exercise.
        let mut text = reference.text(file)?;
        for mutant in mutants.iter().filter(|mutant| mutant.file == file) {
            text = mutant.switched_into(&text)?;
        }
        (text, _) = treated(&text, &|_| Piece::Switched).map_err(|why| format!("{file}: {why}"))?;
        if file.ends_with("src/lib.rs") {
            text += SWITCHES;
        }
        put(&self.place(file), text.as_bytes())
    }

    fn put_manifest(&self) -> Result<(), String> {
        let manifest = quiet(&files::text(&self.root, "Cargo.toml")?);
        let members: Vec<&str> = CRATES.into_iter().chain(["examples"]).collect();
        let manifest = with_version(&manifest, "0.0.0-course");
        let line = |line: &str| match line.starts_with("members = ") {
            true => format!("members = {members:?}\n"),
            false => format!("{line}\n"),
        };
        put(&self.place("Cargo.toml"), manifest.lines().map(line).collect::<String>().as_bytes())?;
        put(&self.place("Cargo.lock"), &files::bytes(&self.root, "Cargo.lock")?)?;
        self.put_checks()
    }

    fn put_checks(&self) -> Result<(), String> {
        let manifest = files::text(&self.root, "examples/Cargo.toml")?;
        let is_needed = |line: &&str| DEPENDENCIES.iter().any(|name| line.starts_with(&format!("{name} = ")));
        let needed: String = manifest.lines().filter(is_needed).map(|line| format!("{line}\n")).collect();
        put(&self.place("examples/Cargo.toml"), format!("{CHECKS_MANIFEST}{needed}").as_bytes())?;
        let modules: String = CHECKS.iter().map(|module| format!("mod {module};\n")).collect();
        put(
            &self.place(&format!("{PROGRAM}/main.rs")),
            format!("//! The checks of the exercises.\n{modules}{CHECKS_MAIN}").as_bytes(),
        )?;
        for module in CHECKS {
            self.copy(&format!("{PROGRAM}/{module}.rs"))?;
            if self.root.join(PROGRAM).join(module).exists() {
                self.copy(&format!("{PROGRAM}/{module}"))?;
            }
        }
        // The checks read captures of the crates.
        CRATES.iter().map(|name| format!("{name}/tests/captures")).try_for_each(|captures| {
            if self.root.join(&captures).exists() { self.copy(&captures) } else { Ok(()) }
        })
    }

    /// Puts a file with tests into a crate.
    pub(crate) fn put_test(&self, layer: Layer, name: &str, source: &[u8]) -> Result<(), String> {
        let tests = format!("{}/tests", layer.folder());
        put(&self.place(&format!("{tests}/{name}.rs")), source)
    }

    /// Puts the crate's own tests there, and the fuzz targets: a test may use what they are made of.
    pub(crate) fn put_tests(&self, layer: Layer) -> Result<(), String> {
        ["tests", "fuzz/fuzz_targets"]
            .iter()
            .try_for_each(|part| self.copy(&format!("{}/{part}", layer.folder())))
    }

    fn copy(&self, part: &str) -> Result<(), String> {
        let files = files::below(&self.root, part)?;
        files.iter().try_for_each(|file| put(&self.place(file), &files::bytes(&self.root, file)?))
    }
}
