//! A reference resolved against a URL: where a Location field leads (RFC 3986 §5, RFC 9110 §10.2.2).
//!
//! The rules are those of RFC 3986 §5.2.2, without the one for old parsers: `http:g` names no host, and is refused.
//! Spaces and bytes above 127 are percent-encoded, because servers send them and curl accepts them.
//! Tested below with the examples of RFC 3986 §5.4.

use super::Url;
use crate::failure::Failure;

impl Url {
    /// Resolves a reference against this URL. A reference without a fragment keeps the one of this URL (RFC 9110
    /// §10.2.2).
    ///
    /// ```
    /// let url = barewire::url::Url::parse("http://a/b/c/d?q#top").unwrap();
    /// assert_eq!(url.resolve(b"../g").unwrap().with_fragment(), "http://a/b/g#top");
    /// ```
    ///
    /// # Errors
    /// The result is not a URL that can be fetched.
    pub fn resolve(&self, reference: &[u8]) -> Result<Url, Failure> {
        let reference = encoded(reference);
        let (whole, fragment) = match reference.split_once('#') {
            Some((before, fragment)) => (before, Some(fragment)),
            None => (reference.as_str(), None),
        };
        let mut url = if has_scheme(whole) {
            Url::parse(&with_authority(whole))?
        } else if whole.starts_with("//") {
            Url::parse(&format!("{}:{whole}", self.scheme()))?
        } else {
            Url { target: self.target_of(whole), ..self.clone() }
        };
        let (path, query) = split_query(&url.target);
        url.target = with_query(&without_dots(path), query);
        url.fragment = fragment.map(str::to_owned).or_else(|| self.fragment.clone());
        // What came from the reference is checked as what a person types is.
        Url::parse(&url.with_fragment())
    }

    /// The same URL without `.` and `..` in its path (RFC 3986 §5.2.4).
    pub fn without_dot_segments(self) -> Url {
        let (path, query) = split_query(&self.target);
        Url { target: with_query(&without_dots(path), query), ..self }
    }

    /// Path and query of a reference that has neither scheme nor authority.
    fn target_of(&self, reference: &str) -> String {
        let (base, base_query) = split_query(&self.target);
        let (path, query) = split_query(reference);
        match path {
            "" => with_query(base, query.or(base_query)),
            path if path.starts_with('/') => with_query(path, query),
            // RFC 3986 §5.2.3: the last segment of the base gives way.
            path => {
                let folder = base.rfind('/').map_or("/", |last| &base[..=last]);
                with_query(&format!("{folder}{path}"), query)
            }
        }
    }
}

/// Whether a reference leads to a scheme that is not spoken here.
pub(crate) fn names_other_scheme(reference: &[u8]) -> bool {
    let reference = encoded(reference);
    let scheme = reference.split(':').next().unwrap_or_default();
    has_scheme(&reference) && !["http", "https"].iter().any(|spoken| scheme.eq_ignore_ascii_case(spoken))
}

/// Whether a reference begins with a scheme: a letter, then letters, digits, `+`, `-`, `.`, and a colon (RFC 3986
/// §3.1).
fn has_scheme(reference: &str) -> bool {
    let Some((scheme, _)) = reference.split_once(':') else { return false };
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_inner)
}

/// `mailto:x` has no authority. It is written with an empty one, so that its scheme is what is refused.
fn with_authority(whole: &str) -> String {
    match whole.split_once(':') {
        Some((scheme, rest)) if !rest.starts_with("//") => format!("{scheme}://"),
        _ => whole.to_owned(),
    }
}

fn split_query(target: &str) -> (&str, Option<&str>) {
    target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)))
}

fn with_query(path: &str, query: Option<&str>) -> String {
    query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}

/// RFC 3986 §5.2.4: `.` goes, and `..` goes with the segment before it.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    for (index, segment) in segments.iter().enumerate() {
        let is_last = index + 1 == segments.len();
        match *segment {
            "." | ".." => {
                if *segment == ".." {
                    kept.pop();
                }
                // The path goes on naming a folder.
                if is_last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

fn encoded(reference: &[u8]) -> String {
    let encode = |byte: &u8| match byte {
        b' ' | 0x80.. => format!("%{byte:02X}"),
        byte => char::from(*byte).to_string(),
    };
    reference.iter().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::Url;

    /// RFC 3986 §5.4.1 and §5.4.2. An empty path is written as `/`, which is the same (RFC 9110 §4.2.3).
    #[test]
    fn the_examples_of_rfc_3986() {
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        for (reference, wanted) in [
            ("http://g", "http://g/"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g#s", "http://a/b/c/g#s"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"),
            ("g;x?y#s", "http://a/b/c/g;x?y#s"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("../../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"),
            ("g..", "http://a/b/c/g.."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/./x", "http://a/b/c/g#s/./x"),
            ("g#s/../x", "http://a/b/c/g#s/../x"),
        ] {
            let url = base.resolve(reference.as_bytes()).unwrap_or_else(|why| panic!("{reference}: {why}"));
            assert_eq!(url.with_fragment(), wanted, "{reference:?}");
        }
    }

    /// RFC 9110 §10.2.2, the example of its fragments; and the name of another scheme.
    #[test]
    fn a_fragment_is_inherited_and_a_scheme_is_not() {
        let url = Url::parse("http://www.example.org/~tim#top").unwrap();
        let wanted = "http://www.example.org/People.html#tim";
        assert_eq!(url.resolve(b"/People.html#tim").unwrap().with_fragment(), wanted);
        let url = Url::parse("http://www.example.org/index.html#larry").unwrap();
        let wanted = "http://www.example.net/index.html#larry";
        assert_eq!(url.resolve(b"http://www.example.net/index.html").unwrap().with_fragment(), wanted);
        let secure = Url::parse("https://a:8443/x").unwrap();
        assert_eq!(secure.resolve(b"//b/y").unwrap().to_string(), "https://b/y");
        let wanted = "https://xn--bcher-kva.test/%C3%BC";
        assert_eq!(secure.resolve("//bücher.test/ü".as_bytes()).unwrap().to_string(), wanted);
    }

    #[test]
    fn what_cannot_be_fetched_is_refused() {
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        for (reference, why) in [
            (&b"g:h"[..], "the scheme is \"g\""),
            (b"mailto:a@b", "the scheme is \"mailto\""),
            (b"http:g", "names no host"),
            (b"//user@g/", "RFC 9110"),
            (b"/\ta", "byte 9"),
        ] {
            let refused = base.resolve(reference).map(|url| url.to_string());
            assert!(refused.as_ref().is_err_and(|failure| failure.message.contains(why)), "{refused:?}");
        }
        assert_eq!(base.resolve("/a b/é".as_bytes()).unwrap().to_string(), "http://a/a%20b/%C3%A9");
    }

    /// A server chooses the bytes: whatever three of them are, the result is refused, or is a URL that reads the same.
    #[test]
    fn any_bytes_resolve_or_are_refused() {
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        let some = b"\0\t %#./:?@[]\\ag0\x7f\x80\xff";
        for first in some {
            for second in some {
                for third in some {
                    if let Ok(url) = base.resolve(&[*first, *second, *third]) {
                        assert_eq!(Url::parse(&url.with_fragment()).ok(), Some(url));
                    }
                }
            }
        }
    }
}
