//! The workspace in which tests meet bugs: the crates of the stack, with all bugs in them and a switch at each.

use std::path::{Path, PathBuf};

use super::mutant::{Mutant, SWITCH};
use crate::files::{self, put};
use crate::layer::Layer;
use crate::reference::Reference;
use crate::tree::{Piece, quiet, treated};

/// Its crates. What they are tested with comes with them.
const CRATES: [&str; 7] = ["dissect", "packet", "internet", "dns", "tcp", "tls13", "http1"];

/// Where it lies.
pub(crate) struct Workspace {
    root: PathBuf,
    pub(crate) folder: PathBuf,
    /// For what is built.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Writes it below the target folder, with the bugs of all layers.
    pub(crate) fn write(root: &Path, reference: &Reference, mutants: &[Mutant]) -> Result<Workspace, String> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
        let target = std::path::absolute(target.join("mutants")).map_err(|error| error.to_string())?;
        let workspace =
            Workspace { root: root.to_owned(), folder: target.join("sources"), target: target.join("build") };
        workspace.put_manifest()?;
        for part in CRATES.into_iter().flat_map(|name| [format!("{name}/Cargo.toml"), format!("{name}/src")])
        {
            for file in files::below(root, &part)? {
                let (mut text, _) = treated(&reference.text(&file)?, &|_| Piece::Kept)?;
                for mutant in mutants.iter().filter(|mutant| mutant.file == file) {
                    text = mutant.switched_into(&text)?;
                }
                if file.ends_with("src/lib.rs") {
                    text += SWITCH;
                }
                put(&workspace.folder.join(file), text.as_bytes())?;
            }
        }
        let unknown = mutants.iter().find(|mutant| !workspace.folder.join(&mutant.file).exists());
        match unknown {
            Some(mutant) => Err(format!("mutant {}: there is no file {}", mutant.number, mutant.file)),
            None => Ok(workspace),
        }
    }

    fn put_manifest(&self) -> Result<(), String> {
        let manifest = quiet(&files::text(&self.root, "Cargo.toml")?);
        let line = |line: &str| match line.starts_with("members = ") {
            true => format!("members = {CRATES:?}\n"),
            false => format!("{line}\n"),
        };
        put(&self.folder.join("Cargo.toml"), manifest.lines().map(line).collect::<String>().as_bytes())?;
        put(&self.folder.join("Cargo.lock"), &files::bytes(&self.root, "Cargo.lock")?)
    }

    /// Puts a file with tests into a crate, and the captures that they may read.
    pub(crate) fn put_test(&self, layer: Layer, name: &str, source: &[u8]) -> Result<(), String> {
        let tests = format!("{}/tests", layer.folder());
        put(&self.folder.join(format!("{tests}/{name}.rs")), source)?;
        self.copy(&format!("{tests}/captures"))
    }

    /// Puts the crate's own tests there.
    pub(crate) fn put_tests(&self, layer: Layer) -> Result<(), String> {
        self.copy(&format!("{}/tests", layer.folder()))
    }

    fn copy(&self, part: &str) -> Result<(), String> {
        let files = files::below(&self.root, part)?;
        files.iter().try_for_each(|file| put(&self.folder.join(file), &files::bytes(&self.root, file)?))
    }
}
