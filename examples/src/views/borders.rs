//! How the borders of chunks, TLS records and TCP segments fall in a body: rulers over one axis, its bytes of content.
//!
//! ```text
//!   GET /a: 200 OK, 3,000 bytes in 2 chunks, 2 records, 3 segments
//!     byte     0                                            3,000
//!     chunk    ├1,000──────────┼2,000───────────────────────────┤
//!     record   ─1,352─────────────────┼1,648────────────────────┤     began in the head
//!     segment  ─#12────────────┼#13─────────────┼#14────────────┤
//! ```
//!
//! A writer makes chunks, TLS makes records of what it writes, and TCP segments of those. Where borders stand in one
//! line, a layer was flushed; where they do not, a reader waits for bytes of the next segment before it sees a byte.
//!
//! A long body is drawn in rows, the first [`ROWS`] of them. Tested in `tests/borders.rs`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use barewire_dissect::{columns, printable};

use super::style::{NARROWEST, Style};
use super::url::whole_url;
use super::words::{count, paragraph, several};
use crate::story::{Content, HttpExchange, Ruler, Story, Stretch};

/// Bytes of content in one row: a TLS record has no more (RFC 8446 §5.1).
const ROW: u64 = 16_384;
/// Rows that are drawn of one body.
pub(super) const ROWS: u64 = 4;
/// Columns before a ruler: the indent and its name.
const BEFORE: usize = 13;

/// Draws the rulers of each body of a story, where its exchanges were kept; empty where there is no body.
pub fn borders(story: &Story, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    // Two origins can be asked for the same target.
    let origin = |exchange: &HttpExchange| {
        Some((exchange.encrypted, exchange.request.as_ref()?.head.authority().to_owned()))
    };
    let origins: BTreeSet<_> = story.exchanges.iter().filter_map(origin).collect();
    let name = |exchange| asked(story, exchange, origins.len() > 1);
    let bodies = story.exchanges.iter().flat_map(|exchange| bodies(exchange, name(exchange)));
    let bodies: String = bodies.map(|body| body.drawn(width)).collect();
    if bodies.is_empty() { bodies } else { format!("  the borders in the content\n{bodies}") }
}

/// A body, and what it is called.
struct Body<'a> {
    name: String,
    content: &'a Content,
    /// Whether its end was seen.
    is_whole: bool,
}

/// What an exchange asked for: method and target, or the whole URL if that is wanted.
fn asked(story: &Story, exchange: &HttpExchange, whole: bool) -> String {
    let Some(head) = exchange.request.as_ref().map(|one| &one.head) else {
        return "a request that was not read".to_owned();
    };
    match story.conversations.get(exchange.conversation.0).filter(|_| whole) {
        Some(one) => format!("{} {}", head.method, whole_url(exchange.encrypted, head, one)),
        None => format!("{} {}", head.method, head.target),
    }
}

/// The bodies of an exchange that have content.
fn bodies(exchange: &HttpExchange, asked: String) -> Vec<Body<'_>> {
    let request = exchange.request.as_ref().map(|one| Body {
        name: asked.clone(),
        content: &one.content,
        is_whole: one.last.is_some(),
    });
    let response = exchange.response.as_ref().map(|one| Body {
        name: format!("{asked}: {} {}", one.head.status, one.head.reason).trim_end().to_owned(),
        content: &one.content,
        is_whole: one.last.is_some(),
    });
    request.into_iter().chain(response).filter(|body| body.content.length > 0).collect()
}

impl Body<'_> {
    fn drawn(&self, width: usize) -> String {
        let mut out = paragraph(&printable(&self.title()), 4, width);
        let rulers = self.rulers();
        if rulers.iter().all(|(_, ruler)| ruler.stretches.len() <= 1) {
            return out;
        }
        let rows = self.content.length.div_ceil(ROW);
        for row in 0..rows.min(ROWS) {
            let from = row * ROW;
            let axis =
                Axis { from, until: (from + ROW).min(self.content.length), columns: width - BEFORE - 1 };
            out.push_str(&axis.line());
            for (name, ruler) in &rulers {
                let _ = writeln!(out, "    {name:<9}{}", axis.ruler(ruler, *name == "segment").trim_end());
            }
        }
        if rows > ROWS {
            out.push_str(&paragraph(&format!("… {}", self.rest(&rulers)), 4, width));
        }
        out.extend(falls(&rulers, self.content.length).iter().map(|text| paragraph(text, 4, width)));
        out
    }

    fn rulers(&self) -> Vec<(&'static str, &Ruler)> {
        let borders = &self.content.borders;
        let all = [("chunk", &borders.chunks), ("record", &borders.records), ("segment", &borders.segments)];
        all.into_iter().filter_map(|(name, ruler)| Some((name, ruler.as_ref()?))).collect()
    }

    /// What it is, and in how many pieces it came.
    fn title(&self) -> String {
        let rulers = self.rulers();
        let pieces: Vec<String> = rulers.iter().map(|(name, ruler)| number(ruler, name)).collect();
        let carried = if pieces.is_empty() { String::new() } else { format!(" in {}", pieces.join(", ")) };
        let cut = if self.is_whole { "" } else { "; its end was not seen" };
        format!("{}, {}{carried}{cut}", self.name, several(self.content.length, "byte"))
    }

    /// What is not drawn of a long body. A ruler that is kept only in part may have nothing here.
    fn rest(&self, rulers: &[(&str, &Ruler)]) -> String {
        let drawn = ROWS * ROW;
        let left = |ruler: &Ruler| ruler.stretches.iter().filter(|one| one.until > drawn).copied().collect();
        let rest =
            rulers.iter().map(|(name, ruler)| (name, Ruler { stretches: left(ruler), more: ruler.more }));
        let known = rest.filter(|(_, ruler)| !ruler.stretches.is_empty());
        let pieces: Vec<String> = known.map(|(name, ruler)| number(&ruler, name)).collect();
        let bytes = several(self.content.length - drawn, "byte");
        match pieces.is_empty() {
            true => format!("{bytes} more, whose borders are not kept"),
            false => format!("{bytes} more, in {}", pieces.join(", ")),
        }
    }
}

