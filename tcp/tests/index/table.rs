//! A table of the index, as it stands in its file: the sentences of one RFC, and under each the tests that show it.
//!
//! ```text
//! ## Section 5.1
//!
//! > The sentence of the RFC, word for word. What Markdown would read is \<escaped\>.
//!
//! * shown: `recovery.rs::rfc6298_s5_the_timer_doubles_and_ends`
//! * left out: why
//! * not code: why
//! ```
//!
//! A sentence that has both a test and something left out is shown in part. A test is named by its file, from the
//! crate's `tests` on (or from the root of the workspace: `internet/tests/...`), and its function.

use std::fmt::Write;

use crate::text::Sentence;

/// What stands under a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A test shows it.
    Shown,
    /// The crate does not do it, or no test shows it.
    LeftOut,
    /// It asks something of somebody else: of routers, of users, of the authors of RFCs.
    NotCode,
}

const KINDS: [(Kind, &str); 3] =
    [(Kind::Shown, "shown:"), (Kind::LeftOut, "left out:"), (Kind::NotCode, "not code:")];

/// A line under a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// Where it stands in the file, from 1.
    pub(crate) line: usize,
}

impl Remark {
    /// The tests that it names: the file, and the function. A reason may name something else, as `Config::mtu`.
    pub(crate) fn tests(&self) -> impl Iterator<Item = (&str, &str)> {
        let names = self.text.split('`').skip(1).step_by(2).filter_map(|name| name.split_once("::"));
        names.filter(|(file, _)| self.kind == Kind::Shown || file.ends_with(".rs"))
    }
}

/// A sentence, and what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) sentence: Sentence,
    /// Where it stands in the file, from 1.
    pub(crate) line: usize,
    pub(crate) remarks: Vec<Remark>,
}

impl Row {
    fn has(&self, kind: Kind) -> bool {
        self.remarks.iter().any(|remark| remark.kind == kind)
    }

    /// What is wrong with it by itself.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let names_none = |remark: &Remark| remark.kind == Kind::Shown && remark.tests().next().is_none();
        let says_nothing =
            |remark: &Remark| remark.text.chars().filter(|letter| letter.is_alphabetic()).count() < 3;
        match &self.remarks[..] {
            [] => Some("nothing stands under this sentence"),
            remarks if remarks.iter().any(says_nothing) => Some("no reason is given"),
            remarks if remarks.iter().any(names_none) => Some("no test is named"),
            [_, ..] if self.has(Kind::NotCode) && self.has(Kind::LeftOut) => Some("left out, and not code?"),
            _ => None,
        }
    }
}

