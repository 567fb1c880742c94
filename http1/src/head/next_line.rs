//! Which line of a section is read next, and whether it is worth a try. A peer may send one byte at a time, and a long
//! line must not be read from its start with each of them. Tested in `tests/cuts.rs`.

/// A line that is so short is read again with each byte. So a peer that does not speak HTTP is refused by its first
/// bytes, also if it never ends a line.
const SHORT: usize = 16;

/// The place of the next line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NextLine {
    /// Where it begins.
    pub(super) at: usize,
    /// How many bytes of it were there when it was read last, and had not ended.
    seen: usize,
}

impl NextLine {
    /// The line that begins there.
    pub(super) fn at(at: usize) -> NextLine {
        NextLine { at, seen: 0 }
    }

    /// Whether there is something new: the line was not read yet, or is short, or its end has come.
    pub(super) fn is_worth_reading(self, input: &[u8]) -> bool {
        let line = input.get(self.at..).unwrap_or_default();
        self.seen == 0 || line.len() <= SHORT || line.get(self.seen..).unwrap_or_default().contains(&b'\n')
    }

    /// It has not ended yet.
    pub(super) fn wait(&mut self, input: &[u8]) {
        self.seen = input.len().saturating_sub(self.at);
    }

    /// It was read, and the next one begins after so many bytes.
    pub(super) fn go_on(&mut self, length: usize) {
        *self = NextLine::at(self.at + length);
    }

    /// Nothing more will come, so what is there is read once more.
    pub(super) fn read_again(&mut self) {
        self.seen = 0;
    }
}
