//! Which line of a head is read next, and whether it is worth a try. A peer may send one byte at a time, and a long
//! line must not be read from its start with each of them. Nor may it matter how the bytes are cut: of a line that has
//! not ended only the first bytes are judged, however many there are. Tested in `tests/cuts.rs` and
//! `tests/hostile.rs`.

/// So many bytes of a line are judged before it ends. So a peer that does not speak HTTP is refused by its first bytes,
/// also if it never ends a line.
const SHORT: usize = 16;

/// The place of the next line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NextLine {
    /// Where it begins.
    pub(super) at: usize,
    /// How many bytes of it were there when it was looked at last, and had not ended.
    seen: usize,
    /// Nothing follows what is there.
    is_last: bool,
}

impl NextLine {
    /// The line that begins there.
    pub(super) fn at(at: usize) -> NextLine {
        NextLine { at, ..NextLine::default() }
    }

    /// Whether there is something new: its first bytes, or its end. What holds no end is not searched again. Not
    /// inlined: it is asked once in a section, and would take registers from the loop that reads the lines.
    #[inline(never)]
    pub(super) fn is_worth_reading(&mut self, input: &[u8]) -> bool {
        if self.seen < SHORT || input.get(self.at + self.seen..).unwrap_or_default().contains(&b'\n') {
            return true;
        }
        self.wait(input);
        false
    }

    /// The bytes by which a line is judged that could not be read to its end: all of it, or its first bytes if its end
    /// has not come.
    pub(super) fn judged(self, line: &[u8]) -> &[u8] {
        let whole = self.is_last || line.contains(&b'\n');
        if whole { line } else { line.get(..SHORT).unwrap_or(line) }
    }

    /// It has not ended yet.
    pub(super) fn wait(&mut self, input: &[u8]) {
        self.seen = input.len().saturating_sub(self.at);
    }

    /// It begins at `at`, and has not ended yet.
    pub(super) fn wait_for(&mut self, at: usize, input: &[u8]) {
        self.at = at;
        self.wait(input);
    }

    /// It was read, and the next one begins after so many bytes.
    pub(super) fn go_on(&mut self, length: usize) {
        *self = NextLine::at(self.at + length);
    }

    /// Nothing more will come, so what is there is read once more, and all of it counts.
    pub(super) fn read_again(&mut self) {
        (self.seen, self.is_last) = (0, true);
    }
}
