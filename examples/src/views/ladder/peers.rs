//! The usual form of the ladder: one host on the left, the other end of each packet named on the right.

use std::fmt::Write as _;

use super::lines::{Line, Margin, columns, lines, notes};
use crate::story::{Fate, HostId, Row, Story};
use crate::views::style::Style;
use crate::views::words::{count, fit};

/// Columns between the time and the text: two spaces, the arrow, a mark, the layer.
const BEFORE: usize = 11;
/// Columns after the text: the arrow, the peer, a space in front of the bytes.
const AFTER: usize = 14;
/// Columns for the peer.
const PEER: usize = 8;

/// The form, with the host on the left.
pub(super) struct Peers {
    pub(super) style: Style,
    pub(super) margin: Margin,
    centre: HostId,
    /// Columns for the number of bytes.
    bytes: usize,
}

impl Peers {
    pub(super) fn of(story: &Story, style: Style, margin: Margin, centre: HostId) -> Peers {
        let most = story.rows.iter().map(|row| row.payload).max().unwrap_or_default();
        Peers { style, margin, centre, bytes: count(most as u64).len().max(6) }
    }

    pub(super) fn head(&self, story: &Story) -> String {
        let centre = story.hosts.get(self.centre.0);
        let name = centre.map_or(String::new(), |host| format!("{} {host}", host.name()));
        let room = self.style.width - self.margin.columns() - 2 - 5;
        format!("{}  {}bytes\n", self.margin.head(), fit(&name, room))
    }

    pub(super) fn row(&self, story: &Story, row: &Row) -> String {
        let before = self.margin.columns();
        let sent = row.from == self.centre;
        let other = story.hosts.get(if sent { row.to.0 } else { row.from.0 });
        let peer = other.map_or(String::new(), |host| host.name());
        let room = room(self.style.width, before, self.bytes);
        let lines = lines(row, room, self.style.color);
        let margin = self.margin.of_row(story, row);
        let mut out = between(row, &lines, &margin, Far { sent, peer: &peer }, (room, self.bytes));
        out.push_str(&notes(story, row, self.margin, self.style.width));
        out
    }
}

/// Columns for the text of a row, after a margin and before a number of `bytes` columns.
pub(super) fn room(width: usize, margin: usize, bytes: usize) -> usize {
    width - margin - BEFORE - AFTER - bytes
}

/// The other end of a row.
pub(super) struct Far<'a> {
    /// Whether the row goes there.
    pub(super) sent: bool,
    /// What it is called.
    pub(super) peer: &'a str,
}

/// A row between the end on the left and another one, in lines of this `room`.
pub(super) fn between(
    row: &Row,
    lines: &[Line],
    margin: &str,
    Far { sent, peer }: Far<'_>,
    (room, bytes): (usize, usize),
) -> String {
    let (near, far) = match (sent, row.fate) {
        (true, Fate::Seen) => ("├──", "──▶"),
        (true, Fate::Lost) => ("├──", "─╳ "),
        (false, Fate::Seen) => ("◀──", "───"),
        (false, Fate::Lost) => (" ╳─", "───"),
    };
    let made_up = if row.made_up { '*' } else { ' ' };
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let layer = format!("{}{:<5}{}", line.paint.on, line.name, line.paint.off);
        let text = fit(&line.text, room);
        let _ = match index {
            0 => writeln!(
                out,
                "{margin}  {near}{made_up}{layer}{text} {far} {} {:>bytes$}",
                fit(peer, PEER),
                count(row.payload as u64),
            ),
            _ => writeln!(out, "{:2$}{layer}{}", "", text.trim_end(), columns(margin) + 6),
        };
    }
    out
}
