//! What a person reads: the bytes, if they are wanted, one table of all records, then the notes to each question.

use barewire_dissect::several;
use barewire_dns::driver::Direction;

use super::asked::Asked;
use super::carried::Carried;
use super::found::{Row, all_rows, rows};
use super::notes::notes;
use super::table::table;
use crate::cli::ResolveArgs;
use crate::story::Section;
use crate::views::{Style, paragraph, section};

/// All of it. `about` is a last line about the network.
pub(super) fn text(args: &ResolveArgs, asked: &[Asked], about: &str, style: &Style) -> String {
    let mut out = String::new();
    if args.bytes {
        asked.iter().for_each(|asked| out.push_str(&bytes(&asked.carried, style)));
    }
    let shown: fn(&Asked) -> Vec<Row> = if args.verbose { all_rows } else { rows };
    out.push_str(&table(&without_repetition(asked.iter().map(shown)), style));
    for one in asked {
        out.push_str(&said(args, one, asked.len() > 1, style));
    }
    if !about.is_empty() {
        out.push_str(&paragraph(about, 2, style.width));
    }
    out
}

/// The rows of all questions. Several replies in a row may have the same SOA record beside them; once is enough.
fn without_repetition(questions: impl Iterator<Item = Vec<Row>>) -> Vec<Row> {
    let (mut shown, mut last) = (Vec::new(), Vec::new());
    for rows in questions {
        let (answers, others): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(Row::is_answer);
        shown.extend(answers);
        if others != last {
            shown.extend(others.iter().cloned());
            last = others;
        }
    }
    shown
}

/// The notes to a question; among several it is named.
fn said(args: &ResolveArgs, asked: &Asked, is_named: bool, style: &Style) -> String {
    let notes = notes(args, asked);
    let head = if is_named && !notes.is_empty() { format!("  {}\n", asked.title()) } else { String::new() };
    let indent = if is_named { 4 } else { 2 };
    head + &notes.iter().map(|note| paragraph(note, indent, style.width)).collect::<String>()
}

/// Every message, under a line that says where it went.
pub(super) fn bytes(carried: &Carried, style: &Style) -> String {
    let mut out = String::new();
    if carried.lost() > 0 {
        let lost = several(carried.lost().into(), "message");
        out.push_str(&format!("{lost} that came are not shown: there were too many to keep\n\n"));
    }
    for passed in &carried.messages {
        let way = match passed.direction {
            Direction::Sent => "sent to",
            Direction::Received => "received from",
        };
        out.push_str(&format!("{way} {} over {}\n", passed.peer, passed.protocol));
        out.push_str(&section(&Section::dns(&passed.bytes), style));
        out.push('\n');
    }
    out
}
