//! Bytes as text in hexadecimal, without spaces.

/// Two digits a byte.
pub(crate) fn written(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of such a text; `None` where a digit is missing or is not one.
pub(crate) fn read(text: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| match pair.len() {
        2 => u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_written_is_read() {
        assert_eq!(super::written(b"a\n\xff"), "610aff");
        assert_eq!(super::read("610aff").as_deref(), Some(&b"a\n\xff"[..]));
        assert_eq!((super::read("6"), super::read("6x"), super::read("")), (None, None, Some(Vec::new())));
    }
}
