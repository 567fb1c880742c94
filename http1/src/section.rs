//! Finding where a line or a section of lines ends, in bytes that arrive piece by piece.
//!
//! A peer may send one byte at a time. So the place up to which the bytes were already looked at is remembered, and
//! only then, with the whole section at hand, the parser runs: once. Tested in `tests/cuts.rs`.

use barewire_dissect::Refused;

use crate::error::Problem;

/// Remembers how far a buffer was searched. Starts anew with each line or section.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scanner {
    /// Bytes looked at.
    scanned: usize,
    /// Where the line begins that is being looked at.
    line: usize,
    /// Where the first line ends, its line end included.
    first_line: Option<usize>,
}

/// A problem and its offset in the searched buffer.
pub(crate) type At = (usize, Problem);

/// A refusal as the connection takes it: the byte and the problem.
pub(crate) fn at(refused: Refused<Problem>) -> At {
    (refused.offset, refused.reason)
}

impl Scanner {
    /// The length of the line at the start of `input`, its line end included; `None` if more bytes are needed.
    pub(crate) fn line(&mut self, input: &[u8], limit: usize, bare_lf: bool) -> Result<Option<usize>, At> {
        if self.first_line.is_none() {
            self.next_line(input, limit, bare_lf)?;
        }
        Ok(self.first_line)
    }

    /// The length of the section at the start of `input`: lines, and the empty line that ends them.
    pub(crate) fn section(&mut self, input: &[u8], limit: usize, bare_lf: bool) -> Result<Option<usize>, At> {
        loop {
            let start = self.line;
            let Some(end) = self.next_line(input, limit, bare_lf)? else { return Ok(None) };
            if end - start <= 2 && matches!(&input[start..end], b"\r\n" | b"\n") {
                return Ok(Some(end));
            }
        }
    }

    /// Looks for the end of the next line.
    fn next_line(&mut self, input: &[u8], limit: usize, bare_lf: bool) -> Result<Option<usize>, At> {
        let searched = &input[..input.len().min(limit)];
        let found = searched[self.scanned..].iter().position(|&byte| byte == b'\n');
        let Some(found) = found else {
            self.scanned = searched.len();
            let full = searched.len() == limit;
            return if full { Err((limit, Problem::SectionTooLong(limit))) } else { Ok(None) };
        };
        let lf = self.scanned + found;
        if !bare_lf && !searched[self.line..lf].ends_with(b"\r") {
            return Err((lf, Problem::BareLf));
        }
        (self.scanned, self.line) = (lf + 1, lf + 1);
        self.first_line.get_or_insert(lf + 1);
        Ok(Some(lf + 1))
    }
}
