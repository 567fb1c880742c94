//! Bytes that text cannot hold as they are: `\.` for a character without its meaning, `\DDD` for any byte, in three
//! decimal digits (RFC 1035 §5.1).
//!
//! Tested in `tests/names.rs` and `tests/text.rs`.

use std::fmt::{self, Write as _};

/// The byte that the escape at `at` stands for, and how many bytes of text the escape takes. `None` if no character,
/// and no number from 000 to 255, follows the backslash.
pub(crate) fn unescape(text: &[u8], at: usize) -> Option<(u8, usize)> {
    // book: unescape
    // exercise: dns04
    // instead: text.get(at + 1).map(|byte| (*byte, 2))
    let digit =
        |i: usize| text.get(at + i).filter(|byte| byte.is_ascii_digit()).map(|byte| u16::from(byte - b'0'));
    match (digit(1), digit(2), digit(3)) {
        (Some(a), Some(b), Some(c)) => u8::try_from(100 * a + 10 * b + c).ok().map(|byte| (byte, 4)),
        (Some(_), _, _) => None,
        (None, _, _) => text.get(at + 1).filter(|byte| byte.is_ascii()).map(|byte| (*byte, 2)),
    }
    // exercise: end
    // book: end
}

/// One label, escaped so that a name and a master file read it back.
pub(crate) fn write_label(f: &mut impl fmt::Write, label: &[u8]) -> fmt::Result {
    for &byte in label {
        match byte {
            b'.' | b'\\' | b'"' | b';' | b'(' | b')' | b'@' | b'$' => write!(f, "\\{}", byte as char)?,
            _ if byte.is_ascii_graphic() => f.write_char(byte as char)?,
            _ => write!(f, "\\{byte:03}")?,
        }
    }
    Ok(())
}

/// A character-string in quotes, with `\"`, `\\` and `\DDD`.
pub(crate) fn quoted(string: &[u8]) -> String {
    let mut text = String::from("\"");
    for &byte in string {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'"' | b'\\' => write!(text, "\\{}", byte as char),
            b' '..=b'~' => text.write_char(byte as char),
            _ => write!(text, "\\{byte:03}"),
        };
    }
    text.push('"');
    text
}
