//! The ladder: one row per packet, in time; what it says at the highest layer that can be read.
//!
//! ```text
//!     10.0  ├── TCP  SYN     seq 0                 win 64240    ──▶ server         0
//!     60.0  ◀── TCP  SYN ACK seq 0      ack 1      win 65160    ─── server         0
//! ```
//!
//! This is the usual form: one host on the left, the one it talks to named on the right. Where packets also go between
//! others, each host has a column of its own. A packet that says more than one thing has more than one line, but only
//! one time. Where a capture tells what a TCP decides by, a row can have that below it, too. Tested in
//! `tests/ladder.rs`, `tests/fold.rs`, `tests/cwnd.rs` and `tests/read.rs`; the one that is drawn while packets come in
//! `tests/sniff`.

mod columns;
pub(super) mod fold;
pub(super) mod lines;
#[cfg(not(target_family = "wasm"))]
mod live;
mod peers;
mod strip;

use super::style::{NARROWEST, Style};
use super::words::{count, fit, paragraph, several};
use crate::story::{Fate, HostId, Message, Note, Role, Row, Story, Uncounted};
use columns::Columns;
use fold::{Fold, folds, of_many};
use lines::Margin;
use peers::Peers;
use strip::Strip;

#[cfg(not(target_family = "wasm"))]
pub use live::LiveLadder;

/// Draws the ladder of a story, with its heads and the legend of the marks that occur.
pub fn ladder(story: &Story, style: &Style) -> String {
    let drawn = Rows::of(story, style);
    let form = &drawn.form;
    let mut out = drawn.head();
    let rows: Vec<&Row> = story.rows.iter().collect();
    for fold in folds(&rows, style.lines, &|row| drawn.text(rows[row]).lines().count()) {
        match fold {
            Fold::Row(row) => out.push_str(&drawn.text(rows[row])),
            Fold::Many(many) => {
                out.push_str(&folded(&rows[many.clone()], form.margin(), form.width()));
                out.push_str(&drawn.last_strip(&rows[many]));
            }
        }
    }
    out.push_str(&left_out(story, form.margin(), form.width()));
    out.push_str(&legend(&rows, form.width()));
    out.push_str(&drawn.strip.as_ref().map(Strip::legend).unwrap_or_default());
    out
}

/// The packets after the last row that was kept.
fn left_out(story: &Story, margin: Margin, width: usize) -> String {
    let Some(more) = story.tally.without.get(&Uncounted::TooMany) else { return String::new() };
    let kept = several(story.tally.rows, "packet");
    let text = format!("⋮  only the first {kept} are drawn, {} more are counted", count(more.frames));
    paragraph(&text, margin.columns() + 2, width)
}

/// Draws rows one by one, each as [`ladder`] draws it. To find the form of a ladder takes a look at all rows, so it is
/// done once.
pub struct Rows<'a> {
    story: &'a Story,
    form: Form,
    strip: Option<Strip>,
}

impl<'a> Rows<'a> {
    /// For the rows of this story.
    pub fn of(story: &'a Story, style: &Style) -> Rows<'a> {
        let form = Form::of(story, style);
        let strip = Strip::of(story, &Style { width: form.width(), ..*style }, form.margin());
        Rows { story, form, strip }
    }

    /// One row.
    pub fn text(&self, row: &Row) -> String {
        let strip = self.strip.as_ref().map(|strip| strip.below(row)).unwrap_or_default();
        self.form.row(self.story, row) + &strip
    }

    /// What stands over all of them.
    fn head(&self) -> String {
        self.form.head(self.story) + &self.strip.as_ref().map(Strip::head).unwrap_or_default()
    }

    /// The last strip of rows that were folded: with the row after them perhaps nothing moves.
    fn last_strip(&self, folded: &[&Row]) -> String {
        let strip = self.strip.as_ref();
        let last = folded.iter().rev().find(|row| row.windows().is_some());
        strip.zip(last).map(|(strip, row)| strip.below(row)).unwrap_or_default()
    }
}

/// The two forms of a ladder.
enum Form {
    Peers(Peers),
    Columns(Columns),
}

impl Form {
    /// The usual form, if one host is an end of every packet and talks to one server at the most.
    fn of(story: &Story, style: &Style) -> Form {
        let style = Style { width: style.width.max(NARROWEST), ..*style };
        let margin = Margin::of(story, &style);
        match centre(story) {
            Some(centre) => Form::Peers(Peers::of(story, style, margin, centre)),
            None => Form::Columns(Columns::of(story, style, margin)),
        }
    }

