//! The index: which test shows what an RFC demands. Every sentence with MUST, SHOULD, SHALL, REQUIRED or RECOMMENDED of
//! eleven RFCs stands in a table (`rfc9293.md` ...), and under it a test, or why there is none. `README.md` counts
//! them.
//!
//! ```text
//! cargo test -p barewire-tcp --test index                         each named test exists, no sentence is bare
//! BAREWIRE_RFC=FOLDER cargo test -p barewire-tcp --test index     and the sentences are those of the RFCs' texts
//! BAREWIRE_RFC=FOLDER BAREWIRE_INDEX=bless cargo test ...         writes the tables anew. What stands under a
//!                                                                 sentence stays; a sentence without it fails
//! ```
//!
//! FOLDER has `rfc9293.txt` and so on, from <https://www.rfc-editor.org/rfc/>, and of RFC 9438 the last draft
//! (draft-ietf-tcpm-rfc8312bis, January 2023) as `rfc9438-lastdraft.txt`. The list of sentences is made from them. A
//! table may have more sentences than that, where an RFC demands something in small letters; they must stand in the
//! text, too.
//!
//! In reading order: [`text`] (an RFC as sentences), [`table`] (a file of the index), [`source`] (which tests there
//! are),
//! [`check`] (what is missing). The index of TLS (`tls13/tests/index`) is made by the same four.

mod check;
mod source;
mod table;
mod text;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use check::{none_of, read};
use table::Row;
use text::Sentence;

/// The RFCs, in reading order.
const RFCS: [(u16, &str); 11] = [
    (9293, "Transmission Control Protocol (TCP)"),
    (5961, "Improving TCP's Robustness to Blind In-Window Attacks"),
    (6298, "Computing TCP's Retransmission Timer"),
    (5681, "TCP Congestion Control"),
    (7323, "TCP Extensions for High Performance"),
    (6582, "The NewReno Modification to TCP's Fast Recovery Algorithm"),
    (6675, "A Conservative Loss Recovery Algorithm Based on SACK"),
    (8985, "The RACK-TLP Loss Detection Algorithm for TCP"),
    (6937, "Proportional Rate Reduction for TCP"),
    (3168, "The Addition of Explicit Congestion Notification (ECN) to IP"),
    (9438, "CUBIC for Fast and Long-Distance Networks"),
];

/// RFC 9293 gives its demands numbers: MUST-1 to MUST-69, SHLD-1 to SHLD-31.
const NUMBERED: [(&str, u8); 2] = [("MUST-", 69), ("SHLD-", 31)];

/// The one number that only the table in its appendix B has. The sentence is there: "SYN retransmissions MUST be ..."
const WITHOUT_SENTENCE: &str = "MUST-22";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/index")
}

/// The file of an RFC, as it is named in a fault.
fn place(rfc: u16) -> String {
    format!("tcp/tests/index/rfc{rfc}.md")
}

fn table_of(rfc: u16) -> (String, Vec<Row>) {
    check::table_in(&folder().join(format!("rfc{rfc}.md")))
}

/// The text of an RFC in the folder that `BAREWIRE_RFC` names. Of RFC 9438 that is the last draft.
fn text_of(folder: &Path, rfc: u16) -> String {
    let draft = if rfc == 9438 { "-lastdraft" } else { "" };
    read(&folder.join(format!("rfc{rfc}{draft}.txt")))
}

#[test]
fn every_named_test_exists() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let faults = RFCS.iter().flat_map(|(rfc, _)| check::missing_tests(here, &place(*rfc), &table_of(*rfc).1));
    none_of(&faults.collect::<Vec<_>>());
}

#[test]
fn no_sentence_is_bare() {
    let faults = RFCS.iter().flat_map(|(rfc, _)| check::bare_sentences(&place(*rfc), &table_of(*rfc).1));
    none_of(&faults.collect::<Vec<_>>());
}

/// What can be said without the texts: none of the numbered demands of RFC 9293 is missing.
#[test]
fn every_number_of_rfc_9293_is_there() {
    let (_, rows) = table_of(9293);
    let mut labels = BTreeSet::from([WITHOUT_SENTENCE]);
    for row in &rows {
        labels.extend(
            row.sentence.words.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-'),
        );
    }
    let numbers = NUMBERED.iter().flat_map(|(kind, most)| (1..=*most).map(move |n| format!("{kind}{n}")));
    let missing: Vec<String> = numbers.filter(|name| !labels.contains(&name[..])).collect();
    none_of(&missing);
}

#[test]
fn the_sentences_are_those_of_the_texts() {
    let Some(texts) = std::env::var_os("BAREWIRE_RFC").map(PathBuf::from) else {
        // Straight to the descriptor: the harness keeps `eprintln!` of a test that passes to itself.
        let why = "BAREWIRE_RFC names no folder with the texts of the RFCs";
        let _ = writeln!(std::io::stderr(), "SKIPPED: the sentences of the index are not compared: {why}");
        return;
    };
    let bless = std::env::var_os("BAREWIRE_INDEX").is_some_and(|value| value == "bless");
    let mut faults = Vec::new();
    for (rfc, title) in RFCS {
        let sentences = text::sentences(&text_of(&texts, rfc));
        if bless {
            let head = format!("# RFC {rfc}: {title}\n");
            let file = folder().join(format!("rfc{rfc}.md"));
            check::bless_table(&file, &head, &sentences, Sentence::is_requirement);
        }
        let (_, rows) = table_of(rfc);
        let found = check::differences(&rows, &sentences, Sentence::is_requirement);
        faults.extend(found.into_iter().map(|fault| format!("RFC {rfc} {fault}")));
    }
    if bless {
        bless_counts();
    }
    none_of(&faults);
}

/// The counts, as they stand in the README.
fn counts() -> String {
    let mut lines =
        "| RFC | sentences | shown | in part | left out | not code |\n|---|---|---|---|---|---|\n".to_owned();
    for (rfc, title) in RFCS {
        let (_, rows) = table_of(rfc);
        let [shown, part, left_out, not_code] = table::count(&rows);
        let _ = writeln!(
            lines,
            "| [{rfc}](rfc{rfc}.md) {title} | {} | {shown} | {part} | {left_out} | {not_code} |",
            rows.len()
        );
    }
    lines
}

/// Writes the counts into the README, in the place of those that stand there.
fn bless_counts() {
    let path = folder().join("README.md");
    let file = read(&path);
    let (of_table, lines) = (|line: &&str| line.starts_with('|'), file.split_inclusive('\n'));
    let before: String = lines.clone().take_while(|line| !of_table(line)).collect();
    let after: String = lines.skip_while(|line| !of_table(line)).skip_while(of_table).collect();
    let file = format!("{before}{}{after}", counts());
    std::fs::write(&path, file).expect("the README can be written");
}

#[test]
fn the_readme_counts_right() {
    let counts = counts();
    println!("{counts}");
    assert!(
        read(&folder().join("README.md")).contains(&counts),
        "in the README there should stand:\n{counts}"
    );
}
