//! What a person reads: the answers as a table, a few notes to each question, and what else was asked for.

use barewire_dissect::{printable, several};
use barewire_dns::dnssec::Security;
use barewire_dns::driver::Direction;

use super::place::Place;
use super::walked::Walked;
use super::why;
use crate::cli::ResolveArgs;
use crate::commands::resolve::found::{self, Row};
use crate::commands::resolve::table::table;
use crate::commands::resolve::text::bytes;
use crate::views::{Style, decisions, milliseconds, paragraph};

/// All of it.
pub(super) fn text(args: &ResolveArgs, walked: &[Walked], place: &Place, style: &Style) -> String {
    let mut out = String::new();
    if args.bytes {
        walked.iter().for_each(|walked| out.push_str(&bytes(&walked.carried, style)));
    }
    let all = |walked: &Walked| found::of_message(walked.response.clone());
    let rows: Vec<Row> = match args.verbose {
        true => walked.iter().flat_map(all).collect(),
        false => walked.iter().flat_map(Walked::rows).collect(),
    };
    out.push_str(&table(&rows, style));
    for one in walked {
        out.push_str(&said(args, one, place, walked.len() > 1, style));
    }
    let about = place.about();
    if !about.is_empty() {
        out.push_str(&paragraph(&about, 2, style.width));
    }
    out
}

/// What is said of one question; among several it is named.
fn said(args: &ResolveArgs, walked: &Walked, place: &Place, is_named: bool, style: &Style) -> String {
    let (mut out, indent) = match is_named {
        true => (format!("  {}\n", walked.title()), 4),
        false => (String::new(), 2),
    };
    for note in notes(args, walked, place) {
        out.push_str(&paragraph(&printable(&note), indent, style.width));
    }
    if args.walk.why {
        out.push_str(&why::text(args, walked, indent, style));
    }
    if args.walk.trace {
        out.push('\n');
        out.push_str(&decisions(&walked.resolution.trace, style));
        out.push('\n');
    }
    out
}

fn notes(args: &ResolveArgs, walked: &Walked, place: &Place) -> Vec<String> {
    let mut notes = vec![cost(walked)];
    let errors = walked.resolution.errors.iter().filter(|_| walked.exit_code() <= 1);
    notes.extend(errors.map(|error| format!("the resolver adds: {error}")));
    notes.extend(security(args, walked, place));
    notes
}

/// `3 questions to 3 servers, 68.0 ms`. The trace has what could not be sent, too. What was carried also has the
/// messages of a lookup that did not end in time.
fn cost(walked: &Walked) -> String {
    let (trace, carried) = (&walked.resolution.trace, &walked.carried);
    let sent = carried.messages.iter().filter(|passed| passed.direction == Direction::Sent);
    let mut servers: Vec<_> =
        trace.queries().map(|query| query.server).chain(sent.map(|passed| passed.peer)).collect();
    servers.sort_unstable();
    servers.dedup();
    let messages: u64 = trace.queries().map(|query| u64::from(query.messages)).sum();
    let messages = messages.max(carried.sent.into());
    let took = trace.steps.first().map(|step| step.elapsed).unwrap_or_default();
    match servers.len() {
        0 if walked.exit_code() > 1 => format!("nobody was asked, {} ms", milliseconds(took)),
        0 => format!("from what the resolver knows already: nobody was asked, {} ms", milliseconds(took)),
        servers => {
            let (messages, servers) = (several(messages, "question"), several(servers as u64, "server"));
            format!("{messages} to {servers}, {} ms", milliseconds(took))
        }
    }
}

/// Says in a sentence what validation has found. `None` if nothing was checked: no key is trusted, or no answer came.
fn security(args: &ResolveArgs, walked: &Walked, place: &Place) -> Option<String> {
    place.anchors.as_ref()?;
    Some(match &walked.resolution.security {
        None if args.question.cd => "signatures were not checked, as --cd says".to_owned(),
        None => return None,
        Some(Security::Secure) => {
            "secure: a chain of signatures leads from the trust anchor to the answer".to_owned()
        }
        Some(security) => security.to_string(),
    })
}
