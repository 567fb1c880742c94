//! The table of one reply, held against the figure in its docs, and against what the resolver does.
//!
//! Each row is driven through the code: a server gives such a reply to the full name, and to a shortened one. What the
//! resolver does next is read from the trace. `hostile_nets.rs` reads each trace of its random nets in the same way, so
//! that a reply that is in no row is found, too.

use barewire_dns::exchange::Protocol;
use barewire_dns::resolver::reading::{Reading, Row, TABLE, Then};
use barewire_dns::resolver::trace::{Decision, LeftBehind, Query, Step};
use barewire_dns::resolver::{Config, Trace};
use barewire_dns::{Message, Rcode, RecordType};

use crate::net::{Net, r};

const SOURCE: &str = include_str!("../../src/resolver/reading.rs");

#[test]
fn the_figure_is_drawn_from_the_table() {
    let figure = SOURCE.split("RFC 1034 §5.3.3\n").nth(1).unwrap().split("//! ```").next().unwrap();
    let rows = TABLE.map(|row| {
        let cells = (format!("{:?}", row.reading), format!("{:?}", row.full), format!("{:?}", row.shortened));
        format!("//!   {:<16} {:<20} {:<26} {}\n", cells.0, cells.1, cells.2, row.step)
    });
    assert_eq!(figure, rows.concat());
}

#[test]
fn each_reading_has_one_row() {
    let variants = SOURCE.split("pub enum Reading {\n").nth(1).unwrap().split("\n}\n").next().unwrap();
    let names = variants.lines().map(str::trim).filter(|line| !line.starts_with("///"));
    let names: Vec<_> = names.map(|line| line.trim_end_matches(',').to_owned()).collect();
    assert_eq!(names, TABLE.map(|row| format!("{:?}", row.reading)));
}

#[test]
fn the_resolver_does_what_each_row_says() {
    for row in TABLE {
        for (shortened, name) in [(false, "x.example.test"), (true, "y.x.example.test")] {
            let mut net = Net::with_example(Config::default());
            net.place("192.0.2.3", Box::new(move |query, protocol| reply(row.reading, query, protocol)));
            let trace = net.ask(name, RecordType::A).trace;
            let of_zone = |query: &Query| query.zone.to_string() == "example.test";
            let first = queries(&trace).find(|(_, query)| of_zone(query));
            let (step, query) = first.unwrap_or_else(|| panic!("{row:?}: nobody is asked\n{trace}"));
            assert_eq!((query.reading, query.shortened), (Some(row.reading), shortened), "{trace}");
            let wanted = if shortened { row.shortened } else { row.full };
            assert_eq!(done(&trace, step), Some(wanted), "{row:?}, shortened: {shortened}\n{trace}");
        }
    }
}

/// A reply that is worth this much to somebody who asked a server of `example.test`.
fn reply(reading: Reading, query: &Message, protocol: Protocol) -> Option<Vec<u8>> {
    let mut reply = Message::response_to(query);
    let asked = &query.questions[0].name;
    let address = r(&format!("{asked}. 60 A 203.0.113.80"));
    let soa = r("example.test. 60 SOA ns.example.test. joe.example.test. 1 1 1 1 60");
    reply.header.aa = !matches!(reading, Reading::Referral | Reading::Lame | Reading::Recursing);
    match reading {
        Reading::Answer => reply.answers.push(address),
        Reading::NoData => reply.authorities.push(soa),
        Reading::NxDomain => {
            reply.header.rcode = Rcode::NXDOMAIN;
            reply.authorities.push(soa);
        }
        Reading::Referral => {
            reply.authorities.push(r(&format!("{asked}. 60 NS ns.{asked}.")));
            reply.additionals.push(r(&format!("ns.{asked}. 60 A 192.0.2.4")));
        }
        Reading::Alias => reply.answers.push(r(&format!("{asked}. 60 CNAME www.bank.test."))),
        Reading::EndlessAlias => reply.answers.push(r(&format!("{asked}. 60 CNAME {asked}."))),
        Reading::Refused => reply.header.rcode = Rcode::REFUSED,
        Reading::ServerFailure => reply.header.rcode = Rcode::SERVFAIL,
        Reading::OtherError => reply.header.rcode = Rcode::NOTAUTH,
        Reading::Lame => reply.authorities.push(r(". 60 NS a.root.test.")),
        Reading::Recursing => {
            reply.header.ra = true;
            reply.answers.push(address);
        }
        Reading::Silent => return None,
        // It breaks off, and over TCP again.
        Reading::Broken => reply.header.tc = true,
        other => panic!("{other:?} over {protocol:?}: this row needs a reply here"),
    }
    reply.encode().ok()
}

/// The queries of a trace, with their steps.
pub(crate) fn queries(trace: &Trace) -> impl Iterator<Item = (usize, &Query)> {
    trace.steps.iter().enumerate().filter_map(|(place, step)| match &step.decision {
        Decision::Query(query) => Some((place, &**query)),
        _ => None,
    })
}

/// What the resolver did after the reply to the query of this step. `None` if a budget was spent first, or time.
pub(crate) fn done(trace: &Trace, step: usize) -> Option<Then> {
    let (parent, later) = (trace.steps[step].parent, &trace.steps[step + 1..]);
    let next = later.iter().filter(|each| each.parent == parent).find_map(then);
    next.flatten()
}

/// What a step says of the reply before it. `None` if it says nothing, and `Some(None)` if a budget is spent.
fn then(step: &Step) -> Option<Option<Then>> {
    Some(Some(match &step.decision {
        Decision::Answered { rcode: Rcode::SERVFAIL, .. } => Then::Fail,
        Decision::Answered { .. } => Then::Finish,
        Decision::Alias { .. } => Then::Follow,
        Decision::Delegation { .. } => Then::Descend,
        Decision::FullName { .. } => Then::FullName,
        Decision::CrossedOut { why: LeftBehind::Replied(_), .. } => Then::NextServer,
        Decision::Query(_) => Then::LongerName,
        Decision::Spent(..) => return Some(None),
        _ => return None,
    }))
}

/// Each reply of a trace is in the table, and what followed is what its row says.
pub(crate) fn follows_the_table(trace: &Trace) -> Result<(), String> {
    for (step, query) in queries(trace) {
        let (Some(reading), Some(did)) = (query.reading, done(trace, step)) else { continue };
        let row: Option<Row> = TABLE.into_iter().find(|row| row.reading == reading);
        let wanted = row.map(|row| if query.shortened { row.shortened } else { row.full });
        if wanted != Some(did) {
            return Err(format!("{reading:?}, shortened: {}: {did:?}, not {wanted:?}", query.shortened));
        }
    }
    Ok(())
}
