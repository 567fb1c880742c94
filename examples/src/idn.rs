//! Internationalized names: letters beyond ASCII as A-labels, which is how the DNS has them (RFC 5890 §2.3.2.1).
//!
//! The tables of UTS 46 are those of the `idna` crate, and the rules are those that browsers have. Left out of the
//! page, where the tables are too large. Tested below with the examples of RFC 3492 §7.1, and in `tests/resolve`.

use idna::AsciiDenyList;

/// The host as the DNS is asked for it: `bücher.test` is `xn--bcher-kva.test`. A host in ASCII stays as it is.
/// Letters beyond ASCII may be percent-encoded, as in a URL (RFC 3986 §3.2.2).
///
/// # Errors
/// A sentence that says why the host cannot be a name (RFC 5891 §5.4).
///
/// ```
/// assert_eq!(barewire::idn::to_ascii("bücher.test").as_deref(), Ok("xn--bcher-kva.test"));
/// assert_eq!(barewire::idn::to_ascii("WWW.example.test").as_deref(), Ok("WWW.example.test"));
/// ```
pub fn to_ascii(host: &str) -> Result<String, String> {
    let decoded = decoded(host);
    if decoded.is_ascii() {
        return Ok(host.to_owned());
    }
    let refused = |what: &str| Err(format!("{host:?} {what}; RFC 5891 §5.4 and UTS 46"));
    match idna::domain_to_ascii_cow(&decoded, AsciiDenyList::URL) {
        Ok(name) if name.is_empty() => refused("has no letter that counts in a name"),
        Ok(name) => Ok(name.into_owned()),
        Err(_) => refused("has letters that no name may have, or not in this place"),
    }
}

/// The name as people read it, if that differs.
pub fn to_unicode(name: &str) -> Option<String> {
    let (text, result) = idna::domain_to_unicode(name);
    (result.is_ok() && text != name.to_ascii_lowercase()).then_some(text)
}

/// Without percent-encoding.
fn decoded(host: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = host.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = rest.get(1..3).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{to_ascii, to_unicode};

    /// RFC 3492 §7.1, (B), (I) and (L); the last one has capital letters, which UTS 46 makes small.
    #[test]
    fn the_examples_of_punycode() {
        for (text, wanted) in [
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"),
        ] {
            assert_eq!(to_ascii(text).as_deref(), Ok(wanted));
            assert_eq!(to_unicode(wanted).as_deref(), Some(text));
        }
    }

    #[test]
    fn dots_and_case_of_other_scripts_are_mapped() {
        assert_eq!(to_ascii("BÜCHER。TEST").as_deref(), Ok("xn--bcher-kva.test"));
        assert_eq!(to_ascii("b%C3%BCcher.test.").as_deref(), Ok("xn--bcher-kva.test."));
    }

    #[test]
    fn names_in_ascii_are_left_alone() {
        for name in ["_sip._tcp.Example.test", "a%20b", "xn--zzzz", "*.test", r"a\.b"] {
            assert_eq!(to_ascii(name).as_deref(), Ok(name));
        }
        assert_eq!(to_unicode("www.example.test"), None);
    }

    /// A dot that is half as wide as others would make two labels of one; a slash would end the host of a URL.
    #[test]
    fn what_no_name_may_have_is_refused() {
        for text in ["a\u{2f}é", "é%00", "\u{ad}", "é\u{fffd}", "a%FF", "\u{202e}é", "é／é"] {
            let refused = to_ascii(text);
            assert!(refused.as_ref().is_err_and(|why| why.contains("RFC 5891")), "{text:?}: {refused:?}");
        }
    }
}
