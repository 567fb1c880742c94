//! A capture file that is written frame by frame, and the folder that it goes away with.
//!
//! The format is pcapng (draft-ietf-opsawg-pcapng-03): a Section Header Block, an Interface Description Block for
//! Ethernet with times in nanoseconds, and an Enhanced Packet Block for each frame. It is written here and not by our
//! own crate, so that a mistake of its writer cannot hide one of its reader. tshark reads it too.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder for captures. It is removed when the value goes away, also when the program panics.
pub(super) struct TempFolder(PathBuf);

impl TempFolder {
    pub(super) fn new() -> io::Result<TempFolder> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("barewire-bench-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(TempFolder(path))
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A capture that is being written.
pub(super) struct CaptureFile {
    out: BufWriter<File>,
    /// Bytes written so far.
    length: u64,
}

impl CaptureFile {
    pub(super) fn create(path: &Path) -> io::Result<CaptureFile> {
        let mut file = CaptureFile { out: BufWriter::with_capacity(1 << 20, File::create(path)?), length: 0 };
        // Byte order, version 1.0, length of the section: not given.
        let section = [&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat();
        file.block(0x0a0d_0d0a, &section, &[])?;
        // Link type 1 is Ethernet, no limit to a frame; option 9 (if_tsresol): 10^-9 s; the end of the options.
        file.block(1, &[1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0], &[])?;
        Ok(file)
    }

    /// Adds a frame that was seen at `time`, in nanoseconds since the Unix epoch.
    pub(super) fn frame(&mut self, time: u64, bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len() as u32;
        // Interface, time (the high half first), bytes kept, bytes that there were.
        let words = [0, (time >> 32) as u32, time as u32, length, length];
        self.block(6, words.map(u32::to_le_bytes).as_flattened(), bytes)
    }

    /// A block: its kind, its length at both ends, and between them two parts, filled up to words of four bytes.
    fn block(&mut self, kind: u32, head: &[u8], rest: &[u8]) -> io::Result<()> {
        let padding = &[0; 3][..rest.len().next_multiple_of(4) - rest.len()];
        let length = (12 + head.len() + rest.len() + padding.len()) as u32;
        let length_bytes = length.to_le_bytes();
        for part in [&kind.to_le_bytes()[..], &length_bytes, head, rest, padding, &length_bytes] {
            self.out.write_all(part)?;
        }
        self.length += u64::from(length);
        Ok(())
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Ends the file, and gives its length in bytes.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.out.flush()?;
        Ok(self.length)
    }
}
