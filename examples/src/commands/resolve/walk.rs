//! `barewire resolve --from-root`: our own resolver goes from a server of the root down to the answer.
//!
//! ```text
//!   hints, trust anchors ──▶ Resolver ◀── one question after the other
//!                               │
//!                               ▼
//!      answers, the trace of its decisions, why there is none, its cache, packets
//! ```
//!
//! All questions of a command line go to one resolver: the second profits from what the first has learned. Left out:
//! several questions at a time, a cache that outlives the program. Tested in `tests/resolve/from_root.rs`.

mod cached;
mod decisions;
mod hints;
mod json;
mod place;
mod text;
mod walked;
mod why;

pub(in crate::commands) use hints::{anchors, from_file as hints_from_file, has_route, real as real_hints};

use barewire_dns::cache::Cache;
use barewire_dns::driver;
use barewire_dns::resolver::{Flags, Resolver};
use barewire_dns::{Class, Question};

use super::ask::Question as Typed;
use super::carried::{Carried, Recorder};
use super::options;
use super::words::Words;
use crate::cli::ResolveArgs;
use crate::commands::output::{complain, print, style, unwritable};
use crate::failure::{Failure, Step};
use place::Place;
use walked::Walked;

/// Runs the command. The exit code is the highest of its questions.
pub(super) fn run(args: &ResolveArgs, words: &Words) -> Result<u8, Failure> {
    if let Some(server) = words.servers.first() {
        let why = format!(
            "--from-root asks the servers on the way down, and not @{server}; --hints FILE names others"
        );
        return Err(Failure::new(Step::Usage, why));
    }
    let mut place = place::open(args)?;
    let questions = options::questions(args, words, place.is_toy, None)?;
    let mut resolver = place.resolver(args)?;
    let mut walked = Vec::new();
    for question in questions {
        walked.extend(walk(args, &mut place, &mut resolver, question)?);
    }
    print(&shown(args, &walked, &place, resolver.cache()))?;
    write_capture(args, &place)?;
    if !args.json {
        walked.iter().filter_map(Walked::complaint).for_each(|why| complain(&why));
    }
    Ok(walked.iter().map(Walked::exit_code).max().unwrap_or(0))
}

/// One question. Without a search list a name is itself and nothing else.
fn walk(
    args: &ResolveArgs,
    place: &mut Place,
    resolver: &mut Resolver,
    asked: Typed,
) -> Result<Option<Walked>, Failure> {
    let Typed { typed, candidates, rtype } = asked;
    let Some(name) = candidates.into_iter().next() else { return Ok(None) };
    let question = Question { name, rtype, class: Class::IN };
    let flags = Flags { checking_disabled: args.question.cd };
    let mut transport = place.network.transport();
    let mut recorder = Recorder { inner: &mut *transport, carried: Carried::default() };
    let resolution = driver::resolve(resolver, question, flags, &mut recorder).ok_or_else(|| {
        Failure::new(Step::Resolve, "the resolver stopped without an answer, which is a bug of it")
    })?;
    Ok(Some(Walked::new(typed, *resolution, recorder.carried, args.question.dnssec)))
}

/// What goes to standard output.
fn shown(args: &ResolveArgs, walked: &[Walked], place: &Place, cache: &Cache) -> String {
    let (now, is_wanted) = (place.network.now(), args.walk.cache);
    if args.json {
        let cached = is_wanted.then(|| cached::object(cache, now));
        let objects = walked.iter().map(json::object).chain(cached);
        objects.map(|object| object + "\n").collect()
    } else if args.short {
        let answers = walked.iter().flat_map(Walked::rows).filter(super::found::Row::is_answer);
        answers.map(|row| row.data() + "\n").collect()
    } else {
        let style = style();
        let cached = if is_wanted { cached::text(cache, now, &style) } else { String::new() };
        text::text(args, walked, place, &style) + &cached
    }
}

fn write_capture(args: &ResolveArgs, place: &Place) -> Result<(), Failure> {
    let Some(path) = &args.walk.pcapng else { return Ok(()) };
    let capture = place.network.trace().take(place.network.now());
    std::fs::write(path, capture.write()).map_err(|error| unwritable(&path.display().to_string(), &error))
}
