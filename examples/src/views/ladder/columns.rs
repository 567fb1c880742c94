//! The ladder with a column for each host: for captures in which packets go between more than two.
//!
//! ```text
//!       ms  client    proxy     origin
//!      0.0  ├────────▶│         │          TCP  SYN     seq 0            win 64240
//!     10.2  │         ├────────▶│          TCP  SYN     seq 0            win 64240
//! ```

use std::fmt::Write as _;

use super::lines::{Line, Margin, columns, lines, notes};
use crate::story::{Fate, HostId, Row, Story};
use crate::views::style::{Paint, Style};
use crate::views::words::{fit, paragraph};

/// Columns at the most: one a host, and one for all others where there are more of them.
const MOST: usize = 6;
/// What the text of a row needs, where there are more than two columns.
const TEXT: usize = 24;
/// The layer's name, and the space after it.
const LAYER: usize = 5;

/// The form, with the hosts in the order of their columns.
pub(super) struct Columns {
    pub(super) style: Style,
    pub(super) margin: Margin,
    hosts: Vec<HostId>,
    /// Whether there are hosts without a column of their own. They share the last one.
    crowded: bool,
    /// Some of those that talk to each other. No arrow shows who is who, so their rows name them.
    talking: Vec<HostId>,
    /// Columns from one host's line to the next.
    step: usize,
}

impl Columns {
    /// The hosts in the order in which they were seen, as far as there is room.
    pub(super) fn of(story: &Story, style: Style, margin: Margin) -> Columns {
        let mut hosts: Vec<HostId> = Vec::new();
        for host in story.rows.iter().flat_map(|row| [row.from, row.to]) {
            if !hosts.contains(&host) && hosts.len() <= MOST {
                hosts.push(host);
            }
        }
        let room = style.width.saturating_sub(margin.columns() + 2 + LAYER + TEXT);
        let step = if hosts.len() <= 3 && room >= 33 { 11 } else { 9 };
        let most = (room / step).clamp(2, MOST);
        let crowded = hosts.len() > most;
        if crowded {
            hosts.truncate(most - 1);
        }
        let mut talking = Vec::new();
        let others = story
            .rows
            .iter()
            .map(|row| [row.from, row.to])
            .filter(|ends| ends.iter().all(|end| !hosts.contains(end)));
        for host in others.filter(|_| crowded).flatten() {
            if !talking.contains(&host) && talking.len() < MOST {
                talking.push(host);
            }
        }
        Columns { style, margin, hosts, crowded, talking, step }
    }

    fn columns(&self) -> usize {
        self.hosts.len() + usize::from(self.crowded)
    }

    /// Who has which address, and the names over their columns.
    pub(super) fn head(&self, story: &Story) -> String {
        let hosts = || self.hosts.iter().filter_map(|id| story.hosts.get(id.0));
        let before = self.margin.columns();
        let mut key: Vec<String> = hosts().map(|host| format!("{} = {host}", host.name())).collect();
        let mut names: String = hosts().map(|host| fit(&host.name(), self.step - 1) + " ").collect();
        if self.crowded {
            let talking = self.talking.iter().filter_map(|id| story.hosts.get(id.0));
            key.extend(talking.map(|host| format!("{} = {host}", host.name())));
            key.push("others: choose with --host".to_owned());
            names.push_str("others");
        }
        let key = paragraph(&key.join(", "), before + 2, self.style.width);
        format!("{key}{}  {}\n", self.margin.head(), names.trim_end())
    }

    pub(super) fn row(&self, story: &Story, row: &Row) -> String {
        let before = self.margin.columns();
        let rails = self.step * self.columns();
        let room = self.style.width.saturating_sub(before + 2 + rails + LAYER);
        let mut out = String::new();
        let mut lines = lines(row, room, self.style.color);
        if let Some(ends) = self.ends_of_others(story, row) {
            name_ends(&mut lines, &ends, room);
        }
        for (index, line) in lines.iter().enumerate() {
            let layer = format!("{}{:<5}{}", line.paint.on, line.name, line.paint.off);
            let (time, rail) = match index {
                0 => (self.margin.of_row(story, row), self.arrow(row)),
                _ => (" ".repeat(before), self.rails()),
            };
            let _ = writeln!(out, "{time}  {rail}{layer}{}", line.text);
        }
        out.push_str(&notes(story, row, self.margin, self.style.width));
        out
    }

    /// Who sent the row to whom, if both share a column.
    fn ends_of_others(&self, story: &Story, row: &Row) -> Option<String> {
        let name =
            |host: HostId| Some(story.hosts.get(host.0).filter(|_| !self.hosts.contains(&host))?.name());
        Some(format!("{} → {}", name(row.from)?, name(row.to)?))
    }

    /// The lines of the hosts, with nothing between them.
    fn rails(&self) -> String {
        format!("│{:1$}", "", self.step - 1).repeat(self.columns())
    }

    /// The lines of the hosts, with an arrow from the sender to the receiver.
    fn arrow(&self, row: &Row) -> String {
        let column = |host: HostId| self.hosts.iter().position(|known| *known == host);
        let edge = self.columns() - 1;
        let (from, to) = (column(row.from).unwrap_or(edge), column(row.to).unwrap_or(edge));
        let mut rail: Vec<char> = self.rails().chars().collect();
        if from == to {
            // Between two of the others.
            rail.get_mut(from * self.step).into_iter().for_each(|cell| *cell = '○');
            return rail.into_iter().collect();
        }
        let (left, right) = (from.min(to) * self.step, from.max(to) * self.step);
        for cell in rail.iter_mut().take(right).skip(left + 1) {
            *cell = '─';
        }
        let rightwards = from <= to;
        if let Some(tail) = rail.get_mut(from * self.step) {
            *tail = if rightwards { '├' } else { '┤' };
        }
        let head = match (row.fate, rightwards) {
            (Fate::Lost, _) => (left + (right - left) / 2, '╳'),
            (Fate::Seen, true) => (right.saturating_sub(1), '▶'),
            (Fate::Seen, false) => (left + 1, '◀'),
        };
        if let Some(cell) = rail.get_mut(head.0) {
            *cell = head.1;
        }
        rail.into_iter().collect()
    }
}

/// Names the two ends in front of what the row says: on the first line, or on one of their own where it is full.
pub(super) fn name_ends(lines: &mut Vec<Line>, ends: &str, room: usize) {
    let Some(first) = lines.first_mut() else { return };
    if columns(ends) + 2 + columns(&first.text) <= room {
        first.text = format!("{ends}: {}", first.text);
        return;
    }
    let (name, paint) = (first.name, Paint { ..first.paint });
    lines.insert(0, Line { name, paint, text: fit(&format!("{ends}:"), room).trim_end().to_owned() });
}
