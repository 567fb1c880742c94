//! A table that can be looked at: the routes of a router, the mappings of a NAT, the backends of a balancer.

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

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let head: Vec<String> = self.columns.iter().map(|name| (*name).to_owned()).collect();
        let lines: Vec<&Vec<String>> = std::iter::once(&head).chain(&self.rows).collect();
        let length =
            |line: &Vec<String>, column: usize| line.get(column).map_or(0, |cell| cell.chars().count());
        let width = |column| lines.iter().map(|line| length(line, column)).max();
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| width(column).unwrap_or(0)).collect();
        for line in lines {
            let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(f, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}
