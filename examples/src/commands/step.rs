//! `--step`: a story one packet at a time, forwards and backwards.

mod keys;

use std::io::{self, Write};

use super::output::{print, remark, screen_lines};
use crate::failure::Failure;
use crate::story::Story;
use crate::views::{self, Style};
pub(super) use keys::Keys;

/// How the stepping ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// After the last packet, or at the end of the input.
    AtTheEnd,
    /// By `q`.
    Quit,
}

/// What somebody typed.
#[derive(Debug, PartialEq, Eq)]
enum Wish<'a> {
    Next,
    Back,
    Bytes,
    Goto(u64),
    Find(&'a str),
    Help,
    Quit,
    Unknown(&'a str),
}

const HELP: &str = "  Enter   the next packet           p       the packet before
  b       the bytes of this one     g N     go to frame N
  /TEXT   the next row with TEXT    q       quit
  A key other than Enter is read when Enter follows it.
";

impl Wish<'_> {
    fn read(line: &str) -> Wish<'_> {
        let line = line.trim();
        match (line, line.split_once(' ')) {
            ("", _) | ("n", _) => Wish::Next,
            ("p", _) => Wish::Back,
            ("b", _) => Wish::Bytes,
            ("q", _) => Wish::Quit,
            ("h" | "?", _) => Wish::Help,
            (_, Some(("g", number))) => number.trim().parse().map_or(Wish::Unknown(line), Wish::Goto),
            _ => line.strip_prefix('/').map_or(Wish::Unknown(line), Wish::Find),
        }
    }
}

/// Shows the packets one by one, with what both ends are in after each.
pub(super) fn through(story: &Story, style: &Style, keys: &mut Keys) -> Result<Ended, Failure> {
    let style = Style { frames: true, ..*style };
    let rows = views::Rows::of(story, &style);
    let mut stepper = Stepper { story, rows, style, keys };
    let mut at = 0;
    while let Some(row) = story.rows.get(at) {
        stepper.show(&stepper.rows.text(row))?;
        if let Some(ends) = &row.ends {
            stepper.show(&views::ends(ends, &stepper.style))?;
        }
        match stepper.ask(at)? {
            Some(next) => at = next,
            None => return Ok(Ended::Quit),
        }
    }
    Ok(Ended::AtTheEnd)
}

struct Stepper<'a> {
    story: &'a Story,
    rows: views::Rows<'a>,
    style: Style,
    keys: &'a mut Keys,
}

impl Stepper<'_> {
    /// Asks until somebody wants another row: which one, or None to quit.
    fn ask(&mut self, at: usize) -> Result<Option<usize>, Failure> {
        let rows = &self.story.rows;
        loop {
            self.prompt(at);
            let Some(line) = self.keys.line()? else { return Ok(Some(rows.len())) };
            match Wish::read(&line) {
                Wish::Next => return Ok(Some(at + 1)),
                Wish::Back => return Ok(Some(at.saturating_sub(1))),
                Wish::Quit => return Ok(None),
                Wish::Bytes => {
                    let sections = rows.get(at).map(|row| row.sections()).unwrap_or_default();
                    self.show(&views::sections(&sections, &self.style))?;
                }
                Wish::Goto(frame) => match rows.iter().position(|row| row.frame >= frame) {
                    Some(found) => return Ok(Some(found)),
                    None => remark(&format!(
                        "no row from frame {frame} on; the last row is frame {}",
                        rows.last().map_or(0, |row| row.frame)
                    )),
                },
                Wish::Find(text) => match self.find(at, text) {
                    Some(found) => return Ok(Some(found)),
                    None => remark(&format!("no row after this one holds {text:?}")),
                },
                Wish::Help => print(HELP)?,
                Wish::Unknown(other) => remark(&format!("{other:?}? h lists the keys")),
            }
        }
    }

    /// The next row whose text holds `text`, small and capital letters alike.
    fn find(&self, at: usize, text: &str) -> Option<usize> {
        let wanted = text.to_lowercase();
        let holds = |row| self.rows.text(row).to_lowercase().contains(&wanted);
        self.story.rows.iter().skip(at + 1).position(holds).map(|index| index + at + 1)
    }

    /// Prints text, and waits where it is longer than the screen.
    fn show(&mut self, text: &str) -> Result<(), Failure> {
        let Some(height) = screen_lines().filter(|height| *height > 4 && self.keys.terminal) else {
            return print(text);
        };
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut pages = lines.chunks(height - 1).peekable();
        while let Some(page) = pages.next() {
            print(&page.concat())?;
            if pages.peek().is_none() {
                break;
            }
            anstream::eprint!("-- more: Enter; q, Enter: leave this text --");
            if matches!(self.keys.line()?.as_deref().map(Wish::read), None | Some(Wish::Quit)) {
                break;
            }
        }
        Ok(())
    }

    /// The prompt goes to standard error, and only where somebody sits and reads it.
    fn prompt(&self, at: usize) {
        if self.keys.terminal {
            let (row, rows) = (at + 1, self.story.rows.len());
            anstream::eprint!("row {row} of {rows}: Enter; or p, b, g N, /TEXT, h, q and Enter? ");
            // A prompt that cannot be shown is not a reason to stop.
            let _ = io::stderr().flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wish;

    #[test]
    fn wishes() {
        let read = ["", "p", "g 12", "/SYN ack", "g x", "x", " q "].map(Wish::read);
        let wanted = [
            Wish::Next,
            Wish::Back,
            Wish::Goto(12),
            Wish::Find("SYN ack"),
            Wish::Unknown("g x"),
            Wish::Unknown("x"),
            Wish::Quit,
        ];
        assert_eq!(read, wanted);
    }
}
