//! The kernel as judge, by replay: one side of a capture is fed to our host at the capture's times, and what ours sends
//! is compared with what the kernel sent, field by field.
//!
//! ```text
//!   capture ──┬── what the peer sent ──▶ numbers made ours ──▶ Host ──▶ what we send ──┐
//!             └── what the kernel sent ────────────────────────────────────────────────┴─▶ differences
//! ```
//!
//! Each difference stands in a table beside the capture (`*.differences`), under its reason. One that has no reason
//! fails the test, and so does one that no longer occurs. After a change:
//!
//! ```text
//! cargo test -p barewire-tcp --test replay                          names what is new, and what is gone
//! BAREWIRE_REPLAY=bless cargo test -p barewire-tcp --test replay    writes the tables anew. Reasons stay where their
//!                                         difference stays; the new ones come last, under "NO REASON YET"
//! ```
//!
//! Compared are: flags, sequence and acknowledgment number, length, which options are there, the MSS, the SACK blocks,
//! the timestamp that is echoed, whether the window is zero, and the ECN bits of IP. Not compared: PSH, which the
//! kernel sets where its own buffers end; window sizes and scale; our own clock. The order is compared, and the time to
//! 8 ms.
//!
//! In reading order: [`table`], [`recorded`] (the capture), [`player`] (our host in it; numbers are made ours
//! by [`barewire_tcp::replay::fields`]), [`line`] (a segment as a line), [`differences`] (two lists of lines).

mod differences;
mod line;
mod player;
mod recorded;
mod table;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use table::Table;

/// Where captures and tables are.
fn folders() -> [PathBuf; 2] {
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let path = captures.join("path");
    [captures, path]
}

fn files(extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = folders()
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("the captures are in the tree"))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

#[test]
fn every_difference_has_a_reason() {
    let bless = std::env::var_os("BAREWIRE_REPLAY").is_some_and(|value| value == "bless");
    let mut faults = Vec::new();
    for path in files("differences") {
        let text = std::fs::read_to_string(&path).expect("a table");
        let table = Table::read(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let first = if table.fast_open { 1 } else { table.connection };
        let connections: Vec<_> =
            (first..=table.connection).map(|number| recorded::read(&path, &table, number)).collect();
        let recorded = connections.last().expect("a connection");
        let ours = player::play(&connections, &table);
        let found = differences::between(&recorded.sent(), &ours);
        if bless {
            std::fs::write(&path, table.blessed(&found)).expect("the table can be written");
        }
        let kernel = recorded.sent().len();
        println!("{}: {} of {kernel} segments differ", path.display(), found.len());
        faults.extend(table.faults(&found).into_iter().map(|fault| format!("{}: {fault}", path.display())));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_capture_has_a_table() {
    let tables = files("differences");
    let read = |path: &PathBuf| Table::read(&std::fs::read_to_string(path).unwrap()).unwrap().capture;
    let with_table: BTreeSet<PathBuf> =
        tables.iter().map(|path| path.with_file_name(read(path)).with_extension("pcapng")).collect();
    for capture in files("pcapng") {
        assert!(with_table.contains(&capture), "no table names {}", capture.display());
    }
}
