//! A key log that grows: a client appends to it while its packets are heard.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

/// Bytes that are read at a time. A log of this size is of thousands of connections.
const AT_ONCE: u64 = 4 << 20;

/// A file that is looked at again and again. It need not be there yet.
pub(super) struct KeyFile {
    path: PathBuf,
    /// How far it was read.
    at: u64,
    /// The beginning of a line that is not whole.
    rest: Vec<u8>,
}

impl KeyFile {
    pub(super) fn new(path: PathBuf) -> KeyFile {
        KeyFile { path, at: 0, rest: Vec::new() }
    }

    /// The whole lines that were added since the last look.
    pub(super) fn grown(&mut self) -> Option<String> {
        let length = std::fs::metadata(&self.path).ok()?.len();
        if length < self.at {
            // It was begun anew.
            (self.at, self.rest) = (0, Vec::new());
        }
        if length == self.at {
            return None;
        }
        let mut file = File::open(&self.path).ok()?;
        file.seek(SeekFrom::Start(self.at)).ok()?;
        let before = self.rest.len();
        file.take(AT_ONCE).read_to_end(&mut self.rest).ok()?;
        self.at += (self.rest.len() - before) as u64;
        let end = self.rest.iter().rposition(|byte| *byte == b'\n')? + 1;
        let lines: Vec<u8> = self.rest.drain(..end).collect();
        Some(String::from_utf8_lossy(&lines).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::KeyFile;
    use std::fs;

    #[test]
    fn whole_lines_are_given_once() {
        let path = std::env::temp_dir().join(format!("barewire-keys-{}", std::process::id()));
        let mut keys = KeyFile::new(path.clone());
        assert_eq!(keys.grown(), None, "it is not there");
        for (text, grown) in [
            ("A 1 2\n", Some("A 1 2\n")),
            ("A 1 2\nB 3", None),
            ("A 1 2\nB 3 4\nC 5 6\n", Some("B 3 4\nC 5 6\n")),
            ("A 1 2\nB 3 4\nC 5 6\n", None),
            ("D 7\n", Some("D 7\n")),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(keys.grown().as_deref(), grown, "{text:?}");
        }
        fs::remove_file(&path).unwrap();
    }
}
