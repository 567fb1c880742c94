//! Trailer fields that must stand in the header section: RFC 9110 §6.5.1.
//!
//! A trailer comes when the message was framed, routed and acted on already. A program that takes it for a header field
//! all the same, and its neighbour that does not, have read two different messages. Tested in `tests/trailers.rs`.

use crate::headers::Headers;

// book: only-in-heads
/// The fields, by the groups that RFC 9110 §6.5.1 lists. Each name with what the field does.
const ONLY_IN_HEADS: [(&str, &[&str]); 6] = [
    ("frames the message", &["Content-Length", "Transfer-Encoding", "Trailer", "TE"]),
    (
        "routes the message",
        &["Host", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "Max-Forwards", "Via"],
    ),
    (
        "authenticates",
        &[
            "Authorization",
            "Proxy-Authorization",
            "WWW-Authenticate",
            "Proxy-Authenticate",
            "Cookie",
            "Set-Cookie",
        ],
    ),
    (
        "modifies the request",
        &[
            "Expect",
            "Range",
            "If-Match",
            "If-None-Match",
            "If-Modified-Since",
            "If-Unmodified-Since",
            "If-Range",
        ],
    ),
    (
        "controls the response",
        &["Cache-Control", "Pragma", "Age", "Expires", "Date", "Location", "Retry-After", "Vary"],
    ),
    ("says the format of the content", &["Content-Encoding", "Content-Type", "Content-Range"]),
];
// book: end

/// What a field does that must not be a trailer: `frames the message`, and the like (RFC 9110 §6.5.1). `None`: nothing
/// forbids it. The name may be in any case.
pub fn only_in_heads(name: &str) -> Option<&'static str> {
    let is_there = |names: &[&str]| names.iter().any(|one| one.eq_ignore_ascii_case(name));
    ONLY_IN_HEADS.iter().find(|(_, names)| is_there(names)).map(|(does, _)| *does)
}

/// The trailers that can be used, and those that must not be, each in order.
pub(crate) fn sorted(trailers: Headers) -> (Headers, Headers) {
    let (mut usable, mut misplaced) = (Headers::new(), Headers::new());
    for field in &trailers {
        let list = if only_in_heads(&field.name).is_some() { &mut misplaced } else { &mut usable };
        list.push(field.name.clone(), field.value.clone());
    }
    (usable, misplaced)
}
