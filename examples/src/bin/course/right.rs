//! The right program, in a handout: it is built from the reference. Traces are made and captures are read by it, and
//! not by a student's code, which may be wrong or never end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::files::{self, put};
use crate::handout;
use crate::reference::Reference;
use crate::tree::{Piece, treated, with_version};

/// A program of the workspace with this name, built from right code. `None`: this workspace is not a handout, and its
/// own code is right.
pub(crate) fn program(root: &Path, name: &str) -> Result<Option<PathBuf>, String> {
    let reference = Reference::of(root)?;
    if !reference.hides() {
        return Ok(None);
    }
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = own.ancestors().nth(2).unwrap_or(root);
    let (sources, right) = (target.join("right/sources"), target.join("right/build"));
    write(root, &reference, &sources)?;
    let program = right.join("debug").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !program.exists() {
        eprintln!("the right code is built once, as your own may not be finished: about a minute");
    }
    let shared = std::env::var_os("CARGO_BUILD_BUILD_DIR").map_or(target.to_owned(), PathBuf::from);
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "-q", "-p", "barewire", "--bin", name])
        .current_dir(&sources)
        .env("CARGO_TARGET_DIR", &right)
        .env("CARGO_BUILD_BUILD_DIR", shared)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if status.success() { Ok(Some(program)) } else { Err("the right code does not compile".to_owned()) }
}

/// Runs it with the arguments of this program.
pub(crate) fn run_as_here(program: &Path) -> Result<bool, String> {
    let sources = program.ancestors().nth(3).unwrap_or(program).join("sources");
    let mut command = Command::new(program);
    // The last root counts.
    ended(command.args(std::env::args_os().skip(1)).arg("--root").arg(sources))
}

/// Reads a capture.
pub(crate) fn show(root: &Path, file: &Path, arguments: &[String]) -> Result<bool, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let beside = own.with_file_name("barewire").with_extension(std::env::consts::EXE_EXTENSION);
    let program = program(root, "barewire")?.unwrap_or(beside);
    if !program.exists() {
        return Err("`cargo build` first: the program that reads captures is not there".to_owned());
    }
    ended(Command::new(program).arg("read").arg(file).args(arguments))
}

fn ended(command: &mut Command) -> Result<bool, String> {
    let program = command.get_program().to_owned();
    let status = command.status().map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(status.success())
}

/// The handout without its gaps.
fn write(root: &Path, reference: &Reference, folder: &Path) -> Result<(), String> {
    for part in handout::PARTS {
        for file in files::below(root, part)?.into_iter().filter(|file| !reference.is(file)) {
            let bytes = match reference.hidden(&file) {
                Some(text) => treated(&text?, &|_| Piece::Kept)?.0.into_bytes(),
                None => files::bytes(root, &file)?,
            };
            put(&folder.join(file), &bytes)?;
        }
    }
    let manifest = with_version(&files::text(root, "Cargo.toml")?, "0.0.0-right");
    put(&folder.join("web/dist/.gitignore"), b"*\n")?;
    put(&folder.join("Cargo.toml"), manifest.as_bytes())
}
