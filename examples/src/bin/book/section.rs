//! The number of a section of an RFC: `4.1.4`, or `B.3` in an appendix.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Number(u8),
    /// An appendix.
    Letter(char),
}

/// The number of a section, part by part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Section(Vec<Part>);

/// The sections of one RFC. Sections are numbered without holes: one that is there proves those before and above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sections(BTreeSet<Section>);

impl Part {
    fn read(text: &str) -> Option<Part> {
        match text.as_bytes() {
            [b'A'..=b'Z'] => text.chars().next().map(Part::Letter),
            [b'1'..=b'9', ..] => text.parse().ok().map(Part::Number),
            _ => None,
        }
    }

    /// The part before it, None before the first.
    fn before(self) -> Option<Part> {
        match self {
            Part::Number(number) => number.checked_sub(1).filter(|number| *number > 0).map(Part::Number),
            Part::Letter(letter) => ('A'..letter).next_back().map(Part::Letter),
        }
    }
}

impl Section {
    /// The number at the beginning of a text, and what follows it: `4.1.4), and ...`.
    pub(crate) fn at_start(text: &str) -> Option<(Section, &str)> {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(text.len());
        let number = text.get(..end)?.trim_end_matches('.');
        Some((Section::whole(number)?, text.get(number.len()..)?))
    }

    /// A text that is a number, and nothing else.
    pub(crate) fn whole(text: &str) -> Option<Section> {
        let parts: Vec<Part> = text.split('.').map(Part::read).collect::<Option<_>>()?;
        let letters = parts.iter().skip(1).any(|part| matches!(part, Part::Letter(_)));
        (!letters).then_some(Section(parts))
    }

    /// How deep it stands: 3 for `4.1.4`.
    pub(crate) fn depth(&self) -> usize {
        self.0.len()
    }

    /// The section that it is a part of; the RFC itself has the empty number.
    pub(crate) fn parent(&self) -> Section {
        Section(self.0.iter().copied().take(self.depth().saturating_sub(1)).collect())
    }

    fn child(&self, part: Part) -> Section {
        Section(self.0.iter().copied().chain([part]).collect())
    }

    /// The section before it, in the same parent.
    fn before(&self) -> Option<Section> {
        Some(self.parent().child(self.0.last()?.before()?))
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "." })?;
            match part {
                Part::Number(number) => write!(f, "{number}")?,
                Part::Letter(letter) => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

impl Sections {
    /// Adds a section, with those before and above it.
    pub(crate) fn add(&mut self, section: Section) {
        let mut next = Some(section);
        while let Some(section) = next.filter(|section| section.depth() > 0 && !self.has(section)) {
            self.add(section.parent());
            next = section.before();
            self.0.insert(section);
        }
    }

    pub(crate) fn has(&self, section: &Section) -> bool {
        self.0.contains(section)
    }

    /// Whether a section may follow those that are known: at most one is missed before it, at each depth.
    pub(crate) fn may_follow(&self, section: &Section) -> bool {
        let known = |section: &Section| self.has(section) || section.depth() == 0;
        let before = section.before();
        let near = before.as_ref().is_none_or(known)
            || before.and_then(|before| before.before()).is_none_or(|before| known(&before));
        section.depth() == 0 || near && self.may_follow(&section.parent())
    }

    /// Children by parent: the RFC's own first.
    fn families(&self) -> BTreeMap<Section, Vec<Part>> {
        let mut families: BTreeMap<Section, Vec<Part>> = BTreeMap::new();
        for section in &self.0 {
            families.entry(section.parent()).or_default().extend(section.0.last());
        }
        families
    }

    /// The sections near one that is not there: the nearest above it, and that one's parts.
    pub(crate) fn near(&self, section: &Section) -> String {
        let mut above = section.parent();
        while above.depth() > 0 && !self.has(&above) {
            above = above.parent();
        }
        let parts = self.families().remove(&above).unwrap_or_default();
        let own = (above.depth() > 0).then(|| above.to_string());
        let parts = runs(&parts).map(|(first, last)| match first == last {
            true => above.child(first).to_string(),
            false => format!("{} to {}", above.child(first), above.child(last)),
        });
        own.into_iter().chain(parts).collect::<Vec<_>>().join(", ")
    }

    /// What [`Display`](fmt::Display) writes.
    pub(crate) fn read(text: &str) -> Option<Sections> {
        let mut sections = Sections::default();
        for word in text.split_whitespace() {
            let (first, last) = word.split_once('-').unwrap_or((word, ""));
            let first = Section::whole(first)?;
            if !last.is_empty() {
                sections.add(first.parent().child(Part::read(last)?));
            }
            sections.add(first);
        }
        Some(sections)
    }
}

/// The first and the last of the numbers, and of the letters.
fn runs(parts: &[Part]) -> impl Iterator<Item = (Part, Part)> {
    let is_number = |part: &&Part| matches!(part, Part::Number(_));
    let numbers = (parts.iter().find(is_number), parts.iter().rfind(is_number));
    let letters = (parts.iter().find(|part| !is_number(part)), parts.iter().rfind(|part| !is_number(part)));
    [numbers, letters].into_iter().filter_map(|(first, last)| Some((*first?, *last?)))
}

/// `1-9 A 2.1-3`: the RFC's own sections, then the parts of each section that has some.
impl fmt::Display for Sections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        for (parent, parts) in self.families() {
            words.extend(runs(&parts).map(|(first, last)| match first == last {
                true => parent.child(first).to_string(),
                false => format!("{}-{}", parent.child(first), Section(vec![last])),
            }));
        }
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Section, Sections};

    fn section(text: &str) -> Section {
        Section::whole(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_number_ends_where_its_sentence_goes_on() {
        let read =
            |text| Section::at_start(text).map(|(section, rest)| (section.to_string(), rest.to_owned()));
        for (text, number, rest) in
            [("4.1.4), and", "4.1.4", "), and"), ("A.1. On", "A.1", ". On"), ("7\",", "7", "\",")]
        {
            assert_eq!(read(text), Some((number.to_owned(), rest.to_owned())), "{text}");
        }
        for text in ["", "{}", "4.1a", "x", "0.1", "Allow"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_list_is_written_as_it_is_read() {
        let text = "1-3 A-B 2.1-2 2.2.1-12 B.1";
        let sections = Sections::read(text).unwrap_or_default();
        assert_eq!(sections.to_string(), text);
        for there in ["1", "2.2", "2.2.7", "2.2.12", "A", "B.1"] {
            assert!(sections.has(&section(there)), "{there}");
        }
        for not in ["4", "1.1", "2.3", "2.2.13", "C", "B.2"] {
            assert!(!sections.has(&section(not)), "{not}");
        }
    }

    #[test]
    fn what_is_near_is_said() {
        let sections = Sections::read("1-3 A 2.1-2 2.2.1-5").unwrap_or_default();
        for (wrong, near) in
            [("2.2.9", "2.2, 2.2.1 to 2.2.5"), ("2.1.1", "2.1"), ("3.4.5", "3"), ("7", "1 to 3, A")]
        {
            assert_eq!(sections.near(&section(wrong)), near, "{wrong}");
        }
    }
}
