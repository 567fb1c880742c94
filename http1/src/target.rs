//! `request-target`: which bytes it may hold, its four forms, and the authority that it names (RFC 9112 §3.2, §3.3).
//! The reader and the writer of heads ask the same function. Tested in `tests/target.rs`.
//!
//! | byte | in a path | in a query |
//! |---|---|---|
//! | what RFC 3986 §3.3 and §3.4 allow: letters, digits, ``-._~!$&'()*+,;=:@/``, `%` | yes | yes, and `?` |
//! | `[` `]` <code>&#124;</code>, and `%` without two digits after it | yes | yes |
//! | `\` `^` `` ` `` `{` `}` | no | yes |
//! | `"` `<` `>` `#`, spaces, controls, everything outside ASCII | no | no |
//!
//! The second and the third row are not in RFC 3986, and a server must take them all the same: browsers send them as
//! they are (the URL Standard of the WHATWG does not encode them there), and people type them: `?q={x}|y`.
//! They are taken only where a browser sends them: `\` in a path is `/` to some programs, and so two readers would find
//! two paths. What no browser sends has no excuse. Most of all `#`: RFC 9112 §3.2 takes the fragment off a target, and
//! a neighbour may cut the target there.

use std::borrow::Cow;

use barewire_dissect::offset_of;

use crate::authority::{Authority, Wrong, authority};
use crate::reason::Reason;
use crate::run::{after_run, outside, small_letters};

const PATH: u8 = 1;
const QUERY: u8 = 2;

/// The table above: where each byte may stand.
static MAY_STAND: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => PATH | QUERY,
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' => PATH | QUERY,
            b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@' | b'/' | b'%' => PATH | QUERY,
            b'[' | b']' | b'|' => PATH | QUERY,
            b'?' | b'\\' | b'^' | b'`' | b'{' | b'}' => QUERY,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// How many bytes of `input`, from its start, can be those of a target. `any`: all printable ASCII.
pub(crate) fn target_length(input: &[u8], any: bool) -> usize {
    if any {
        return input.iter().take_while(|byte| byte.is_ascii_graphic()).count();
    }
    let mut rest = after_place(input, PATH);
    if let [b'?', query @ ..] = rest {
        rest = after_place(query, QUERY);
    }
    input.len() - rest.len()
}

fn after_place(input: &[u8], place: u8) -> &[u8] {
    // From `-` to `9` all may stand in both.
    let others = |word| outside(word, b'-', b'9') & outside(small_letters(word), b'a', b'z');
    after_run(input, others, |byte| MAY_STAND[usize::from(byte)] & place != 0)
}

/// Whether the form of a target fits its method: `request-target = origin-form / absolute-form / authority-form /
/// asterisk-form` (RFC 9112 §3.2.1 to §3.2.4).
///
/// # Errors
/// What does not fit, and its place in the target.
pub(crate) fn check_form(method: &[u8], target: &[u8]) -> Result<(), (usize, Reason)> {
    // exercise: http10
    // instead: Ok(())
    match (method, target) {
        (b"CONNECT", _) => authority_form(target),
        (b"OPTIONS", b"*") | (_, [b'/', ..]) => Ok(()),
        _ => absolute_form(target),
    }
    // exercise: end
}

/// `authority-form = uri-host ":" port`. RFC 9110 §9.3.6: a server must refuse an empty or invalid port.
fn authority_form(target: &[u8]) -> Result<(), (usize, Reason)> {
    match authority(target) {
        Ok(Authority { host: [], .. }) => Err((0, Reason::TargetForm)),
        Ok(Authority { port: [], .. }) => Err((target.len(), Reason::ConnectPort)),
        Ok(_) => Ok(()),
        Err(Wrong::Host(at)) => Err((at, Reason::TargetForm)),
        Err(Wrong::Port(at)) => Err((at, Reason::ConnectPort)),
    }
}

/// `absolute-form = absolute-URI`. RFC 9110 §4.2: the schemes http and https need a host.
fn absolute_form(target: &[u8]) -> Result<(), (usize, Reason)> {
    let uri = absolute_uri(target).ok_or((0, Reason::TargetForm))?;
    let needs_host = [&b"http"[..], b"https"].iter().any(|scheme| uri.scheme.eq_ignore_ascii_case(scheme));
    let start = offset_of(target, uri.authority);
    match authority(uri.authority) {
        Ok(Authority { host: [], .. }) if needs_host => Err((start, Reason::TargetAuthority)),
        Ok(_) => Ok(()),
        Err(wrong) => Err((start + wrong.place(), Reason::TargetAuthority)),
    }
}

/// A target in absolute-form, taken apart.
struct AbsoluteUri<'a> {
    scheme: &'a [u8],
    /// Empty, if the URI has none.
    authority: &'a [u8],
    path_and_query: &'a [u8],
}

/// `absolute-URI = scheme ":" [ "//" authority ] path [ "?" query ]` (RFC 3986 §4.3)
fn absolute_uri(target: &[u8]) -> Option<AbsoluteUri<'_>> {
    let (scheme, rest) = target.split_at(target.iter().position(|&byte| byte == b':')?);
    // scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
    let fits = scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    if !fits || !scheme.first().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let Some(rest) = rest.strip_prefix(b"://") else {
        return Some(AbsoluteUri { scheme, authority: &rest[1..1], path_and_query: &rest[1..] });
    };
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
    Some(AbsoluteUri { scheme, authority: &rest[..end], path_and_query: &rest[end..] })
}

// book: authority
/// The authority of the target URI (RFC 9112 §3.3): the one in the target, if its form has one, else that of Host.
/// Empty, if Host is not there or not valid.
pub(crate) fn authority_of<'a>(method: &[u8], target: &'a [u8], host: Option<&'a [u8]>) -> &'a str {
    let said = authority_in(method, target).or(host).filter(|said| authority(said).is_ok());
    said.and_then(|said| str::from_utf8(said).ok()).unwrap_or_default()
}

/// The authority in a target. `None`: its form leaves that to Host.
pub(crate) fn authority_in<'a>(method: &[u8], target: &'a [u8]) -> Option<&'a [u8]> {
    match (method, target) {
        (b"CONNECT", _) => Some(target),
        (_, [b'/', ..] | b"*") => None,
        _ => absolute_uri(target).map(|uri| uri.authority),
    }
}
// book: end

/// The target as an origin server is asked for it (RFC 9112 §3.2.1): an absolute-form without its scheme and authority.
/// An empty path is `/`, or `*` where OPTIONS asks about the whole server (§3.2.4).
pub(crate) fn origin_form<'a>(method: &str, target: &'a str) -> Cow<'a, str> {
    let rest = match target {
        _ if method == "CONNECT" || target.starts_with('/') => return target.into(),
        _ => absolute_uri(target.as_bytes()).and_then(|uri| str::from_utf8(uri.path_and_query).ok()),
    };
    match rest {
        None => target.into(),
        Some("") if method == "OPTIONS" => "*".into(),
        Some(rest) if rest.starts_with('/') => rest.into(),
        Some(rest) => format!("/{rest}").into(),
    }
}
