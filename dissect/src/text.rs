//! The tree as text: a hexdump, eight bytes a row, with the fields under the bytes.
//!
//! ```text
//! 0000  30 39 01 00 00 01         09....
//!       ^^^^^                     ID 12345 · echoed by the server
//!             ^^^^^               flags 0x0100
//!       0... .... .... ....         QR query
//!                   ^^^^^         QDCOUNT 1
//! ```
//!
//! What does not fit beside the bytes goes on in the next lines, four columns further to the right: first the rest of
//! the value, then the comment, which begins with its dot. A very long value is shortened, and the text says by how
//! much; [`Tree::to_json`] has it whole.
//!
//! Tested in `tests/tree.rs`.

use std::fmt::Write as _;

use crate::lines::{columns, lines};
use crate::numbers::{count, several};
use crate::tree::{Kind, Node, Tree};

/// How [`Tree::to_text`] draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// Columns to fit in. A page of less than 60 is drawn as if it had 60.
    pub width: usize,
    /// Whether to say what each field is for.
    pub comments: bool,
    /// Whether to use ANSI colours. Nothing is said by colour alone.
    pub color: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        TextStyle { width: 80, comments: true, color: false }
    }
}

const ROW: usize = 8;
const MARGIN: usize = 6;
/// Where names and values stand: after the offset, a row of bytes and a gap.
const TEXT: usize = MARGIN + 3 * ROW + 2;
/// Rows shown of one long field before the rest is only counted.
const ROWS_OF_ONE_FIELD: usize = 4;
/// The narrowest page.
const NARROWEST: usize = 60;
/// How far fields inside fields are moved to the right at the most, so that room is left for their text.
const DEEPEST: usize = 16;
/// How far the lines after the first are moved to the right.
const HANG: usize = 4;
/// Characters shown of one value before the rest is only counted.
const LONGEST_VALUE: usize = 1000;

impl Tree {
    /// Draws `bytes` (the buffer that was recorded) with the fields under them.
    pub fn to_text(&self, bytes: &[u8], style: TextStyle) -> String {
        let mut page = Page { bytes, style, out: String::new(), row: 0..0, notes: Vec::new() };
        for node in &self.nodes {
            page.node(0, node, 0);
        }
        page.flush();
        let read = self.walk().filter(|(_, node)| node.is_leaf()).map(|(_, node)| node.range.end).max();
        page.unread(read.unwrap_or(0));
        page.out
    }
}

struct Page<'a> {
    bytes: &'a [u8],
    style: TextStyle,
    out: String,
    /// The bytes of the row that is being filled.
    row: std::ops::Range<usize>,
    /// The lines to print under it.
    notes: Vec<String>,
}

