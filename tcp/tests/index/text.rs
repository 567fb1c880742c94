//! The text of an RFC as sentences, each under its section.
//!
//! Pages are joined, tables are left out, and a sentence ends with a full stop before a capital letter. What stands
//! before section 1 (the abstract, the table of contents) is left out: it says nothing that the sections do not say.

/// The words of RFC 2119 that say what has to be done, and the label of RFC 9293 for a SHOULD. MAY and OPTIONAL leave
/// the choice.
const KEY_WORDS: [&str; 6] = ["MUST", "SHOULD", "SHALL", "REQUIRED", "RECOMMENDED", "SHLD"];

/// Where a last draft tells its own history, which the RFC does not have.
const HISTORY_OF_A_DRAFT: &str = "\nAppendix B.  Evolution of CUBIC\n";

/// A sentence of an RFC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sentence {
    /// The number of its section, as "3.8.6.1".
    pub(crate) section: String,
    /// Its words, with one space between them.
    pub(crate) words: String,
}

impl Sentence {
    /// Whether it says what has to be done. The paragraph that explains the key words does not.
    pub(crate) fn is_requirement(&self) -> bool {
        let explains = ["The key words", "The keywords"].iter().any(|start| self.words.starts_with(start));
        let mut words = self.words.split(|letter: char| !letter.is_ascii_alphanumeric());
        !explains && words.any(|word| KEY_WORDS.contains(&word))
    }
}

/// All sentences from section 1 on, in order.
pub(crate) fn sentences(text: &str) -> Vec<Sentence> {
    let text = text.split(HISTORY_OF_A_DRAFT).next().unwrap_or(text);
    let (mut found, mut section, mut paragraph) = (Vec::new(), None, String::new());
    for line in lines_without_pages(text) {
        let heading = section_of(line);
        if heading.is_some() || line.trim().is_empty() {
            found.extend(split(section.as_deref(), &std::mem::take(&mut paragraph)));
        }
        match heading {
            // The first section is 1, and not a line of the table of contents.
            Some(number) if section.is_some() || number == "1" => section = Some(number),
            _ => append(&mut paragraph, line),
        }
    }
    found.extend(split(section.as_deref(), &paragraph));
    found
}

/// The lines, without the feet and heads of pages. A paragraph that goes on after them is not interrupted.
fn lines_without_pages(text: &str) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if !(line.ends_with(']') && line.contains("[Page ")) {
            kept.push(line);
            continue;
        }
        while kept.last().is_some_and(|last| last.trim().is_empty()) {
            kept.pop();
        }
        let at_form_feed = |line: &&str| line.trim().is_empty() || line.starts_with('\u{c}');
        while lines.next_if(at_form_feed).is_some() {}
        // The head: "RFC 6298   Computing TCP's Retransmission Timer   June 2011".
        lines.next();
        while lines.next_if(|line| line.trim().is_empty()).is_some() {}
        let goes_on = kept.last().is_some_and(|last| !last.ends_with(['.', ':', '?', '!', ';']));
        if !goes_on || lines.peek().is_some_and(|line| section_of(line).is_some()) {
            kept.push("");
        }
    }
    kept
}

/// The number of the section whose heading this line is: "3.8.6.1", or "B.1" of an appendix.
fn section_of(line: &str) -> Option<String> {
    let line = line.strip_prefix("Appendix ").unwrap_or(line);
    let (number, title) = line.split_once(' ')?;
    let number = number.trim_end_matches('.');
    let mut parts = number.split('.');
    let first = parts.next()?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = first.len() == 1
        && first.as_bytes()[0].is_ascii_uppercase()
        && line.starts_with(&format!("{first}."));
    let is_heading = (is_number(first) || is_letter) && parts.all(is_number) && !title.trim().is_empty();
    is_heading.then(|| number.to_owned())
}

/// Adds a line to a paragraph. A remark in the margin loses its bar, and a line of a table is left out.
fn append(paragraph: &mut String, line: &str) {
    let line = line.trim();
    let is_table = line.starts_with('+') || line.starts_with('|') && line.len() > 1 && line.ends_with('|');
    let line = line.trim_start_matches('|').trim();
    if is_table || line.is_empty() {
        return;
    }
    // "(SHLD-" and "29)" are one word.
    let word_goes_on =
        paragraph.strip_suffix('-').is_some_and(|before| before.ends_with(char::is_alphanumeric));
    if !paragraph.is_empty() && !word_goes_on {
        paragraph.push(' ');
    }
    paragraph.push_str(&line.split_whitespace().collect::<Vec<_>>().join(" "));
}

/// The sentences of a paragraph.
fn split(section: Option<&str>, paragraph: &str) -> Vec<Sentence> {
    let Some(section) = section else { return Vec::new() };
    let paragraph =
        ["o ", "* ", "- "].iter().find_map(|mark| paragraph.strip_prefix(mark)).unwrap_or(paragraph);
    let (mut found, mut start) = (Vec::new(), 0);
    for (at, _) in paragraph.match_indices(". ").chain(paragraph.match_indices(".) ")) {
        let end = at + paragraph[at..].find(' ').unwrap_or(0);
        let next = paragraph[end..].trim_start().chars().next();
        let abbreviates = ["e.g", "i.e", "et al", "cf"].iter().any(|word| paragraph[..at].ends_with(word));
        if at >= start
            && !abbreviates
            && next.is_some_and(|letter| letter.is_ascii_uppercase() || "([\"".contains(letter))
        {
            found.push(paragraph[start..end].trim().to_owned());
            start = end;
        }
    }
    found.push(paragraph[start..].trim().to_owned());
    let sentence = |words| Sentence { section: section.to_owned(), words };
    found.into_iter().filter(|words| !words.is_empty()).map(sentence).collect()
}

#[test]
fn a_text_is_read_as_sentences() {
    let text = "Contents

   1.  Purpose ........ 2

   Abstract: this MUST NOT be read.

1.  Purpose

   The key words \"MUST\" and \"SHOULD\" are explained elsewhere.  A host
   SHOULD wait (SHLD-
   29).  See e.g. [2]; it (e.g., a router) may not.

Author                       Standards Track                    [Page 8]
\u{c}
RFC 1                         A Standard                     August 2010

   It MUST count

Author                       Standards Track                    [Page 9]
\u{c}
RFC 1                         A Standard                     August 2010

   on.

1.1.  Remarks

   |  A remark in the margin
   |  is REQUIRED.

   +----+------+
   | It | MUST |
   +----+------+

Appendix A.  More

   o  <SEQ=1>  It SHALL be.
";
    let requirements: Vec<(String, String)> = sentences(text)
        .into_iter()
        .filter(Sentence::is_requirement)
        .map(|sentence| (sentence.section, sentence.words))
        .collect();
    let wanted = [
        ("1", "A host SHOULD wait (SHLD-29)."),
        ("1", "It MUST count on."),
        ("1.1", "A remark in the margin is REQUIRED."),
        ("A", "<SEQ=1> It SHALL be."),
    ];
    assert_eq!(requirements, wanted.map(|(section, words)| (section.to_owned(), words.to_owned())));
    assert!(
        sentences(text).iter().any(|sentence| sentence.words == "See e.g. [2]; it (e.g., a router) may not.")
    );
}
