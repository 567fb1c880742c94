//! Bytes from hexadecimal text, as people and tools write it.
//!
//! White space does not count, nor does `0x`, a colon between bytes (`5a:37:01`), an offset in front of a line
//! (`0010: 16 03`, `00000010  16 03`), or the text column that xxd, hexdump -C and Wireshark print after the bytes.

/// The bytes.
///
/// # Errors
/// A sentence with the line, where something is not hexadecimal.
pub(super) fn bytes(text: &[u8]) -> Result<Vec<u8>, String> {
    let text =
        std::str::from_utf8(text).map_err(|error| format!("not text at byte {}", error.valid_up_to()))?;
    let mut digits = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = without_columns(line);
        for word in line.split(|c: char| c.is_ascii_whitespace() || c == ':') {
            let word = word.trim_start_matches("0x");
            match word.chars().find(|c| !c.is_ascii_hexdigit()) {
                Some(c) => return Err(format!("line {}: {c:?} is not a hexadecimal digit", number + 1)),
                None => digits.extend(word.bytes()),
            }
        }
    }
    if digits.len() % 2 == 1 {
        return Err(format!("{} hexadecimal digits do not make whole bytes", digits.len()));
    }
    let value = |digit: u8| (digit as char).to_digit(16).unwrap_or(0) as u8;
    Ok(digits.chunks(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect())
}

/// A line of a hex dump without its offset and its text column. A line that is only bytes stays as it is.
fn without_columns(line: &str) -> &str {
    let (offset, rest) = match line.split_once([':', ' ']) {
        Some((offset, rest)) if is_offset(offset) && is_dump(line, offset, rest) => (true, rest),
        _ => (false, line),
    };
    if !offset {
        return line;
    }
    let bytes = rest.trim_start();
    // Three dumps, one look: two spaces or more, or a bar, part the bytes from the text.
    let end = bytes.find('|').or_else(|| text_column(bytes)).unwrap_or(bytes.len());
    &bytes[..end]
}

/// The offset in front of a line: four hexadecimal digits or more.
fn is_offset(word: &str) -> bool {
    word.len() >= 4 && word.chars().all(|c| c.is_ascii_hexdigit())
}

/// An offset is followed by a colon, or by two spaces.
fn is_dump(line: &str, offset: &str, rest: &str) -> bool {
    line[offset.len()..].starts_with(':') || rest.starts_with(' ')
}

/// Where the text column begins: after two spaces that are followed by something that is not bytes.
fn text_column(bytes: &str) -> Option<usize> {
    bytes.match_indices("  ").map(|(at, _)| at).find(|at| {
        let rest = bytes[*at..].trim_start();
        let word = rest.split_ascii_whitespace().next().unwrap_or_default();
        word.len() % 2 == 1
            || !word.chars().all(|c| c.is_ascii_hexdigit())
            || rest.len() > word.len() && word.len() > 4
    })
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn hexadecimal_text_as_people_write_it() {
        assert_eq!(bytes(b"0x16 0303\n0010: 00 7A").unwrap(), [0x16, 3, 3, 0, 0x7a]);
        assert_eq!(bytes(b"5a:37:01").unwrap(), [0x5a, 0x37, 1]);
        assert_eq!(bytes(b""), Ok(Vec::new()));
        assert_eq!(bytes(b"123").unwrap_err(), "3 hexadecimal digits do not make whole bytes");
        assert_eq!(bytes(b"12\n3g").unwrap_err(), "line 2: 'g' is not a hexadecimal digit");
    }

    /// The same eleven bytes, as three tools print them.
    #[test]
    fn dumps_with_a_text_column() {
        let wanted = b"hello, deaf".to_vec();
        let xxd = b"00000000: 6865 6c6c 6f2c 2064 6561 66              hello, deaf\n";
        let hexdump =
            b"00000000  68 65 6c 6c 6f 2c 20 64  65 61 66                 |hello, deaf|\n0000000b\n";
        let wireshark = b"0000   68 65 6c 6c 6f 2c 20 64 65 61 66   hello, deaf\n";
        assert_eq!(bytes(xxd), Ok(wanted.clone()));
        assert_eq!(bytes(wireshark), Ok(wanted.clone()));
        let (first, _) = hexdump.split_at(hexdump.len() - 9);
        assert_eq!(bytes(first), Ok(wanted));
    }
}
