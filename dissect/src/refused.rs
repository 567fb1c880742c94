//! A refusal: what was being read, at which byte reading stopped, and for which reason.
//!
//! Every parser of this workspace refuses its input in the same two steps. Inside, a parser made of nom functions fails
//! with [`Located`]: the input that was left, and a reason from its crate's own enum. At the crate's border [`finish`]
//! turns the input that was left into a byte offset, and the caller gets a [`Refused`].
//!
//! ```
//! use std::fmt;
//! use barewire_dissect::{Explain, Lesson, Parsed, Refused, finish, refuse};
//! use nom::error::ErrorKind;
//! use nom::number::complete::be_u8;
//!
//! #[derive(Debug, Clone, PartialEq, Eq)]
//! enum Reason { EndsEarly, Version(u8) }
//!
//! impl From<ErrorKind> for Reason {
//!     fn from(_: ErrorKind) -> Reason { Reason::EndsEarly }
//! }
//!
//! impl Explain for Reason {
//!     fn rule(&self) -> &'static str { "RFC 791 §3.1" }
//!     fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
//!         match self {
//!             Reason::EndsEarly => write!(f, "the {what} ends early, at byte {at}"),
//!             Reason::Version(seen) => {
//!                 write!(f, "the {what} says version {seen} at byte {at}, not 4")
//!             }
//!         }
//!     }
//! }
//!
//! fn version(input: &[u8]) -> Parsed<'_, u8, Reason> {
//!     let (rest, byte) = be_u8(input)?;
//!     if byte >> 4 == 4 { Ok((rest, 4)) } else { refuse(input, Reason::Version(byte >> 4)) }
//! }
//!
//! let bytes = [0x95];
//! let refused: Refused<Reason> = finish("IPv4 header", &bytes, version(&bytes)).unwrap_err();
//! assert_eq!((refused.offset, refused.reason.rule()), (0, "RFC 791 §3.1"));
//! assert_eq!(refused.to_string(), "the IPv4 header says version 9 at byte 0, not 4");
//! ```
//!
//! Tested in `tests/tree.rs`, and above.

use std::fmt;

use nom::IResult;
use nom::error::{ErrorKind, ParseError};

/// What every protocol error of this workspace can tell beside its message.
pub trait Lesson: std::error::Error {
    /// The offset of the byte where reading stopped, from the start of what was being read.
    fn offset(&self) -> usize;
    /// The rule that was broken: an RFC and its section.
    fn rule(&self) -> &'static str;
}

/// What a reason can tell: the rule, and the sentence that teaches it.
pub trait Explain {
    /// The rule that was broken: an RFC and its section.
    fn rule(&self) -> &'static str;
    /// Writes the sentence: what was seen at byte `at` of `what`, and what the rule wants there.
    ///
    /// # Errors
    /// Only those of the formatter.
    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Input that a parser refused. The one error of all parsers, with a `Reason` of each crate's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused<R> {
    /// What was being read: "DNS message", "TCP segment".
    pub what: &'static str,
    /// The offset of the refused byte, from the first byte of what was being read.
    pub offset: usize,
    /// Why it was refused.
    pub reason: R,
}

impl<R: Explain> fmt::Display for Refused<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.explain(self.what, self.offset, f)
    }
}

impl<R: Explain + fmt::Debug> std::error::Error for Refused<R> {}

impl<R: Explain + fmt::Debug> Lesson for Refused<R> {
    fn offset(&self) -> usize {
        self.offset
    }

    fn rule(&self) -> &'static str {
        self.reason.rule()
    }
}

/// A reason in words: what is left of any crate's reason where refusals of several crates meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InWords {
    /// The rule that was broken: an RFC and its section.
    pub rule: &'static str,
    /// The sentence.
    pub sentence: String,
}

impl Explain for InWords {
    fn rule(&self) -> &'static str {
        self.rule
    }

    fn explain(&self, _: &str, _: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Refused<InWords> {
    /// Keeps what a refusal of any crate says.
    pub fn in_words(what: &'static str, lesson: &dyn Lesson) -> Refused<InWords> {
        let reason = InWords { rule: lesson.rule(), sentence: lesson.to_string() };
        Refused { what, offset: lesson.offset(), reason }
    }
}

/// The error type of nom parsers here: the input that was left, and why it was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<'a, R> {
    /// The input from the refused byte on.
    pub at: &'a [u8],
    /// Why it was refused.
    pub reason: R,
}

impl<'a, R> Located<'a, R> {
    /// The same place, with the reason of another crate: for a parser that calls a parser of the layer below.
    pub fn map_reason<S>(self, reason: impl FnOnce(R) -> S) -> Located<'a, S> {
        Located { at: self.at, reason: reason(self.reason) }
    }
}

/// nom's own parsers fail by kind; almost always `ErrorKind::Eof`, the input being too short.
impl<'a, R: From<ErrorKind>> ParseError<&'a [u8]> for Located<'a, R> {
    #[cold]
    fn from_error_kind(at: &'a [u8], kind: ErrorKind) -> Self {
        Located { at, reason: R::from(kind) }
    }

    fn append(_: &'a [u8], _: ErrorKind, inner: Self) -> Self {
        inner
    }
}

/// What a parser of this workspace returns.
pub type Parsed<'a, T, R> = IResult<&'a [u8], T, Located<'a, R>>;

/// Refuses the input from `at` on.
///
/// # Errors
/// Always: that is what it is for.
#[cold]
pub fn refuse<'a, T, R>(at: &'a [u8], reason: R) -> Parsed<'a, T, R> {
    Err(nom::Err::Failure(Located { at, reason }))
}

/// The offset of `part` in `whole`, in bytes. `part` must be a slice of `whole`; of any other slice the answer is a
/// number that means nothing, but never one beyond the end of `whole`.
pub fn offset_of(whole: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}

/// Ends a parse of `whole`, which is a `what`: the value and the bytes that were left over.
///
/// # Errors
/// [`Refused`], with the offset in `whole`.
pub fn finish<'a, T, R: From<ErrorKind>>(
    what: &'static str,
    whole: &'a [u8],
    parsed: Parsed<'a, T, R>,
) -> Result<(T, &'a [u8]), Refused<R>> {
    match parsed {
        Ok((rest, value)) => Ok((value, rest)),
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => {
            Err(Refused { what, offset: offset_of(whole, error.at), reason: error.reason })
        }
        // Only nom's streaming parsers ask for more. For a whole buffer that means it was too short.
        Err(nom::Err::Incomplete(_)) => {
            Err(Refused { what, offset: whole.len(), reason: R::from(ErrorKind::Eof) })
        }
    }
}
