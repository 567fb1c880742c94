//! Sentences of RFCs: each must stand in the section that it is quoted from, word for word.
//!
//! Where the texts are not at hand, only the form is checked here, and the section in `sweep.rs`; the checker says so.

use std::path::Path;

use crate::block::{Sources, read};
use crate::section::Section;

/// Checks a quotation, `> ` at the beginning of each line. An ellipsis stands for words that are left out.
pub(crate) fn check(
    sources: &Sources,
    number: &str,
    section: &str,
    content: &[String],
) -> Result<(), String> {
    let quotation = content
        .iter()
        .map(|line| line.trim_start_matches('>').trim().replace('\\', ""))
        .collect::<Vec<_>>()
        .join(" ");
    if quotation.trim().is_empty() {
        return Err("a quotation follows, with `>` before each line".to_owned());
    }
    if number.parse::<u16>().is_err() || Section::whole(section).is_none() {
        return Err("the number of an RFC and that of a section: rfc 1035 4.1.4".to_owned());
    }
    let Some(folder) = &sources.rfc else {
        sources.miss_rfcs();
        return Ok(());
    };
    let text =
        text(folder, number, ".txt").or_else(|_| text(folder, number, ".md").map(|text| plain(&text)))?;
    let inside = section_of(&text, section).ok_or(format!("RFC {number} has no section {section}"))?;
    let (inside, mut at) = (squeezed(&inside), 0);
    for part in quotation.split('…') {
        let part = squeezed(part);
        match inside[at..].find(&part) {
            Some(found) => at += found + part.len(),
            None => return Err(format!("RFC {number} §{section} does not say {part:?}")),
        }
    }
    Ok(())
}

/// The text of an RFC in one of its forms.
fn text(folder: &Path, number: &str, form: &str) -> Result<String, String> {
    read(&folder.join(format!("rfc{number}{form}")))
}

/// The text of an RFC in any form. The last draft will do for the numbers of sections, but not for sentences.
pub(crate) fn text_or_draft(folder: &Path, number: &str) -> Result<String, String> {
    text(folder, number, ".txt")
        .or_else(|_| text(folder, number, ".md"))
        .or_else(|_| text(folder, number, "-lastdraft.txt"))
}

/// Markdown as the text of an RFC: headings at the margin and all else indented, and key words without `_`.
fn plain(markdown: &str) -> String {
    let line = |line: &str| match line.starts_with('#') {
        true => line.trim_start_matches('#').trim().to_owned(),
        false => format!("   {}", line.trim()),
    };
    let text = markdown.lines().map(line).collect::<Vec<_>>().join("\n");
    ["MUST NOT", "MUST", "SHOULD NOT", "SHOULD", "MAY"]
        .iter()
        .fold(text, |text, word| text.replace(&format!("_{word}_"), word))
}

/// The text of a section, without its subsections.
fn section_of(text: &str, section: &str) -> Option<String> {
    let number = |line: &str| {
        let word = line.split_whitespace().next()?;
        let first = word.trim_end_matches('.');
        // Headings stand at the margin; entries of the contents end with the number of a page. In old RFCs sentences
        // stand at the margin too, and a letter alone is a word of them.
        let is_word = word.len() == 1 && word.starts_with(|c: char| c.is_ascii_alphabetic());
        let is_number = first.starts_with(|c: char| c.is_ascii_alphanumeric())
            && first.split('.').all(|part| part.chars().all(|c| c.is_ascii_digit()) || part.len() == 1);
        let is_entry = line.contains(" . ") || line.contains("...");
        (is_number && !is_word && !is_entry && !line.starts_with(' ')).then(|| first.to_owned())
    };
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| number(line).as_deref() == Some(section))?;
    let end = lines[start + 1..].iter().position(|line| number(line).is_some_and(|other| other != section));
    let end = end.map_or(lines.len(), |end| start + 1 + end);
    Some(
        lines[start + 1..end]
            .iter()
            .filter(|line| !is_page_break(line))
            .copied()
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

/// The foot and the head of a page.
fn is_page_break(line: &str) -> bool {
    line.contains("[Page ") || line.starts_with("RFC ") || line.contains('\u{c}')
}

/// White space is one space, and a word that was broken at a hyphen stays broken.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::section_of;

    #[test]
    fn markdown_is_read_too() {
        let text =
            super::plain("### 6.3. Length\n\nA server _MUST_ close.\n  1. Any response\n\n## 7. Codings\n");
        let section = section_of(&text, "6.3").unwrap_or_default();
        assert_eq!(super::squeezed(&section), "A server MUST close. 1. Any response");
    }

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let text =
            "1.  One ....... 2\n4.1.4. Message compression\n\n   A pointer.\n\n4.2. Transport\n   More.\n";
        assert_eq!(section_of(text, "4.1.4").as_deref().map(str::trim), Some("A pointer."));
        assert_eq!(section_of(text, "9"), None);
        let text = "5.1. Format\n\nParentheses continue\na list of items.\n\n5.2. Use\n";
        assert_eq!(
            section_of(text, "5.1").as_deref().map(str::trim),
            Some("Parentheses continue\na list of items.")
        );
    }
}
