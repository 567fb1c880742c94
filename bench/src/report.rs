//! The result as a table.

use crate::measure::Comparison;

const HEADINGS: [&str; 6] = ["what", "peer", "CPU time, ours ÷ theirs", "spread", "ours", "theirs"];

/// As Markdown.
pub(crate) fn markdown(lines: &[Comparison]) -> String {
    let mut out = format!("| {} |\n|---|---|--:|--:|--:|--:|\n", HEADINGS.join(" | "));
    for line in lines {
        out.push_str(&format!("| {} |\n", cells(line).join(" | ")));
    }
    out
}

/// In columns.
pub(crate) fn text(lines: &[Comparison]) -> String {
    let mut table = vec![HEADINGS.map(str::to_owned)];
    table.extend(lines.iter().map(cells));
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut out = String::new();
    for row in &table {
        let [what, peer, numbers @ ..] = row;
        out.push_str(&format!("{what:0$}  {peer:1$}", widths[0], widths[1]));
        for (number, width) in numbers.iter().zip(&widths[2..]) {
            out.push_str(&format!("  {number:>width$}"));
        }
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
