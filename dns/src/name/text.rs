//! Names as text: labels with dots between them, `\.` and `\DDD` for the bytes that text cannot hold
//! (RFC 1035 §5.1). `\DDD` is three decimal digits.

use std::fmt::{self, Write as _};

use barewire_dissect::{Refused, Show};

use super::{MAX_LABEL, MAX_NAME, Name};
use crate::reason::Reason;

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
        let bytes = text.as_bytes();
        if bytes == b"." {
            return Ok(Name::root());
        }
        let mut wire = Vec::with_capacity(bytes.len() + 2);
        let mut at = 0;
        loop {
            at = read_label(bytes, at, &mut wire)?;
            if at >= bytes.len() {
                break;
            }
        }
        wire.push(0);
        Ok(Name { wire: wire.into() })
    }
}

/// Reads the label that begins at `start`, and the dot after it; gives the offset after both.
fn read_label(text: &[u8], start: usize, wire: &mut Vec<u8>) -> Result<usize, Refused<Reason>> {
    let refuse = |offset, reason| Err(bad_text(offset, reason));
    let length_at = wire.len();
    wire.push(0);
    let mut at = start;
    let mut length = 0;
    while let Some(&byte) = text.get(at).filter(|byte| **byte != b'.') {
        let (byte, taken) = match byte {
            b'\\' => unescape(text, at)?,
            0x80.. => return refuse(at, Reason::NotAscii),
            _ => (byte, 1),
        };
        // After 63 bytes only the count goes on: the error tells it.
        if length < MAX_LABEL {
            wire.push(byte);
        }
        (length, at) = (length + 1, at + taken);
    }
    match length {
        0 => refuse(start, Reason::EmptyLabel),
        1..=MAX_LABEL if wire.len() < MAX_NAME => {
            wire[length_at] = length as u8;
            Ok(at + 1)
        }
        1..=MAX_LABEL => refuse(start, Reason::NameTooLong),
        _ => refuse(start, Reason::LabelTooLong { length }),
    }
}

fn bad_text(offset: usize, reason: Reason) -> Refused<Reason> {
    Refused { what: "name", offset, reason }
}

/// The byte that an escape at `at` stands for, and how many bytes the escape takes.
fn unescape(text: &[u8], at: usize) -> Result<(u8, usize), Refused<Reason>> {
    let bad = bad_text(at, Reason::BadEscape);
    let digit =
        |i: usize| text.get(at + i).filter(|byte| byte.is_ascii_digit()).map(|byte| u16::from(byte - b'0'));
    match (digit(1), digit(2), digit(3)) {
        (Some(a), Some(b), Some(c)) => {
            u8::try_from(100 * a + 10 * b + c).map(|byte| (byte, 4)).map_err(|_| bad)
        }
        (Some(_), _, _) => Err(bad),
        (None, _, _) => text.get(at + 1).filter(|byte| byte.is_ascii()).map(|byte| (*byte, 2)).ok_or(bad),
    }
}

/// The text form, without a dot at the end; the root alone is `.`.
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

/// One label, escaped so that [`Name::parse_text`] and the master files of RFC 1035 §5.1 read it back.
pub(super) fn write_label(f: &mut impl fmt::Write, label: &[u8]) -> fmt::Result {
    for &byte in label {
        match byte {
            b'.' | b'\\' | b'"' | b';' | b'(' | b')' | b'@' | b'$' => write!(f, "\\{}", byte as char)?,
            _ if byte.is_ascii_graphic() => f.write_char(byte as char)?,
            _ => write!(f, "\\{byte:03}")?,
        }
    }
    Ok(())
}

impl Show for Name {
    fn show(&self) -> String {
        self.to_string()
    }
}
