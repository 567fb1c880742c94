//! The plain content of a stream, each side marked. Tested in `tests/read.rs`.

use std::collections::BTreeSet;
use std::fmt;

use barewire_dissect::{Direction, beginning, printable};
use barewire_tls13::observe::Sealed;

use super::style::{NARROWEST, Style};
use crate::story::{ConversationId, Part, Says, Story, Transport};

/// Draws the content of the streams of a story, where it was kept: `>` in front of what the client sent, `<` in front
/// of what the server sent, as curl -v marks them. A line that is longer than the page goes on in the next one, without
/// a mark. Content with codings follows its message once more, without them, after a line that begins with `*`.
pub fn follow(story: &Story, style: &Style) -> String {
    let columns = style.width.max(NARROWEST) - 2;
    let mut out = String::new();
    let shown: BTreeSet<ConversationId> = story.rows.iter().filter_map(|row| row.conversation).collect();
    for conversation in shown.iter().filter_map(|id| story.conversations.get(id.0)) {
        let [client, server] = conversation.ends;
        out.push_str(&format!("> {client}\n< {server}\n\n"));
    }
    let mut open: Option<(Direction, Vec<u8>)> = None;
    for part in story.rows.iter().flat_map(|row| &row.parts) {
        if let Part::Undone(direction, about, content) = part {
            flush(&mut out, open.take(), columns);
            out.push_str(&format!("* {about}:\n"));
            flush(&mut out, Some((*direction, content.clone())), columns);
        }
        let Part::Plain(direction, bytes) = part else { continue };
        match &mut open {
            Some((same, held)) if same == direction => held.extend(bytes),
            _ => {
                flush(&mut out, open.take(), columns);
                open = Some((*direction, bytes.clone()));
            }
        }
    }
    flush(&mut out, open, columns);
    out
}

/// Writes what one side said before the other took over.
fn flush(out: &mut String, said: Option<(Direction, Vec<u8>)>, columns: usize) {
    let Some((direction, bytes)) = said else { return };
    let mark = if direction == Direction::ToServer { '>' } else { '<' };
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        let text = printable(text.trim_end_matches(['\n', '\r']));
        out.push_str(&format!("{mark} {}\n", in_pieces(&text, columns).join("\n  ")));
    }
}

/// A line in pieces of so many columns: the content is shown to the letter, so it is not broken at spaces.
fn in_pieces(mut text: &str, columns: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while let (piece, rest) = text.split_at(beginning(text, columns).len())
        && !rest.is_empty()
    {
        pieces.push(piece);
        text = rest;
    }
    pieces.push(text);
    pieces
}

/// Why there is no content to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoContent {
    /// It is encrypted, and was not opened.
    Sealed(Sealed),
    /// Datagrams make no stream.
    Datagrams,
    /// Neither side sent a byte that was captured.
    Empty,
}

impl NoContent {
    /// Why the rows of a story show no content. None if one of them does, or if the story has no rows.
    pub fn of(story: &Story) -> Option<NoContent> {
        let has_content = |part: &Part| matches!(part, Part::Plain(..));
        if story.rows.is_empty() || story.rows.iter().flat_map(|row| &row.parts).any(has_content) {
            return None;
        }
        let mut says = story.rows.iter().flat_map(|row| &row.messages).map(|message| &message.says);
        let sealed = says.find_map(|says| match says {
            Says::Sealed { why, .. } => Some(why.clone()),
            _ => None,
        });
        let mut shown = story.rows.iter().filter_map(|row| story.conversations.get(row.conversation?.0));
        Some(match sealed {
            Some(why) => NoContent::Sealed(why),
            None if shown.all(|one| one.transport == Transport::Udp) => NoContent::Datagrams,
            None => NoContent::Empty,
        })
    }
}

impl fmt::Display for NoContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoContent::Sealed(why) => write!(f, "its content was not opened: {why}"),
            NoContent::Datagrams => f.write_str("UDP carries datagrams and not a stream; --bytes shows them"),
            NoContent::Empty => f.write_str("no content of it was captured"),
        }
    }
}
