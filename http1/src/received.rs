//! The bytes that were received: those that could not be read yet are held, and every byte has its offset.
//!
//! A peer may send one byte at a time. So two things are remembered between two pieces: the bytes that a reader left
//! ([`Received`]), and up to which of them the end of a line was already searched ([`Scanner`]). The parser of a head
//! runs once, when the whole head is there ([`HeadFinder`]). Tested in `tests/cuts.rs`.

use barewire_dissect::{Parsed, Refused, finish};

use crate::head::Rules;
use crate::reason::Reason;

/// The bytes of one direction that were received and not read, and where they stand in its stream.
///
/// Both cores and the observer read in the same way: a step looks at the unread bytes, and says how many it took, or
/// that it needs more. Bytes are copied only when a step leaves some.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    held: Vec<u8>,
    /// The offset of the first unread byte in the stream.
    offset: usize,
}

impl Received {
    /// Adds `bytes`, and repeats `step` until it gives `None`: it needs more bytes than there are. A refusal of a step
    /// has its offset in the bytes that the step was given; here it becomes an offset in the stream. `what` comes in
    /// this direction: "request", "response".
    pub(crate) fn feed(
        &mut self,
        what: &'static str,
        bytes: &[u8],
        step: impl FnMut(&[u8]) -> Result<Option<usize>, Refused<Reason>>,
    ) -> Result<(), Refused<Reason>> {
        if self.held.is_empty() {
            let (taken, result) = walk(bytes, step);
            self.held.extend_from_slice(&bytes[taken..]);
            return self.took(what, taken, result);
        }
        self.held.extend_from_slice(bytes);
        let (taken, result) = walk(&self.held, step);
        if taken == self.held.len() {
            // The buffer may have grown with the piece.
            self.held = Vec::new();
        } else {
            self.held.drain(..taken);
        }
        self.took(what, taken, result)
    }

    fn took(
        &mut self,
        what: &'static str,
        taken: usize,
        result: Result<(), Refused<Reason>>,
    ) -> Result<(), Refused<Reason>> {
        self.offset = self.offset.saturating_add(taken);
        result.map_err(|refused| Refused {
            what,
            offset: self.offset.saturating_add(refused.offset),
            ..refused
        })
    }

    /// A refusal of `what` at the end of all that was received.
    pub(crate) fn refused_at_end(&self, what: &'static str, reason: Reason) -> Refused<Reason> {
        Refused { what, offset: self.offset.saturating_add(self.held.len()), reason }
    }

    /// Forgets the bytes that wait. The next byte stands at `offset` of the stream.
    pub(crate) fn restart_at(&mut self, offset: u64) {
        self.held = Vec::new();
        self.offset = usize::try_from(offset).unwrap_or(usize::MAX);
    }

    /// The bytes that wait.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.held
    }

    /// How many bytes wait.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    /// How much memory the waiting bytes take.
    pub(crate) fn memory(&self) -> usize {
        self.held.capacity()
    }

    /// The stream offset of the first unread byte.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }
}

/// Steps through `input`. Gives how much was taken before the last step, and how that step ended.
fn walk(
    input: &[u8],
    mut step: impl FnMut(&[u8]) -> Result<Option<usize>, Refused<Reason>>,
) -> (usize, Result<(), Refused<Reason>>) {
    let mut taken = 0;
    loop {
        match step(&input[taken..]) {
            Ok(Some(more)) => taken += more,
            Ok(None) => return (taken, Ok(())),
            Err(refused) => return (taken, Err(refused)),
        }
    }
}

/// Remembers how far a buffer was searched for line ends. Each line, and each section of lines, gets a new one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scanner {
    /// How many bytes were looked at.
    scanned: usize,
    /// Where the line begins that is being looked at.
    line: usize,
    /// Where the first line ends, after its line end.
    first_line: Option<usize>,
}

