//! Errors that teach: where a parser stopped, and which rule it stopped for.
//!
//! A parser made of nom functions fails with [`Located`]: the input that was left, and a reason
//! from its crate's own enum. At the crate's border [`finish`] turns the input that was left into
//! a byte offset, and the crate's public error carries that offset and the rule as data.

use nom::IResult;
use nom::error::{ErrorKind, ParseError};

/// What every protocol error of this workspace can tell beside its message.
pub trait Lesson: std::error::Error {
    /// The offset of the byte where reading stopped, from the start of what was being read.
    fn offset(&self) -> usize;
    /// The rule that was broken: an RFC and its section.
    fn rule(&self) -> &'static str;
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
    /// The offset of the refused byte in `whole`, the buffer that the parser was given.
    pub fn offset_in(&self, whole: &[u8]) -> usize {
        (self.at.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
    }
}

/// nom's own parsers fail by kind; almost always [`ErrorKind::Eof`], the input being too short.
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
#[cold]
pub fn refuse<'a, T, R>(at: &'a [u8], reason: R) -> Parsed<'a, T, R> {
    Err(nom::Err::Failure(Located { at, reason }))
}

/// Ends a parse of `whole`: the value and what was left over, or the reason with its byte offset.
pub fn finish<'a, T, R: From<ErrorKind>>(
    whole: &'a [u8],
    parsed: Parsed<'a, T, R>,
) -> Result<(T, &'a [u8]), (usize, R)> {
    match parsed {
        Ok((rest, value)) => Ok((value, rest)),
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => Err((error.offset_in(whole), error.reason)),
        // Only nom's streaming parsers ask for more; for a whole buffer that means it was too short.
        Err(nom::Err::Incomplete(_)) => Err((whole.len(), R::from(ErrorKind::Eof))),
    }
}
