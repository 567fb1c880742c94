//! `barewire read`: anybody's capture, in the views of `fetch`.

mod json;
mod scene;

use std::path::Path;

use super::input::read_reading;
use super::keylog;
use super::output::{complain, print, style};
use super::step::{self, Ended, Keys};
use crate::cli::{Place, ReadArgs};
use crate::failure::{Failure, Step};
use crate::story::{Config, Reading, Selection, Story, Transport, Uncounted};
use crate::views::{self, Style};

/// Lines of the ladder without -v.
const LADDER_LINES: usize = 28;
/// With more TCP connections than this, the table is shown alone, and one is to be chosen.
const FEW: usize = 3;

/// Runs the command: exit code 0, or 1 when a file could not be read to its end. A file that cannot be read at all, or
/// is not a capture, is said, and those after it are read all the same; its code is the command's.
///
/// # Errors
/// [`Failure`]: a key log that cannot be read, or output that cannot be written.
pub fn run(args: &ReadArgs) -> Result<u8, Failure> {
    let key_log = keylog::read(args.keylog.as_deref())?;
    let mut keys = keys(args)?;
    let mut code = 0;
    for path in &args.files {
        code = match file(args, path, &key_log, keys.as_mut()) {
            Ok((cut, ended)) => {
                code = code.max(u8::from(cut));
                if ended == Ended::Quit {
                    break;
                }
                code
            }
            Err(failure) if failure.step == Step::Input => {
                complain(&format!("({}) {failure}", failure.exit_code()));
                failure.exit_code()
            }
            Err(failure) => return Err(failure),
        };
    }
    Ok(code)
}

/// What --step reads its keys from. A capture may come over standard input.
fn keys(args: &ReadArgs) -> Result<Option<Keys>, Failure> {
    let taken = args.files.iter().any(|path| path == Path::new("-"));
    match (args.step, taken) {
        (false, _) => Ok(None),
        (true, false) => Ok(Some(Keys::of_stdin())),
        (true, true) => Keys::of_terminal().map(Some),
    }
}

/// Reads and draws one file; `true`: it could not be read to its end.
fn file(
    args: &ReadArgs,
    path: &Path,
    key_log: &str,
    keys: Option<&mut Keys>,
) -> Result<(bool, Ended), Failure> {
    let reading = read_reading(path, config(args, key_log), &args.at)?;
    let style = Style {
        lines: if args.verbose || args.bytes { usize::MAX } else { LADDER_LINES },
        frames: args.verbose || args.bytes,
        ..style()
    };
    if args.files.len() > 1 && !args.json && args.follow.is_none() {
        print(&format!("{}:\n", path.display()))?;
    }
    let (cut, ended) = present(args, reading, path, &style, keys)?;
    if let Some(why) = &cut {
        complain(&format!("{}: not read to its end: {why}", path.display()));
    }
    Ok((cut.is_some(), ended))
}

/// Shows what was read of a file, and gives why it was not read to its end.
pub(super) fn present(
    args: &ReadArgs,
    reading: Reading,
    path: &Path,
    style: &Style,
    keys: Option<&mut Keys>,
) -> Result<(Option<String>, Ended), Failure> {
    match reading {
        Reading::Scene(mut scene) => {
            scene::show(args, &config(args, "").selection, &mut scene, path, style)?;
            Ok((scene.tally.cut, Ended::AtTheEnd))
        }
        Reading::Story(story) => {
            let ended = show(args, &story, path, style, keys)?;
            for why in silence(args, &story) {
                complain(&format!("{}: {why}", path.display()));
            }
            Ok((story.tally.cut, ended))
        }
    }
}

/// Shows a story in the form that was asked for.
fn show(
    args: &ReadArgs,
    story: &Story,
    path: &Path,
    style: &Style,
    keys: Option<&mut Keys>,
) -> Result<Ended, Failure> {
    if let Some(Place::Name(name)) = args.host.iter().find(|host| matches!(host, Place::Name(_)))
        && args.at.is_empty()
    {
        let why =
            "is not an address, and this capture was taken at one point; the rows of DNS show which it has";
        return Err(Failure::new(Step::Usage, format!("--host: {name:?} {why}")));
    }
    match (args.json, args.follow, keys.filter(|_| !story.rows.is_empty())) {
        (true, ..) => json::lines(story, path, args.at.first().map(String::as_str))?,
        (false, Some(_), _) => print(&views::follow(story, style))?,
        (false, None, Some(keys)) => return step::through(story, style, keys),
        // Without a row there is nothing to step through: the table says why.
        (false, None, None) => draw(args, story, style)?,
    }
    Ok(Ended::AtTheEnd)
}

pub(super) fn config(args: &ReadArgs, key_log: &str) -> Config {
    let address = |host: &Place| match host {
        Place::Address(address) => Some(*address),
        Place::Name(_) => None,
    };
    let hosts = args.host.iter().filter_map(address).collect();
    let streams = args.stream.iter().chain(&args.follow).copied().collect();
    Config {
        key_log: key_log.to_owned(),
        selection: Selection { streams, hosts, ports: args.port.clone() },
        keep_parts: args.bytes || args.step || args.fields,
        keep_ends: args.step,
        keep_plain: args.follow.is_some(),
        ..Config::default()
    }
}

/// Why there is less to see than was asked for.
fn silence(args: &ReadArgs, story: &Story) -> Vec<String> {
    let mut why: Vec<String> =
        config(args, "").selection.missing(story).iter().map(|missing| missing.to_string()).collect();
    if let Some((transport, number)) = args.follow {
        let stream = format!("{} {number}", transport.name());
        why.extend(views::NoContent::of(story).map(|reason| format!("{stream}: {reason}")));
        let left_out = story.tally.without.get(&Uncounted::TooMany);
        why.extend(left_out.map(|more| format!("{stream} may go on: {} packets were not kept", more.frames)));
    }
    why
}

/// The table, and for one conversation or few also the picture.
fn draw(args: &ReadArgs, story: &Story, style: &Style) -> Result<(), Failure> {
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
        let name = if story.pages.len() > 1 { views::page_name(story, page, style) } else { String::new() };
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
