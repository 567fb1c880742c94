//! Whether `-r` and `-w` name one file: to create it for writing empties it before it is read.
//!
//! Left out: devices and pipes, which lose nothing. Tested in `tests/sniff`.

use std::fs::Metadata;
use std::path::Path;

use crate::failure::{Failure, Step};

/// Refuses to write to the file that is read.
pub(super) fn refuse(from: &Path, to: &Path) -> Result<(), Failure> {
    let (read, written) = (opened(from, "/dev/stdin"), opened(to, "/dev/stdout"));
    // A file that is not there is not the same, and who opens it says what is wrong.
    let (Ok(one), Ok(other)) = (read.metadata(), written.metadata()) else { return Ok(()) };
    if !one.is_file() || !is_same((read, &one), (written, &other)) {
        return Ok(());
    }
    let text = format!("-r and -w are the same file, {}: name another one to write to", from.display());
    Err(Failure::new(Step::Usage, text))
}

/// Where `-` leads on Unix; elsewhere there is no such path, and so no file.
fn opened<'a>(path: &'a Path, standard: &'a str) -> &'a Path {
    if path == Path::new("-") { Path::new(standard) } else { path }
}

/// A file may have several names: links. Its number on its device is one.
#[cfg(unix)]
fn is_same((_, one): (&Path, &Metadata), (_, other): (&Path, &Metadata)) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same((one, _): (&Path, &Metadata), (other, _): (&Path, &Metadata)) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
