//! The ladder: one row per packet, in time; what it says at the highest layer that can be read.
//!
//! ```text
//!     10.0  ├── TCP  SYN       seq 0                 win 64240        ──▶ server         0
//!     60.0  ◀── TCP  SYN ACK   seq 0      ack 1      win 65160        ─── server         0
//! ```
//!
//! A packet that says more than one thing has more than one line, but only one time.

use std::fmt::Write as _;
use std::time::Duration;

use barewire_dissect::printable;

use super::{Paint, count, fit, milliseconds};
use crate::reading::Row;

/// Columns before the text: the time, the arrow, the protocol.
const BEFORE: usize = 19;
/// Columns behind it: the arrow, the peer, the bytes.
const BEHIND: usize = 20;

/// How much of the ladder to draw, and how wide.
#[derive(Debug, Clone, Copy)]
pub struct LadderStyle {
    /// Columns to fit in, at least 70.
    pub width: usize,
    /// Lines to fit in; packets that only carry on are folded until it fits as well as it can.
    pub most_lines: usize,
    /// Whether to use colours. Nothing is said by colour alone.
    pub color: bool,
}

/// Draws the ladder of `rows`, with its column heads and the legend of the marks that occur.
pub fn ladder(rows: &[Row], client: &str, style: LadderStyle) -> String {
    let style = LadderStyle { width: style.width.max(70), ..style };
    let mut out = String::new();
    let head = format!("client {client}");
    let _ = writeln!(out, "      ms  {head:<0$}bytes", style.width - 10 - 5);
    for fold in folds(rows, style.most_lines) {
        match fold {
            Fold::Row(row) => out.push_str(&row_text(row, style)),
            Fold::Many(rows) => out.push_str(&many_text(rows)),
        }
    }
    if rows.iter().flat_map(|row| &row.lines).any(|line| line.encrypted) {
        out.push_str("          ▒ encrypted on the wire; named here because this run holds the keys\n");
    }
    if rows.iter().any(|row| row.unfinished) {
        out.push_str("          some packets came with checksums that a network card was yet to finish; --bytes shows which\n");
    }
    if rows.iter().any(|row| row.made_up) {
        out.push_str("          * the kernel kept this packet's headers: what was read or written is framed in made-up ones\n");
    }
    out
}

/// One row, as [`ladder`] draws it.
pub fn row_text(row: &Row, style: LadderStyle) -> String {
    let room = style.width - BEFORE - BEHIND;
    let mut out = String::new();
    let mut first = true;
    for line in &row.lines {
        let mark = if line.encrypted { "▒ " } else { "" };
        let paint = Paint::of(line.protocol, style.color);
        let protocol = format!("{}{:<5}{}", paint.on, line.protocol.name(), paint.off);
        for text in wrapped(&printable(&line.text), room - mark.chars().count()) {
            let text = format!("{mark}{text}");
            if std::mem::take(&mut first) {
                let (near, far) =
                    if row.sent { ("├──", "──▶") } else { ("◀──", "───") };
                let made_up = if row.made_up { '*' } else { ' ' };
                let (time, peer, text) = (milliseconds(row.time), row.peer.name(), fit(&text, room));
                let _ = writeln!(
                    out,
                    "{time:>8}  {near}{made_up}{protocol}{text} {far} {peer:<8} {:>6}",
                    row.payload
                );
            } else {
                let _ = writeln!(out, "{:14}{protocol}{text}", "");
            }
        }
    }
    if let Some(comment) = &row.comment {
        let room = style.width - 16;
        let _ = writeln!(out, "{:14}↳ {}", "", fit(&printable(comment), room).trim_end());
    }
    out
}

/// `text` in lines of at most `room` columns, broken behind commas, or where it must be.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for part in text.split_inclusive(", ") {
        let fits = |line: &String| line.chars().count() + part.trim_end().chars().count() <= room;
        match lines.last_mut() {
            Some(line) if line.is_empty() || fits(line) => line.push_str(part),
            _ => lines.push(part.to_owned()),
        }
    }
    lines.iter().map(|line| fit(line.trim_end(), room).trim_end().to_owned()).collect()
}

/// What the ladder shows in one place.
enum Fold<'a> {
    Row(&'a Row),
    /// Two or more packets that only carry on.
    Many(&'a [Row]),
}

fn many_text(rows: &[Row]) -> String {
    let bytes = |sent: bool| rows.iter().filter(|row| row.sent == sent).map(|row| row.payload).sum::<usize>();
    let carrying = |sent: bool| rows.iter().filter(|row| row.sent == sent).count();
    let time = rows.first().map_or(Duration::ZERO, |row| row.time);
    let until = milliseconds(rows.last().map_or(Duration::ZERO, |row| row.time));
    let notes = rows.iter().filter(|row| row.comment.is_some()).count();
    let notes = if notes == 0 { String::new() } else { format!("; {} of note", count(notes as u64)) };
    format!(
        "{:>8}   ⋮  {} packets until {until}: {} received with {} bytes, {} sent with {}{notes}\n",
        milliseconds(time),
        count(rows.len() as u64),
        count(carrying(false) as u64),
        count(bytes(false) as u64),
        count(carrying(true) as u64),
        count(bytes(true) as u64),
    )
}

/// Folds as little as brings the ladder down to `most_lines`: first rows that only carry on, then
/// also those of them that somebody had something to say about.
fn folds(rows: &[Row], most_lines: usize) -> Vec<Fold<'_>> {
    let lines = |row: &Row| row.lines.len() + usize::from(row.comment.is_some());
    if rows.iter().map(lines).sum::<usize>() <= most_lines {
        return rows.iter().map(Fold::Row).collect();
    }
    let folded = fold_runs(rows, Row::bulk);
    let height = |fold: &Fold| if let Fold::Row(row) = fold { lines(row) } else { 1 };
    if folded.iter().map(height).sum::<usize>() <= most_lines {
        return folded;
    }
    fold_runs(rows, |row| row.marks.is_empty() && row.lines.iter().all(|line| line.bulk))
}

fn fold_runs(rows: &[Row], foldable: impl Fn(&Row) -> bool) -> Vec<Fold<'_>> {
    let alike = rows.chunk_by(|a, b| foldable(a) && foldable(b));
    let mut folded = Vec::new();
    for run in alike {
        // The first of them stays, as a sample.
        match run {
            [first, rest @ ..] if rest.len() >= 2 => folded.extend([Fold::Row(first), Fold::Many(rest)]),
            few => folded.extend(few.iter().map(Fold::Row)),
        }
    }
    folded
}
