//! The results as tables.

use crate::measure::Comparison;

/// How many columns of a table are words. The others are numbers. Its first row has the headings.
const WORDS: usize = 2;

const HEADINGS: [&str; 6] = ["what", "peer", "CPU time, ours ÷ theirs", "spread", "ours", "theirs"];

/// The comparisons as a table.
pub(crate) fn table(lines: &[Comparison]) -> Vec<[String; 6]> {
    let mut table = vec![HEADINGS.map(str::to_owned)];
    table.extend(lines.iter().map(cells));
    table
}

/// As Markdown.
pub(crate) fn markdown<const N: usize>(table: &[[String; N]]) -> String {
    let mut out = String::new();
    for (number, row) in table.iter().enumerate() {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
        if number == 0 {
            out.push_str(&format!("|{}{}\n", "---|".repeat(WORDS), "--:|".repeat(N - WORDS)));
        }
    }
    out
}

/// In columns.
pub(crate) fn text<const N: usize>(table: &[[String; N]]) -> String {
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut out = String::new();
    for row in table {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            if column < WORDS { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}

fn cells(line: &Comparison) -> [String; 6] {
    let [least, median, greatest] = line.ratios();
    [
        line.what.clone(),
        line.peer.clone(),
        format!("{median:.2}"),
        format!("{least:.2} to {greatest:.2}"),
        line.ours(),
        line.theirs(),
    ]
}
