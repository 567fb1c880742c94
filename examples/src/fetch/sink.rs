//! Where a response goes as it comes: heads, then the body of the last one. Tested in `tests/curl_flags.rs`.

use std::io::Write;
use std::time::Instant;

use barewire_http1::{Headers, Response};

use super::hop::Visit;
use super::retries::Attempt;
use crate::failure::{Failure, Step};
use crate::trace::Trace;

/// Which part in a fetch a head has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is a 1xx response: another response to the same request follows.
    Interim,
    /// It is a redirect that is followed, or one too many. Its body is read, and goes nowhere.
    LeadsOn,
    /// It is the answer. Its body follows.
    Answer,
}

/// Takes a response as it comes.
pub trait Sink {
    /// A head has come.
    ///
    /// # Errors
    /// The fetch is to end here. This is its failure.
    fn head(&mut self, _head: &Response, _standing: Standing) -> Result<(), Failure> {
        Ok(())
    }

    /// Some of the body of the answer has come.
    ///
    /// # Errors
    /// As for [`Sink::head`].
    fn body(&mut self, piece: &[u8]) -> Result<(), Failure>;

    /// The fields after the body of the answer have come.
    ///
    /// # Errors
    /// As for [`Sink::head`].
    fn trailers(&mut self, _fields: &Headers) -> Result<(), Failure> {
        Ok(())
    }

    /// Another attempt follows: what has come so far does not count.
    ///
    /// # Errors
    /// As for [`Sink::head`].
    fn again(&mut self, _attempt: &Attempt) -> Result<(), Failure> {
        Ok(())
    }

    /// All is over, well or not. What has been seen until now stands in the trace.
    fn over(&mut self, _visit: &mut Visit, _trace: &Trace, _now: Instant) {}
}

/// Writes the body, and no head.
pub(super) struct BodyOnly<'w>(pub(super) &'w mut dyn Write);

impl Sink for BodyOnly<'_> {
    fn body(&mut self, piece: &[u8]) -> Result<(), Failure> {
        let failed = |error| Failure::new(Step::Output, format!("the body could not be written: {error}"));
        self.0.write_all(piece).map_err(failed)
    }
}
