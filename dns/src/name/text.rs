//! Names as text: labels with dots between them, `\.` and `\DDD` for the bytes that text cannot hold
//! (RFC 1035 §5.1).
//!
//! A name with a dot at its end is complete. One without is relative, and is completed by an origin: in a master file
//! that is the zone, elsewhere the root. Tested in `tests/names.rs`.

use std::fmt::{self, Write as _};

use barewire_dissect::{Refused, Show};

use super::Name;
use super::storage::{Builder, Full, MAX_LABEL};
use crate::reason::Reason;
use crate::text::escape::{unescape, write_label};

impl Name {
    /// Reads a name from text. The dot at the end may be left out: every name is taken from the root.
    ///
    /// # Errors
    /// [`Refused`], with an offset into `text`: an empty label, a label or name that is too long, a broken escape, or a
    /// character outside ASCII.
    ///
    /// ```
    /// use barewire_dns::Name;
    /// assert_eq!(Name::parse_text(r"a\.b\000.test")?.as_wire(), b"\x04a.b\0\x04test\0");
    /// let error = Name::parse_text("www..test").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "an empty label at byte 4; only the root, at the end, is empty (RFC 1035 §3.1)"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_text(text: &str) -> Result<Name, Refused<Reason>> {
        read(text.as_bytes(), &Name::root())
    }

    /// Reads a name as in a master file: without a dot at its end it lies below `origin`, and `@` is `origin` itself.
    ///
    /// # Errors
    /// As [`parse_text`](Name::parse_text).
    ///
    /// ```
    /// use barewire_dns::Name;
    /// let origin = Name::parse_text("example.test.")?;
    /// assert_eq!(Name::parse_relative(b"www", &origin)?.to_string(), "www.example.test");
    /// assert_eq!(Name::parse_relative(b"www.", &origin)?.to_string(), "www");
    /// assert_eq!(Name::parse_relative(b"@", &origin)?, origin);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_relative(text: &[u8], origin: &Name) -> Result<Name, Refused<Reason>> {
        if text == b"@" { Ok(origin.clone()) } else { read(text, origin) }
    }

    /// The name as in a master file: complete, with the dot of the root at its end.
    ///
    /// ```
    /// use barewire_dns::Name;
    /// assert_eq!(Name::parse_text("www.example.test")?.with_dot().to_string(), "www.example.test.");
    /// assert_eq!(Name::root().with_dot().to_string(), ".");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_dot(&self) -> WithDot<'_> {
        WithDot(self)
    }
}

/// A [`Name`] whose text ends in a dot.
#[derive(Debug, Clone, Copy)]
pub struct WithDot<'a>(&'a Name);

impl fmt::Display for WithDot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.0.is_root() { "" } else { "." };
        write!(f, "{}{dot}", self.0)
    }
}

fn read(text: &[u8], origin: &Name) -> Result<Name, Refused<Reason>> {
    if text == b"." {
        return Ok(Name::root());
    }
    let mut name = Builder::new();
    let mut at = 0;
    while at <= text.len() {
        let (label, end) = read_label(text, at)?;
        name.push(&label).map_err(|full| bad_text(at, too_long(full, &label)))?;
        at = end + 1;
        if at == text.len() {
            return Ok(Name { wire: name.finish() });
        }
    }
    name.append(origin).map_err(|_| bad_text(0, Reason::NameTooLong))?;
    Ok(Name { wire: name.finish() })
}

fn too_long(full: Full, label: &[u8]) -> Reason {
    match full {
        Full::Label => Reason::LabelTooLong { length: label.len() },
        Full::Name => Reason::NameTooLong,
    }
}

/// The label that begins at `start`, without its escapes, and the offset of the dot or the end after it.
fn read_label(text: &[u8], start: usize) -> Result<(Vec<u8>, usize), Refused<Reason>> {
    let mut at = start;
    let mut label = Vec::with_capacity(MAX_LABEL);
    while let Some(&byte) = text.get(at).filter(|byte| **byte != b'.') {
        let (byte, taken) = match byte {
            b'\\' => unescape(text, at).ok_or_else(|| bad_text(at, Reason::BadEscape))?,
            0x80.. => return Err(bad_text(at, Reason::NotAscii)),
            _ => (byte, 1),
        };
        label.push(byte);
        at += taken;
    }
    if label.is_empty() { Err(bad_text(start, Reason::EmptyLabel)) } else { Ok((label, at)) }
}

fn bad_text(offset: usize, reason: Reason) -> Refused<Reason> {
    Refused { what: "name", offset, reason }
}

/// The text form for sentences, without a dot at the end; the root alone is `.`.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_char('.');
        }
        for (index, label) in self.labels().enumerate() {
            if index > 0 {
                f.write_char('.')?;
            }
            write_label(f, label)?;
        }
        Ok(())
    }
}

impl Show for Name {
    fn show(&self) -> String {
        self.to_string()
    }
}
