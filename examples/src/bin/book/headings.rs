//! Which sections an RFC has, from its text: its table of contents and its headings.
//!
//! Texts differ: headings stand at the margin or not, after `Appendix` or not, and Markdown numbers them or leaves that
//! to a program. An item of a list may look like a heading; a line counts only if its number may follow.

use crate::section::{Section, Sections};

/// The sections of an RFC, from its text or its Markdown.
pub(crate) fn sections(text: &str) -> Sections {
    let mut sections = Sections::default();
    if text.contains("\n--- middle\n") {
        counted(text).into_iter().for_each(|section| sections.add(section));
        return sections;
    }
    let is_markdown = text.contains("\n## ");
    let mut after_blank = true;
    let mut heading_above = None;
    for line in text.lines().filter(|line| !is_markdown || line.starts_with('#')) {
        if let Some(rule) = rule(line).filter(|rule| Some(rule.parent()) == heading_above) {
            sections.add(rule);
        } else if let Some(found) = heading(line, after_blank).filter(|found| sections.may_follow(found)) {
            heading_above = Some(found.clone());
            sections.add(found);
        }
        after_blank = line.trim().is_empty();
    }
    sections
}

/// `(2.1) Until a measurement`: RFC 6298 numbers its rules as parts of their section, and they are cited so.
fn rule(line: &str) -> Option<Section> {
    let (number, _) = line.trim_start().strip_prefix('(')?.split_once(") ")?;
    Section::whole(number).filter(|section| section.depth() > 1)
}

/// The number of a line that looks like a heading: `4.1.4. Message compression`, `Appendix A.  ABNF`, `2.4 - Update`.
fn heading(line: &str, after_blank: bool) -> Option<Section> {
    let own = line.trim_start_matches('#').trim_start();
    let appendix = own.strip_prefix("Appendix ").or(own.strip_prefix("APPENDIX "));
    let (word, title) = appendix.unwrap_or(own).split_once(' ')?;
    let number = word.trim_end_matches(['.', ':']);
    let section = Section::whole(number)?;
    // An entry of the contents ends with dots and a page.
    let is_entry = line.contains(" . .") || line.contains("...");
    let is_closed = appendix.is_some() || number.len() < word.len();
    let is_letter = number.starts_with(|c: char| c.is_ascii_uppercase());
    let has_place = match section.depth() {
        1 => (is_entry || !line.starts_with(' ')) && (is_closed || !is_letter),
        _ => is_entry || after_blank || !line.starts_with(' '),
    };
    let has_title = title.contains(|c: char| c.is_ascii_alphabetic());
    (has_place && has_title).then_some(section)
}

/// The sections of Markdown that leaves the numbers to a program: headings are counted from `--- middle` on, with
/// letters after `--- back`.
fn counted(text: &str) -> Vec<Section> {
    let mut found = Vec::new();
    let mut counts: Vec<u8> = Vec::new();
    let (mut is_back, mut is_fenced) = (false, false);
    let mut lines = text.lines().skip_while(|line| *line != "--- middle").peekable();
    while let Some(line) = lines.next() {
        is_fenced ^= line.starts_with("~~~") || line.starts_with("```");
        if line == "--- back" {
            (is_back, counts) = (true, Vec::new());
        }
        let depth = line.bytes().take_while(|byte| *byte == b'#').count();
        let is_numbered = lines.peek().is_none_or(|next| !next.contains("numbered=\"false\""));
        if depth == 0 || is_fenced || !is_numbered {
            continue;
        }
        counts.resize(depth, 0);
        if let Some(last) = counts.last_mut() {
            *last += 1;
        }
        found.extend(named(&counts, is_back));
    }
    found
}

/// A section from its counts: in an appendix the first is a letter.
fn named(counts: &[u8], is_back: bool) -> Option<Section> {
    let (first, rest) = counts.split_first()?;
    let first = match is_back {
        true => char::from(b'A' + first.checked_sub(1)?).to_string(),
        false => first.to_string(),
    };
    let rest = rest.iter().map(|count| format!(".{count}"));
    Section::whole(&rest.fold(first, |text, part| text + &part))
}

#[cfg(test)]
mod tests {
    use super::sections;

    /// The forms of RFC 1035, 2136, 1122, 6298, 5508 and 8446; a list, a year and a version are not sections.
    #[test]
    fn headings_of_texts() {
        for (text, wanted) in [
            ("1. INTRODUCTION\n\n1.1. Overview\n\n2. CONVENTIONS\n", "1-2 1.1"),
            ("2 - Update\n   2.1 - Transport\n\n   2.2 - Message Header\n", "1-2 2.1-2"),
            ("      4.1.3.1  Ports ............  78\n", ""),
            ("   1.  INTERNET LAYER ....  7\n      1.1  IP ....  8\n   2.  TRANSPORT ..... 9\n", "1-2 1.1"),
            (
                "2.  The Algorithm\n\n   (2.1) Until a measurement\n\n   (1) An item\n\n   (1.1) A step\n",
                "1-2 2.1",
            ),
            ("1.  Conformance to RFC 1812\n\nAppendix A.  State Machine\n\nA.1.  Client\n", "1 A A.1"),
            ("1.  One\n\n1982 was a year.\n\nA  record of a zone\n   2.1 in the middle\n4.  Far away\n", "1"),
            (
                "# HTTP\n\n## 1. Introduction\n\n### 1.1. Purpose\n1.2 of [HTTP].\n\n## Appendix A. ABNF\n",
                "1 A 1.1",
            ),
        ] {
            assert_eq!(sections(text).to_string(), wanted, "{text}");
        }
    }

    /// The form of RFC 9846.
    #[test]
    fn headings_that_are_counted() {
        let text = "# Abstract\n\n--- middle\n\n# Introduction\n## Terms\n## Changes\n~~~\n# not one\n~~~\n\
                    # Protocol {#protocol}\n## Parts\n--- back\n# States\n## Client\n\
                    # Contributors\n{:numbered=\"false\"}\n";
        assert_eq!(sections(text).to_string(), "1-2 A 1.1-2 2.1 A.1");
    }
}