impl Scanner {
    /// The length of the line at the start of `input`, with its line end. `None` if more bytes are needed.
    pub(crate) fn line(
        &mut self,
        input: &[u8],
        limit: usize,
        bare_lf: bool,
    ) -> Result<Option<usize>, Refused<Reason>> {
        if self.first_line.is_none() {
            self.next_line(input, limit, bare_lf)?;
        }
        Ok(self.first_line)
    }

    /// The length of the section at the start of `input`: lines, and the empty line that ends them.
    pub(crate) fn section(
        &mut self,
        input: &[u8],
        limit: usize,
        bare_lf: bool,
    ) -> Result<Option<usize>, Refused<Reason>> {
        loop {
            let start = self.line;
            let Some(end) = self.next_line(input, limit, bare_lf)? else { return Ok(None) };
            if end - start <= 2 && matches!(&input[start..end], b"\r\n" | b"\n") {
                return Ok(Some(end));
            }
        }
    }

    /// Looks for the end of the next line.
    fn next_line(
        &mut self,
        input: &[u8],
        limit: usize,
        bare_lf: bool,
    ) -> Result<Option<usize>, Refused<Reason>> {
        let refused = |offset, reason| Err(Refused { what: "line", offset, reason });
        let searched = &input[..input.len().min(limit)];
        let found = searched[self.scanned..].iter().position(|&byte| byte == b'\n');
        let Some(found) = found else {
            self.scanned = searched.len();
            let full = searched.len() == limit;
            return if full { refused(limit, Reason::SectionTooLong(limit)) } else { Ok(None) };
        };
        let lf = self.scanned + found;
        if !bare_lf && !searched[self.line..lf].ends_with(b"\r") {
            return refused(lf, Reason::BareLf);
        }
        (self.scanned, self.line) = (lf + 1, lf + 1);
        self.first_line.get_or_insert(lf + 1);
        Ok(Some(lf + 1))
    }
}

/// A parser of a start line that only looks whether it is one: [`check_request_line`](crate::head::check_request_line)
/// or [`check_status_line`](crate::head::check_status_line).
pub(crate) type StartLine = for<'a> fn(&'a [u8], Rules) -> Parsed<'a, (), Reason>;

/// Finds the end of a head. It reads the start line as soon as that is complete, so a peer that does not speak HTTP is
/// refused by its first line, and not by the limit of a head that never ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeadFinder {
    scanner: Scanner,
    start_read: bool,
}

impl HeadFinder {
    /// The length of the head at the start of `input`. `None` if more bytes are needed. `start_line` is the parser
    /// of its first line.
    pub(crate) fn find(
        &mut self,
        input: &[u8],
        limit: usize,
        rules: Rules,
        start_line: StartLine,
    ) -> Result<Option<usize>, Refused<Reason>> {
        if !self.start_read {
            check_first_bytes(input, rules, start_line)?;
            let length = match self.scanner.line(input, limit, rules.bare_lf) {
                Ok(Some(length)) => length,
                Ok(None) => return Ok(None),
                // The parser may find an error before the line end.
                Err(Refused { offset, reason: Reason::BareLf, .. }) => offset + 1,
                Err(line) => return Err(Refused { reason: Reason::StartLineTooLong(limit), ..line }),
            };
            self.start_read = true;
            let line = &input[..length];
            finish("start line", line, start_line(line, rules))?;
        }
        self.scanner.section(input, limit, rules.bare_lf)
    }
}

/// The first bytes can already show an error. [`Reason::EndsEarly`] is not an error yet: more bytes may come.
fn check_first_bytes(input: &[u8], rules: Rules, start_line: StartLine) -> Result<(), Refused<Reason>> {
    // Five bytes are enough. A long line that comes byte by byte must not be read from its start each time.
    let first = &input[..input.len().min(5)];
    match finish("start line", first, start_line(first, rules)) {
        Err(Refused { reason: Reason::EndsEarly, .. }) | Ok(_) => Ok(()),
        Err(refused) => Err(refused),
    }
}
