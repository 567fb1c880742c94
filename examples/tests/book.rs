//! The book: every quotation is what it quotes; and each kind of fault, made on purpose in a copy, is found with the
//! line that it is in.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::TempFolder;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Runs the checker: whether all is well, and what it says.
fn book(root: &Path, more: &[&str]) -> (bool, String) {
    let mut run = Command::new(env!("CARGO_BIN_EXE_book"));
    if root != self::root() {
        // A copy has the texts that its test made, and no others.
        run.env_remove("BAREWIRE_RFC");
    }
    let run = run
        .arg("--root")
        .arg(root)
        .args(["--program", env!("CARGO_BIN_EXE_barewire")])
        .args(more)
        .output()
        .expect("the checker runs");
    let said = [run.stdout, run.stderr].concat();
    (run.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn every_quotation_is_what_it_quotes() {
    let (clean, says) = book(&root(), &[]);
    assert!(clean, "{says}");
    // What was skipped or could not be judged.
    eprint!("{says}");
}

/// A copy of what the first chapter needs.
struct Copy(TempFolder);

impl Copy {
    fn new() -> Copy {
        let copy = Copy(TempFolder::new());
        for folder in ["dns/chapters", "dns/src", "dns/tests/captures", "examples/chapters", "examples/src"] {
            copied(&root().join(folder), &copy.path(folder));
        }
        // Of the chapters the first one alone.
        for chapter in fs::read_dir(copy.path("dns/chapters")).expect("a folder").flatten() {
            let name = chapter.file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") && !CHAPTER.ends_with(&name) {
                fs::remove_file(chapter.path()).expect("a file");
            }
        }
        let modules = copy.path("dns/src/chapters.rs");
        let text = fs::read_to_string(&modules).expect("the modules");
        let end = "pub mod c01_question {}\n";
        let (first, _) = text.split_once(end).expect("the module of the first chapter");
        fs::write(modules, format!("{first}{end}")).expect("a file");
        let contents = copy.path("examples/chapters/contents.md");
        let text = fs::read_to_string(&contents).expect("the contents");
        let of_first = |line: &&str| !line.contains("/chapters/") || line.contains("01_question.md");
        let rows =
            |line: &&str| !line.starts_with("| ") || line.contains("[dns-1]") || line.contains("layer");
        let lines: Vec<&str> = text.lines().filter(of_first).filter(rows).collect();
        fs::write(&contents, lines.join("\n") + "\n").expect("a file");
        let (clean, says) = book(copy.0.file("").as_ref(), &["--bless"]);
        assert!(clean, "{says}");
        copy
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.file(file).into()
    }

    /// Puts one text in the place of another in a file, and gives what the checker says.
    fn with(&self, file: &str, old: &str, new: &str) -> String {
        let text = fs::read_to_string(self.path(file)).expect("text");
        assert!(text.contains(old), "{file} holds {old:?}");
        fs::write(self.path(file), text.replacen(old, new, 1)).expect("a file");
        let (clean, says) = book(self.0.file("").as_ref(), &[]);
        assert!(!clean, "not found: {old:?} → {new:?} in {file}");
        fs::write(self.path(file), text).expect("a file");
        says
    }
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copied(&path, &copy),
            false => drop(fs::copy(&path, &copy).expect("a copy")),
        }
    }
}

const CHAPTER: &str = "dns/chapters/01_question.md";

/// The number of the line of the chapter that holds a text.
fn line_of(copy: &Copy, text: &str) -> usize {
    line_in(copy, CHAPTER, text)
}

fn line_in(copy: &Copy, file: &str, text: &str) -> usize {
    let lines = fs::read_to_string(copy.path(file)).expect("text");
    lines.lines().position(|line| line.contains(text)).expect("a line") + 1
}

