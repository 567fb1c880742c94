//! An HTTP proxy between us and the server (RFC 9110 §3.7).
//!
//! | the URL | what the proxy is asked |
//! |---|---|
//! | `http://` | the request itself, with the whole URL as its target: absolute-form (RFC 9112 §3.2.2) |
//! | `https://` | CONNECT to host and port (RFC 9110 §9.3.6); TLS to the server goes through the tunnel |
//!
//! In the first case the proxy reads everything, in the second nothing but host and port. `Proxy-Authorization` is for
//! the proxy: it never goes through a tunnel.
//!
//! Left out: proxies that are spoken to over TLS, SOCKS, and the proxies that the environment names. Tested in
//! `tests/through_proxy.rs`, and in `tests/live` with tinyproxy.

use std::fmt;
use std::net::IpAddr;

use barewire_http1::Request;

use crate::failure::{Failure, Step};
use crate::url::Url;

/// The port that a proxy without one has, as in curl.
const PORT: u16 = 1080;

/// A proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its host, in lower case, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The value of `Proxy-Authorization`, if it wants to know who asks.
    pub authorization: Option<String>,
}

impl Proxy {
    /// Reads `[http://]host[:port]`, and gives what stands before an `@` as well: user and password, still encoded.
    ///
    /// # Errors
    /// [`Step::Usage`]: it is not one, or it is of a kind that is left out.
    pub fn parse(text: &str) -> Result<(Proxy, Option<String>), Failure> {
        let refuse = |why: &str| Failure::new(Step::Usage, format!("{text:?} is not a proxy to use: {why}"));
        let rest = match text.split_once("://") {
            None => text,
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some(_) => return Err(refuse("only http:// proxies are spoken to")),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user.to_owned()), place),
            None => (None, authority),
        };
        let url = Url::parse(&format!("http://{place}/")).map_err(|failure| refuse(&failure.message))?;
        let says_port = place.rsplit(']').next().is_some_and(|after| after.contains(':'));
        let port = if says_port { url.port } else { PORT };
        Ok((Proxy { host: url.host, port, authorization: None }, user))
    }

    /// What the proxy is asked so that it opens a tunnel to the server of this URL.
    pub(super) fn connect(&self, url: &Url, user_agent: Option<&str>) -> Request {
        let host = if url.host.contains(':') { format!("[{}]", url.host) } else { url.host.clone() };
        let target = format!("{host}:{}", url.port);
        let mut request = Request::new("CONNECT", &target, &target);
        if let Some(authorization) = &self.authorization {
            request.headers.push("Proxy-Authorization", authorization.as_str());
        }
        if let Some(name) = user_agent {
            request.headers.push("User-Agent", name);
        }
        request
    }
}

/// Host and port: "proxy.test:3128".
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// The hosts that are asked without the proxy: names, each with all names below it, and networks such as
/// `10.0.0.0/8`; `*` is every host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Direct(Vec<String>);

impl Direct {
    /// Reads a list with commas or spaces between its names.
    pub fn parse(list: &str) -> Direct {
        let names = list.split([',', ' ']).map(|name| name.trim().trim_matches('.').to_ascii_lowercase());
        Direct(names.filter(|name| !name.is_empty()).collect())
    }

    /// Whether this host is among them.
    pub fn holds(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        let below = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        self.0.iter().any(|name| {
            name == "*"
                || is_in_network(host, name)
                || name.trim_matches(['[', ']']) == host
                || below(name) && host.parse::<IpAddr>().is_err()
        })
    }
}

/// Whether this host is an address of a network such as `10.0.0.0/8` (RFC 4632 §3.1).
fn is_in_network(host: &str, network: &str) -> bool {
    let Some((base, length)) = network.split_once('/') else { return false };
    let Ok(length) = length.parse::<u32>() else { return false };
    match (host.parse::<IpAddr>(), base.trim_matches(['[', ']']).parse::<IpAddr>()) {
        (Ok(IpAddr::V4(host)), Ok(IpAddr::V4(base))) if length <= 32 => {
            (host.to_bits() ^ base.to_bits()).leading_zeros() >= length
        }
        (Ok(IpAddr::V6(host)), Ok(IpAddr::V6(base))) if length <= 128 => {
            (host.to_bits() ^ base.to_bits()).leading_zeros() >= length
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_read_as_curl_reads_them() {
        for (text, host, port, user) in [
            ("proxy.test", "proxy.test", 1080, None),
            ("http://Proxy.test:3128/", "proxy.test", 3128, None),
            ("joe:pw@10.0.0.1:8080", "10.0.0.1", 8080, Some("joe:pw")),
            ("http://a%40b:c@[::1]:8", "::1", 8, Some("a%40b:c")),
            ("[::1]", "::1", 1080, None),
        ] {
            let (proxy, got) = Proxy::parse(text).unwrap_or_else(|failure| panic!("{failure}"));
            assert_eq!((proxy.host.as_str(), proxy.port, got.as_deref()), (host, port, user), "{text}");
        }
        for text in ["socks5://a:1", "https://a:1", "http://", "a:x", "a b"] {
            assert_eq!(Proxy::parse(text).expect_err(text).exit_code(), 2, "{text}");
        }
    }

    /// What curl 7.88.1 does with `--noproxy`.
    #[test]
    fn hosts_that_are_asked_directly() {
        for (list, host, wanted) in [
            ("a.test", "a.test", true),
            ("a.test", "b.a.test", true),
            ("a.test", "ba.test", false),
            (".a.test", "a.test", true),
            ("b.test, a.test", "a.test", true),
            ("*", "anything", true),
            ("", "a.test", false),
            ("A.Test", "a.test", true),
            ("10.0.0.1", "10.0.0.1", true),
            ("0.0.1", "10.0.0.1", false),
            ("[::1]", "::1", true),
            ("127.0.0.0/8", "127.0.0.1", true),
            ("127.0.0.1/32", "127.0.0.1", true),
            ("127.0.0.1/99", "127.0.0.1", false),
            ("10.0.0.0/8", "127.0.0.1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
        ] {
            assert_eq!(Direct::parse(list).holds(host), wanted, "{list:?} and {host}");
        }
    }
}
