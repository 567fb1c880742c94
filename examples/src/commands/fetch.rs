//! `barewire fetch`: set the network up, fetch, and draw what the trace holds.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use barewire_dns::RecordType;
use barewire_packet::capture::Capture;
use barewire_tls13::Trust;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::output::body_sink;
use super::{step, terminal_width, text_style};
use crate::cli::{FetchArgs, Net};
use crate::failure::{Failure, Step};
use crate::fetch::{Job, fetch as fetch_page};
use crate::network::{Names, Network, Os, Raw, Toy, ToyOptions, toy_failure, toy_root_pem};
use crate::reading::{Keep, Story};
use crate::trace::Trace;
use crate::url::Url;
use crate::views::{self, LadderStyle};

/// What is fetched when nothing is named.
const DEFAULT_URL: &str = "https://www.example.test/";
/// Lines of the ladder, so that the whole picture keeps within sixty.
const LADDER_LINES: usize = 28;

/// Runs the command. A fetch that failed is drawn as far as it came, and its exit code returned.
pub fn fetch(args: &FetchArgs) -> Result<u8, Failure> {
    check(args)?;
    let job = job(args)?;
    let (mut network, trace) = open_network(args)?;
    let mut body = body_sink(args.output.as_deref());
    let outcome = fetch_page(network.as_mut(), &trace, &job, body.as_mut());
    let outcome = outcome
        .and_then(|page| body.flush().map_err(|error| output_failure("the body", &error)).map(|()| page));
    drop(body);
    let capture = trace.take();
    write_files(args, &capture)?;

    let keep = if args.bytes || args.step { Keep::Bytes } else { Keep::Rows };
    let story = Story::of(&capture, keep);
    draw(&views::Report {
        job: &job,
        args,
        network: network.as_ref(),
        capture: &capture,
        story: &story,
        outcome: &outcome,
    })?;
    if trace.dropped() > 0 {
        anstream::eprintln!("barewire: the trace was full: {} packets are not in it", trace.dropped());
    }
    outcome.map(|_| 0)
}

/// Prints the picture, or what takes its place.
fn draw(report: &views::Report<'_>) -> Result<(), Failure> {
    let args = report.args;
    if args.step {
        print(&views::headline(report))?;
        step::through(report.story, report.capture, &text_style())?;
    }
    let text = if args.json {
        views::report(report)
    } else {
        views::picture(report, &picture_style(args), &text_style())
    };
    // A body on standard output has it for itself.
    if args.output.as_deref() == Some(Path::new("-")) {
        anstream::eprint!("{text}");
        return Ok(());
    }
    print(&text)
}

/// Flags that would do nothing are refused, so that nobody takes a figure for what it is not.
fn check(args: &FetchArgs) -> Result<(), Failure> {
    let toy = args.net == Net::Toy;
    if !toy && (args.rtt.is_some() || args.loss.is_some()) {
        return Err(Failure::new(
            Step::Usage,
            "--rtt and --loss bend the toy internet; a real network has its own",
        ));
    }
    if toy && args.resolver.is_some() {
        return Err(Failure::new(
            Step::Usage,
            "--resolver is for real networks; the toy internet has its own resolver",
        ));
    }
    Ok(())
}

/// Prints to standard output; a reader that went away (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(output_failure("standard output", &error))
        }
        _ => Ok(()),
    }
}

fn picture_style(args: &FetchArgs) -> LadderStyle {
    let most_lines = if args.verbose { usize::MAX } else { LADDER_LINES };
    LadderStyle { width: terminal_width().min(100), most_lines, color: io::stdout().is_terminal() }
}