#[test]
fn faults_are_found_with_their_lines() {
    let copy = Copy::new();
    // A function is renamed in a source that is quoted.
    let says = copy.with("dns/src/name/wire.rs", "fn follow(", "fn walk(");
    let line = line_of(&copy, "fn follow(");
    assert!(
        says.contains(&format!("{CHAPTER}:{line}: code dns/src/name/wire.rs follow is out of date")),
        "{says}"
    );
    assert!(says.contains("it is now:   \"fn walk(") && says.contains("\"fn follow("), "{says}");
    // An anchor is gone, or is there twice.
    let says = copy.with("dns/src/name/wire.rs", "// book: follow", "// a remark");
    assert!(says.contains("dns/src/name/wire.rs has no line \"// book: follow\""), "{says}");
    let says = copy.with("dns/src/name/wire.rs", "// book: follow", "// book: read-piece");
    assert!(says.contains("has \"// book: read-piece\" twice"), "{says}");
    // A line of output is another one.
    let says = copy.with(
        CHAPTER,
        "10.0  ◀── DNS  A 203.0.113.80, ttl 300",
        "10.0  ◀── DNS  A 203.0.113.81, ttl 300",
    );
    let line = line_of(&copy, "10.0  ◀── DNS  A 203.0.113.80, ttl 300");
    assert!(says.contains(&format!("{CHAPTER}:{line}: run -v ")), "{says}");
    // A sentence of the reader's own, where a quotation is to be.
    let says = copy.with(CHAPTER, "<!-- rfc 1035 4.1.4 -->", "<!-- rfc 1035 4.1.4 -->\n\nNo quotation.\n");
    assert!(says.contains("a quotation follows, with `>` before each line"), "{says}");
    // A link that leads nowhere, and a label without a target.
    let says = copy.with(CHAPTER, "[wire]: ../src/name/wire.rs", "[wire]: ../src/name/wires.rs");
    assert!(says.contains("a dead link: [wire] leads to ../src/name/wires.rs"), "{says}");
    let says = copy.with(CHAPTER, "[the reader of names][wire]", "[the reader of names][reader]");
    assert!(says.contains("a dead link: [reader] is not defined"), "{says}");
    // A figure whose name is not one word, and a chapter without any.
    let says = copy.with(CHAPTER, "<!-- figure answer ", "<!-- figure an-answer ");
    assert!(says.contains("an-answer has more than letters, digits and _"), "{says}");
    let says = copy.with(CHAPTER, "][figure-answer]", "][answer]");
    assert!(says.contains(&format!("{CHAPTER}:1: a chapter has a figure")), "{says}");
    // A chapter that the contents or its crate do not know.
    let says = copy.with("dns/src/chapters.rs", "../chapters/01_question.md", "../chapters/01_other.md");
    assert!(says.contains("dns/src/chapters.rs does not include 01_question.md"), "{says}");
    let says = copy.with("dns/src/chapters.rs", "../chapters/rustdoc/style.html", "../chapters/style.html");
    assert!(says.contains("dns/src/chapters.rs does not include rustdoc/style.html"), "{says}");
    let says = copy.with("examples/chapters/contents.md", "[dns-1]: ../../dns/chapters/01_question.md", "");
    assert!(says.contains("dns/chapters/01_question.md is not in the contents"), "{says}");
    // A kind of block that nobody knows, and a quotation mark that is not closed.
    let says =
        copy.with(CHAPTER, "<!-- code dns/src/name/wire.rs follow -->", "<!-- code dns/src/name/wire.rs -->");
    assert!(says.contains("nothing is called \"code\" with 1 words after it"), "{says}");
}

/// What a lesson prints is quoted from its head or, with words, from its file; there a line may be another one.
#[test]
fn a_lessons_output_is_compared() {
    let copy = Copy::new();
    fs::create_dir_all(copy.path("examples/lessons")).expect("a folder");
    fs::create_dir_all(copy.path("examples/tests/lessons")).expect("a folder");
    let head = "//! A lesson.\n//!\n//! ```text\n//! one\n//!   two\n//! three\n//! ```\n\nfn main() {}\n";
    fs::write(copy.path("examples/lessons/count.rs"), head).expect("a file");
    fs::write(copy.path("examples/tests/lessons/count.by_two.txt"), "two\nfour\n").expect("a file");
    let before = "<!-- nav -->";
    let with = |comment: &str, lines: &str| {
        let block = format!("{comment}\n```console\n{lines}```\n\n{before}");
        copy.with(CHAPTER, before, &block)
    };
    let says = with("<!-- lesson count -->", "$ cargo run --example count\none\n  2\nthree\n");
    assert!(
        says.contains("lesson count is out of date") && says.contains("it is now:   \"  two\""),
        "{says}"
    );
    let says = with(
        "<!-- lesson count by two | \"four\" \"four\" -->",
        "$ cargo run --example count -- by two\n4\n",
    );
    assert!(says.contains("it is now:   \"four\""), "{says}");
    let says = with("<!-- lesson nobody -->", "");
    assert!(says.contains("examples/lessons/nobody.rs: "), "{says}");
    let chapter = fs::read_to_string(copy.path(CHAPTER)).expect("the chapter");
    let right = "<!-- lesson count | \"one\" \"two\" -->\n```console\n$ cargo run --example count\none\n  two\n```\n\n";
    fs::write(copy.path(CHAPTER), chapter.replace(before, &format!("{right}{before}"))).expect("a file");
    let (clean, says) = book(copy.0.file("").as_ref(), &[]);
    assert!(clean, "{says}");
}

