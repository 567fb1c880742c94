//! `--step`: one packet at a time.

use std::io::{self, BufRead, IsTerminal, Write};

use barewire_dissect::TextStyle;
use barewire_packet::capture::Capture;

use super::fetch::print;
use crate::failure::{Failure, Step};
use crate::reading::Story;
use crate::views::{self, LadderStyle};

/// Shows the packets one by one: Enter goes on, `b` shows the bytes, `q` ends the program.
pub(super) fn through(story: &Story, capture: &Capture, style: &TextStyle) -> Result<(), Failure> {
    let ladder = LadderStyle { width: style.width, most_lines: usize::MAX, color: style.color };
    let mut lines = io::stdin().lock().lines();
    let all = story.rows.len();
    for (index, row) in story.rows.iter().enumerate() {
        print(&views::row_text(row, ladder))?;
        loop {
            prompt(index + 1, all);
            let Some(line) = lines.next() else { return Ok(()) };
            let line = line.map_err(|error| Failure::new(Step::Input, format!("standard input: {error}")))?;
            match line.trim() {
                "" => break,
                "b" => print(&views::packet_bytes(story, capture, row, style))?,
                "q" => std::process::exit(0),
                other => anstream::eprintln!("{other:?}? Enter: the next packet, b: its bytes, q: quit"),
            }
        }
    }
    Ok(())
}

/// The prompt goes to standard error, and only where somebody sits and reads it.
fn prompt(packet: usize, all: usize) {
    if io::stdin().is_terminal() {
        anstream::eprint!("packet {packet} of {all}: Enter, b, q? ");
        // A prompt that cannot be shown is no reason to stop.
        let _ = io::stderr().flush();
    }
}