/// The job that the command line describes.
fn job(args: &FetchArgs) -> Result<Job, Failure> {
    let url = match (&args.url, args.net) {
        (Some(url), _) => Url::parse(url)?,
        (None, Net::Toy) => Url::parse(DEFAULT_URL)?,
        (None, _) => {
            return Err(Failure::new(
                Step::Usage,
                "which URL? Only the toy internet has a page of its own to show",
            ));
        }
    };
    let body = args.data.as_deref().map(request_body).transpose()?;
    let implied = if args.head {
        "HEAD"
    } else if body.is_some() {
        "POST"
    } else {
        "GET"
    };
    let records = match (args.ipv4, args.ipv6) {
        (true, _) => vec![RecordType::A],
        (_, true) => vec![RecordType::AAAA],
        _ => vec![RecordType::A, RecordType::AAAA],
    };
    Ok(Job {
        url,
        method: args.method.clone().unwrap_or_else(|| implied.to_owned()),
        headers: args.headers.iter().map(|line| header(line)).collect::<Result<_, _>>()?,
        body,
        trust: trust(args)?,
        resolve: args.resolve.clone(),
        records,
        connect_timeout: args.connect_timeout,
        max_time: args.max_time,
    })
}

fn header(line: &str) -> Result<(String, String), Failure> {
    match line.split_once(':') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => Err(Failure::new(
            Step::Usage,
            format!("-H {line:?} has no colon; a field is \"Name: value\", RFC 9110 §5"),
        )),
    }
}

fn request_body(data: &str) -> Result<Vec<u8>, Failure> {
    match data.strip_prefix('@') {
        Some(file) => read_file(Path::new(file)),
        None => Ok(data.as_bytes().to_vec()),
    }
}

fn trust(args: &FetchArgs) -> Result<Trust, Failure> {
    if args.insecure {
        return Ok(Trust::Nothing);
    }
    let pem = match (&args.cacert, args.net) {
        (Some(file), _) => read_file(file)?,
        (None, Net::Toy) => toy_root_pem().map_err(|error| toy_failure(&error))?.into_bytes(),
        (None, _) => return Ok(Trust::System),
    };
    Ok(Trust::Pem(pem))
}

fn open_network(args: &FetchArgs) -> Result<(Box<dyn Network>, Trace), Failure> {
    if args.net == Net::Toy {
        let defaults = ToyOptions::default();
        let options = ToyOptions {
            seed: args.seed.unwrap_or(defaults.seed),
            round_trip: args.rtt.map_or(defaults.round_trip, |ms| Duration::from_secs_f64(ms / 1000.0)),
            loss: args.loss.map_or(defaults.loss, |percent| percent / 100.0),
        };
        let (toy, trace) = Toy::new(options).map_err(|error| toy_failure(error.as_ref()))?;
        return Ok((Box::new(toy), trace));
    }
    let rng = generator(args.seed)?;
    let names = args.resolver.map_or_else(Names::of_system, |server| Ok(Names::of_server(server)))?;
    Ok(if args.net == Net::Os {
        let (os, trace) = Os::new(names, rng);
        (Box::new(os) as Box<dyn Network>, trace)
    } else {
        let (raw, trace) = Raw::new(names, rng);
        (Box::new(raw) as Box<dyn Network>, trace)
    })
}

/// The generator: from `--seed`, or from the system's randomness.
fn generator(seed: Option<u64>) -> Result<ChaCha8Rng, Failure> {
    if let Some(seed) = seed {
        return Ok(ChaCha8Rng::seed_from_u64(seed));
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Failure::new(Step::Usage, format!("the system has no randomness: {error}")))?;
    Ok(ChaCha8Rng::from_seed(seed))
}

fn write_files(args: &FetchArgs, capture: &Capture) -> Result<(), Failure> {
    if let Some(path) = &args.pcapng {
        let failed = |error| output_failure(&path.display().to_string(), &error);
        std::fs::write(path, capture.write()).map_err(failed)?;
    }
    if let Some(path) = &args.keylog {
        let failed = |error| output_failure(&path.display().to_string(), &error);
        let mut file = OpenOptions::new().append(true).create(true).open(path).map_err(failed)?;
        file.write_all(capture.secrets.concat().as_bytes()).map_err(failed)?;
    }
    Ok(())
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::new(Step::Input, format!("{}: {error}", path.display())))
}

fn output_failure(what: &str, error: &io::Error) -> Failure {
    Failure::new(Step::Output, format!("{what} could not be written: {error}"))
}
