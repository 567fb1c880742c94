//! Heads as slices of the bytes that came: framing, persistence and Host are decided on them. A caller can make values
//! that own their text. Tested in `tests/clauses.rs`.

use super::fields::Fields;
use crate::message::{Request, Response, Version};

/// The head of a request, as slices of the buffer it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead<'a> {
    /// A token.
    pub method: &'a [u8],
    /// Printable ASCII, in one of the four forms of RFC 9112 §3.2.
    pub target: &'a [u8],
    /// The version of the sender.
    pub version: Version,
    /// The fields, in order.
    pub fields: Fields<'a>,
}

/// The head of a response, as slices of the buffer it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead<'a> {
    /// The version of the sender.
    pub version: Version,
    /// 100 to 999.
    pub status: u16,
    /// The reason phrase. It may be empty.
    pub reason: &'a [u8],
    /// The fields, in order.
    pub fields: Fields<'a>,
}

impl RequestHead<'_> {
    /// The same with text of its own.
    pub fn to_request(&self) -> Request {
        Request {
            method: String::from_utf8_lossy(self.method).into_owned(),
            target: String::from_utf8_lossy(self.target).into_owned(),
            version: self.version,
            headers: self.fields.to_headers(),
        }
    }
}

impl ResponseHead<'_> {
    /// Whether this is a 1xx response. Another response follows it (RFC 9110 §15.2), except after 101.
    pub fn is_informational(&self) -> bool {
        (100..200).contains(&self.status)
    }

    /// The same with text of its own. Folded lines are joined.
    pub fn to_response(&self) -> Response {
        Response {
            version: self.version,
            status: self.status,
            reason: String::from_utf8_lossy(self.reason).into_owned(),
            headers: self.fields.to_headers(),
        }
    }
}
