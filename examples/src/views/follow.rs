//! The plain content of a stream, each side marked. Tested in `tests/read.rs`.

use std::collections::BTreeSet;

use barewire_dissect::{Direction, printable};

use crate::story::{ConversationId, Part, Story};

/// Draws the content of the streams of a story, where it was kept: `>` in front of what the client sent, `<` in front
/// of what the server sent, as curl -v marks them.
pub fn follow(story: &Story) -> String {
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
                flush(&mut out, open.take());
                open = Some((*direction, bytes.clone()));
            }
        }
    }
    flush(&mut out, open);
    out
}

/// Writes what one side said before the other took over.
fn flush(out: &mut String, said: Option<(Direction, Vec<u8>)>) {
    let Some((direction, bytes)) = said else { return };
    let mark = if direction == Direction::ToServer { '>' } else { '<' };
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        let text = printable(text.trim_end_matches(['\n', '\r']));
        out.push_str(&format!("{mark} {text}\n"));
    }
}
