//! `barewire read`: anybody's capture, in the views of `fetch`.

mod json;
mod scene;

use std::path::Path;

use super::input::read_reading;
use super::keylog;
use super::output::{Printer, complain, style};
use super::report::About;
use super::step::{self, Ended, Keys};
use crate::cli::{Place, ReadArgs};
use crate::failure::{Failure, Step};
use crate::story::{Config, Reading, Selection, Span, Story, Transport, Uncounted};
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
    if args.files_out.wanted() && args.files.len() > 1 {
        let why = "take one capture: the file is of one story";
        return Err(Failure::new(Step::Usage, format!("--html, --report and --har {why}")));
    }
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
    check(args, &reading, path)?;
    // With a strip below it, a row takes two lines.
    let lines = if args.cwnd { 2 * LADDER_LINES } else { LADDER_LINES };
    let style = Style {
        lines: if args.verbose || args.bytes { usize::MAX } else { lines },
        frames: args.verbose || args.bytes,
        windows: args.cwnd,
        ..style()
    };
    let mut printer = Printer::new(&args.files_out);
    if args.files.len() > 1 && !args.json && args.follow.is_none() {
        printer.print(&format!("{}:\n", path.display()))?;
    }
    let shown = present(args, reading, path, &style, keys, &mut printer)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let at = args.at.first().map(String::as_str);
    let about = About { file: &name, title: &name, at, look: None, fetch: Vec::new() };
    args.files_out.write(&shown.reading, &shown.waits, &about, &printer)?;
    let cut = shown.cut();
    if let Some(why) = cut {
        complain(&format!("{}: not read to its end: {why}", path.display()));
    }
    Ok((cut.is_some(), shown.ended))
}

/// What was shown, and how that ended.
pub(super) struct Shown {
    pub(super) reading: Reading,
    /// The tree of waits of a scene.
    pub(super) waits: Vec<Span>,
    pub(super) ended: Ended,
}

impl Shown {
    /// Why the file was not read to its end.
    fn cut(&self) -> Option<&str> {
        match &self.reading {
            Reading::Scene(scene) => scene.tally.cut.as_deref(),
            Reading::Story(story) => story.tally.cut.as_deref(),
        }
    }
}

/// Refuses what cannot be shown of this reading, before anything is drawn.
pub(super) fn check(args: &ReadArgs, reading: &Reading, path: &Path) -> Result<(), Failure> {
    check_hosts(args, reading)?;
    match reading {
        Reading::Scene(scene) => scene::check(args, scene, path),
        Reading::Story(_) => Ok(()),
    }
}

/// Shows what was read of a file, in the form that was asked for. It was [checked](check) before.
pub(super) fn present(
    args: &ReadArgs,
    mut reading: Reading,
    path: &Path,
    style: &Style,
    keys: Option<&mut Keys>,
    printer: &mut Printer,
) -> Result<Shown, Failure> {
    let (mut waits, mut ended) = (Vec::new(), Ended::AtTheEnd);
    if let Reading::Scene(scene) = &mut reading {
        waits = scene::choose(args, &config(args, "").selection, scene, path)?;
    }
    match &reading {
        _ if args.json => json::lines(args, &reading, &waits, path, printer)?,
        Reading::Scene(scene) => scene::draw(scene, &waits, style, printer)?,
        Reading::Story(story) => ended = show(args, story, style, keys, printer)?,
    }
    if let Reading::Story(story) = &reading {
        for why in silence(args, story) {
            complain(&format!("{}: {why}", path.display()));
        }
    }
    Ok(Shown { reading, waits, ended })
}

/// Shows a story as text.
fn show(
    args: &ReadArgs,
    story: &Story,
    style: &Style,
    keys: Option<&mut Keys>,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    match (args.follow, keys.filter(|_| !story.rows.is_empty())) {
        (Some(_), _) => printer.print(&views::follow(story, style))?,
        (None, Some(keys)) => return step::through(story, style, keys),
        // Without a row there is nothing to step through: the table says why.
        (None, None) => draw(args, story, style, printer)?,
    }
    Ok(Ended::AtTheEnd)
}

