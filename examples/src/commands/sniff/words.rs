//! The words of the command line: an interface, and a filter.

use std::fmt;
use std::path::PathBuf;

use super::interfaces;
use crate::cli::SniffArgs;
use crate::failure::{Failure, Step};
use crate::sniff::filter::Filter;

/// Where packets come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// An interface, or `any`.
    Interface(String),
    /// A capture.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Interface(name) if name == interfaces::ANY => f.write_str("all interfaces"),
            Place::Interface(name) => f.write_str(name),
            Place::File(path) => path.display().fmt(f),
        }
    }
}

/// The place, and the text of the filter. The first word is an interface unless one is named before it, or the words
/// are a filter as they stand.
pub(super) fn apart(args: &SniffArgs) -> Result<(Place, String), Failure> {
    let all = args.words.join(" ");
    if let Some(path) = &args.read {
        return Ok((Place::File(path.clone()), all));
    }
    if let Some(name) = &args.interface {
        return Ok((Place::Interface(name.clone()), all));
    }
    let names = interfaces::names();
    if let Some((first, filter)) = args.words.split_first()
        && names.contains(first)
    {
        return Ok((Place::Interface(first.clone()), filter.join(" ")));
    }
    // One word may be a whole filter in quotes. A word that begins a filter begins this one.
    let first = args.words.first().map(String::as_str).unwrap_or_default();
    if !begins_a_filter(first) {
        let text = format!(
            "{first:?} is not an interface ({}), and does not begin a filter (`barewire sniff --help` has the words)",
            names.join(" ")
        );
        return Err(Failure::new(Step::Usage, text));
    }
    let usual = interfaces::usual();
    let usual =
        usual.ok_or_else(|| Failure::new(Step::Connect, "no interface is up: `ip link` lists them"))?;
    Ok((Place::Interface(usual), all))
}

/// Whether the filter language knows the word at its beginning: then it misses something later, or nothing.
fn begins_a_filter(words: &str) -> bool {
    match Filter::parse(words) {
        Ok(_) => true,
        Err(unreadable) => unreadable.at.start > 0 || words.starts_with('(') || words.contains('['),
    }
}
