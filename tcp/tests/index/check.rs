//! What is missing in a table of the index, and how it is written anew. The indexes of TCP and of TLS share it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::source;
use crate::table::{self, Row};
use crate::text::Sentence;

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// A table: what stands above its first section, and its rows.
pub(crate) fn table_in(path: &Path) -> (String, Vec<Row>) {
    table::read(&read(path)).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Fails with all that was found.
#[track_caller]
pub(crate) fn none_of(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The tests that a table names and that are not there. `here` is the folder of the crate, `place` names the table.
pub(crate) fn missing_tests(here: &Path, place: &str, rows: &[Row]) -> Vec<String> {
    let (mut sources, mut faults) = (BTreeMap::new(), Vec::new());
    for remark in rows.iter().flat_map(|row| &row.remarks) {
        for (file, name) in remark.tests() {
            let tests: &Vec<String> = sources.entry(file.to_owned()).or_insert_with(|| tests_in(here, file));
            if !tests.iter().any(|test| test == name) {
                faults.push(format!("{place}:{}: {file} has no test {name}", remark.line));
            }
        }
    }
    faults
}

/// The names of a file's tests. Its path begins in the crate's `tests` or at the root of the workspace. Where the file
/// does not exist, there are none.
fn tests_in(here: &Path, file: &str) -> Vec<String> {
    let places = [here.join("tests").join(file), here.join("..").join(file)];
    let text = places.iter().find_map(|place| std::fs::read_to_string(place).ok()).unwrap_or_default();
    source::tests(&text).into_iter().map(str::to_owned).collect()
}

/// The sentences under which nothing stands that says enough.
pub(crate) fn bare_sentences(place: &str, rows: &[Row]) -> Vec<String> {
    let say = |row: &Row, fault| format!("{place}:{}: {fault}: {}", row.line, row.sentence.words);
    rows.iter().filter_map(|row| Some(say(row, row.fault()?))).collect()
}

/// Demands that are not in the table, and rows that are not in the text.
pub(crate) fn differences(
    rows: &[Row],
    sentences: &[Sentence],
    is_demand: fn(&Sentence) -> bool,
) -> Vec<String> {
    let say = |what: &str, sentence: &Sentence| format!("§{}: {what}: {}", sentence.section, sentence.words);
    let missing = sentences
        .iter()
        .filter(|sentence| is_demand(sentence) && !rows.iter().any(|row| row.sentence == **sentence))
        .map(|sentence| say("not in the table", sentence));
    let invented = rows
        .iter()
        .filter(|row| !sentences.contains(&row.sentence))
        .map(|row| say("not in the text", &row.sentence));
    missing.chain(invented).collect()
}

/// Writes a table with the sentences of the text, in its order. What stood under a sentence stands there again. A table
/// that is new begins with `head`.
pub(crate) fn bless_table(path: &Path, head: &str, sentences: &[Sentence], is_demand: fn(&Sentence) -> bool) {
    let file = std::fs::read_to_string(path).unwrap_or_else(|_| head.to_owned());
    let (head, rows) = table::read(&file).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let mut written: Vec<Row> = Vec::new();
    for sentence in sentences {
        let before = rows.iter().find(|row| row.sentence == *sentence);
        let is_wanted = before.is_some() || is_demand(sentence);
        if is_wanted && !written.iter().any(|row| row.sentence == *sentence) {
            let remarks = before.map(|row| row.remarks.clone()).unwrap_or_default();
            written.push(Row { sentence: sentence.clone(), line: 0, remarks });
        }
    }
    std::fs::write(path, table::write(&head, &written)).expect("the table can be written");
}
