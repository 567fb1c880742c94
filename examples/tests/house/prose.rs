//! Plain English in comments: most readers are students, and most of them are no native speakers.
//!
//! A phrase of the table is found also where it goes on in the next line. What makes an ordinary use of it is a rule
//! about the words around it, never a list of places. Code and figures in a doc comment (between lines of three
//! backticks) are not prose.

use super::Finding;
use super::lexer::Comment;
use super::source::{House, Source};

/// A phrase to avoid.
struct Phrase {
    /// In small letters.
    words: &'static str,
    /// It is ordinary after one of these words,
    after: &'static [&'static str],
    /// and before one of these. Articles between do not count.
    before: &'static [&'static str],
    instead: &'static str,
}

/// Words that compare: "is no longer".
const COMPARING: &[&str] = &[
    "longer", "shorter", "more", "less", "fewer", "larger", "smaller", "later", "earlier", "greater",
    "higher", "lower", "better", "worse", "other",
];

/// What a host can stand behind.
const ON_THE_WAY: &[&str] = &[
    "nat",
    "nats",
    "proxy",
    "proxies",
    "firewall",
    "firewalls",
    "tunnel",
    "router",
    "load",
    "balancer",
    "cache",
    "cdn",
];

const PHRASES: &[Phrase] = &[
    Phrase { words: "is no", after: &["there"], before: COMPARING, instead: "`is not a`" },
    Phrase { words: "are no", after: &["there"], before: COMPARING, instead: "`are not`" },
    Phrase { words: "was no", after: &["there"], before: COMPARING, instead: "`was not a`" },
    Phrase {
        words: "behind",
        after: &["stay", "stays", "left", "fall", "falls"],
        before: ON_THE_WAY,
        instead: "`after`",
    },
    Phrase { words: "lest", after: &[], before: &[], instead: "`so that .. not`" },
    Phrase { words: "calls forth", after: &[], before: &[], instead: "`causes`" },
    Phrase { words: "call forth", after: &[], before: &[], instead: "`cause`" },
    Phrase { words: "hangs on", after: &[], before: &[], instead: "`depends on`" },
    Phrase { words: "hang on", after: &[], before: &[], instead: "`depend on`" },
    Phrase { words: "whoever", after: &[], before: &[], instead: "say who: `a caller that ..`" },
    Phrase { words: "thereby", after: &[], before: &[], instead: "`so`, or a sentence of its own" },
    Phrase { words: "put up with", after: &[], before: &[], instead: "`accept`" },
];

pub(crate) fn check(house: &House) -> Vec<Finding> {
    house.sources().flat_map(in_source).collect()
}

fn in_source(source: &Source) -> Vec<Finding> {
    let words = words(&source.lexed.comments);
    let mut findings = Vec::new();
    let mut found = |line, seen: String, instead: &str| {
        let (file, instead) = (source.path.clone(), instead.to_owned());
        findings.push(Finding { file, line, seen, instead });
    };
    for at in 0..words.len() {
        for phrase in PHRASES.iter().filter(|phrase| stands_at(phrase, &words, at)) {
            let here = words[at..].iter().take(5).take_while(|word| !word.text.is_empty());
            let here: Vec<&str> = here.map(|word| word.text.as_str()).collect();
            found(words[at].line, format!("\"{}\"", here.join(" ")), phrase.instead);
        }
        if relative_subject(&words, at) {
            found(
                words[at].line,
                "a sentence that begins with \"Who\"".to_owned(),
                "the noun first: `a server that ..`",
            );
        }
    }
    for line in lines_of_one_word(&source.lexed.comments) {
        found(line, "a doc line of one word".to_owned(), "say what it is: shape, unit, source");
    }
    findings
}

/// A word of a comment. An empty one stands between paragraphs.
struct Word {
    text: String,
    line: usize,
    /// Whether it stands in a doc comment.
    doc: bool,
}

impl Word {
    /// Without marks around it, in small letters.
    fn plain(&self) -> String {
        self.text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
    }
}

/// The words of all comments of a source, without figures and code.
fn words(comments: &[Comment]) -> Vec<Word> {
    let mut words = Vec::new();
    let (mut fenced, mut last) = (false, None);
    for comment in comments {
        let (line, doc) = (comment.line, comment.mark != "//");
        if comment.text.starts_with("```") {
            fenced = !fenced;
        }
        let goes_on = last == Some((comment.line.saturating_sub(1), comment.mark));
        if !goes_on || comment.text.is_empty() || fenced {
            words.push(Word { text: String::new(), line, doc });
        }
        if !fenced {
            let more = comment.text.split_whitespace();
            words.extend(more.map(|text| Word { text: text.to_owned(), line, doc }));
        }
        last = Some((comment.line, comment.mark));
    }
    words
}

