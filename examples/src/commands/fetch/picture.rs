//! The picture of a run: ladder, budgets, proof, page.

#[cfg(not(target_family = "wasm"))]
use std::time::Duration;

use barewire_dissect::columns;
#[cfg(not(target_family = "wasm"))]
use barewire_dns::resolver::Trace;

use super::outcome::Outcome;
use super::{hops, proof};
use crate::cli::Net;
use crate::commands::output::{Destination, Printer, style};
use crate::commands::step;
use crate::failure::Failure;
use crate::fetch::{Page, Visit};
use crate::story::Story;
use crate::views::{self, Style};

/// Lines of the ladder, so that the whole picture keeps within sixty.
const LADDER_LINES: usize = 28;

/// Prints the picture, or what takes its place.
pub(super) fn draw(run: &Outcome<'_>, printer: &mut Printer) -> Result<(), Failure> {
    // With a strip below it, a row takes two lines.
    let lines = if run.args.cwnd { 2 * LADDER_LINES } else { LADDER_LINES };
    let style = Style {
        lines: if run.args.verbose { usize::MAX } else { lines },
        frames: run.args.verbose,
        windows: run.args.cwnd,
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
    let Outcome { args, story, visits, .. } = run;
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
    #[cfg(not(target_family = "wasm"))]
    run.walks.iter().for_each(|(after, walk)| out.push_str(&walk_of_resolver(*after, walk, style)));
    visits.iter().for_each(|visit| out.push_str(&hops::list(visit, style.width)));
    if run.is_several() {
        out.push_str(&hops::answers(visits, style.width));
    }
    for page in visits.iter().filter_map(new_answer) {
        out.push('\n');
        out.push_str(&proof::proved(page, style.width));
    }
    let is_answered = visits.iter().any(|visit| visit.answer().is_some());
    if args.verbose || args.request.head && is_answered {
        out.push('\n');
        out.push_str(&views::heads(story, style));
    }
    if let [visit] = &visits[..]
        && let Some(page) = visit.answer()
        && page.length > 0
        && run.destinations.contains(&Destination::Nowhere)
    {
        out.push('\n');
        out.push_str(&proof::beginning(page, style.width));
    }
    if args.network.net == Net::Toy && args.urls.is_empty() && is_answered {
        out.push('\n');
        out.push_str(NEXT);
    }
    out
}

/// The walk of a cold resolver, below its begin.
#[cfg(not(target_family = "wasm"))]
fn walk_of_resolver(after: Duration, walk: &Trace, style: &Style) -> String {
    let begin = views::milliseconds(after);
    format!("\n  what the resolver did, from {begin} ms on\n{}", views::decisions(walk, style))
}

/// The answer of a visit. One that came over a connection of an earlier visit proves nothing more.
fn new_answer(visit: &Visit) -> Option<&Page> {
    visit.answer().filter(|_| visit.hops.iter().any(|hop| !hop.kept))
}

/// The budget of each connection, and what each further request on it saved.
fn budgets(story: &Story, style: &Style) -> String {
    let carried = story.carried();
    let pages = story.pages.iter().zip(&carried);
    let shown: Vec<_> = pages.filter(|(_, carried)| !carried.first.phases.is_empty()).collect();
    let drawn = shown.iter().map(|(page, carried)| {
        let name = if shown.len() > 1 { views::page_name(story, page, style) } else { String::new() };
        format!("{name}{}{}", views::budget(&carried.first, style), views::reuse(carried, style))
    });
    drawn.collect::<Vec<_>>().join("\n")
}

/// What was asked for, over which network.
fn headline(run: &Outcome<'_>, style: &Style) -> String {
    let text = run.title();
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
