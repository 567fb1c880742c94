//! The table of conversations: one line each, under the numbers that tshark gives them.
//!
//! Tested in `tests/read.rs`, and against `tshark -z conv` in the live tests.

use barewire_dissect::{columns as width_of, lines};

use super::style::{NARROWEST, Style};
use super::words::{count, fit, milliseconds, paragraph};
use crate::story::{Conversation, Page, Story};

/// Draws the table of all conversations of a story, and what became of the frames without one.
pub fn conversations(story: &Story, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let mut out = String::new();
    if story.conversations.is_empty() {
        out.push_str("no conversations\n");
    } else {
        let lines: Vec<Cells> = story.conversations.iter().map(Cells::of).collect();
        let columns = Columns::of(&lines, width);
        out.push_str(&columns.head());
        out.extend(lines.iter().map(|line| columns.line(line)));
    }
    out.push_str(&tally(story, style));
    out
}

/// What a line holds.
struct Cells {
    stream: String,
    ends: String,
    numbers: [String; 3],
    happened: String,
}

impl Cells {
    fn of(conversation: &Conversation) -> Cells {
        let sum = |pair: [u64; 2]| count(pair.iter().sum());
        Cells {
            stream: format!("{} {}", conversation.transport.name(), conversation.stream),
            ends: ends(conversation),
            numbers: [sum(conversation.frames), sum(conversation.bytes), milliseconds(conversation.lasted())],
            happened: happened(conversation),
        }
    }
}

/// The two ends. The arrow goes from the client to the server, where the packets say which is which.
pub(super) fn ends(conversation: &Conversation) -> String {
    let [client, server] = conversation.ends;
    format!("{client} {} {server}", if conversation.client_known { '→' } else { '↔' })
}

const HEADS: [&str; 3] = ["frames", "bytes", "ms"];

/// How wide each column is: what its longest cell needs. The ends get what is left.
struct Columns {
    width: usize,
    stream: usize,
    ends: usize,
    numbers: [usize; 3],
}

impl Columns {
    fn of(lines: &[Cells], width: usize) -> Columns {
        let longest =
            |cell: &dyn Fn(&Cells) -> usize, head: usize| lines.iter().map(cell).fold(head, usize::max);
        let stream = longest(&|line| line.stream.len(), 7);
        let number = |column: usize| longest(&|line| line.numbers[column].len(), HEADS[column].len());
        let numbers = [0, 1, 2].map(number);
        let others = stream + 1 + numbers.iter().map(|column| column + 2).sum::<usize>();
        let most = width.saturating_sub(others).max(15);
        let ends = longest(&|line| width_of(&line.ends), 15).min(most);
        Columns { width, stream, ends, numbers }
    }

    fn head(&self) -> String {
        let numbers = self.numbers(&HEADS.map(str::to_owned));
        format!("{:<1$} {2}{numbers}\n", "stream", self.stream, fit("client → server", self.ends))
    }

    fn numbers(&self, cells: &[String; 3]) -> String {
        cells.iter().zip(self.numbers).map(|(cell, columns)| format!("  {cell:>columns$}")).collect()
    }

    /// One conversation. What does not fit on its line gets another one: long ends go in front, what happened after.
    fn line(&self, cells: &Cells) -> String {
        let number = format!("{:<1$}", cells.stream, self.stream);
        let before = self.stream + 1;
        let (first, cell) = match width_of(&cells.ends) > self.ends {
            true => {
                // Two long addresses of IPv6 do not fit on one line either.
                let ends = lines(&cells.ends, self.width - before, self.width - before);
                let ends = ends.join(&format!("\n{:before$}", ""));
                (format!("{number} {ends}\n"), " ".repeat(before + self.ends))
            }
            false => (String::new(), format!("{number} {}", fit(&cells.ends, self.ends))),
        };
        let line = format!("{first}{cell}{}", self.numbers(&cells.numbers));
        let columns = before + self.ends + self.numbers.iter().map(|column| column + 2).sum::<usize>();
        match cells.happened.is_empty() || columns + 2 + width_of(&cells.happened) <= self.width {
            true => format!("{}\n", format!("{line}  {}", cells.happened).trim_end()),
            false => format!("{line}\n{}", paragraph(&cells.happened, before, self.width)),
        }
    }
}

/// What is spoken, how it ended, and what went wrong on the way.
pub(super) fn happened(conversation: &Conversation) -> String {
    let mut parts = vec![conversation.spoken.to_string(), conversation.outcome.to_string()];
    let repeated: u64 = conversation.retransmissions.iter().sum();
    if repeated > 0 {
        parts.push(format!("{} retransmitted", count(repeated)));
    }
    if conversation.copies > 0 {
        parts.push(format!("{} seen again", count(conversation.copies)));
    }
    if conversation.lost > 0 {
        parts.push(format!("{} lost", count(conversation.lost)));
    }
    parts.retain(|part| part != "-");
    parts.join(", ")
}

/// A line that names the connection of a page, where a story has several.
pub fn page_name(story: &Story, page: &Page, style: &Style) -> String {
    let last = page.tcp.last().or(page.dns.last()).and_then(|id| story.conversations.get(id.0));
    let name = |one: &Conversation| format!("{} {}: {}", one.transport.name(), one.stream, ends(one));
    last.map_or(String::new(), |one| paragraph(&name(one), 2, style.width.max(NARROWEST)))
}

/// The frames that have no row, by reason, and why the file was not read to its end, if so.
pub fn tally(story: &Story, style: &Style) -> String {
    let tally = &story.tally;
    let mut out = String::new();
    for (reason, number) in &tally.without {
        let plural = if number.frames == 1 { "" } else { "s" };
        let text = format!("{} frame{plural}: {reason} (first: {})", count(number.frames), number.first);
        out.push_str(&paragraph(&barewire_dissect::printable(&text), 0, style.width.max(NARROWEST)));
    }
    if let Some(cut) = &tally.cut {
        out.push_str(&paragraph(&barewire_dissect::printable(cut), 0, style.width.max(NARROWEST)));
    }
    out
}
