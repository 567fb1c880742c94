//! The Fast Open option: a client asks for a cookie, a server gives it, and the client brings it back (RFC 7413
//! §4.1.1).
//!
//! ```text
//!    22 02                                 the client asks
//!    22 0a 4f 1b 9c 20 d3 77 e8 05         the server gives a cookie of 8 bytes,
//!                                          or the client brings it back
//! ```
//!
//! Left out: the kind 254 of the years before the RFC. Tested in `tests/headers.rs`, and by `tests/captures.rs` against
//! the kernel.

use barewire_dissect::{Parsed, Show, field};
use nom::Parser;
use nom::bytes::complete::take;

use crate::error::Reason;

/// What the option says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FastOpen {
    /// The client has no cookie, and asks for one.
    Request,
    /// A cookie, on its way to the client or back.
    Cookie(Cookie),
}

/// A Fast Open cookie: 4 to 16 bytes, an even number of them. Only the server that gave it knows what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookie {
    bytes: [u8; Cookie::LONGEST],
    length: u8,
}

impl Cookie {
    /// The longest cookie, in bytes.
    pub const LONGEST: usize = 16;
    const SHORTEST: usize = 4;

    /// A cookie of these bytes. `None` where there are too few or too many, or their number is odd.
    pub fn new(bytes: &[u8]) -> Option<Cookie> {
        let length = bytes.len();
        let fits = (Cookie::SHORTEST..=Cookie::LONGEST).contains(&length) && length.is_multiple_of(2);
        let mut cookie = Cookie { bytes: [0; Cookie::LONGEST], length: length as u8 };
        cookie.bytes.get_mut(..length)?.copy_from_slice(bytes);
        fits.then_some(cookie)
    }

    /// A cookie of eight bytes.
    pub(crate) fn of(eight: [u8; 8]) -> Cookie {
        let mut bytes = [0; Cookie::LONGEST];
        bytes[..8].copy_from_slice(&eight);
        Cookie { bytes, length: 8 }
    }

    /// Its bytes.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl FastOpen {
    /// The kind of the option.
    pub(super) const KIND: u8 = 34;

    /// The cookie's bytes; none in a request.
    pub(super) fn cookie(&self) -> &[u8] {
        match self {
            FastOpen::Request => &[],
            FastOpen::Cookie(cookie) => cookie.as_slice(),
        }
    }

    /// How many bytes the option takes, with the NOPs that fill its last word.
    pub(super) fn length_in_words(&self) -> usize {
        (2 + self.cookie().len()).next_multiple_of(4)
    }

    /// The option word by word. As Linux does, NOPs fill the last one.
    pub(super) fn words(&self, mut put: impl FnMut([u8; 4])) {
        let mut bytes = [1; 2 + Cookie::LONGEST + 2];
        let cookie = self.cookie();
        (bytes[0], bytes[1]) = (FastOpen::KIND, 2 + cookie.len() as u8);
        bytes[2..2 + cookie.len()].copy_from_slice(cookie);
        let (words, _) = bytes[..self.length_in_words()].as_chunks();
        words.iter().for_each(|word| put(*word));
    }

    /// Reads what follows the length, `length` bytes. `None`: no cookie is so long, and the option is to be ignored.
    pub(super) fn read(input: &[u8], length: u8) -> Parsed<'_, Option<FastOpen>, Reason> {
        if length == 0 {
            return Ok((input, Some(FastOpen::Request)));
        }
        let comment = "what the server knows the client's address by";
        let (rest, bytes) = field("cookie", comment, take(usize::from(length))).parse(input)?;
        Ok((rest, Cookie::new(bytes).map(FastOpen::Cookie)))
    }
}

impl Show for FastOpen {
    fn show(&self) -> String {
        match self {
            FastOpen::Request => "Fast Open, asks for a cookie".into(),
            FastOpen::Cookie(cookie) => format!("Fast Open cookie {}", cookie.as_slice().show()),
        }
    }
}
