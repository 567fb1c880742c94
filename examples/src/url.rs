//! The parts of an `http` or `https` URL that a fetch needs (RFC 3986 §3, RFC 9110 §4.2).
//!
//! A host beyond ASCII becomes what the DNS has for it: see [`idn`]. A fragment never goes to the server; a redirect
//! hands it on. Left out: user names and passwords (refused: RFC 9110 §4.2.4), other schemes, and percent-encoding of
//! what was not encoded.

mod resolve;

pub(crate) use resolve::names_other_scheme;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use crate::failure::{Failure, Step};
use crate::idn;

/// Where a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// `https`; otherwise `http`.
    pub https: bool,
    /// The host, as it was written but in lower case and with A-labels (`xn--...`), without the brackets of an IPv6
    /// address.
    pub host: String,
    /// The port, from the URL or from its scheme.
    pub port: u16,
    /// Path and query, as they go into the request line.
    pub target: String,
    /// What stands after `#`: a place in the page.
    pub fragment: Option<String>,
}

impl Url {
    /// Reads a URL. Without a scheme it is taken as `https`.
    ///
    /// ```
    /// let url = barewire::url::Url::parse("https://www.example.test:8443/a?b#c").unwrap();
    /// assert_eq!((url.host.as_str(), url.port), ("www.example.test", 8443));
    /// assert_eq!(url.target, "/a?b");
    /// ```
    pub fn parse(text: &str) -> Result<Url, Failure> {
        let refused = |step, why: String| Failure::new(step, format!("{text:?} is no URL to fetch: {why}"));
        let refuse = |why: String| refused(Step::Url, why);
        if let Some(at) = out_of_place(text) {
            return Err(refuse(format!("byte {at} has to be percent-encoded; RFC 3986 §2")));
        }
        let (https, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some((scheme, _)) if !scheme.is_empty() => {
                return Err(refused(Step::Unspoken, format!("the scheme is {scheme:?}, not http or https")));
            }
            Some(_) => return Err(refuse("it begins without a scheme; RFC 3986 §3.1".to_owned())),
            None => (true, text),
        };
        let (rest, fragment) = match rest.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment.to_owned())),
            None => (rest, None),
        };
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(refused(
                Step::Usage,
                "a user name in a URL hides the host from people; RFC 9110 §4.2.4".into(),
            ));
        }
        let (host, port) = split_port(authority).map_err(&refuse)?;
        if host.is_empty() {
            return Err(refuse("it names no host; RFC 9110 §4.2.1".into()));
        }
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        let port = port.unwrap_or(if https { 443 } else { 80 });
        let host = idn::to_ascii(host).map_err(&refuse)?.to_ascii_lowercase();
        Ok(Url { https, host, port, target, fragment })
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// Whether both have the same scheme, host and port (RFC 9110 §4.3.1).
    pub fn is_same_origin(&self, other: &Url) -> bool {
        (self.https, &self.host, self.port) == (other.https, &other.host, other.port)
    }

    /// The URL with its fragment, as a person would write it.
    pub fn with_fragment(&self) -> String {
        self.fragment.as_ref().map_or_else(|| self.to_string(), |fragment| format!("{self}#{fragment}"))
    }

    /// The host as an address, if it is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// What the Host field says (RFC 9110 §7.2): the port only where it is not the scheme's own.
    pub fn host_field(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == if self.https { 443 } else { 80 } { host } else { format!("{host}:{}", self.port) }
    }
}

/// The first byte that may not stand in a URL. Letters beyond ASCII may, in the host: the DNS has a form for them.
fn out_of_place(text: &str) -> Option<usize> {
    let begin = text.find("://").map_or(0, |scheme| scheme + 3);
    let rest = text.get(begin..).unwrap_or_default();
    let end = begin + rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let wrong = |(at, c): &(usize, char)| match c.is_ascii() {
        true => !c.is_ascii_graphic() || "\"<>".contains(*c),
        false => !(begin..end).contains(at),
    };
    text.char_indices().find(wrong).map(|(at, _)| at)
}

/// `host`, `host:port`, `[address]` or `[address]:port`.
fn split_port(authority: &str) -> Result<(&str, Option<u16>), String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) =
                rest.split_once(']').ok_or("the bracket before the address is never closed")?;
            host.parse::<Ipv6Addr>().map_err(|_| format!("{host:?} in brackets is no IPv6 address"))?;
            if !after.is_empty() && !after.starts_with(':') {
                return Err(format!(
                    "{after:?} stands after the brackets; RFC 3986 §3.2 wants a colon before the port"
                ));
            }
            (host, after.strip_prefix(':').unwrap_or(after))
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    if port.is_empty() {
        return Ok((host, None));
    }
    // Rust's own parser would take a "+".
    match port.parse() {
        Ok(number) if number > 0 && !port.starts_with('+') => Ok((host, Some(number))),
        _ => Err(format!("{port:?} is no port; a port is a number from 1 to 65535")),
    }
}

/// Without the fragment: what the server is asked for.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.host_field(), self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        for (text, wanted) in [
            ("https://www.example.test/", ("www.example.test", 443, "/", "https://www.example.test/")),
            ("HTTP://WWW.example.test", ("www.example.test", 80, "/", "http://www.example.test/")),
            ("www.example.test?q=1#top", ("www.example.test", 443, "/?q=1", "https://www.example.test/?q=1")),
            ("https://[2001:db8::1]:444/x", ("2001:db8::1", 444, "/x", "https://[2001:db8::1]:444/x")),
            (
                "https://BÜCHER.test:444/x",
                ("xn--bcher-kva.test", 444, "/x", "https://xn--bcher-kva.test:444/x"),
            ),
            ("http://10.0.0.1:80/", ("10.0.0.1", 80, "/", "http://10.0.0.1/")),
        ] {
            let url = Url::parse(text).unwrap_or_else(|failure| panic!("{failure}"));
            assert_eq!((url.host.as_str(), url.port, url.target.as_str(), url.to_string().as_str()), wanted);
        }
    }

    #[test]
    fn what_is_no_url_is_refused_with_a_reason() {
        for (text, code, why) in [
            ("ftp://a/", 1, "not http or https"),
            ("https://", 3, "names no host"),
            ("https://user@host/", 2, "RFC 9110 §4.2.4"),
            ("https://a:0/", 3, "no port"),
            ("https://a:x/", 3, "no port"),
            ("https://a:+80/", 3, "no port"),
            ("https://[::1]80/", 3, "stands after the brackets"),
            ("https://[::1/", 3, "never closed"),
            ("https://[fe80]/", 3, "no IPv6 address"),
            ("https://a/ b", 3, "byte 10"),
            ("https://a/?q=\"b\"", 3, "byte 13"),
            ("https://ä/ü", 3, "byte 11"),
            ("https://\u{ad}/", 3, "RFC 5891"),
            ("https://a/\r\nHost: b", 3, "byte 10"),
        ] {
            let failure = Url::parse(text).expect_err(text);
            assert_eq!(failure.exit_code(), code, "{text:?}");
            assert!(failure.message.contains(why), "{text:?}: {failure}");
        }
    }
}
