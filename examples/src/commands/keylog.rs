//! The key log that a command reads or writes: the one of --keylog, or the one that SSLKEYLOGFILE names.
//!
//! Who writes --keylog means this run, so that a file that cannot be used is a failure. SSLKEYLOGFILE was set for all
//! programs, perhaps long ago: there it is worth a warning, and the run goes on.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::input::read_file;
use super::output::{complain, unwritable};
use crate::failure::Failure;

/// The secrets in it, as far as they can be read.
pub(super) fn read(chosen: Option<&Path>) -> Result<String, Failure> {
    let text = |path: &Path| {
        let text = String::from_utf8_lossy(&read_file(path)?).into_owned();
        if !holds_secrets(&text) {
            complain(&format!("{}: no line of it is a secret of TLS (SSLKEYLOGFILE)", path.display()));
        }
        Ok(text)
    };
    with(chosen, text).map(Option::unwrap_or_default)
}

/// Whether a line of it is a label, a random of 32 bytes and a secret, in hexadecimal.
fn holds_secrets(text: &str) -> bool {
    let is_hex = |word: &str| word.len() >= 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.lines().any(|line| {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        matches!(words[..], [_, random, secret] if random.len() == 64 && is_hex(random) && is_hex(secret))
    })
}

/// Adds secrets to it.
pub(super) fn append(chosen: Option<&Path>, secrets: &str) -> Result<(), Failure> {
    let add = |path: &Path| {
        let failed = |error| unwritable(&path.display().to_string(), &error);
        let mut file = OpenOptions::new().append(true).create(true).open(path).map_err(failed)?;
        file.write_all(secrets.as_bytes()).map_err(failed)
    };
    with(chosen, add).map(Option::unwrap_or_default)
}

/// The file, chosen or named by SSLKEYLOGFILE.
#[cfg(not(target_family = "wasm"))]
pub(super) fn path(chosen: Option<&Path>) -> Option<PathBuf> {
    chosen.map(Path::to_path_buf).or_else(|| named(std::env::var_os("SSLKEYLOGFILE")))
}

/// Uses the file, if there is one.
fn with<T>(chosen: Option<&Path>, used: impl Fn(&Path) -> Result<T, Failure>) -> Result<Option<T>, Failure> {
    if let Some(path) = chosen {
        return used(path).map(Some);
    }
    let Some(path) = named(std::env::var_os("SSLKEYLOGFILE")) else { return Ok(None) };
    match used(&path) {
        Ok(value) => Ok(Some(value)),
        Err(failure) => {
            complain(&format!("no key log (SSLKEYLOGFILE): {failure}"));
            Ok(None)
        }
    }
}

/// An empty variable names no file.
fn named(variable: Option<OsString>) -> Option<PathBuf> {
    variable.filter(|name| !name.is_empty()).map(PathBuf::from)
}
