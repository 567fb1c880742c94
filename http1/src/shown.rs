//! How bytes of a message are shown in the annotated tree.
//!
//! Tested in `tests/dissect.rs`.

use barewire_dissect::several;

/// Bytes as text.
pub(crate) fn shown(bytes: &&[u8]) -> String {
    match *bytes {
        b"\r\n" => "CRLF".to_owned(),
        b"\n" => "LF".to_owned(),
        bytes if !bytes.is_empty() && bytes.iter().all(|byte| matches!(byte, b' ' | b'\t')) => {
            format!("{:?}", String::from_utf8_lossy(bytes))
        }
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Content: the text itself when it is short and text, else its length.
pub(crate) fn shown_content(bytes: &&[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.len() <= 32 => format!("{text:?}"),
        _ => several(bytes.len() as u64, "byte"),
    }
}
