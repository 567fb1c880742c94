//! `barewire fetch`: set the network up, fetch, and draw what the trace holds.

mod json;
mod options;
mod outcome;
mod proof;

use std::io::Write;
use std::path::Path;

use barewire_dissect::columns;
use barewire_packet::capture::Capture;

use super::output::{Printer, body_sink, complain, style, unwritable};
use super::report::About;
use super::{keylog, step};
use crate::cli::{FetchArgs, Net};
use crate::failure::Failure;
use crate::fetch::fetch;
use crate::story::{Config, Reading, SceneReader, Story};
use crate::views::{self, Style};
use options::{check, job, open_network};
use outcome::Outcome;

/// Lines of the ladder, so that the whole picture keeps within sixty.
const LADDER_LINES: usize = 28;

/// Runs the command. A fetch that failed is drawn as far as it came, and its exit code returned.
///
/// # Errors
/// [`Failure`]: bad flags, a file that cannot be read or written, or the fetch's own.
pub fn run(args: &FetchArgs) -> Result<u8, Failure> {
    check(args)?;
    let job = job(args)?;
    let mut network = open_network(args)?;
    let mut body = body_sink(args.output.as_deref());
    let result = fetch(network.as_mut(), &job, body.as_mut());
    let result =
        result.and_then(|page| body.flush().map_err(|error| unwritable("the body", &error)).map(|()| page));
    drop(body);
    let dropped = network.trace().dropped();
    let capture = network.trace().take(network.now());
    write_files(args, &capture)?;

    let config = Config { keep_parts: args.bytes || args.step, keep_ends: args.step, ..Config::default() };
    let config = args.files_out.config(config);
    let story = story_of(args, &capture, &network.trace().name(), config);
    let run = Outcome { args, job: &job, network: network.describe(), story, result };
    let mut printer = Printer::new(args.files_out.wanted());
    draw(&run, &mut printer)?;
    network.undone().iter().for_each(|why| complain(why));
    if dropped > 0 {
        complain(&format!("the trace was full: {dropped} packets are not in it"));
    }
    let title = format!("fetch {} over {}", run.job.url, run.network);
    let reading = Reading::Story(Box::new(run.story));
    let about = About { file: run.job.url.host.as_str(), title: &title, at: None, look: None };
    args.files_out.write(&reading, &[], &about, &printer)?;
    run.result.map(|_| 0)
}

/// The story of the capture. A scene is captured at several hosts; a fetch is drawn as its own host saw it.
fn story_of(args: &FetchArgs, capture: &Capture, host: &str, config: Config) -> Story {
    let at = [host.to_owned()];
    match SceneReader::read(capture, config.clone(), if args.scene.is_some() { &at } else { &[] }) {
        Ok(Reading::Story(story)) => *story,
        _ => Story::of(capture, config),
    }
}

/// Prints the picture, or what takes its place.
fn draw(run: &Outcome<'_>, printer: &mut Printer) -> Result<(), Failure> {
    let style = Style {
        lines: if run.args.verbose { usize::MAX } else { LADDER_LINES },
        frames: run.args.verbose,
        ..style()
    };
    if run.args.step {
        printer.print(&headline(run, &style))?;
        if step::through(&run.story, &style, &mut step::Keys::of_stdin())? == step::Ended::Quit {
            return Ok(());
        }
    }
    let text = if run.args.json { json::report(run) } else { picture(run, &style) };
    // A body on standard output has it for itself.
    if run.args.output.as_deref() == Some(Path::new("-")) {
        printer.print_aside(&text);
        return Ok(());
    }
    printer.print(&text)
}

/// The whole picture of a fetch: ladder, budget, proof, page. A fetch that failed is drawn as far as it came.
fn picture(run: &Outcome<'_>, style: &Style) -> String {
    let Outcome { args, story, result, .. } = run;
    // A user who steps has seen the headline and the ladder.
    let mut out = if args.step { String::new() } else { headline(run, style) };
    if args.bytes {
        let rows = views::Rows::of(story, style);
        for row in &story.rows {
            out.push_str(&rows.text(row));
            out.push_str(&views::sections(&row.sections(), style));
            out.push('\n');
        }
    } else if !args.step && !story.rows.is_empty() {
        out.push_str(&views::ladder(story, style));
        out.push('\n');
    }
    let budget = story.budget();
    if !budget.phases.is_empty() {
        out.push_str(&views::budget(&budget, style));
    }
    let Ok(page) = result else { return out };
    out.push('\n');
    out.push_str(&proof::proved(page, style.width));
    if args.verbose || args.head {
        out.push('\n');
        out.push_str(&views::heads(story, style));
    }
    if page.length > 0 && args.output.is_none() {
        out.push('\n');
        out.push_str(&proof::beginning(page, style.width));
    }
    if args.net == Net::Toy && args.url.is_none() {
        out.push('\n');
        out.push_str(NEXT);
    }
    out
}

/// What was asked for, over which network.
fn headline(run: &Outcome<'_>, style: &Style) -> String {
    let text = format!("fetch {} over {}", run.job.url, run.network);
    match text.split_once(": ").filter(|_| columns(&text) > style.width) {
        Some((head, rest)) if head.contains(" over ") => {
            let lines = [views::paragraph(head, 0, style.width), views::paragraph(rest, 2, style.width)];
            format!("{}\n", lines.concat())
        }
        _ => format!("{}\n", views::paragraph(&text, 0, style.width)),
    }
}

/// Where to go from the first page.
const NEXT: &str = "  next  --step    one packet at a time      --rtt 200 --loss 2    a worse path
        --bytes   every byte by name        --net os|raw   a real network
        --pcapng t.pcapng     open it in Wireshark, decrypted
        cargo run --example tcp_handshake     a lesson
";

fn write_files(args: &FetchArgs, capture: &Capture) -> Result<(), Failure> {
    if let Some(path) = &args.pcapng {
        let failed = |error| unwritable(&path.display().to_string(), &error);
        std::fs::write(path, capture.write()).map_err(failed)?;
    }
    keylog::append(args.keylog.as_deref(), &capture.secrets.concat())
}
