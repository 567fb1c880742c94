//! `barewire fetch`: set the network up, fetch, and draw what the trace holds.

mod hops;
mod json;
mod measured;
mod options;
mod outcome;
mod proof;
mod receive;
mod request;
mod write_out;

use std::path::Path;

use barewire_dissect::columns;
use barewire_packet::capture::Capture;

use super::input::read_all;
use super::output::{Destination, Picture, Printer, body_sink, complain, print, style, unwritable};
use super::report::About;
use super::{keylog, step};
use crate::cli::{FetchArgs, Net};
use crate::failure::Failure;
use crate::fetch::follow;
use crate::story::{Config, Reading, SceneReader, Story};
use crate::views::{self, Style};
use measured::Measured;
use options::{check, destination, job, open_network, redirects};
use outcome::Outcome;
use receive::Receiver;
use write_out::write_out;

/// Lines of the ladder, so that the whole picture keeps within sixty.
const LADDER_LINES: usize = 28;

/// Runs the command. A fetch that failed is drawn as far as it came, and its exit code returned.
///
/// # Errors
/// [`Failure`]: bad flags, a file that cannot be read or written, or the fetch's own.
pub fn run(args: &FetchArgs) -> Result<u8, Failure> {
    check(args)?;
    let format = args.answer.write_out.as_deref().map(format).transpose()?;
    let job = job(args)?;
    let to = destination(args)?;
    let mut network = open_network(args)?;
    let body = body_sink(&to, args.answer.silent);
    let mut receiver = Receiver::new(body, &args.answer, args.request.head);
    let mut visit = follow(network.as_mut(), &job, redirects(args), &mut receiver);
    if visit.failure.is_none() {
        visit.failure = receiver.flush().err();
    }
    drop(receiver);
    let dropped = network.trace().dropped();
    let capture = network.trace().take(network.now());
    write_files(args, &capture)?;

    let config = Config {
        keep_parts: args.bytes || args.step,
        keep_ends: args.step,
        keep_http: args.verbose,
        ..Config::default()
    };
    let config = args.files_out.config(config);
    let story = story_of(args, &capture, &network.trace().name(), config);
    let mut run = Outcome { args, url: &job.url, network: network.describe(), story, visit };
    let mut printer = Printer::to(picture_to(args, &to), &args.files_out);
    draw(&run, &mut printer)?;
    network.undone().iter().for_each(|why| complain(why));
    if dropped > 0 {
        complain(&format!("the trace was full: {dropped} packets are not in it"));
    }
    let written =
        format.map(|format| write_out(&format, &Measured::of(run.url, &run.visit, &to, &run.story)));
    report(&mut run, &printer)?;
    if let Some(written) = written {
        anstream::eprint!("{}", written.stderr);
        print(&written.stdout)?;
    }
    end(run)
}

/// The report and the page.
fn report(run: &mut Outcome<'_>, printer: &Printer) -> Result<(), Failure> {
    if !run.args.files_out.wanted() {
        return Ok(());
    }
    let title = format!("fetch {} over {}", run.url, run.network);
    let fetch = Some(json::outcome(run));
    let reading = Reading::Story(Box::new(std::mem::take(&mut run.story)));
    let about = About { file: run.url.host.as_str(), title: &title, at: None, look: None, fetch };
    run.args.files_out.write(&reading, &[], &about, printer)
}

/// The exit code. -s says nothing of a failure, unless -S is given.
fn end(run: Outcome<'_>) -> Result<u8, Failure> {
    let Outcome { args, visit, .. } = run;
    if !args.answer.silent
        && let Some(hint) = hops::hint(&visit)
    {
        complain(&hint);
    }
    match visit.failure {
        None => Ok(0),
        Some(failure) if args.answer.silent && !args.answer.show_error => Ok(failure.exit_code()),
        Some(failure) => Err(failure),
    }
}

/// The format of -w, which may stand in a file.
fn format(text: &str) -> Result<String, Failure> {
    match text.strip_prefix('@') {
        Some(file) => Ok(String::from_utf8_lossy(&read_all(Path::new(file))?).into_owned()),
        None => Ok(text.to_owned()),
    }
}

/// Where the picture goes. A body on standard output has that for itself.
fn picture_to(args: &FetchArgs, body: &Destination) -> Picture {
    match body {
        _ if args.answer.silent || args.files_out.is_on_stdout() => Picture::Nowhere,
        Destination::Stdout => Picture::Aside,
        Destination::Nowhere | Destination::File(_) => Picture::Out,
    }
}

/// The story of the capture. A scene is captured at several hosts; a fetch is drawn as its own host saw it.
fn story_of(args: &FetchArgs, capture: &Capture, host: &str, config: Config) -> Story {
    let at = [host.to_owned()];
    match SceneReader::read(capture, config.clone(), if args.network.scene.is_some() { &at } else { &[] }) {
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
    if run.args.answer.silent && run.args.verbose {
        anstream::eprint!("{}", views::heads(&run.story, &style));
    }
    printer.print(&picture(run, &style))
}

/// The whole picture of a fetch: ladder, budget, proof, page. A fetch that failed is drawn as far as it came.
fn picture(run: &Outcome<'_>, style: &Style) -> String {
    let Outcome { args, story, visit, .. } = run;
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
    out.push_str(&budgets(story, style));
    out.push_str(&hops::list(visit, style.width));
    let answer = run.answer();
    if let Some(page) = answer {
        out.push('\n');
        out.push_str(&proof::proved(page, style.width));
    }
    if args.verbose || args.request.head && answer.is_some() {
        out.push('\n');
        out.push_str(&views::heads(story, style));
    }
    let borders = views::borders(story, style);
    if !borders.is_empty() {
        out.push('\n');
        out.push_str(&borders);
    }
    let Some(page) = answer else { return out };
    if page.length > 0 && !args.answer.include && args.answer.output.is_none() && !args.answer.remote_name {
        out.push('\n');
        out.push_str(&proof::beginning(page, style.width));
    }
    if args.network.net == Net::Toy && args.url.is_none() {
        out.push('\n');
        out.push_str(NEXT);
    }
    out
}

/// The budget of each hop.
fn budgets(story: &Story, style: &Style) -> String {
    let pages = story.pages.iter().zip(story.budgets());
    let shown: Vec<_> = pages.filter(|(_, budget)| !budget.phases.is_empty()).collect();
    let drawn = shown.iter().map(|(page, budget)| {
        let name = if shown.len() > 1 { views::page_name(story, page, style) } else { String::new() };
        format!("{name}{}", views::budget(budget, style))
    });
    drawn.collect::<Vec<_>>().join("\n")
}

/// What was asked for, over which network.
fn headline(run: &Outcome<'_>, style: &Style) -> String {
    let text = format!("fetch {} over {}", run.url, run.network);
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