/// README.md does not belong to the book, and its links are checked all the same.
#[test]
fn a_dead_link_beside_the_book_is_found() {
    let copy = Copy::new();
    let text =
        "# A\n\n[one](examples/chapters/contents.md#top), [two](https://x.test/), [three](nowhere.md)\n";
    fs::write(copy.path("README.md"), text).expect("a file");
    let (clean, says) = book(copy.0.file("").as_ref(), &[]);
    let wanted = "README.md:3: a dead link: it leads to nowhere.md, and there is no such file";
    assert!(!clean && says.contains(wanted), "{says}");
    assert!(!says.contains("contents.md#top"), "{says}");
}

/// One byte of a capture is another one: the dump and the figure are out of date.
#[test]
fn a_changed_byte_of_a_capture_is_found() {
    let copy = Copy::new();
    let capture = copy.path("dns/tests/captures/no_edns.pcapng");
    let mut bytes = fs::read(&capture).expect("a capture");
    let answer = [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 1, 0x2b, 0, 4, 192, 0, 2, 80];
    let at = bytes.windows(answer.len()).position(|window| window == answer).expect("the answer");
    bytes[at + 15] = 81;
    fs::write(&capture, bytes).expect("a capture");
    let (clean, says) = book(copy.0.file("").as_ref(), &[]);
    assert!(!clean, "{says}");
    assert!(says.contains("192.0.2.81") && says.contains("is out of date"), "{says}");
    assert!(says.contains("answer.svg is not drawn from these bytes"), "{says}");
}

const SECTIONS: &str = "examples/chapters/rfc_sections.txt";

/// A section that RFC 1035 does not have.
const WRONG: &str = "4.1.9";

/// The contents of a text of RFC 1035, from the list: one entry for each group of sections.
fn headings_of_1035(copy: &Copy) -> String {
    let list = fs::read_to_string(copy.path(SECTIONS)).expect("the list");
    let line = list.lines().find_map(|line| line.strip_prefix("1035: ")).expect("RFC 1035");
    let entry = |word: &str| {
        let (first, last) = word.split_once('-').unwrap_or((word, ""));
        let (parent, from) = first.rsplit_once('.').map_or(("", first), |(parent, from)| (parent, from));
        let from: u8 = from.parse().expect("a number");
        let dot = if parent.is_empty() { "" } else { "." };
        let to = if last.is_empty() { from } else { last.parse().expect("a number") };
        (from..=to).map(|part| format!("{parent}{dot}{part}. Title ..... 1\n")).collect::<String>()
    };
    line.split(' ').map(entry).collect()
}

