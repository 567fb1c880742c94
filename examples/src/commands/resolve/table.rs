//! Records as a table: what is aligned can be compared.
//!
//! ```text
//!   NAME                TYPE   TTL  DATA
//!   home.example.test.  CNAME  5m   web.example.test.
//! ```
//!
//! A long name has a line of its own, and long data goes on below its column.

use barewire_dissect::lines;

use super::found::{Row, Section};
use crate::views::Style;

/// Before each line, and between two columns.
const GAP: usize = 2;
/// The most columns of a name that shares its line.
const LONGEST_NAME: usize = 32;
/// Data has at least so much room.
const LEAST_ROOM: usize = 20;

/// The table; empty without records. The section is a column if a record does not stand in the answer.
pub(super) fn table(rows: &[Row], style: &Style) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let with_section = rows.iter().any(|row| row.section != Section::Answer);
    let cells: Vec<[String; 5]> = std::iter::once(head())
        .chain(rows.iter().map(cells))
        .map(|[section, rest @ ..]| {
            let [name, rtype, ttl, data] = rest;
            [if with_section { section } else { String::new() }, name, rtype, ttl, data]
        })
        .collect();
    let width = |column: usize, most: usize| {
        let fitting = cells.iter().map(|row| row[column].chars().count()).filter(|width| *width <= most);
        fitting.max().unwrap_or(0)
    };
    let widths = [width(0, usize::MAX), width(1, LONGEST_NAME), width(2, usize::MAX), width(3, usize::MAX)];
    cells.iter().map(|row| line(row, widths, style)).collect()
}

fn head() -> [String; 5] {
    ["SECTION", "NAME", "TYPE", "TTL", "DATA"].map(str::to_owned)
}

fn cells(row: &Row) -> [String; 5] {
    [row.section.name().to_owned(), row.name(), row.rtype(), row.ttl(), row.data()]
}

/// A record, in one line or several.
fn line([section, name, rtype, ttl, data]: &[String; 5], widths: [usize; 4], style: &Style) -> String {
    let [sections, names, types, ttls] = widths;
    let cell = |text: &str, width: usize| format!("{text:width$}{:GAP$}", "");
    let section = if sections == 0 { String::new() } else { cell(section, sections) };
    // Where each column begins.
    let at_name = GAP + section.chars().count();
    let at_type = at_name + names + GAP;
    let at_data = at_type + types + GAP + ttls + GAP;
    let name = match name.chars().count() > names {
        true => format!("{}\n{:at_type$}", below(name, at_name, style), ""),
        false => cell(name, names),
    };
    let (on, off) = if style.color { ("\x1b[36m", "\x1b[0m") } else { ("", "") };
    let (rtype, ttl) = (cell(rtype, types), cell(ttl, ttls));
    format!("{:GAP$}{section}{name}{on}{rtype}{off}{ttl}{}\n", "", below(data, at_data, style))
}

/// A text that begins in this column, and goes on below itself.
fn below(text: &str, column: usize, style: &Style) -> String {
    let room = style.width.saturating_sub(column).max(LEAST_ROOM);
    lines(text, room, room).join(&format!("\n{:column$}", ""))
}
