//! The committed list of the sections that RFCs have: citations are judged by it where the texts are not at hand.
//!
//! One line an RFC: `1035: 1-9 2.1-3 ...` as [`Sections`] writes itself, or `6691: ? WHY` where nobody had the text. A
//! person writes the latter; all else is written from the texts. An RFC that is cited must have a line.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::block::read;
use crate::chapter::write;
use crate::section::Sections;

/// The list, from the root of the workspace.
pub(crate) const FILE: &str = "examples/chapters/rfc_sections.txt";

const HEAD: &str = "\
# The sections of the RFCs that this tree cites. 2.1-3 means 2.1, 2.2 and 2.3; letters are appendices.
# `cargo run -p barewire --bin book -- --bless --rfc FOLDER` writes it from the texts of the RFCs.
# Lines with ? are written by hand: the text was not at hand, and what is cited of that RFC is not judged.
";

/// What is known of an RFC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    Sections(Sections),
    /// Nobody had the text: why.
    Nothing(String),
}

/// The list, by the numbers of RFCs.
pub(crate) type List = BTreeMap<u16, Known>;

/// Reads it; None: there is none yet.
pub(crate) fn read_list(root: &Path) -> Result<Option<List>, String> {
    let path = root.join(FILE);
    if !path.exists() {
        return Ok(None);
    }
    let text = read(&path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    let lines =
        lines.map(|(index, text)| line(text).ok_or(format!("{FILE}:{}: not a line of it", index + 1)));
    lines.collect::<Result<_, _>>().map(Some)
}

fn line(text: &str) -> Option<(u16, Known)> {
    let (rfc, known) = text.split_once(": ")?;
    let known = match known.strip_prefix("? ") {
        Some(why) => Known::Nothing(why.to_owned()),
        None => Known::Sections(Sections::read(known)?),
    };
    Some((rfc.parse().ok()?, known))
}

pub(crate) fn write_list(root: &Path, list: &List) -> Result<(), String> {
    let lines = list.iter().map(|(rfc, known)| format!("{rfc}: {known}\n"));
    write(&root.join(FILE), &lines.fold(HEAD.to_owned(), |text, line| text + &line))
}

/// The number of an RFC's line, from 1.
pub(crate) fn line_of(list: &List, rfc: u16) -> usize {
    HEAD.lines().count() + list.range(..rfc).count() + 1
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Known::Sections(sections) => sections.fmt(f),
            Known::Nothing(why) => write!(f, "? {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, line};

    #[test]
    fn lines_are_read() {
        let Some((1035, Known::Sections(sections))) = line("1035: 1-9 2.1-3") else { panic!("a line") };
        assert_eq!(sections.to_string(), "1-9 2.1-3");
        assert_eq!(line("6691: ? no text"), Some((6691, Known::Nothing("no text".to_owned()))));
        for wrong in ["1035", "1035: 1-9 x", "RFC 1035: 1-9", "6691: ?"] {
            assert_eq!(line(wrong), None, "{wrong}");
        }
    }
}
