//! The fields of a packet as a table: where each stands, what was asked for, what is sent.

use barewire_dissect::{columns, lines, printable};

use crate::craft::Row;
use crate::views::Style;

/// How wide the column of what was asked for gets at the most.
const WIDEST_ASKED: usize = 22;
/// The same, for names.
const WIDEST_NAME: usize = 30;
const OFFSETS: usize = 7;

/// The table of these rows, with a head. What was asked for has a column if anything was.
pub(super) fn table(rows: &[Row], style: &Style) -> String {
    let widest = |texts: &mut dyn Iterator<Item = usize>, most: usize| texts.max().unwrap_or(0).min(most);
    let name = widest(&mut rows.iter().map(|row| 2 * row.depth + columns(&row.name)), WIDEST_NAME) + 2;
    let asked = widest(&mut rows.iter().map(|row| columns(&asked(row))), WIDEST_ASKED);
    let asked_column = if asked > 0 { asked.max(5) + 2 } else { 0 };
    let widths =
        [OFFSETS, name, asked_column, style.width.saturating_sub(OFFSETS + name + asked_column).max(16)];
    let head =
        ["byte", "field", if asked > 0 { "asked" } else { "" }, if asked > 0 { "sent" } else { "value" }];
    let mut out = row_of(head.map(str::to_owned), widths);
    for row in rows {
        out += &drawn(row, widths, style);
    }
    out
}

fn drawn(row: &Row, widths: [usize; 4], style: &Style) -> String {
    let offsets = match row.range.len() {
        _ if row.depth == 0 => String::new(),
        0 | 1 => row.range.start.to_string(),
        _ => format!("{}-{}", row.range.start, row.range.end - 1),
    };
    let name = format!("{:1$}{2}", "", 2 * row.depth, row.name);
    let mut out = row_of([offsets, name, asked(row), printable(&row.sent)], widths);
    if row.depth == 0 {
        out = emphasized(&out, style);
    }
    if let Some(right) = &row.right {
        let margin = widths[0] + 2 * row.depth;
        out += &format!("{:margin$}! wrong on purpose: {right} would be right\n", "");
    }
    out
}

/// What was asked for of a field.
fn asked(row: &Row) -> String {
    printable(&row.asked.join(", "))
}

/// Four cells beside each other, each in as many lines as it needs.
fn row_of(cells: [String; 4], widths: [usize; 4]) -> String {
    let wrapped: Vec<Vec<String>> = cells
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(at, (cell, width))| {
            let room = if at == 3 { width } else { width.saturating_sub(2).max(1) };
            // Spaces at its beginning say how deep a field stands.
            let text = cell.trim_start();
            let indent = cell.len() - text.len();
            let mut all = lines(text, room - indent.min(room - 1), room - indent.min(room - 1));
            all.iter_mut().for_each(|line| line.insert_str(0, &" ".repeat(indent)));
            all
        })
        .collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let mut out = String::new();
    for line in 0..height {
        let mut text = String::new();
        for (cell, width) in wrapped.iter().zip(widths) {
            let part = cell.get(line).map_or("", String::as_str);
            text += part;
            text.extend(std::iter::repeat_n(' ', width.saturating_sub(columns(part))));
        }
        out += text.trim_end();
        out.push('\n');
    }
    out
}

fn emphasized(line: &str, style: &Style) -> String {
    if style.color { format!("\x1b[1m{}\x1b[0m\n", line.trim_end_matches('\n')) } else { line.to_owned() }
}
