//! The right program, in a handout: it is built from the reference. Traces are made and captures are read by it, and
//! not by a student's code, which may be wrong or never end.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::building::Building;
use crate::files::{self, put};
use crate::handout;
use crate::reference::Reference;
use crate::tree::{Piece, treated, with_version};

/// The handout without its gaps, and where it is built. `None`: this workspace is not a handout, and its own code is
/// right.
fn building(root: &Path) -> Result<Option<Building>, String> {
    let reference = Reference::of(root)?;
    if !reference.hides() {
        return Ok(None);
    }
    let building = Building::called("right", root)?;
    write(root, &reference, &building.folder)?;
    Ok(Some(building))
}

fn built(building: &Building, name: &str) -> Result<PathBuf, String> {
    if !building.program(name).exists() {
        eprintln!("the right code is built once, as your own may not be finished: about a minute");
    }
    building.build("barewire", name)
}

/// Runs this program as it is built from right code, with the same arguments. `None`: it is right as it is.
pub(crate) fn run_as_here(root: &Path) -> Result<Option<bool>, String> {
    let Some(building) = building(root)? else { return Ok(None) };
    let mut command = Command::new(built(&building, "course")?);
    // The last root counts.
    command.args(std::env::args_os().skip(1)).arg("--root").arg(&building.folder);
    ended(&mut command).map(Some)
}

/// Reads a capture.
pub(crate) fn show(root: &Path, file: &Path, arguments: &[String]) -> Result<bool, String> {
    let program = match building(root)? {
        Some(building) => built(&building, "barewire")?,
        None => beside_this()?,
    };
    ended(Command::new(program).arg("read").arg(file).args(arguments))
}

/// The program that reads captures, where this one lies.
fn beside_this() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = own.with_file_name("barewire").with_extension(std::env::consts::EXE_EXTENSION);
    let missing = "`cargo build` first: the program that reads captures is not there";
    if program.exists() { Ok(program) } else { Err(missing.to_owned()) }
}

fn ended(command: &mut Command) -> Result<bool, String> {
    let program = command.get_program().to_owned();
    let status = command.status().map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(status.success())
}

/// Writes it.
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
