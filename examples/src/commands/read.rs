//! `barewire read`: anybody's capture, in the views of `fetch`.

mod json;
mod scene;

use std::path::Path;

use super::input::{read_file, read_reading};
use super::output::{complain, print, style};
use super::step;
use crate::cli::{Place, ReadArgs};
use crate::failure::{Failure, Step};
use crate::story::{Config, Reading, Selection, Story, Transport};
use crate::views::{self, Style};

/// Lines of the ladder without -v.
const LADDER_LINES: usize = 28;
/// With more TCP connections than this, the table is shown alone, and one is to be chosen.
const FEW: usize = 3;

/// Runs the command: exit code 0, or 1 when a file could not be read to its end.
///
/// # Errors
/// [`Failure`]: a file that cannot be read, or is not a capture.
pub fn run(args: &ReadArgs) -> Result<u8, Failure> {
    let key_log = match &args.keylog {
        Some(path) => String::from_utf8_lossy(&read_file(path)?).into_owned(),
        None => String::new(),
    };
    let mut cut = false;
    for path in &args.files {
        cut |= file(args, path, &key_log)?;
    }
    Ok(u8::from(cut))
}

/// Reads and draws one file; `true`: it could not be read to its end.
fn file(args: &ReadArgs, path: &Path, key_log: &str) -> Result<bool, Failure> {
    let reading = read_reading(path, config(args, key_log), &args.at)?;
    let style = Style {
        lines: if args.verbose || args.bytes { usize::MAX } else { LADDER_LINES },
        frames: args.verbose || args.bytes,
        ..style()
    };
    if args.files.len() > 1 && !args.json && args.follow.is_none() {
        print(&format!("{}:\n", path.display()))?;
    }
    let cut = present(args, reading, path, &style)?;
    if let Some(why) = &cut {
        complain(&format!("{}: not read to its end: {why}", path.display()));
    }
    Ok(cut.is_some())
}

/// Shows what was read of a file, and gives why it was not read to its end.
pub(super) fn present(
    args: &ReadArgs,
    reading: Reading,
    path: &Path,
    style: &Style,
) -> Result<Option<String>, Failure> {
    match reading {
        Reading::Scene(mut scene) => {
            scene::show(args, &config(args, "").selection, &mut scene, path, style)?;
            Ok(scene.tally.cut)
        }
        Reading::Story(story) => {
            show(args, &story, path, style)?;
            Ok(story.tally.cut)
        }
    }
}

/// Shows a story in the form that was asked for.
fn show(args: &ReadArgs, story: &Story, path: &Path, style: &Style) -> Result<(), Failure> {
    if let Some(Place::Name(name)) = &args.host
        && args.at.is_empty()
    {
        let why = "is not an address, and this capture was taken at one point";
        return Err(Failure::new(Step::Usage, format!("--host: {name:?} {why}")));
    }
    match (args.json, args.follow) {
        (true, _) => json::lines(story, path, args.at.first().map(String::as_str)),
        (false, Some(_)) => print(&views::follow(story, style)),
        (false, None) => draw(args, story, style),
    }
}

pub(super) fn config(args: &ReadArgs, key_log: &str) -> Config {
    let host = match args.host {
        Some(Place::Address(address)) => Some(address),
        _ => None,
    };
    let streams = args.stream.iter().chain(&args.follow).copied().collect();
    Config {
        key_log: key_log.to_owned(),
        selection: Selection { streams, host, port: args.port },
        keep_parts: args.bytes || args.step || args.fields,
        keep_ends: args.step,
        keep_plain: args.follow.is_some(),
        ..Config::default()
    }
}

/// The table, and for one conversation or few also the picture.
fn draw(args: &ReadArgs, story: &Story, style: &Style) -> Result<(), Failure> {
    if args.step {
        return step::through(story, style).map(|_| ());
    }
    print(&views::conversations(story, style))?;
    if args.bytes {
        return bytes(story, style);
    }
    let connections = story.conversations.iter().filter(|one| one.transport == Transport::Tcp).count();
    if story.rows.is_empty() {
        return Ok(());
    }
    if connections > FEW && config(args, "").selection.is_everything() && !args.verbose {
        return print("\nchoose one with --stream N, --host or --port, or -v for the ladder of all\n");
    }
    print(&format!("\n{}", views::ladder(story, style)))?;
    for (page, budget) in story.pages.iter().zip(story.budgets()) {
        if budget.phases.is_empty() {
            continue;
        }
        let name = if story.pages.len() > 1 { views::page_name(story, page) } else { String::new() };
        print(&format!("\n{name}{}", views::budget(&budget, style)))?;
    }
    let heads = if args.verbose { views::heads(story, style) } else { String::new() };
    for block in [views::facts(story, style), heads].iter().filter(|block| !block.is_empty()) {
        print(&format!("\n{block}"))?;
    }
    Ok(())
}

/// Every packet with its bytes.
fn bytes(story: &Story, style: &Style) -> Result<(), Failure> {
    let rows = views::Rows::of(story, style);
    for row in &story.rows {
        let sections = views::sections(&row.sections(), style);
        print(&format!("\n{}{sections}", rows.text(row)))?;
    }
    Ok(())
}