/// A section that does not exist is found without the texts, in a source and over a quotation.
#[test]
fn a_section_that_does_not_exist_is_found() {
    let copy = Copy::new();
    let near = format!("RFC 1035 has no §{WRONG}; near it are 4.1, 4.1.1 to 4.1.4");
    let source = "dns/src/name/wire.rs";
    let says = copy.with(source, "RFC 1035 §4.1.4", &format!("RFC 1035 §{WRONG}"));
    let line = line_in(&copy, source, "RFC 1035 §4.1.4");
    assert!(says.contains(&format!("{source}:{line}: {near}")), "{says}");
    // The number of the RFC stands on the line before.
    let says = copy.with(source, "RFC 1035 §4.1.4", &format!("RFC 1035\n//! §{WRONG}"));
    assert!(says.contains(&format!("{source}:{}: {near}", line + 1)), "{says}");
    let says = copy.with(CHAPTER, "<!-- rfc 1035 4.1.4 -->", &format!("<!-- rfc 1035 {WRONG} -->"));
    let line = line_of(&copy, "<!-- rfc 1035 4.1.4 -->");
    assert!(says.contains(&format!("{CHAPTER}:{line}: {near}")) && says.contains("SKIPPED"), "{says}");
    let says = copy.with(CHAPTER, "<!-- rfc 1035 4.1.4 -->", "<!-- rfc 1035 4.1.x -->");
    assert!(says.contains(&format!("{CHAPTER}:{line}: rfc 1035 4.1.x: the number of an RFC and")), "{says}");
    // A section alone is looked for in the RFCs that its file names.
    let says = copy.with(source, "RFC 1035 §4.1.4", &format!("RFC 1035, in §{WRONG}"));
    assert!(
        says.contains(&format!("§{WRONG} of which RFC? None that this file names has it: 1035")),
        "{says}"
    );
}

/// An RFC that is cited must be in the list, and the list must be that of the text.
#[test]
fn the_list_of_sections_is_whole_and_right() {
    let copy = Copy::new();
    let says = copy.with(SECTIONS, "\n1035: ", "\n1036: ");
    assert!(says.contains("RFC 1035 is not in examples/chapters/rfc_sections.txt"), "{says}");
    let says = copy.with(SECTIONS, "\n1035: 1-9", "\n1035: 1~9");
    let line = line_in(&copy, SECTIONS, "1035: 1-9");
    assert!(says.contains(&format!("{SECTIONS}:{line}: not a line of it")), "{says}");
    let texts = copy.path("texts");
    fs::create_dir(&texts).expect("a folder");
    let text = headings_of_1035(&copy) + "10. NEW ..... 2\n";
    fs::write(texts.join("rfc1035.txt"), text).expect("a text");
    let (clean, says) = book(copy.0.file("").as_ref(), &["--rfc", &texts.display().to_string()]);
    assert!(
        !clean && says.contains(&format!("{SECTIONS}:{line}: the list of the sections of RFC 1035")),
        "{says}"
    );
    assert!(says.contains("it is now:   \"1-10 2.1-3"), "{says}");
}

/// Sentences are compared where the texts are at hand.
#[test]
fn a_sentence_must_stand_in_its_section() {
    let copy = Copy::new();
    let texts = copy.path("texts");
    fs::create_dir(&texts).expect("a folder");
    let chapter = fs::read_to_string(copy.path(CHAPTER)).expect("the chapter");
    let sentences: Vec<&str> = chapter.lines().filter_map(|line| line.strip_prefix("> ")).collect();
    // The contents of the text have the sections that the list has.
    let section = format!("4.1.4. Message compression\n\n   {}\n\n4.2. Transport\n", sentences.join("\n   "));
    let section = format!("{}\n{section}", headings_of_1035(&copy));
    fs::write(texts.join("rfc1035.txt"), &section).expect("a text");
    let with_texts = || book(copy.0.file("").as_ref(), &["--rfc", &texts.display().to_string()]);
    let (clean, says) = with_texts();
    assert!(clean && !says.contains("SKIPPED"), "{says}");
    fs::write(texts.join("rfc1035.txt"), section.replace("prior", "later")).expect("a text");
    let (clean, says) = with_texts();
    assert!(!clean && says.contains("RFC 1035 §4.1.4 does not say"), "{says}");
}

/// What `--bless` writes is what the checker wants, and it touches nothing else.
#[test]
fn blessing_mends_quotations_and_nothing_else() {
    let copy = Copy::new();
    let before = fs::read_to_string(copy.path(CHAPTER)).expect("the chapter");
    let spoiled = before.replace("ttl 300", "ttl 1").replacen("SYN", "NYS", 1);
    fs::write(copy.path(CHAPTER), &spoiled).expect("a file");
    let (clean, says) = book(copy.0.file("").as_ref(), &["--bless"]);
    assert!(clean, "{says}");
    assert_eq!(fs::read_to_string(copy.path(CHAPTER)).expect("the chapter"), before);
}
