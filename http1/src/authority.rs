//! `host [ ":" port ]`: what Host holds, the target of CONNECT, and the middle of an absolute-form target (RFC 9110
//! §4.2, §7.2, RFC 3986 §3.2).
//!
//! Stricter than RFC 3986 in three places, because HTTP cannot use what it allows there: no userinfo (RFC 9110 §4.2.4
//! calls it a sign of an attack), no port without a host (§4.2.1), and no port that TCP does not have. Tested in
//! `tests/target.rs`.

use std::net::Ipv6Addr;

/// A host and the digits of its port, as slices. Without a port the digits are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Authority<'a> {
    pub(crate) host: &'a [u8],
    pub(crate) port: &'a [u8],
}

/// What does not fit, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Host(usize),
    Port(usize),
}

impl Wrong {
    pub(crate) fn place(self) -> usize {
        let (Wrong::Host(at) | Wrong::Port(at)) = self;
        at
    }
}

/// Takes an authority apart. It may be empty (RFC 9112 §3.2), and so may its port.
pub(crate) fn authority(value: &[u8]) -> Result<Authority<'_>, Wrong> {
    // exercise: http08
    // instead: let end = value.iter().position(|&byte| byte == b':').unwrap_or(value.len());
    // instead: Ok(Authority { host: &value[..end], port: value.get(end + 1..).unwrap_or_default() })
    let (host, rest) = value.split_at(host_length(value)?);
    match rest {
        [] => Ok(Authority { host, port: rest }),
        [b':', ..] if host.is_empty() => Err(Wrong::Host(0)),
        [b':', port @ ..] if port.is_empty() || port_number(port).is_some() => Ok(Authority { host, port }),
        [b':', ..] => Err(Wrong::Port(host.len() + 1)),
        _ => Err(Wrong::Host(host.len())),
    }
    // exercise: end
}

/// The port that these digits name: 1 to 65535.
fn port_number(digits: &[u8]) -> Option<u16> {
    let digits = digits.iter().all(u8::is_ascii_digit).then_some(digits)?;
    str::from_utf8(digits).ok()?.parse().ok().filter(|port| *port > 0)
}

/// `host = IP-literal / IPv4address / reg-name`. An IPv4 address is a name of digits and dots, too.
fn host_length(value: &[u8]) -> Result<usize, Wrong> {
    if let Some(rest) = value.strip_prefix(b"[") {
        let inside = rest.iter().position(|&byte| byte == b']').map(|end| &rest[..end]);
        return inside
            .filter(|inside| is_literal(inside))
            .map(|inside| inside.len() + 2)
            .ok_or(Wrong::Host(0));
    }
    // reg-name = *( unreserved / pct-encoded / sub-delims )
    let mut at = 0;
    loop {
        at += match value.get(at..) {
            Some([b'%', a, b, ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => 3,
            Some([byte, ..]) if is_in_name(*byte) => 1,
            _ => return Ok(at),
        };
    }
}

/// `IPv6address / IPvFuture`, which stand in brackets.
fn is_literal(inside: &[u8]) -> bool {
    if let [b'v' | b'V', rest @ ..] = inside {
        let hex = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let after = rest.get(hex + 1..).unwrap_or_default();
        let fits = after.iter().all(|&byte| byte == b':' || is_in_name(byte));
        return hex > 0 && rest.get(hex) == Some(&b'.') && !after.is_empty() && fits;
    }
    str::from_utf8(inside).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// `unreserved / sub-delims`
fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}
