//! Cargo in a workspace below the target folder: one that this program has written, with sources that differ from its
//! own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Such a workspace.
pub(crate) struct Building {
    /// Its sources.
    pub(crate) folder: PathBuf,
    /// What is made of them.
    pub(crate) target: PathBuf,
    /// Where what this program was built from lies.
    shared: PathBuf,
}

impl Building {
    /// The one with this name. The target folder is the one that this program lies in.
    pub(crate) fn called(name: &str, root: &Path) -> Result<Building, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let target = program.ancestors().nth(2).unwrap_or(root);
        Ok(Building {
            folder: target.join(name).join("sources"),
            target: target.join(name).join("build"),
            shared: std::env::var_os("CARGO_BUILD_BUILD_DIR").map_or(target.to_owned(), PathBuf::from),
        })
    }

    /// Cargo there. From version 1.91 on it takes the crates of others from where they were built already.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.folder).stdin(Stdio::null());
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_BUILD_BUILD_DIR", &self.shared);
        command
    }

    /// Where the program of this name lies, once it is built.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// Builds the program of this name.
    pub(crate) fn build(&self, package: &str, name: &str) -> Result<PathBuf, String> {
        let status = self
            .cargo()
            .args(["build", "-q", "-p", package, "--bin", name])
            .status()
            .map_err(|error| format!("cargo could not be started: {error}"))?;
        if status.success() { Ok(self.program(name)) } else { Err(format!("{package} does not compile")) }
    }
}

/// The cargo that runs this program, or the one on the path.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