/// `3 chunks`, `more than 4,096 segments`.
fn number(ruler: &Ruler, name: &str) -> String {
    let more = if ruler.more { "more than " } else { "" };
    format!("{more}{}", several(ruler.stretches.len() as u64, name))
}

/// Some bytes of content, and the columns that they are drawn in.
struct Axis {
    from: u64,
    until: u64,
    columns: usize,
}

impl Axis {
    /// The column of a border before this byte.
    fn column(&self, byte: u64) -> usize {
        let byte = byte.clamp(self.from, self.until) - self.from;
        (u128::from(byte) * self.columns as u128 / u128::from((self.until - self.from).max(1))) as usize
    }

    fn line(&self) -> String {
        let (from, until) = (count(self.from), count(self.until));
        let gap = (self.columns + 1).saturating_sub(from.len() + until.len());
        format!("    {:<9}{from}{:gap$}{until}\n", "byte", "")
    }

    fn ruler(&self, ruler: &Ruler, of_frames: bool) -> String {
        let mut cells = vec![Cell::default(); self.columns + 1];
        let here = ruler.stretches.iter().filter(|one| one.from < self.until && one.until > self.from);
        let mut names = Vec::new();
        for stretch in here {
            let (start, end) = (self.column(stretch.from), self.column(stretch.until));
            for (at, cell) in cells.iter_mut().enumerate().take(end + 1).skip(start) {
                cell.left |= at > start;
                cell.right |= at < end;
            }
            self.mark(&mut cells, stretch);
            let name = if of_frames { format!("#{}", stretch.name) } else { count(stretch.name) };
            if stretch.from >= self.from && start + 1 + columns(&name) < end {
                names.push((start + 1, name));
            }
        }
        let mut line: Vec<char> = cells.iter().map(Cell::drawn).collect();
        for (start, name) in names {
            name.chars().zip(line.iter_mut().skip(start)).for_each(|(letter, place)| *place = letter);
        }
        line.into_iter().collect()
    }

    /// Marks where a stretch begins and ends, unless it goes past the edge of the content or of the row.
    fn mark(&self, cells: &mut [Cell], stretch: &Stretch) {
        if stretch.begins && stretch.from >= self.from {
            cells[self.column(stretch.from)].begins += 1;
        }
        if stretch.ends && stretch.until <= self.until {
            cells[self.column(stretch.until)].ends += 1;
        }
    }
}

/// One column of a ruler.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    left: bool,
    right: bool,
    begins: u32,
    ends: u32,
}

impl Cell {
    fn drawn(&self) -> char {
        match (self.begins.max(self.ends), self.left, self.right) {
            (2.., _, _) => '╫',
            (1, true, true) => '┼',
            (1, true, false) => '┤',
            (1, false, true) => '├',
            (1, false, false) => '│',
            (0, false, false) => ' ',
            (0, _, _) => '─',
        }
    }
}

/// A line for each layer: how many of the borders between its pieces are borders of the layers below. "3 borders
/// between chunks: 1 falls on a TLS record border, 0 on a TCP segment border".
fn falls(rulers: &[(&str, &Ruler)], length: u64) -> Vec<String> {
    let sets: Vec<BTreeSet<u64>> = rulers.iter().map(|(_, ruler)| inner_borders(ruler, length)).collect();
    let mut lines = Vec::new();
    for (index, ((name, ruler), upper)) in rulers.iter().zip(&sets).enumerate() {
        let below = rulers.iter().zip(&sets).skip(index + 1);
        let shared = below.map(|((name, _), lower)| (*name, upper.intersection(lower).count() as u64));
        let places: Vec<String> = shared.enumerate().map(place).collect();
        if !upper.is_empty() && !places.is_empty() {
            let first = if ruler.more { "the first " } else { "" };
            let borders = several(upper.len() as u64, "border");
            lines.push(format!("{first}{borders} between {}s: {}", full_name(name), places.join(", ")));
        }
    }
    lines
}

/// The bytes in front of which a piece begins, without the edges of the content.
fn inner_borders(ruler: &Ruler, length: u64) -> BTreeSet<u64> {
    let starts = ruler.stretches.iter().filter(|one| one.begins).map(|one| one.from);
    starts.filter(|at| (1..length).contains(at)).collect()
}

/// "1 falls on a TLS record border". The verb stands in the first place only.
fn place((index, (below, shared)): (usize, (&str, u64))) -> String {
    let verb = match (index, shared) {
        (0, 1) => " falls",
        (0, _) => " fall",
        _ => "",
    };
    format!("{}{verb} on a {} border", count(shared), full_name(below))
}

/// What a piece is called in a sentence.
fn full_name(name: &str) -> &str {
    match name {
        "record" => "TLS record",
        "segment" => "TCP segment",
        other => other,
    }
}
