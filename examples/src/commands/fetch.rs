//! `barewire fetch`: set the network up, fetch, and draw what the trace holds.

mod hops;
mod json;
mod measured;
mod options;
mod outcome;
mod picture;
mod proof;
mod receive;
mod request;
mod sessions;
mod write_out;

use std::path::Path;

use barewire_packet::capture::Capture;
use barewire_tls13::Ledger;

use super::input::read_all;
use super::keylog;
use super::output::{Destination, Picture, Printer, complain, unwritable};
use super::report::About;
use crate::cli::FetchArgs;
use crate::failure::Failure;
use crate::fetch::{Errand, Job, Visit, visit};
use crate::network::Network;
use crate::story::{Config, Reading, SceneReader, Story};
use crate::views::count;
use measured::Measured;
use options::{check, destinations, jobs, open_network, redirects};
use outcome::Outcome;
use receive::{Measures, Receiver};
use write_out::{Written, write_out};

/// Runs the command. A fetch that failed is drawn as far as it came, and its exit code returned.
///
/// # Errors
/// [`Failure`]: bad flags, a file that cannot be read or written, or the fetch's own.
pub fn run(args: &FetchArgs) -> Result<u8, Failure> {
    check(args)?;
    let format = args.answer.write_out.as_deref().map(format).transpose()?;
    let mut jobs = jobs(args)?;
    let sessions = sessions::read(args)?;
    jobs.iter_mut().for_each(|job| job.sessions.clone_from(&sessions));
    let destinations = destinations(args)?;
    let mut network = open_network(args)?;
    let point = network.trace().name();
    if args.csv.is_some() {
        network.trace().keep_variables();
    }
    if args.cwnd {
        network.trace().write_windows();
    }
    let visits = visit_all(args, jobs, &destinations, format.as_deref(), network.as_mut());
    let dropped = network.trace().dropped();
    let capture = network.trace().take(network.now());
    // First of all: if another file cannot be written, a session that was used must not be in this one any more.
    sessions::write(args, sessions.as_ref())?;
    write_files(args, &capture)?;
    if let Some(path) = &args.csv {
        write_file(path, network.trace().csv().as_bytes())?;
    }

    let config = Config {
        keep_parts: args.bytes || args.step,
        keep_ends: args.step,
        keep_http: args.verbose,
        ..Config::default()
    };
    let story = story_of(args, &capture, &point, args.files_out.config(config));
    let walks = if args.network.cold { network.walks() } else { Vec::new() };
    let mut run = Outcome { args, network: network.describe(), story, walks, visits, destinations };
    let mut printer = Printer::to(picture_to(&run), &args.files_out);
    picture::draw(&run, &mut printer)?;
    network.complaints().iter().for_each(|why| complain(why));
    if dropped > 0 {
        complain(&format!("the trace was full: {} packets are not in it", count(dropped as u64)));
    }
    let written = match (&run.visits[..], &run.destinations[..], &format) {
        // Of several URLs each one has written its own.
        ([visit], [to], Some(format)) => Some(write_out(format, &Measured::of(0, visit, to, &run.story))),
        _ => None,
    };
    report(&mut run, &printer)?;
    written.iter().try_for_each(Written::print)?;
    end(run)
}

/// Fetches, draws nothing, and gives the ledger of each TLS connection, with the failure, if there was one.
pub(super) fn ledgers(args: &FetchArgs) -> Result<(Vec<Ledger>, Option<Failure>), Failure> {
    check(args)?;
    let (jobs, destinations) = (jobs(args)?, destinations(args)?);
    let mut network = open_network(args)?;
    network.trace().keep_ledgers();
    let visits = visit_all(args, jobs, &destinations, None, network.as_mut());
    let failure = visits.into_iter().find_map(|visit| visit.failure);
    Ok((network.trace().ledgers(), failure))
}

