//! A long ladder made shorter: rows that only carry on are folded, those around trouble stay.

use crate::story::{Fate, Row};

/// What the ladder shows in one place.
pub(super) enum Fold<'a> {
    Row(&'a Row),
    /// Three or more packets that only carry on.
    Many(&'a [Row]),
}

/// Folds what brings the ladder down to about `most_lines`; `height` says how many lines a row takes.
///
/// First all rows that only carry on go, but for one in front of each fold as a sample, if there is room for samples.
/// Then rows around trouble come back, the most telling first, as long as there is room.
pub(super) fn folds<'a>(rows: &'a [Row], most_lines: usize, height: &dyn Fn(&Row) -> usize) -> Vec<Fold<'a>> {
    // Each row has a line, so that rows beyond the last line need not be measured.
    if most_lines == usize::MAX
        || rows.len() <= most_lines && rows.iter().map(height).sum::<usize>() <= most_lines
    {
        return rows.iter().map(Fold::Row).collect();
    }
    let mut keep: Vec<bool> = rows.iter().map(|row| !row.is_bulk()).collect();
    for (tried, index) in by_weight(rows).into_iter().enumerate() {
        let around = index.saturating_sub(1)..(index + 2).min(rows.len());
        let mut more = keep.clone();
        more[around].fill(true);
        let fits = lines(&folded(rows, &more, true), height) <= most_lines;
        if fits {
            keep = more;
        } else if tried < ALWAYS {
            keep[index] = true;
        } else {
            // Each try costs a walk over the rows: a capture full of trouble shows the beginning of it.
            break;
        }
    }
    let samples = lines(&folded(rows, &keep, true), height) <= most_lines;
    folded(rows, &keep, samples)
}

/// Troubles that are shown whatever the room: the first loss, and the first repair.
const ALWAYS: usize = 2;

/// The rows with trouble, the most telling ones first: the first packet that is known to be lost, the first
/// retransmission, the further ones of both, and then the rest.
fn by_weight(rows: &[Row]) -> Vec<usize> {
    let those = |wanted: fn(&Row) -> bool| {
        rows.iter().enumerate().filter(move |(_, row)| wanted(row)).map(|(at, _)| at)
    };
    let lost = those(|row| row.fate == Fate::Lost);
    let repeated = those(Row::is_repeated);
    let first = lost.clone().take(1).chain(repeated.clone().take(1));
    let all =
        first.chain(those(|row| row.fate == Fate::Lost || row.is_repeated())).chain(those(Row::is_trouble));
    let mut seen = vec![false; rows.len()];
    all.filter(|at| !std::mem::replace(&mut seen[*at], true)).collect()
}

fn lines(folds: &[Fold<'_>], height: &dyn Fn(&Row) -> usize) -> usize {
    folds.iter().map(|fold| if let Fold::Row(row) = fold { height(row) } else { 1 }).sum()
}

/// The rows to keep, and folds of the others. A fold of fewer than three rows would save nothing.
fn folded<'a>(rows: &'a [Row], keep: &[bool], samples: bool) -> Vec<Fold<'a>> {
    let mut folds = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let kept = keep.get(start) == Some(&true);
        let length = keep[start..].iter().take_while(|keep| **keep == kept).count().max(1);
        match &rows[start..start + length] {
            [sample, rest @ ..] if !kept && samples && rest.len() >= 2 => {
                folds.extend([Fold::Row(sample), Fold::Many(rest)]);
            }
            many if !kept && many.len() >= 3 => folds.push(Fold::Many(many)),
            few => folds.extend(few.iter().map(Fold::Row)),
        }
        start += length;
    }
    folds
}
