//! The plain content of a stream, each side marked. Tested in `tests/read.rs`.

use std::collections::BTreeSet;

use barewire_dissect::{Direction, printable};

use super::style::{NARROWEST, Style};
use crate::story::{ConversationId, Part, Story};

/// Draws the content of the streams of a story, where it was kept: `>` in front of what the client sent, `<` in front
/// of what the server sent, as curl -v marks them. A line that is longer than the page goes on in the next one, without
/// a mark.
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
fn in_pieces(text: &str, columns: usize) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    match letters.is_empty() {
        true => vec![String::new()],
        false => letters.chunks(columns).map(|piece| piece.iter().collect()).collect(),
    }
}