/// Fetches all of them.
fn visit_all(
    args: &FetchArgs,
    jobs: Vec<Job>,
    destinations: &[Destination],
    format: Option<&str>,
    network: &mut dyn Network,
) -> Vec<Visit> {
    let point = network.trace().name();
    let story = |capture: &Capture| story_of(args, capture, &point, Config::default());
    let receiver = |(number, to)| {
        let format = format.filter(|_| destinations.len() > 1);
        Receiver::new(to, args, format.map(|format| Measures { number, format, to, story: &story }))
    };
    let mut receivers: Vec<Receiver<'_>> = destinations.iter().enumerate().map(receiver).collect();
    let errands = jobs.into_iter().zip(&mut receivers);
    let errands = errands.map(|(job, sink)| Errand {
        job,
        redirects: redirects(args),
        retries: options::retries(&args.retry),
        sink,
    });
    visit(network, errands.collect(), &options::config(args))
}

/// The report and the page.
fn report(run: &mut Outcome<'_>, printer: &Printer) -> Result<(), Failure> {
    if !run.args.files_out.wanted() {
        return Ok(());
    }
    let (title, fetch) = (run.title(), json::outcomes(run));
    let reading = Reading::Story(Box::new(std::mem::take(&mut run.story)));
    let file = run.visits.first().map(|visit| visit.url.host.as_str()).unwrap_or_default();
    let about = About { file, title: &title, at: None, look: None, fetch };
    run.args.files_out.write(&reading, &[], &about, printer)
}

/// The exit code: that of the last URL, and with -Z that of the last one that failed, as in curl. -s says nothing of a
/// failure, unless -S is given.
fn end(run: Outcome<'_>) -> Result<u8, Failure> {
    let Outcome { args, visits, .. } = run;
    let failed = |visit: &Visit| visit.failure.is_some();
    let last_failure = visits.iter().rposition(failed).filter(|_| args.network.parallel);
    let last = last_failure.unwrap_or(visits.len().saturating_sub(1));
    let says_why = !args.answer.silent || args.answer.show_error;
    for (number, visit) in visits.into_iter().enumerate() {
        if !args.answer.silent
            && let Some(hint) = hops::hint(&visit)
        {
            complain(&hint);
        }
        match visit.failure {
            Some(failure) if number == last && says_why => return Err(failure),
            Some(failure) if number == last => return Ok(failure.exit_code()),
            Some(failure) if says_why => complain(&format!("({}) {failure}", failure.exit_code())),
            _ => {}
        }
    }
    Ok(0)
}

/// The format of -w, which may stand in a file. As in curl, its line ends do not count.
fn format(text: &str) -> Result<String, Failure> {
    let Some(file) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    let mut bytes = read_all(Path::new(file))?;
    bytes.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Where the picture goes. A body on standard output has that for itself.
fn picture_to(run: &Outcome<'_>) -> Picture {
    match run.destinations.contains(&Destination::Stdout) {
        _ if run.args.answer.silent || run.args.files_out.is_on_stdout() => Picture::Nowhere,
        true => Picture::Aside,
        false => Picture::Out,
    }
}

/// The story of the capture. A scene is captured at several hosts, and so is a cold resolver; a fetch is drawn as its
/// own host saw it.
fn story_of(args: &FetchArgs, capture: &Capture, host: &str, config: Config) -> Story {
    let at = [host.to_owned()];
    let has_several = args.network.scene.is_some() || args.network.cold;
    match SceneReader::read(capture, config.clone(), if has_several { &at } else { &[] }) {
        Ok(Reading::Story(story)) => *story,
        _ => Story::of(capture, config),
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| unwritable(&path.display().to_string(), &error))
}

fn write_files(args: &FetchArgs, capture: &Capture) -> Result<(), Failure> {
    if let Some(path) = &args.pcapng {
        write_file(path, &capture.write())?;
    }
    keylog::append(args.keylog.as_deref(), &capture.secrets.concat())
}
