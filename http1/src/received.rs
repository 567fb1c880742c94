//! The bytes that were received: those that could not be read yet are held, and every byte has its offset.
//!
//! A peer may send one byte at a time. So two things are remembered between two pieces: the bytes that a reader left
//! ([`Received`]), and up to which of them the end of a line was already searched ([`LineFinder`]). Tested in
//! `tests/cuts.rs`.

use barewire_dissect::Refused;

use crate::reason::Reason;

/// The bytes of one direction that were received and not read, and where they stand in its stream.
///
/// Both cores and the observer read in the same way: a step looks at the unread bytes, and says how many it took, or
/// that it needs more. Bytes are copied only when a step leaves some.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    held: Vec<u8>,
    /// How many bytes of `held` were read. They are moved away when they are the greater part.
    read: usize,
    /// The offset of the first unread byte in the stream.
    offset: usize,
    /// Nothing follows what is held.
    has_ended: bool,
}

/// What a step did with the bytes it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It took so many.
    Took(usize),
    /// It needs more, or it keeps them for later.
    NeedsMore,
    /// It takes no more now, and does not keep them either.
    Full,
}

impl Step {
    /// How many bytes it took.
    pub(crate) fn taken(self) -> usize {
        match self {
            Step::Took(taken) => taken,
            Step::NeedsMore | Step::Full => 0,
        }
    }
}

impl Received {
    /// Adds `bytes`, and repeats `step` until it needs more bytes than there are. Gives how many of `bytes` were taken:
    /// all, unless the step was full. A refusal of a step has its offset in the bytes that the step was given; here it
    /// becomes an offset in the stream. `what` comes in this direction: "request", "response".
    pub(crate) fn feed(
        &mut self,
        what: &'static str,
        bytes: &[u8],
        step: impl FnMut(&[u8]) -> Result<Step, Refused<Reason>>,
    ) -> Result<usize, Refused<Reason>> {
        let held = self.held();
        if held > 0 {
            self.held.extend_from_slice(bytes);
        }
        let input = if held > 0 { &self.held[self.read..] } else { bytes };
        let (taken, result) = walk(input, step);
        let accepted = if result == Ok(Step::Full) { taken.saturating_sub(held) } else { bytes.len() };
        if held > 0 {
            let left = input.len() - taken - (bytes.len() - accepted);
            self.read += taken;
            self.held.truncate(self.read + left);
            self.tidy();
        } else {
            self.held.extend_from_slice(&bytes[taken.min(accepted)..accepted]);
        }
        self.offset = self.offset.saturating_add(taken);
        result.map_err(|refused| self.refused_in(what, refused))?;
        Ok(accepted)
    }

    /// Bytes that were read must not pile up, and must not be moved away one by one either.
    fn tidy(&mut self) {
        if self.held() == 0 {
            // The buffer may have grown with the piece.
            (self.held, self.read) = (Vec::new(), 0);
        } else if self.read > self.held.len() / 2 {
            self.held.drain(..self.read);
            self.read = 0;
        }
    }

    /// A refusal of `what` at the end of all that was received.
    pub(crate) fn refused_at_end(&self, what: &'static str, reason: Reason) -> Refused<Reason> {
        Refused { what, offset: self.offset.saturating_add(self.held()), reason }
    }

    /// The same refusal, of `what`, by its place in the stream. It was found in the bytes that wait.
    pub(crate) fn refused_in(&self, what: &'static str, refused: Refused<Reason>) -> Refused<Reason> {
        Refused { what, offset: self.offset.saturating_add(refused.offset), ..refused }
    }

    /// Forgets the bytes that wait. The next byte stands at `offset` of the stream.
    pub(crate) fn restart_at(&mut self, offset: u64) {
        (self.held, self.read) = (Vec::new(), 0);
        self.offset = usize::try_from(offset).unwrap_or(usize::MAX);
    }

    /// The end of the stream has come. It is met when all that waits is read.
    pub(crate) fn end(&mut self) {
        self.has_ended = true;
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// The bytes that wait.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.held[self.read..]
    }

    /// How many bytes wait.
    pub(crate) fn held(&self) -> usize {
        self.held.len() - self.read
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
    mut step: impl FnMut(&[u8]) -> Result<Step, Refused<Reason>>,
) -> (usize, Result<Step, Refused<Reason>>) {
    let mut taken = 0;
    loop {
        match step(&input[taken..]) {
            Ok(Step::Took(more)) => taken += more,
            end => return (taken, end),
        }
    }
}

/// Finds the end of one line. It remembers how far it has looked.
#[derive(Debug, Clone, Default)]
pub(crate) struct LineFinder {
    looked: usize,
}

impl LineFinder {
    /// The length of the line at the start of `input`, with its CRLF. `None` if more bytes are needed. A line that goes
    /// on past `limit` is refused with `too_long`.
    pub(crate) fn find(
        &mut self,
        input: &[u8],
        limit: usize,
        too_long: Reason,
    ) -> Result<Option<usize>, Refused<Reason>> {
        let refused = |offset, reason| Err(Refused { what: "line", offset, reason });
        let searched = input.get(..limit).unwrap_or(input);
        match searched.get(self.looked..).unwrap_or_default().iter().position(|&byte| byte == b'\n') {
            None if searched.len() == limit => refused(limit, too_long),
            None => {
                self.looked = searched.len();
                Ok(None)
            }
            Some(found) => {
                let lf = self.looked + found;
                self.looked = 0;
                if searched[..lf].ends_with(b"\r") { Ok(Some(lf + 1)) } else { refused(lf, Reason::BareLf) }
            }
        }
    }
}
