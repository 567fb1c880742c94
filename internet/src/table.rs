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

/// Columns to fit in.
const WIDTH: usize = 80;

impl fmt::Display for Table {
    /// A row that is wider than 80 columns goes on in the next line, a little further to the right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let head: Vec<String> = self.columns.iter().map(|name| (*name).to_owned()).collect();
        let lines: Vec<&Vec<String>> = std::iter::once(&head).chain(&self.rows).collect();
        let length =
            |line: &Vec<String>, column: usize| line.get(column).map_or(0, |cell| cell.chars().count());
        let width = |column| lines.iter().map(|line| length(line, column)).max();
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| width(column).unwrap_or(0)).collect();
        for line in lines {
            let mut out = String::new();
            let mut left = WIDTH;
            for (cell, width) in line.iter().zip(&widths) {
                if out.is_empty() {
                    out.push(' ');
                    left -= 1;
                } else if width + 1 > left {
                    writeln!(f, "{}", out.trim_end())?;
                    out = "   ".to_owned();
                    left = WIDTH - 3;
                }
                out.push_str(&format!(" {cell:width$} "));
                left = left.saturating_sub(width + 2);
            }
            writeln!(f, "{}", out.trim_end())?;
        }
        Ok(())
    }
}
