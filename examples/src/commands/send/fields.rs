//! `--fields`: the headers of the language, and what stands in them.

use crate::craft::header::{Header, Rule};
use crate::craft::headers::{HEADERS, find};
use crate::failure::{Failure, Step};

/// All headers, or the fields of one.
///
/// # Errors
/// [`Failure`]: there is no such header.
pub(super) fn fields(name: &str) -> Result<String, Failure> {
    if name.is_empty() {
        let line = |header: &&Header| format!("{:10} {}\n", header.name, header.title);
        return Ok(HEADERS.iter().map(line).collect());
    }
    let header = find(name).ok_or_else(|| {
        let names: Vec<&str> = HEADERS.iter().map(|header| header.name).collect();
        Failure::new(Step::Usage, format!("there is no header {name:?}; there are {}", names.join(", ")))
    })?;
    let mut out =
        format!("{}: {}\n\nbits       field     if not given      what it is\n", header.name, header.title);
    for field in header.fields {
        let bits = match field.at {
            Some(at) => format!("{at}-{}", at + field.width - 1),
            None => "after".to_owned(),
        };
        out += &format!("{bits:10} {:9} {:17} {}\n", field.name, rule(field.rule), field.what);
    }
    Ok(out)
}

/// What a field is when nobody says.
fn rule(rule: Rule) -> String {
    match rule {
        Rule::Is(number) | Rule::Always(number) => number.to_string(),
        Rule::Needed => "(must be given)".to_owned(),
        Rule::Absent => "nothing".to_owned(),
        Rule::Source => "our address".to_owned(),
        Rule::Port => "a port of ours".to_owned(),
        Rule::Mac => "our MAC address".to_owned(),
        Rule::NextHop => "the next hop's".to_owned(),
        Rule::HeaderWords
        | Rule::HeaderUnits
        | Rule::Length
        | Rule::PayloadLength
        | Rule::Checksum(_)
        | Rule::Questions => "computed".to_owned(),
        Rule::EtherType | Rule::Protocol => "of what follows".to_owned(),
    }
}
