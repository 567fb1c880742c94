//! The reference: the sources as they are without gaps, and the bugs of the mutants.
//!
//! A handout has it in one file, in hexadecimal: so a search through the handout does not show a solution by accident.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::files;
use crate::hex;

/// Where a handout has what it hides.
const FILE: &str = "examples/course/reference.json";

/// The folder of the tasks, the tests and the bugs of mutants, from the root of the workspace.
pub(crate) const MUTANTS: &str = "examples/course/mutants";

/// Whether a file has the bugs of a layer: it is not for students.
pub(crate) fn has_bugs(file: &str) -> bool {
    file.starts_with(MUTANTS) && file.ends_with("_bugs.md")
}

/// The sources of a workspace, also those that a handout hides.
pub(crate) struct Reference {
    root: PathBuf,
    hidden: BTreeMap<String, String>,
}

impl Reference {
    /// That of the workspace, which may be a handout.
    pub(crate) fn of(root: &Path) -> Result<Reference, String> {
        let hidden = match files::text(root, FILE) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| format!("{FILE}: {error}"))?,
            // Nothing is hidden here.
            Err(_) => BTreeMap::new(),
        };
        Ok(Reference { root: root.to_owned(), hidden })
    }

    /// The text of a file.
    pub(crate) fn text(&self, file: &str) -> Result<String, String> {
        self.hidden(file).unwrap_or_else(|| files::text(&self.root, file))
    }

    /// The text of a file that is hidden.
    pub(crate) fn hidden(&self, file: &str) -> Option<Result<String, String>> {
        let hidden = self.hidden.get(file)?;
        Some(
            hex::read(hidden)
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or(format!("{FILE}: {file} is not text in hexadecimal")),
        )
    }

    /// Whether anything is hidden: this is a handout.
    pub(crate) fn hides(&self) -> bool {
        !self.hidden.is_empty()
    }

    /// Whether this is the file that hides the others.
    pub(crate) fn is(&self, file: &str) -> bool {
        file == FILE
    }
}

/// Hides these files in a handout.
pub(crate) fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<(), String> {
    let hidden: BTreeMap<&String, String> =
        files.iter().map(|(file, text)| (file, hex::written(text.as_bytes()))).collect();
    let json = serde_json::to_string_pretty(&hidden).map_err(|error| error.to_string())?;
    files::put(&folder.join(FILE), json.as_bytes())
}
