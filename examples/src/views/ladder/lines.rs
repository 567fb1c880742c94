//! What a row says, in lines: the same in both forms of the ladder.

use std::collections::HashMap;
use std::time::Duration;

use barewire_dissect::{Direction, columns as width_of, printable};

use crate::story::{Conversation, HostId, Note, Row, Story, Transport};
use crate::views::style::{Paint, Style};
use crate::views::words::{fit, milliseconds, paragraph};

/// The columns before the arrow: the time; in front of it the frame number where it is wanted, and after it the number
/// of the TCP stream where the ends of a row do not tell it. They are as wide as the longest of each needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Margin {
    /// 0 where no frame numbers are wanted.
    frame: usize,
    clock: usize,
    /// 0 where no numbers of streams are needed.
    stream: usize,
}

/// What stands over the numbers of TCP streams.
const STREAM: &str = "tcp";

/// Columns for a time: a month in milliseconds. A longer one is cut.
const MOST_CLOCK: usize = 12;

impl Margin {
    /// For the rows of a story.
    pub(super) fn of(story: &Story, style: &Style) -> Margin {
        let last = story.rows.iter().map(|row| row.time).max().unwrap_or_default();
        let number = story.rows.iter().map(|row| row.frame).max().unwrap_or_default();
        Margin {
            frame: if style.frames { number.to_string().len().max(5) + 1 } else { 0 },
            clock: milliseconds(last).len().clamp(8, MOST_CLOCK),
            stream: if look_alike(story) { longest_number(story).max(STREAM.len()) + 1 } else { 0 },
        }
    }

    /// How wide it is.
    pub(super) fn columns(self) -> usize {
        self.frame + self.clock + self.stream
    }

    /// What stands over it.
    pub(super) fn head(self) -> String {
        let number = if self.frame > 0 { "frame" } else { "" };
        let stream = if self.stream > 0 { STREAM } else { "" };
        format!("{number:<0$}{1:>2$}{stream:>3$}", self.frame, "ms", self.clock, self.stream)
    }

    /// That of a row.
    pub(super) fn of_row(self, story: &Story, row: &Row) -> String {
        let number =
            if self.frame > 0 { format!("{:>1$} ", row.frame, self.frame - 1) } else { String::new() };
        let stream =
            tcp(story, row).filter(|_| self.stream > 0).map_or(String::new(), |one| one.stream.to_string());
        format!("{number}{}{stream:>1$}", self.clock(row.time), self.stream)
    }

    /// That of rows that were folded: only a time.
    pub(super) fn time(self, time: Duration) -> String {
        format!("{:1$}{2}{0:3$}", "", self.frame, self.clock(time), self.stream)
    }

    fn clock(self, time: Duration) -> String {
        format!("{:>1$}", fit(&milliseconds(time), self.clock).trim_end(), self.clock)
    }
}

/// The TCP connection of a row.
fn tcp<'a>(story: &'a Story, row: &Row) -> Option<&'a Conversation> {
    let conversation = story.conversations.get(row.conversation?.0)?;
    (conversation.transport == Transport::Tcp).then_some(conversation)
}

/// Whether two connections are drawn between the same two hosts, so that their rows look alike.
fn look_alike(story: &Story) -> bool {
    let mut first: HashMap<[HostId; 2], usize> = HashMap::new();
    story.rows.iter().filter_map(|row| tcp(story, row)).any(|one| {
        let [a, b] = one.hosts;
        *first.entry([a.min(b), a.max(b)]).or_insert(one.stream) != one.stream
    })
}

/// The digits of the highest number of a stream that is drawn.
fn longest_number(story: &Story) -> usize {
    let streams = story.rows.iter().filter_map(|row| tcp(story, row)).map(|one| one.stream);
    streams.max().unwrap_or_default().to_string().len()
}

/// A line of a row: its layer's name, painted, and its text.
pub(in crate::views) struct Line {
    pub(in crate::views) name: &'static str,
    pub(in crate::views) paint: Paint,
    pub(in crate::views) text: String,
}

/// What a row says, in lines of at most `room` columns. Messages of TLS in one packet share lines.
pub(in crate::views) fn lines(row: &Row, room: usize, color: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    for alike in row.drawn().chunk_by(|a, b| a.shares_a_line_with(b)) {
        let Some(first) = alike.first() else { continue };
        let mark = if first.encrypted { "▒ " } else { "" };
        let text = alike.iter().map(|message| message.to_string()).collect::<Vec<_>>().join(", ");
        let room = room - width_of(mark);
        let text = if width_of(&text) > room { squeezed(&text) } else { text };
        for text in wrapped(&printable(&text), room) {
            let (name, paint) = (first.layer().name(), Paint::of(first.layer(), color));
            lines.push(Line { name, paint, text: format!("{mark}{text}") });
        }
    }
    lines
}

/// `text` with one space where there were several: columns are given up before anything is cut off.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` in lines of at most `room` columns: broken after commas. A part that is longer has lines of its own, broken
/// between words. Only a word that is longer than a line is cut.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut open = false;
    for part in text.split_inclusive(", ") {
        let fits = columns(part) <= room;
        if !open || !fits {
            lines.push(String::new());
        }
        match fits {
            true => add(&mut lines, part, room),
            false => part.split_inclusive(' ').for_each(|word| add(&mut lines, word, room)),
        }
        open = fits;
    }
    lines.iter().map(|line| fit(line.trim_end(), room).trim_end().to_owned()).collect()
}

/// Adds a piece to the last line, or to a new one where it does not fit.
fn add(lines: &mut Vec<String>, piece: &str, room: usize) {
    match lines.last_mut() {
        Some(line) if line.is_empty() || width_of(line) + columns(piece) <= room => line.push_str(piece),
        _ => lines.push(piece.to_owned()),
    }
}

/// The columns that a piece takes at the end of a line.
pub(super) fn columns(piece: &str) -> usize {
    width_of(piece.trim_end())
}

/// The notes of a row, below it. What the capturing program said comes first. Beside a packet that the client
/// sent it takes the place of what can be read from the packet: the program knew why.
pub(super) fn notes(story: &Story, row: &Row, margin: Margin, width: usize) -> String {
    below(&beside(direction(story, row), row), margin.columns(), width)
}

/// Notes in lines below a row, after `margin` columns. None for an empty text.
pub(super) fn below(notes: &str, margin: usize, width: usize) -> String {
    match notes {
        "" => String::new(),
        text => paragraph(&format!("↳ {text}"), margin + 6, width),
    }
}

/// Which way a row goes. One without a conversation goes as from a client.
pub(in crate::views) fn direction(story: &Story, row: &Row) -> Direction {
    if story.is_from_client(row) { Direction::ToServer } else { Direction::ToClient }
}

/// The same in one line; empty, where there are none.
pub(in crate::views) fn beside(direction: Direction, row: &Row) -> String {
    let own: Vec<String> = row.notes.iter().filter(|note| note.is_comment()).map(Note::to_string).collect();
    let read: Vec<String> =
        row.notes.iter().filter(|note| note.is_worth_a_line()).map(Note::to_string).collect();
    let own = own.join("; ");
    let text = match (own.is_empty(), read.is_empty()) {
        (true, true) => return String::new(),
        (false, false) if direction == Direction::ToClient => format!("{own} [{}]", read.join(", ")),
        (false, _) => own,
        (true, false) => format!("[{}]", read.join(", ")),
    };
    printable(&text)
}
