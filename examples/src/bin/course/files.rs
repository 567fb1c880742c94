//! Files of the workspace: which there are, and writing them elsewhere.

use std::fs;
use std::path::Path;

/// Folders that are left out wherever they stand: what was built, and what fuzzing needs.
const LEFT_OUT: [&str; 5] = ["target", "fuzz", "node_modules", "artifacts", "corpus"];

/// The files below a folder in order, or a file itself. Both are named from the root, with `/` on every system.
pub(crate) fn below(root: &Path, part: &str) -> Result<Vec<String>, String> {
    let from = root.join(part);
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    if LEFT_OUT.contains(&&*name) {
        return Ok(Vec::new());
    }
    if !from.is_dir() {
        return Ok(vec![part.to_owned()]);
    }
    let entries = fs::read_dir(&from).map_err(|error| format!("{part}: {error}"))?;
    let mut entries: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    entries.sort();
    let parts = entries.iter().map(|entry| below(root, &format!("{part}/{}", entry.to_string_lossy())));
    Ok(parts.collect::<Result<Vec<_>, _>>()?.concat())
}

/// The bytes of a file.
pub(crate) fn bytes(root: &Path, file: &str) -> Result<Vec<u8>, String> {
    fs::read(root.join(file)).map_err(|error| format!("{file}: {error}"))
}

/// The text of a file.
pub(crate) fn text(root: &Path, file: &str) -> Result<String, String> {
    String::from_utf8(bytes(root, file)?).map_err(|error| format!("{file}: {error}"))
}

/// Writes a file, and the folders above it. One that is the same already is left alone: cargo goes by the time at which
/// a file was written.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(failed)?;
    fs::write(path, bytes).map_err(failed)
}
