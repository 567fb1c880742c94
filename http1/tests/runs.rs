//! Names, values and targets are read eight bytes at a time. Here each byte stands at each place of such a word.

use barewire_http1::{Config, head};

/// More than two words.
const LENGTH: usize = 20;

/// Puts `odd` at each place among letters, and reads a request that has them between `before` and `after`. `fits` says
/// whether they may stand there. If not, the last one must be refused at its place.
fn at_each_place(before: &str, odd: &[u8], after: &str, fits: bool) {
    for place in 0..LENGTH {
        let mut letters = vec![b'a'; place];
        letters.extend_from_slice(odd);
        letters.resize(LENGTH + odd.len(), b'Z');
        let request = [before.as_bytes(), &letters, after.as_bytes()].concat();
        let got = head::read_request(&request, &Config::default()).map_err(|refused| refused.offset);
        let got = got.map(|(_, length)| length);
        let wanted = if fits { Ok(request.len()) } else { Err(before.len() + place + odd.len() - 1) };
        assert_eq!(got, wanted, "{odd:02x?} at place {place}: {}", request.escape_ascii());
    }
}

/// RFC 9110 §5.6.2: `tchar`.
#[test]
fn each_byte_in_a_name() {
    for byte in (0..=255).filter(|byte| *byte != b':') {
        let fits = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        at_each_place("GET / HTTP/1.1\r\n", &[byte], ": value\r\n\r\n", fits);
        at_each_place("GET / HTTP/1.1\r\n", &[b'1', byte], ": value\r\n\r\n", fits);
    }
}

/// RFC 9110 §5.5: `field-vchar`, space and tab.
#[test]
fn each_byte_in_a_value() {
    for byte in 0..=255 {
        let fits = matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
        at_each_place("GET / HTTP/1.1\r\nA: ", &[byte], "\r\n\r\n", fits);
        // A byte outside ASCII, or a tab, must not hide what follows.
        at_each_place("GET / HTTP/1.1\r\nA: ", &[0xff, byte], "\r\n\r\n", fits);
        at_each_place("GET / HTTP/1.1\r\nA: ", &[b'\t', byte], "\r\n\r\n", fits);
    }
}

/// RFC 3986 §3.3 and §3.4, and what browsers send beside them.
#[test]
fn each_byte_in_a_target() {
    for byte in (0..=255).filter(|byte| *byte != b' ') {
        let in_path = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%[]|?".contains(&byte);
        let in_query = in_path || br"\^`{}".contains(&byte);
        at_each_place("GET /", &[byte], " HTTP/1.1\r\nHost: a\r\n\r\n", in_path);
        at_each_place("GET /?", &[byte], " HTTP/1.1\r\nHost: a\r\n\r\n", in_query);
    }
}
