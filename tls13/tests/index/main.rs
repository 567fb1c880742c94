//! The index: which test shows that the client gives up where RFC 8446 demands it. Every sentence with "MUST abort" or
//! "MUST terminate" stands in `rfc8446.md`, and under it a test, or why there is none.
//!
//! ```text
//! cargo test -p barewire-tls13 --test index                         each named test exists, no sentence is bare
//! BAREWIRE_RFC=FOLDER cargo test -p barewire-tls13 --test index     and the sentences are those of the RFC's text
//! BAREWIRE_RFC=FOLDER BAREWIRE_INDEX=bless cargo test ...           writes the table anew. What stands under a
//!                                                                   sentence stays; a sentence without it fails
//! ```
//!
//! FOLDER has `rfc8446.txt`, from <https://www.rfc-editor.org/rfc/>. The table may have more sentences than that, where
//! the RFC demands the same in other words. The index of TCP (`tcp/tests/index`) is made by the same four files.

#[path = "../../../tcp/tests/index/check.rs"]
mod check;
#[path = "../../../tcp/tests/index/source.rs"]
mod source;
#[path = "../../../tcp/tests/index/table.rs"]
mod table;
#[path = "../../../tcp/tests/index/text.rs"]
mod text;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use check::none_of;
use text::Sentence;

const PLACE: &str = "tls13/tests/index/rfc8446.md";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn table_file() -> PathBuf {
    here().join("tests/index/rfc8446.md")
}

/// Whether the sentence says when to give up.
fn is_demand(sentence: &Sentence) -> bool {
    sentence.is_requirement()
        && ["MUST abort", "MUST terminate"].iter().any(|words| sentence.words.contains(words))
}

#[test]
fn every_named_test_exists() {
    none_of(&check::missing_tests(here(), PLACE, &check::table_in(&table_file()).1));
}

#[test]
fn no_sentence_is_bare() {
    none_of(&check::bare_sentences(PLACE, &check::table_in(&table_file()).1));
}

/// The numbers that the head of the table says.
#[test]
fn the_table_counts_right() {
    let (head, rows) = check::table_in(&table_file());
    let [shown, part, left_out, not_code] = table::count(&rows);
    let says = format!(
        "{} sentences: {shown} shown, {part} shown in part, {left_out} left out, {not_code} not code.",
        rows.len()
    );
    assert!(head.contains(&says), "the head should say: {says}");
}

#[test]
fn the_sentences_are_those_of_the_text() {
    let Some(texts) = std::env::var_os("BAREWIRE_RFC").map(PathBuf::from) else {
        // Straight to the descriptor: the harness keeps `eprintln!` of a test that passes to itself.
        let why = "BAREWIRE_RFC names no folder with the text of the RFC";
        let _ = writeln!(std::io::stderr(), "SKIPPED: the sentences of the index are not compared: {why}");
        return;
    };
    let sentences = text::sentences(&check::read(&texts.join("rfc8446.txt")));
    if std::env::var_os("BAREWIRE_INDEX").is_some_and(|value| value == "bless") {
        let head = "# RFC 8446: The Transport Layer Security (TLS) Protocol Version 1.3\n";
        check::bless_table(&table_file(), head, &sentences, is_demand);
    }
    none_of(&check::differences(&check::table_in(&table_file()).1, &sentences, is_demand));
}