    fn margin(&self) -> Margin {
        match self {
            Form::Peers(peers) => peers.margin,
            Form::Columns(columns) => columns.margin,
        }
    }

    fn width(&self) -> usize {
        match self {
            Form::Peers(peers) => peers.style.width,
            Form::Columns(columns) => columns.style.width,
        }
    }

    fn head(&self, story: &Story) -> String {
        match self {
            Form::Peers(peers) => peers.head(story),
            Form::Columns(columns) => columns.head(story),
        }
    }

    fn row(&self, story: &Story, row: &Row) -> String {
        match self {
            Form::Peers(peers) => peers.row(story, row),
            Form::Columns(columns) => columns.row(story, row),
        }
    }
}

/// The host that is an end of every packet, where there is one, and where what it talks to fits in one column: a
/// server, and resolvers.
fn centre(story: &Story) -> Option<HostId> {
    let role = |host: HostId| story.hosts.get(host.0).map(|host| host.role);
    let mut ends = story.rows.iter().flat_map(|row| [row.from, row.to]);
    let client = ends.find(|host| role(*host) == Some(Role::Client));
    let first = story.rows.first();
    let candidates = client.into_iter().chain(first.map(|row| row.from)).chain(first.map(|row| row.to));
    let is_centre = |host: &HostId| story.rows.iter().all(|row| row.from == *host || row.to == *host);
    let centre = candidates.into_iter().find(|host| is_centre(host))?;
    let mut others: Vec<HostId> = story.rows.iter().flat_map(|row| [row.from, row.to]).collect();
    others.retain(|host| *host != centre && role(*host) != Some(Role::Resolver));
    others.sort();
    others.dedup();
    (others.len() <= 1).then_some(centre)
}

/// The line that stands for rows that were folded.
fn folded(rows: &[&Row], margin: Margin, width: usize) -> String {
    let first = rows.first().map(|row| row.time).unwrap_or_default();
    let room = width - margin.columns() - 5;
    format!("{}  ⋮  {}\n", margin.time(first), fit(&of_many(rows), room).trim_end())
}

/// The marks that occur, explained.
pub(super) fn legend(rows: &[&Row], width: usize) -> String {
    let mut marks = Marks::default();
    rows.iter().for_each(|row| marks.see(row));
    marks.legend(width)
}

/// The marks of a ladder, explained, and which of them occur.
#[derive(Default)]
struct Marks([bool; 5]);

impl Marks {
    const TEXTS: [&str; 5] = [
        "▒ encrypted on the wire; named here because the capture holds the keys",
        "▒ encrypted; --keylog FILE opens it, if the client wrote SSLKEYLOGFILE",
        "╳ lost on the way: the simulated network says so",
        "some checksums were left for a network card; --bytes shows which",
        "* made-up headers around real data: the kernel kept its own",
    ];

    /// A row is drawn.
    fn see(&mut self, row: &Row) {
        let occur = [
            row.messages.iter().any(|message| message.encrypted && !message.is_sealed()),
            row.messages.iter().any(Message::wants_key_log),
            row.fate == Fate::Lost,
            row.notes.iter().any(Note::is_unfinished_checksum),
            row.made_up,
        ];
        self.0.iter_mut().zip(occur).for_each(|(mark, occurs)| *mark |= occurs);
    }

    fn legend(&self, width: usize) -> String {
        let texts = Marks::TEXTS.iter().zip(self.0).filter(|(_, occurs)| *occurs);
        texts.map(|(text, _)| paragraph(text, 10, width)).collect()
    }
}
