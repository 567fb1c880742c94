//! What the resolver's cache holds after the questions (`--cache`), as a table or as JSON.
//!
//! ```text
//!   NAME               WHAT      LEFT     WORTH          SECURITY
//!   example.test.      zone cut  59m59s   additional     not checked
//!     ns.example.test. at 198.51.100.53; from 198.51.100.11, as a server of test.
//! ```
//!
//! Below each entry stands what it says, and who said it.

use std::time::Instant;

use barewire_dissect::{lines, printable, several};
use barewire_dns::cache::{Cache, Cut, Data, Learned, Listed, What};
use barewire_dns::dnssec::Security;
use barewire_dns::{Record, RecordType, RrSet};
use serde_json::{Value, json};

use crate::commands::resolve::json::steering_nothing;
use crate::commands::resolve::ttl::ttl;
use crate::views::Style;

/// The most columns of a name that shares its line.
const LONGEST_NAME: usize = 32;
/// Before what an entry says.
const INDENT: usize = 4;

/// The table.
pub(super) fn text(cache: &Cache, now: Instant, style: &Style) -> String {
    let entries: Vec<Listed> = cache.entries(now).collect();
    let count = match entries.len() {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    let (used, most) = (cache.bytes() as u64, cache.config().bytes as u64);
    let mut out = format!("\nthe cache: {count}, {} of {}\n", several(used, "byte"), several(most, "byte"));
    let head = ["NAME", "WHAT", "LEFT", "WORTH", "SECURITY"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(entries.iter().map(cells)).collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.filter(|width| column > 0 || *width <= LONGEST_NAME).max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2), width(3)];
    for (place, row) in rows.iter().enumerate() {
        out.push_str(&line(row, widths, style));
        if let Some(entry) = place.checked_sub(1).and_then(|place| entries.get(place)) {
            let room = style.width.saturating_sub(INDENT);
            for line in lines(&printable(&said(entry)), room, room) {
                out.push_str(&format!("{:INDENT$}{line}\n", ""));
            }
        }
    }
    out
}

/// A row. A long name has a line of its own.
fn line([name, what, left, worth, security]: &[String; 5], widths: [usize; 4], style: &Style) -> String {
    let [names, whats, lefts, worths] = widths;
    let name = match name.chars().count() > names {
        true => format!("{}\n  {:names$}", lines(name, style.width - 2, style.width - 2).join("\n  "), ""),
        false => format!("{name:names$}"),
    };
    format!("  {name}  {what:whats$}  {left:lefts$}  {worth:worths$}  {security}\n")
}

fn cells(entry: &Listed) -> [String; 5] {
    let worth = entry.learned.as_ref().map(|learned| learned.credibility.to_string());
    [
        entry.name.with_dot().to_string(),
        entry.what.to_string(),
        ttl(entry.left),
        worth.unwrap_or_else(|| "-".to_owned()),
        security(entry.learned.as_ref()).to_owned(),
    ]
}

/// What validation says of it, in a word or two.
fn security(learned: Option<&Learned>) -> &'static str {
    match learned.map(|learned| &learned.security) {
        None => "-",
        Some(None) => "not checked",
        Some(Some(Security::Secure)) => "secure",
        Some(Some(Security::Insecure(_))) => "insecure",
        Some(Some(Security::Bogus(_))) => "bogus",
    }
}

/// What an entry says, and who said it.
fn said(entry: &Listed) -> String {
    let what = match &entry.what {
        What::Cut(cut) => servers(cut),
        What::Answer(_, Data::Records(set)) => data(set).join(", "),
        What::Answer(_, Data::NoData(proof) | Data::NxDomain(proof)) => proven(proof),
        What::Denial(set) => data(set).join(", "),
        What::Answer(_, Data::Failure) => "the question failed a moment ago".to_owned(),
    };
    match &entry.learned {
        None => what,
        Some(Learned { source, .. }) => {
            format!("{what}; from {}, as a server of {}", source.server, source.zone.with_dot())
        }
    }
}

/// The servers of a cut, each with its addresses.
fn servers(cut: &Cut) -> String {
    let address = |server: &str| {
        let of_server = |set: &&RrSet| set.name().is_some_and(|name| name.with_dot().to_string() == server);
        cut.glue.iter().filter(of_server).flat_map(data).collect::<Vec<_>>()
    };
    let server = |server: String| match address(&server) {
        addresses if addresses.is_empty() => server,
        addresses => format!("{server} at {}", addresses.join(" and ")),
    };
    data(&cut.ns).into_iter().map(server).collect::<Vec<_>>().join(", ")
}

/// What proves that something does not exist.
fn proven(proof: &[RrSet]) -> String {
    let name = |set: &RrSet| Some(format!("{} of {}", set.rtype()?.name(), set.name()?.with_dot()));
    format!("proven by {}", proof.iter().filter_map(name).collect::<Vec<_>>().join(", "))
}

fn data(set: &RrSet) -> Vec<String> {
    set.records.iter().map(|record: &Record| record.data.to_string()).collect()
}

/// The cache as JSON, in one line.
pub(super) fn object(cache: &Cache, now: Instant) -> String {
    let entries: Vec<Value> = cache.entries(now).map(|entry| of_entry(&entry)).collect();
    let object = json!({ "cache": {
        "bytes": cache.bytes(),
        "maximumBytes": cache.config().bytes,
        "evicted": cache.evicted(),
        "entries": entries,
    }});
    steering_nothing(&object.to_string())
}

fn of_entry(entry: &Listed) -> Value {
    let learned = entry.learned.as_ref();
    let (kind, rtype) = match &entry.what {
        What::Cut(_) => ("cut", None),
        What::Denial(set) => ("denial", set.rtype().map(RecordType::name)),
        What::Answer(rtype, Data::Records(_)) => ("records", Some(rtype.name())),
        What::Answer(rtype, Data::NoData(_)) => ("noData", Some(rtype.name())),
        What::Answer(_, Data::NxDomain(_)) => ("nxDomain", None),
        What::Answer(rtype, Data::Failure) => ("failure", Some(rtype.name())),
    };
    let sets: Vec<&RrSet> = match &entry.what {
        What::Cut(cut) => [&cut.ns].into_iter().chain(&cut.proofs).chain(&cut.glue).collect(),
        What::Answer(_, Data::Records(set)) | What::Denial(set) => vec![set],
        What::Answer(_, Data::NoData(proof) | Data::NxDomain(proof)) => proof.iter().collect(),
        What::Answer(_, Data::Failure) => Vec::new(),
    };
    let records: Vec<String> = sets.into_iter().flat_map(RrSet::all).map(Record::to_string).collect();
    json!({
        "name": entry.name.with_dot().to_string(),
        "kind": kind,
        "typeName": rtype,
        "secondsLeft": entry.left,
        "age": entry.age,
        "credibility": learned.map(|learned| learned.credibility.to_string()),
        "security": learned.map(|learned| security(Some(learned))),
        "server": learned.map(|learned| learned.source.server.to_string()),
        "zone": learned.map(|learned| learned.source.zone.with_dot().to_string()),
        "bytes": entry.bytes,
        "records": records,
    })
}
