//! Citations of RFCs: which sections a text names, and where.
//!
//! The form of this tree is `RFC N §S`, and more sections of the same RFC may follow: `§3 and §4`, `§3.1, §3.2`,
//! `§3 to §5`. Lines may break in between. Read as well: `RFC N appendix A`, `N §S` in tables, the comment `rfc N S` of
//! a chapter, links to `rfcN#section-S`, and the names of tests, `rfcN_s4_2_...`. A section that stands alone belongs
//! to an RFC that its file names elsewhere.

use std::collections::BTreeSet;

use crate::section::Section;

/// A section that is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Citation {
    /// The line, from 1.
    pub(crate) line: usize,
    /// None: the section stands alone.
    pub(crate) rfc: Option<u16>,
    pub(crate) section: Section,
}

/// What a text cites.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cited {
    pub(crate) citations: Vec<Citation>,
    /// The RFCs that it names, with or without a section.
    pub(crate) rfcs: BTreeSet<u16>,
    /// Whether it names sections of another document. Those that stand alone may be that one's.
    pub(crate) others: bool,
}

/// Other documents that are cited by section.
const OTHERS: [&str; 10] =
    ["HTML", "IEEE", "Maglev", "NSDI", "UAX", "draft", "draft's", "draft-ietf-ccwg-bbr", "pcap", "pcapng"];

/// What a source or a page cites.
pub(crate) fn cited(text: &str) -> Cited {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        reader.line = index + 1;
        reader.marked(line);
        // The mark of a comment or a quotation, and the end of a line in a string, stand between words.
        let line = line.trim_start_matches(['/', '!', '>']).trim_end_matches('\\');
        if line.contains("RFC") || line.contains('§') || reader.waits() {
            line.split_whitespace().for_each(|word| reader.word(word));
        } else {
            reader.pass(line);
        }
    }
    reader.cited
}

/// Reads word by word.
#[derive(Debug, Default)]
struct Reader<'a> {
    cited: Cited,
    line: usize,
    /// The RFC whose section the next word may be.
    open: Option<u16>,
    /// The last three words, without what stands before them.
    before: [&'a str; 3],
}

impl<'a> Reader<'a> {
    fn cite(&mut self, rfc: Option<u16>, section: Section) {
        self.cited.rfcs.extend(rfc);
        self.cited.citations.push(Citation { line: self.line, rfc, section });
    }

    /// Whether the next line may go on with a citation.
    fn waits(&self) -> bool {
        self.open.is_some() || self.before[2] == "RFC"
    }

    /// Most lines cite nothing. Their last words may still name a document whose section stands in the next line.
    fn pass(&mut self, line: &'a str) {
        self.before = [""; 3];
        for (place, word) in self.before.iter_mut().rev().zip(line.split_whitespace().rev()) {
            *place = word;
        }
    }

    /// The forms that are one word, or a line of their own.
    fn marked(&mut self, line: &str) {
        if let Some((rfc, section)) = line.strip_prefix("<!-- rfc ").and_then(|words| words.split_once(' ')) {
            let section = Section::at_start(section).map(|(section, _)| section);
            self.cited_as(rfc, section);
        }
        for after in line.split("rfc").skip(1) {
            let (rfc, rest) = after.split_at(after.bytes().take_while(u8::is_ascii_digit).count());
            self.cited_as(rfc, of_link(rest).or(of_test(rest)));
        }
    }

    fn cited_as(&mut self, rfc: &str, section: Option<Section>) {
        if let (Ok(rfc), Some(section)) = (rfc.parse(), section) {
            self.cite(Some(rfc), section);
        }
    }

    fn word(&mut self, word: &'a str) {
        let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '§');
        let is_opened = bare.len() < word.len();
        let [.., last] = self.before;
        let open = self.open.take();
        if let Some((rfc, rest)) = number_of(last, bare) {
            self.cited.rfcs.insert(rfc);
            self.open = goes_on(rest).then_some(rfc);
        } else if let Some((section, rest)) = bare.strip_prefix('§').and_then(Section::at_start) {
            let rfc = open.or_else(|| digits(last)).filter(|_| !is_opened);
            if rfc.is_none() && self.before.iter().any(|word| OTHERS.contains(word)) {
                self.cited.others = true;
            } else {
                self.cite(rfc, section);
            }
            self.open = rfc.filter(|_| goes_on(rest));
        } else if let (Some(rfc), Some((section, rest))) =
            (open, Section::at_start(bare).filter(|_| is_section(last)))
        {
            self.cite(Some(rfc), section);
            self.open = goes_on(rest).then_some(rfc);
        } else if ["and", "or", "to"].contains(&bare) || is_section(bare) {
            self.open = open;
        }
        self.before.rotate_left(1);
        self.before[2] = bare;
    }
}