/// A host is chosen by its name only in a capture of several.
fn check_hosts(args: &ReadArgs, reading: &Reading) -> Result<(), Failure> {
    if let Reading::Story(_) = reading
        && let Some(Place::Name(name)) = args.host.iter().find(|host| matches!(host, Place::Name(_)))
        && args.at.is_empty()
    {
        let why =
            "is not an address, and this capture was taken at one point; the rows of DNS show which it has";
        return Err(Failure::new(Step::Usage, format!("--host: {name:?} {why}")));
    }
    Ok(())
}

pub(super) fn config(args: &ReadArgs, key_log: &str) -> Config {
    let address = |host: &Place| match host {
        Place::Address(address) => Some(*address),
        Place::Name(_) => None,
    };
    let hosts = args.host.iter().filter_map(address).collect();
    let streams = args.stream.iter().chain(&args.follow).copied().collect();
    args.files_out.config(Config {
        key_log: key_log.to_owned(),
        selection: Selection { streams, hosts, ports: args.port.clone() },
        keep_parts: args.bytes || args.step || args.fields,
        parts_of: args.frame.clone().unwrap_or(0..=u64::MAX),
        keep_ends: args.step || args.fields,
        keep_plain: args.follow.is_some(),
        keep_http: args.borders || args.verbose,
        ..Config::default()
    })
}

/// Why there is less to see than was asked for.
fn silence(args: &ReadArgs, story: &Story) -> Vec<String> {
    let mut why: Vec<String> =
        config(args, "").selection.missing(story).iter().map(|missing| missing.to_string()).collect();
    if args.cwnd && story.rows.iter().all(|row| row.windows().is_none()) {
        let who = "`fetch --cwnd --pcapng FILE` writes it into comments";
        why.push(format!("--cwnd: the capture does not tell. A congestion window is not on the wire; {who}"));
    }
    if let Some((transport, number)) = args.follow {
        let stream = format!("{} {number}", transport.name());
        why.extend(views::NoContent::of(story).map(|reason| format!("{stream}: {reason}")));
        let left_out = story.tally.without.get(&Uncounted::TooMany);
        why.extend(
            left_out.map(|more| {
                format!("{stream} may go on: {} packets were not kept", views::count(more.frames))
            }),
        );
    }
    why
}

/// The table, and for one conversation or few also the picture.
fn draw(args: &ReadArgs, story: &Story, style: &Style, printer: &mut Printer) -> Result<(), Failure> {
    printer.print(&views::conversations(story, style))?;
    if args.bytes {
        return bytes(story, style, printer);
    }
    let connections = story.conversations.iter().filter(|one| one.transport == Transport::Tcp).count();
    if story.rows.is_empty() {
        return Ok(());
    }
    if connections > FEW && config(args, "").selection.is_everything() && !args.verbose {
        return printer
            .print("\nchoose one with --stream N, --host or --port, or -v for the ladder of all\n");
    }
    printer.print(&format!("\n{}", views::ladder(story, style)))?;
    for (page, budget) in story.pages.iter().zip(story.budgets()) {
        if budget.phases.is_empty() {
            continue;
        }
        let name = if story.pages.len() > 1 { views::page_name(story, page, style) } else { String::new() };
        printer.print(&format!("\n{name}{}", views::budget(&budget, style)))?;
    }
    let said = match (args.verbose, args.borders) {
        (true, _) => views::heads(story, style),
        (false, true) => views::borders(story, style),
        (false, false) => String::new(),
    };
    for block in [views::facts(story, style), said].iter().filter(|block| !block.is_empty()) {
        printer.print(&format!("\n{block}"))?;
    }
    Ok(())
}

/// Every packet with its bytes.
fn bytes(story: &Story, style: &Style, printer: &mut Printer) -> Result<(), Failure> {
    let rows = views::Rows::of(story, style);
    for row in &story.rows {
        let sections = views::sections(&row.sections(), style);
        printer.print(&format!("\n{}{sections}", rows.text(row)))?;
    }
    Ok(())
}
