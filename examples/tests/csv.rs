//! `fetch --csv`: what our TCP decided by, as a table. The numbers are those of RFC 6298 (the timer) and RFC 5681 (less
//! than what was in flight).

mod common;

use std::path::Path;

use common::{TempFolder, barewire};

/// The rows of the table that a fetch writes: each a list of cells.
fn rows(arguments: &[&str]) -> Vec<Vec<String>> {
    let folder = TempFolder::new();
    let file = folder.file("t.csv");
    barewire(&[&["fetch", "--csv", &file], arguments].concat()).succeeds();
    let text = std::fs::read_to_string(&file).expect("a file");
    let mut lines = text.lines();
    let head = "ms,port,remote,cwnd,ssthresh,flight,pipe,srtt_ms,rto_ms,phase,repair";
    assert_eq!(lines.next(), Some(head));
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn a_row_for_each_change() {
    let rows = rows(&["https://www.example.test/"]);
    let mut last = Vec::new();
    for row in &rows {
        assert_eq!(row.len(), 11, "{row:?}");
        assert_ne!(row[1..], last[..], "nothing has changed");
        last = row[1..].to_vec();
    }
    // The SYN leaves after DNS (10 ms), with the timer of RFC 6298 §2.1, and nothing is known of the path.
    let syn = rows.iter().find(|row| row[5] == "1").expect("a SYN in flight");
    assert_eq!((syn[2].as_str(), syn[7].as_str()), ("203.0.113.80:443", ""), "{syn:?}");
    assert_eq!((syn[4].as_str(), syn[8].as_str()), ("", "1000.000"), "no threshold before a loss: {syn:?}");
    // The SYN-ACK is a round trip of 50 ms: the timer is that, and 200 ms more.
    let open = rows.iter().find(|row| !row[7].is_empty()).expect("a round trip");
    assert!(open[7].starts_with("50.") && open[8].starts_with("250."), "{open:?}");
    assert_eq!(open[9..], ["slow start", "none"]);
}

/// On standard output the rows of the table would stand between those of the ladder.
#[test]
fn standard_output_has_other_rows() {
    for flag in ["--csv", "--pcapng"] {
        let run = barewire(&["fetch", flag, "-"]);
        assert!(run.stderr.contains("standard output has the rows: name a file"), "{run}");
        assert_eq!(run.code, Some(2));
    }
}

#[test]
fn a_lost_packet_shows() {
    let folder = TempFolder::new();
    let body = folder.file("body");
    std::fs::write(&body, vec![b'-'; 60_000]).expect("a file");
    let rows = rows(&["-T", &body, "--seed", "1", "--drop", "20", "https://www.example.test/echo"]);
    let repaired = rows.iter().position(|row| row[10] == "fast recovery").expect("a repair");
    let number = |cell: &str| cell.parse::<f64>().expect("a number");
    let [before, after] = [&rows[repaired - 1], &rows[repaired]];
    assert!(
        number(&after[4]) < number(&before[5]),
        "the threshold is below the flight: {before:?} {after:?}"
    );
    assert_eq!(rows.last().expect("rows")[10], "none", "and it ends");
}

#[test]
fn the_kernel_does_not_tell() {
    let run = barewire(&["fetch", "--net", "os", "--csv", "t.csv", "http://127.0.0.1:9/"]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("--csv is about our TCP"), "{run}");
    assert!(!Path::new("t.csv").exists());
}