/// The number of an RFC, and what follows it: `RFC 1035`, or `RFC1035` as RFCs write it themselves.
fn number_of<'a>(last: &str, word: &'a str) -> Option<(u16, &'a str)> {
    let number = word.strip_prefix("RFC").or((last == "RFC").then_some(word))?;
    let (number, rest) = number.split_at(number.bytes().take_while(u8::is_ascii_digit).count());
    Some((number.parse().ok()?, rest))
}

/// `5382 §5`: a table that has only RFCs leaves the word out.
fn digits(word: &str) -> Option<u16> {
    word.parse().ok().filter(|number| *number >= 100)
}

/// Whether a section of the same RFC may follow.
fn goes_on(rest: &str) -> bool {
    ["", ",", "'s"].contains(&rest)
}

fn is_section(word: &str) -> bool {
    ["section", "Section", "appendix", "Appendix"].contains(&word)
}

/// `rfc9293#section-3.10.7.4`, from the number on.
fn of_link(rest: &str) -> Option<Section> {
    let place = rest.trim_start_matches(".html").strip_prefix('#')?;
    let number = place.strip_prefix("section-").or(place.strip_prefix("appendix-"))?;
    Section::at_start(number).map(|(section, _)| section)
}

/// `rfc5961_s4_2_a_syn_in_the_window`, from the number on.
fn of_test(rest: &str) -> Option<Section> {
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
    let parts: Vec<&str> = rest.strip_prefix("_s")?.split('_').take_while(is_number).collect();
    Section::whole(&parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::cited;

    /// Each form, and the sections that it names.
    #[test]
    fn the_forms_of_this_tree() {
        for (text, wanted) in [
            ("a pointer (RFC 1035 §4.1.4), which", "1:1035 4.1.4"),
            ("[`rule`]: \"RFC 9112 §6.3 rule 6\"", "1:9112 6.3"),
            ("RFC 9112 §2.1, §3 to §5, and §9", "1:9112 2.1; 1:9112 3; 1:9112 5; 1:9112 9"),
            ("RFC 791 §3.2, RFC 8200 §3 or §4.5.", "1:791 3.2; 1:8200 3; 1:8200 4.5"),
            ("//! as RFC\n//! 9110 §7.6.1\n/// or RFC 9112\n    /// §9.5).", "2:9110 7.6.1; 4:9112 9.5"),
            ("\"RFC 9112 \\\n §9.3.2\"", "2:9112 9.3.2"),
            ("RFC 8446 §A.1, RFC 8446 appendix D; RFC 9112 Appendix A.", "1:8446 A.1; 1:8446 D; 1:9112 A"),
            ("## RFC 8448 section 3 Simple", "1:8448 3"),
            ("| mapping | 4787 §4.2.1 | open |", "1:4787 4.2.1"),
            ("<!-- rfc 9293 3.10.7.1 -->", "1:9293 3.10.7.1"),
            ("[x]: https://www.rfc-editor.org/rfc/rfc9293#section-3.10.7.4", "1:9293 3.10.7.4"),
            ("fn rfc7323_s2_2_scaling_begins() {", "1:7323 2.2"),
            ("RFC 9112's §6 and its §7", "1:9112 6; 1: 7"),
            ("RFC 6298 §2.2\"), (\"§2.3\")", "1:6298 2.2; 1: 2.3"),
            ("RFC 9112 has rules: see §6.3", "1: 6.3"),
            ("port 1053 (§6.3 of RFC 9112)", "1: 6.3"),
            ("RFC {number} §{section}, RFC 4787 REQ-1, rfc4787_req1_one, pcapng §4.1, RFC 768", ""),
        ] {
            let found = cited(text).citations.into_iter().map(|citation| {
                let rfc = citation.rfc.map(|rfc| rfc.to_string()).unwrap_or_default();
                format!("{}:{rfc} {}", citation.line, citation.section)
            });
            assert_eq!(found.collect::<Vec<_>>().join("; "), wanted, "{text}");
        }
    }

    #[test]
    fn what_else_a_text_names() {
        let named = cited("RFC 768, [RFC5246] and IEEE 802.3 §3.2.6");
        assert_eq!((named.rfcs.into_iter().collect::<Vec<_>>(), named.others), (vec![768, 5246], true));
        assert!(cited("//! as IEEE 802.3\n//! §3.2.6 has it").others);
        assert!(!cited("a pcapng file, as RFC 768 has it in §4").others);
    }
}
