//! The received byte stream: what could not be read yet is held, and every byte has its offset.
//!
//! Both cores and the observer read the same way: a step looks at the unread bytes, and says how many it took, or
//! that it needs more. Bytes are copied only when a step had to leave some behind. Tested in `tests/cuts.rs`.

use barewire_dissect::finish;

use crate::error::{Error, Problem};
use crate::grammar::Parsed;
use crate::head::Rules;
use crate::section::{At, Scanner, at};

/// Bytes that were received and not read, and where they stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stream {
    held: Vec<u8>,
    /// The offset of the first unread byte in the stream.
    offset: usize,
}

impl Stream {
    /// Adds `bytes`, and steps on until `step` says `None`: it needs more bytes than there are.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        step: impl FnMut(&[u8]) -> Result<Option<usize>, At>,
    ) -> Result<(), Error> {
        if self.held.is_empty() {
            let (taken, result) = walk(bytes, step);
            self.held.extend_from_slice(&bytes[taken..]);
            return self.end(taken, result);
        }
        self.held.extend_from_slice(bytes);
        let (taken, result) = walk(&self.held, step);
        self.held.drain(..taken);
        self.end(taken, result)
    }

    fn end(&mut self, taken: usize, result: Result<(), At>) -> Result<(), Error> {
        self.offset += taken;
        result.map_err(|(at, problem)| Error::new(self.offset + at, problem))
    }

    /// How many bytes wait.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    /// The stream offset behind all that was received.
    pub(crate) fn end_offset(&self) -> usize {
        self.offset + self.held.len()
    }

    /// The stream offset of the first unread byte.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }
}

/// Steps through `input`. Gives how much was taken before the last step, and how that step ended.
fn walk(input: &[u8], mut step: impl FnMut(&[u8]) -> Result<Option<usize>, At>) -> (usize, Result<(), At>) {
    let mut taken = 0;
    loop {
        match step(&input[taken..]) {
            Ok(Some(more)) => taken += more,
            Ok(None) => return (taken, Ok(())),
            Err(at) => return (taken, Err(at)),
        }
    }
}

/// A parser of a start line that only looks whether it is one: [`check_request_line`](crate::head::check_request_line)
/// or [`check_status_line`](crate::head::check_status_line).
pub(crate) type StartLine = for<'a> fn(&'a [u8], Rules) -> Parsed<'a, ()>;

/// Finds the end of a head, and looks at its start line as soon as that is there: a peer that does not speak HTTP
/// is found out by its first line, not by the limit of a head that never ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeadFinder {
    scanner: Scanner,
    start_read: bool,
}

impl HeadFinder {
    /// The length of the head at the start of `input`; `None` if more bytes are needed. `start_line` is the parser
    /// of its first line.
    pub(crate) fn find(
        &mut self,
        input: &[u8],
        limit: usize,
        rules: Rules,
        start_line: StartLine,
    ) -> Result<Option<usize>, At> {
        if !self.start_read {
            read_so_far(input, rules, start_line)?;
            let Some(length) = self.scanner.line(input, limit, rules.bare_lf)? else { return Ok(None) };
            self.start_read = true;
            let line = &input[..length];
            finish("start line", line, start_line(line, rules)).map_err(at)?;
        }
        self.scanner.section(input, limit, rules.bare_lf)
    }
}

/// Half a line is enough to see that it is wrong. That it ends early is no news.
fn read_so_far(input: &[u8], rules: Rules, start_line: StartLine) -> Result<(), At> {
    // Only the first bytes: a line that comes byte by byte must not be read from its start each time.
    let first = &input[..input.len().min(5)];
    match finish("start line", first, start_line(first, rules)).map_err(at) {
        Err((_, Problem::EndsEarly)) | Ok(_) => Ok(()),
        Err(at) => Err(at),
    }
}