/// How many sentences are shown, shown in part, left out, and not a matter of code.
pub(crate) fn count(rows: &[Row]) -> [usize; 4] {
    let mut counts = [0; 4];
    for row in rows {
        let at = match (row.has(Kind::Shown), row.has(Kind::LeftOut)) {
            (true, false) => 0,
            (true, true) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        counts[at] += 1;
    }
    counts
}

/// Reads a table: what stands above the first section, and the rows.
pub(crate) fn read(file: &str) -> Result<(String, Vec<Row>), String> {
    let (mut head, mut section, mut rows) = (String::new(), None, Vec::<Row>::new());
    let mut after_blank = true;
    for (line, text) in (1..).zip(file.lines()) {
        let last = rows.last_mut();
        if let Some(number) = text.strip_prefix("## Section ") {
            section = Some(number.to_owned());
        } else if let Some(section) = &section
            && let Some(words) = text.strip_prefix("> ")
        {
            match last {
                Some(row) if !after_blank => {
                    row.sentence.words.push(' ');
                    row.sentence.words.push_str(&plain(words));
                }
                _ => rows.push(Row {
                    sentence: Sentence { section: section.clone(), words: plain(words) },
                    line,
                    remarks: Vec::new(),
                }),
            }
        } else if let (Some(row), Some(remark)) = (last, text.strip_prefix("* ")) {
            let named = KINDS.iter().find_map(|(kind, name)| Some((*kind, remark.strip_prefix(name)?)));
            let Some((kind, text)) = named else {
                return Err(format!("line {line}: \"{text}\" is not a remark"));
            };
            row.remarks.push(Remark { kind, text: text.trim().to_owned(), line });
        } else if let (Some(remark), Some(more)) =
            (rows.last_mut().and_then(|row| row.remarks.last_mut()), text.strip_prefix("  "))
        {
            remark.text.push(' ');
            remark.text.push_str(more.trim());
        } else if section.is_none() {
            head.push_str(text);
            head.push('\n');
        } else if !text.is_empty() {
            return Err(format!("line {line}: \"{text}\" belongs to nothing"));
        }
        after_blank = text.is_empty();
    }
    Ok((head, rows))
}

/// Writes a table.
pub(crate) fn write(head: &str, rows: &[Row]) -> String {
    let (mut file, mut section) = (head.trim_end().to_owned() + "\n", "");
    for row in rows {
        if row.sentence.section != section {
            section = &row.sentence.section;
            let _ = write!(file, "\n## Section {section}\n");
        }
        let _ = write!(file, "\n{}\n", wrapped(&escaped(&row.sentence.words), "> ", "> "));
        for remark in &row.remarks {
            let name = KINDS.iter().find(|(kind, _)| *kind == remark.kind).map_or("", |(_, name)| name);
            let _ = write!(file, "\n{}", wrapped(&format!("{name} {}", remark.text), "* ", "  "));
        }
        if !row.remarks.is_empty() {
            file.push('\n');
        }
    }
    file
}

/// Puts words into lines of 120 columns at most.
fn wrapped(words: &str, first: &str, further: &str) -> String {
    let (mut lines, mut line) = (String::new(), first.to_owned());
    for word in words.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > 119 && line.len() > first.len() {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line = further.to_owned();
        }
        line.push_str(word);
        line.push(' ');
    }
    lines + line.trim_end()
}

/// What Markdown would read as markup is marked.
fn escaped(words: &str) -> String {
    let mark =
        |letter: char| if "<>*_\\|".contains(letter) { format!("\\{letter}") } else { letter.to_string() };
    words.chars().map(mark).collect()
}

fn plain(words: &str) -> String {
    let (mut text, mut letters) = (String::new(), words.chars());
    while let Some(letter) = letters.next() {
        text.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    text
}

#[test]
fn a_table_is_written_as_it_is_read() {
    let file = "\
# A head

with a line

## Section 2

> It MUST be \\<SEQ=1\\>
> and more.

* shown: `a.rs::b`, `internet/tests/c.rs::d`
* left out: the rest, which
  is long: `Config::mtu`, `e.rs::f`

> It SHOULD be.

## Section 3.1

> It SHALL be.

* not code: said to users
";
    let (head, rows) = read(file).unwrap();
    assert_eq!(rows[0].sentence.words, "It MUST be <SEQ=1> and more.");
    let tests: Vec<_> = rows[0].remarks[0].tests().collect();
    assert_eq!(tests, [("a.rs", "b"), ("internet/tests/c.rs", "d")]);
    assert_eq!(
        rows.iter().map(Row::fault).collect::<Vec<_>>(),
        [None, Some("nothing stands under this sentence"), None]
    );
    assert_eq!(rows[0].remarks[1].line, 11);
    assert_eq!(count(&rows), [0, 1, 0, 2]);
    let again = write(&head, &rows);
    assert_eq!(read(&again).map(|(head, rows)| (head, rows.len())), Ok((head, 3)));
    assert!(again.contains("> It MUST be \\<SEQ=1\\> and more.\n\n* shown: `a.rs::b`"), "{again}");
    for (words, fault) in [("shown: by and by", "no test is named"), ("left out: .", "no reason is given")] {
        let (_, rows) = read(&format!("## Section 1\n\n> It MUST.\n\n* {words}\n")).unwrap();
        assert_eq!(rows[0].fault(), Some(fault));
    }
    assert!(read("## Section 1\n\n> It MUST.\n\n* perhaps\n").is_err());
    assert!(read("## Section 1\n\nIt MUST.\n").is_err());
}