fn stands_at(phrase: &Phrase, words: &[Word], at: usize) -> bool {
    let wanted = phrase.words.split(' ');
    let length = wanted.clone().count();
    let here = words[at..].iter().take(length);
    // A mark inside the phrase ends it: "the one it is. No other".
    let unbroken = here.clone().take(length - 1).all(|word| word.text.ends_with(char::is_alphanumeric));
    if !unbroken || !here.map(Word::plain).eq(wanted) {
        return false;
    }
    let before = at.checked_sub(1).map(|index| words[index].plain()).unwrap_or_default();
    let articles = |word: &&Word| ["a", "an", "the"].contains(&word.plain().as_str());
    let next = words[at + length..].iter().find(|word| !articles(word)).map(Word::plain).unwrap_or_default();
    !phrase.after.contains(&before.as_str()) && !phrase.before.contains(&next.as_str())
}

/// A sentence like "Who cannot read it may send nothing.". A question is ordinary, and so is the first line of a doc
/// comment, which is a title and has no verb of its own: "Who sent it.".
fn relative_subject(words: &[Word], at: usize) -> bool {
    let title = words[at].doc && at.checked_sub(1).is_none_or(|before| words[before].text.is_empty());
    let rest = words[at..].iter().take_while(|word| !word.text.is_empty());
    let last = rest.into_iter().find(|word| word.text.ends_with(['.', '?', '!', ':']));
    words[at].text == "Who" && !title && last.is_some_and(|word| word.text.ends_with('.'))
}

/// The lines of doc comments that are one word, and all of their comment. A link says something, and so
/// does a name in the RFC's spelling, which Rust cannot show: `WAIT_SH`, `RDLENGTH`.
fn lines_of_one_word(comments: &[Comment]) -> Vec<usize> {
    let is_doc = |at: usize, line: usize| comments.get(at).is_some_and(|c| c.mark == "///" && c.line == line);
    let alone = comments.iter().enumerate().filter(|(at, comment)| {
        let before = at.checked_sub(1).is_some_and(|before| is_doc(before, comment.line - 1));
        comment.mark == "///" && !before && !is_doc(at + 1, comment.line + 1)
    });
    let spelled =
        |text: &str| text.starts_with('[') || text.contains('_') || !text.contains(char::is_lowercase);
    let one =
        alone.filter(|(_, comment)| comment.text.split_whitespace().count() == 1 && !spelled(&comment.text));
    one.map(|(_, comment)| comment.line).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::House;

    #[track_caller]
    fn finds(text: &str, wanted: &[(usize, &str)]) {
        let found = check(&House::of("dns", "", &[("lib.rs", text)]));
        let found: Vec<_> = found.iter().map(|finding| (finding.line, finding.seen.as_str())).collect();
        assert_eq!(found, wanted, "{text}");
    }

    #[test]
    fn phrases_are_found() {
        finds("// This is no name at all, really.", &[(1, "\"is no name at all,\"")]);
        finds("/// A message\n/// whose label is\n/// no label.", &[(2, "\"is no label.\"")]);
        finds("//! What stands behind the label.", &[(1, "\"behind the label.\"")]);
        finds("fn f() {} // lest it grow", &[(1, "\"lest it grow\"")]);
        finds("/// From.\nfn f() {}", &[(1, "a doc line of one word")]);
        finds(
            "// So it is. Who cannot read it may\n// send nothing.",
            &[(1, "a sentence that begins with \"Who\"")],
        );
    }

    #[test]
    fn ordinary_uses_are_not() {
        finds("// There is no name, and it is no longer than 5. It is. No name is.", &[]);
        finds("// A host behind a NAT, behind the load balancer, is left behind.", &[]);
        finds("// A field that is\n\n// no end of the story\nlet x = \"is no name\";", &[]);
        finds("/// ```text\n/// this is no name\n/// ```\n/// Who asks?\nfn f() {}", &[]);
        finds(
            "/// Who sent it.\nfn f() {}\n/// WAIT_SH.\nfn g() {}\n/// [`f`].\nfn i() {}\n/// RDLENGTH.\nfn h() {}",
            &[],
        );
        finds("/// From:\n/// one and two.\nfn f() {}", &[]);
    }
}
