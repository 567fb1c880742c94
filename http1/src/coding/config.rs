//! Settings of a decoder: how much content may come out of how few bytes. HTTP sets no limit (RFC 9110 §2.3), so each
//! recipient must.
//!
//! 180 KB of gzip can hold 200 MB. That is lawful: a log file of one line again and again looks the same, so a ratio
//! that refuses it refuses honest content too. It does not harm a reader that passes content on, because a decoder
//! holds the same few buffers however long the content is. It does harm where content is kept. So there are three
//! bounds: the ratio, for data that no honest writer makes; the length, for a disk; and a shorter one for memory.
//! Tested in `tests/coding_limits.rs`.

/// The settings of a [`Decoder`](super::Decoder).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How long the content may be, in bytes, and what comes out of each coding on the way to it. 1 GiB.
    pub content: u64,
    /// How long the content may be that [`undo`](super::undo) gives, because memory holds all of it. 64 MiB.
    pub held: u64,
    /// How many bytes may come out for each coded byte. Deflate cannot pass 1,032 (two bits for 258 bytes), so one gzip
    /// is never refused for this; a gzip in a gzip is, and so are the tricks of br and zstd. 1,100.
    pub ratio: u64,
    /// So many bytes may come out whatever the ratio is. 16 MiB.
    pub free: u64,
    /// Codings of one body. 5, as in curl.
    pub codings: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config { content: 1 << 30, held: 64 << 20, ratio: 1100, free: 16 << 20, codings: 5 }
    }
}

impl Config {
    /// No limit but that of the codings: for files that somebody has chosen to open.
    pub fn unlimited() -> Config {
        Config { content: u64::MAX, held: u64::MAX, ratio: u64::MAX, ..Config::default() }
    }

    /// How many bytes may come out of `coded` bytes.
    pub(super) fn most(&self, coded: u64) -> u64 {
        self.ratio.saturating_mul(coded).max(self.free).min(self.content)
    }
}
