//! A table that can be looked at: the routes of a router, the mappings of a NAT, the backends of a balancer.
//!
//! Tested in `tests/routes.rs`.

use std::fmt;

/// A snapshot of a node's table, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// What it is.
    pub title: String,
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// The rows, each with a cell a column.
    pub rows: Vec<Vec<String>>,
}

/// Columns of a page.
const PAGE: usize = 80;

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(PAGE))
    }
}

impl Table {
    /// The table as text. A row that is wider than `width` columns goes on in the next line, a little further to the
    /// right.
    pub fn text(&self, width: usize) -> String {
        let head: Vec<String> = self.columns.iter().map(|name| (*name).to_owned()).collect();
        let rows: Vec<&Vec<String>> = std::iter::once(&head).chain(&self.rows).collect();
        let length =
            |row: &Vec<String>, column: usize| row.get(column).map_or(0, |cell| cell.chars().count());
        let widest = |column| rows.iter().map(|row| length(row, column)).max();
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| widest(column).unwrap_or(0)).collect();
        let mut out = format!("{}\n", self.title);
        for row in rows {
            let (mut line, mut column) = (String::from("  "), 2);
            for (cell, cell_width) in row.iter().zip(&widths) {
                if column > 4 && column + cell_width > width {
                    out.push_str(&format!("{}\n", line.trim_end()));
                    (line, column) = (String::from("    "), 4);
                }
                line.push_str(&format!("{cell:cell_width$}  "));
                column += cell_width + 2;
            }
            out.push_str(&format!("{}\n", line.trim_end()));
        }
        out
    }
}
