//! The codings that are known here, and their names (RFC 9110 §8.4.1, RFC 7932 §13, RFC 8878 §7.2).

use std::fmt;

/// A coding that can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950 with RFC 1951 inside; also RFC 1951 alone, which some servers send.
    Deflate,
    /// RFC 7932.
    #[cfg(feature = "br")]
    Brotli,
    /// RFC 8878.
    #[cfg(feature = "zstd")]
    Zstd,
}

/// Each name, in the order in which curl offers them; and what it is called in errors.
const TABLE: &[(&str, &str, Coding)] = &[
    ("deflate", "deflate data", Coding::Deflate),
    ("gzip", "gzip data", Coding::Gzip),
    #[cfg(feature = "br")]
    ("br", "br data", Coding::Brotli),
    #[cfg(feature = "zstd")]
    ("zstd", "zstd data", Coding::Zstd),
];

impl Coding {
    /// The coding with this name, in any case. `x-gzip` is gzip (RFC 9110 §8.4.1.3).
    pub fn named(name: &str) -> Option<Coding> {
        let name = if name.eq_ignore_ascii_case("x-gzip") { "gzip" } else { name };
        TABLE.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|(.., coding)| *coding)
    }

    /// What its bytes are called in errors.
    pub(super) fn data(self) -> &'static str {
        TABLE.iter().find(|(.., known)| *known == self).map_or("coded data", |(_, data, _)| data)
    }
}

/// The name.
impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TABLE.iter().find(|(.., known)| known == self).map_or("", |(name, ..)| name))
    }
}

/// What a client that can undo all of them writes into Accept-Encoding (RFC 9110 §12.5.3).
pub fn accept_encoding() -> String {
    TABLE.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ")
}
