//! A long ladder made shorter: rows that only carry on are folded, those around trouble stay.

use std::fmt::Write as _;
use std::ops::Range;

use crate::story::{Fate, Row};
use crate::views::words::{count, milliseconds, several};

/// What the ladder shows in one place: rows by their places in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::views) enum Fold {
    Row(usize),
    /// Three or more packets that only carry on.
    Many(Range<usize>),
}

/// Folds what brings the ladder down to about `most_lines`; `height` says how many lines the row at a place takes.
///
/// First all rows that only carry on go, but for one in front of each fold as a sample, if there is room for samples.
/// Then rows with trouble come back, the most telling first: losses and their repairs whatever the room, up to a bound;
/// the rows around them, and other trouble, as long as there is room.
pub(in crate::views) fn folds(
    rows: &[&Row],
    most_lines: usize,
    height: &dyn Fn(usize) -> usize,
) -> Vec<Fold> {
    // Each row has a line, so that rows beyond the last line need not be measured.
    if most_lines == usize::MAX
        || rows.len() <= most_lines && (0..rows.len()).map(height).sum::<usize>() <= most_lines
    {
        return (0..rows.len()).map(Fold::Row).collect();
    }
    let mut keep: Vec<bool> = rows.iter().map(|row| !row.is_bulk()).collect();
    for (tried, index) in by_weight(rows).into_iter().enumerate() {
        let around = index.saturating_sub(1)..(index + 2).min(rows.len());
        let mut more = keep.clone();
        more[around].fill(true);
        let fits = lines(&folded(&more, true), height) <= most_lines;
        if fits {
            keep = more;
        } else if tried < ALWAYS && is_telling(rows[index]) {
            keep[index] = true;
        } else {
            // Each try costs a walk over the rows: a capture full of trouble shows the beginning of it.
            break;
        }
    }
    let samples = lines(&folded(&keep, true), height) <= most_lines;
    folded(&keep, samples)
}

/// Losses and repairs that are shown whatever the room. The loss of a bare ACK is not one of them: the next ACK says
/// more, and nobody repairs it.
const ALWAYS: usize = 10;

/// Whether the row is a loss that is repaired, or a repair.
fn is_telling(row: &Row) -> bool {
    row.is_repeated() || row.fate == Fate::Lost && !row.is_bare_ack()
}

/// The rows with trouble, the most telling ones first: the first packet that is known to be lost, the first
/// retransmission, the further ones of both, and then the rest.
fn by_weight(rows: &[&Row]) -> Vec<usize> {
    let those = |wanted: fn(&Row) -> bool| {
        rows.iter().enumerate().filter(move |(_, row)| wanted(row)).map(|(at, _)| at)
    };
    let lost = those(|row| row.fate == Fate::Lost && is_telling(row));
    let repeated = those(Row::is_repeated);
    let first = lost.clone().take(1).chain(repeated.clone().take(1));
    let all = first.chain(those(is_telling)).chain(those(Row::is_trouble));
    let mut seen = vec![false; rows.len()];
    all.filter(|at| !std::mem::replace(&mut seen[*at], true)).collect()
}

fn lines(folds: &[Fold], height: &dyn Fn(usize) -> usize) -> usize {
    folds.iter().map(|fold| if let Fold::Row(row) = fold { height(*row) } else { 1 }).sum()
}

/// The rows to keep, and folds of the others. A fold of fewer than three rows would save nothing.
fn folded(keep: &[bool], samples: bool) -> Vec<Fold> {
    let mut folds = Vec::new();
    let mut start = 0;
    while start < keep.len() {
        let kept = keep[start];
        let length = keep[start..].iter().take_while(|keep| **keep == kept).count().max(1);
        let many = start..start + length;
        match length {
            3.. if !kept && samples => folds.extend([Fold::Row(start), Fold::Many(start + 1..many.end)]),
            3.. if !kept => folds.push(Fold::Many(many)),
            _ => folds.extend(many.map(Fold::Row)),
        }
        start += length;
    }
    folds
}

/// What is said of rows that were folded.
pub(in crate::views) fn of_many(rows: &[&Row]) -> String {
    let bytes: u64 = rows.iter().map(|row| row.payload as u64).sum();
    let last = rows.last().map(|row| row.time).unwrap_or_default();
    let mut text = format!(
        "{} until {}, {} bytes",
        several(rows.len() as u64, "packet"),
        milliseconds(last),
        count(bytes)
    );
    let those = |wanted: fn(&Row) -> bool| rows.iter().filter(|row| wanted(row)).count() as u64;
    let lost = those(|row| row.fate == Fate::Lost);
    let repeated = those(Row::is_repeated);
    let other = those(Row::is_trouble) - those(|row| row.fate == Fate::Lost || row.is_repeated());
    for (number, what) in [(lost, "lost"), (repeated, "retransmitted"), (other, "of note")] {
        if number > 0 {
            let _ = write!(text, ", {} {what}", count(number));
        }
    }
    text
}