impl Page<'_> {
    /// Draws a node and those inside it. `around` is the size, in bytes, of the node that holds it.
    fn node(&mut self, depth: usize, node: &Node, around: usize) {
        match node.kind {
            Kind::Bytes if node.is_leaf() => self.leaf(depth, node),
            Kind::Bytes => self.heading(depth, node),
            Kind::Bits { .. } | Kind::Computed => self.aside(depth, node, 8 * around),
        }
        for child in &node.children {
            self.node(depth + 1, child, node.range.len());
        }
    }

    fn leaf(&mut self, depth: usize, node: &Node) {
        let (start, end) = (node.range.start, node.range.end.min(self.bytes.len()));
        if self.row.is_empty() || start >= self.row.start + ROW || start != self.row.end {
            self.flush();
            self.row = start..start;
        }
        let row_end = self.row.start + ROW;
        let first = MARGIN + 3 * (start - self.row.start);
        let marks = if end > start { 3 * (end.min(row_end) - start) - 1 } else { 0 };
        let more = if end > row_end { "…" } else { "" };
        let marker = format!("{:first$}{}{more}", "", "^".repeat(marks));
        self.note(&marker, depth, node);
        self.row.end = end.min(row_end);
        let mut rows = 1;
        while self.row.end < end {
            let next = self.row.end;
            self.flush();
            if rows == ROWS_OF_ONE_FIELD {
                let _ = writeln!(self.out, "{:MARGIN$}… {} more bytes", "", count((end - next) as u64));
                self.row = end..end;
                return;
            }
            self.row = next..end.min(next + ROW);
            rows += 1;
        }
    }

    fn heading(&mut self, depth: usize, node: &Node) {
        self.flush();
        let line = self.describe(depth, node, "▾ ");
        let _ = writeln!(self.out, "{:TEXT$}{line}", "");
    }

    fn aside(&mut self, depth: usize, node: &Node, bits: usize) {
        let marker = match node.kind {
            Kind::Bits { first, width } if bits <= 16 => {
                format!("{:MARGIN$}{}", "", pattern(bits, first as usize, width as usize, self.bits(bits)))
            }
            _ => String::new(),
        };
        self.note(&marker, depth, node);
    }

    /// The value of the last `bits` bits that were read into the row.
    fn bits(&self, bits: usize) -> u16 {
        let bytes = &self.bytes[self.row.end.saturating_sub(bits / 8)..self.row.end];
        bytes.iter().fold(0, |value, &byte| value << 8 | u16::from(byte))
    }

    /// Keeps a line for under the row: `marker`, then name, value and comment in the text column.
    fn note(&mut self, marker: &str, depth: usize, node: &Node) {
        let text = self.describe(depth, node, "");
        let pad = TEXT.saturating_sub(marker.chars().count());
        self.notes.push(format!("{marker}{:pad$}{text}", ""));
    }

    /// Name, value and comment, in lines that fit after the text column.
    fn describe(&self, depth: usize, node: &Node, bullet: &str) -> String {
        let indent = (2 * depth).min(DEEPEST);
        let room = self.style.width.max(NARROWEST) - TEXT - indent;
        let title = match node.kind {
            Kind::Computed => format!("[{}]", node.name),
            _ => node.name.to_owned(),
        };
        let value = node.value.as_deref().map(|value| format!(" {}", shortened(value))).unwrap_or_default();
        let broken = if node.complete { "" } else { " (reading stopped inside)" };
        let mut drawn = lines(&format!("{bullet}{title}{value}{broken}"), room, room - HANG);
        if self.style.comments && !node.comment.is_empty() {
            self.comment(&mut drawn, node.comment, room);
        }
        self.embolden(&mut drawn, bullet, &title);
        let margin = format!("\n{:1$}", "", TEXT + indent + HANG);
        format!("{:indent$}{}", "", drawn.join(&margin))
    }

    /// Adds a comment after the last line, or in lines of its own where it does not fit there.
    fn comment(&self, drawn: &mut Vec<String>, comment: &str, room: usize) {
        let (dim, plain) = if self.style.color { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        let before = if drawn.len() > 1 { HANG } else { 0 };
        if let Some(last) = drawn.last_mut()
            && before + columns(last) + 3 + columns(comment) <= room
        {
            let _ = write!(last, "{dim} · {comment}{plain}");
            return;
        }
        let own = lines(&format!("· {comment}"), room - HANG, room - HANG - 2);
        let margin = |index| if index == 0 { "" } else { "  " };
        drawn.extend(own.iter().enumerate().map(|(at, line)| format!("{}{dim}{line}{plain}", margin(at))));
    }

    /// Paints the name, where the first line holds it whole.
    fn embolden(&self, drawn: &mut [String], bullet: &str, title: &str) {
        let Some(first) = drawn.first_mut().filter(|_| self.style.color) else { return };
        if let Some(rest) = first.strip_prefix(&format!("{bullet}{title}")) {
            *first = format!("{bullet}\x1b[1m{title}\x1b[0m{rest}");
        }
    }

    /// Prints the row and what stands under it.
    fn flush(&mut self) {
        if !self.row.is_empty() {
            hex_row(&mut self.out, self.row.start, &self.bytes[self.row.clone()]);
        }
        for note in self.notes.drain(..) {
            self.out.push_str(note.trim_end());
            self.out.push('\n');
        }
        self.row = self.row.end..self.row.end;
    }

    /// The bytes that no field took, after a parser that failed or stopped early.
    fn unread(&mut self, from: usize) {
        let rest = self.bytes.get(from..).unwrap_or_default();
        if rest.is_empty() {
            return;
        }
        let _ = writeln!(self.out, "{:TEXT$}{} not read", "", several(rest.len() as u64, "byte"));
        for (index, row) in rest.chunks(ROW).take(ROWS_OF_ONE_FIELD).enumerate() {
            hex_row(&mut self.out, from + index * ROW, row);
        }
        let shown = ROW * ROWS_OF_ONE_FIELD;
        if rest.len() > shown {
            let _ = writeln!(self.out, "{:MARGIN$}… {} more bytes", "", count((rest.len() - shown) as u64));
        }
    }
}

fn hex_row(out: &mut String, offset: usize, row: &[u8]) {
    let hex: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
    let ascii: String =
        row.iter().map(|&b| if b.is_ascii_graphic() || b == b' ' { b as char } else { '.' }).collect();
    let _ = writeln!(out, "{offset:04x}  {:<1$}{ascii}", hex.join(" "), 3 * ROW + 2);
}

/// The named bits as digits, the others as dots, in groups of four.
fn pattern(bits: usize, first: usize, width: usize, value: u16) -> String {
    let mut text = String::new();
    for bit in 0..bits {
        if bit > 0 && bit % 4 == 0 {
            text.push(' ');
        }
        let digit = if value >> (bits - 1 - bit) & 1 == 1 { '1' } else { '0' };
        text.push(if (first..first + width).contains(&bit) { digit } else { '.' });
    }
    text
}

/// Text with its control characters escaped, so that bytes from the network cannot steer the reader's terminal. So are
/// the characters that turn the direction of writing, which would show text in another order than it has.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || turns_writing(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// The marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9 §2), and the two
/// characters that end a line.
fn turns_writing(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A value in one line, safe to print, and with a count in place of its end where it is very long.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(LONGEST_VALUE) {
        None => printable(value),
        Some((end, _)) => {
            let more = value[end..].chars().count();
            format!("{}… {} more characters", printable(&value[..end]), count(more as u64))
        }
    }
}
