//! Nothing that the program prints is wider than 80 columns where nobody knows the width: every view of every capture
//! in the tree, opened and sealed, and what a fetch prints. Lessons are measured in `lessons.rs`.

mod common;
#[path = "common/wire.rs"]
mod wire;

use std::fs;

use barewire::cli::Cli;
use barewire_dissect::columns;
use barewire_packet::capture::Capture;
use clap::CommandFactory;
use common::{Run, TempFolder};
use wire::captures;

const WIDTH: usize = 80;

/// A run whose lines all fit. The failure names the first that does not.
fn fits(arguments: &[&str]) -> Run {
    fits_after(arguments, b"")
}

fn fits_after(arguments: &[&str], input: &[u8]) -> Run {
    let run = Run::with_input(arguments, input);
    let wide = run.stdout.lines().find(|line| columns(line) > WIDTH);
    assert_eq!(wide, None, "more than {WIDTH} columns from {arguments:?}");
    run
}

/// A line that is too long is broken by clap, which knows nothing of its columns.
#[test]
fn examples_fit() {
    let command = Cli::command();
    let helps: Vec<String> = std::iter::once(&command)
        .chain(command.get_subcommands())
        .filter_map(|command| command.get_after_help().map(ToString::to_string))
        .collect();
    assert!(helps.len() > 10, "{}", helps.len());
    let wide: Vec<&str> =
        helps.iter().flat_map(|help| help.lines()).filter(|line| columns(line) > WIDTH).collect();
    assert_eq!(wide, [] as [&str; 0]);
}

#[test]
fn the_bytes_of_every_capture_fit() {
    let files = captures();
    assert!(files.len() > 50, "only {} captures found", files.len());
    for path in &files {
        let file = path.to_str().expect("a path in UTF-8");
        let read = fits(&["read", "--bytes", file]).succeeds();
        assert!(read.stdout.contains("── IP packet, "), "{read}");
        assert_eq!(fits(&["dissect", file]).succeeds().stdout, read.stdout, "{file}");
        fits(&["read", "--follow", "0", file]).succeeds(); // empty for streams of UDP
    }
}

/// Records that stay sealed, and the same ones opened by a key log beside the capture.
#[test]
fn the_bytes_of_sealed_captures_fit() {
    let folder = TempFolder::new();
    let (sealed, keys) = (folder.file("sealed.pcapng"), folder.file("keys"));
    let mut opened = 0;
    for path in captures() {
        let mut capture = Capture::read(&fs::read(&path).expect("a capture")).expect("a whole capture");
        fs::write(&keys, capture.secrets.concat()).expect("a key log");
        if std::mem::take(&mut capture.secrets).is_empty() {
            continue;
        }
        fs::write(&sealed, capture.write()).expect("a capture");
        let without = fits(&["read", "--bytes", &sealed]).succeeds();
        let with = fits(&["read", "--bytes", "--keylog", &keys, &sealed]).succeeds();
        assert!(!without.stdout.contains("TLS record, opened"), "{without}");
        opened += usize::from(with.stdout.contains("TLS record, opened"));
    }
    assert!(opened > 10, "only {opened} captures were opened");
}

#[test]
fn what_a_fetch_prints_fits() {
    for page in
        ["https://www.example.test/chunked", "https://retry.example.test/", "http://www.example.test/"]
    {
        fits(&[page, "-v", "--bytes"]).succeeds();
    }
    let long = format!("https://www.example.test/?{}", "name=value&".repeat(40));
    let header = format!("X-Long: {}", "0123456789abcdef".repeat(100));
    let run = fits(&[&long, "-H", &header, "-v", "--bytes"]).succeeds();
    assert!(
        run.stdout.contains("… 600 more characters"),
        "1,600 characters are shortened in the tree: {run}"
    );
    let heads: String = run.stdout.split_whitespace().collect();
    assert!(heads.contains(&"0123456789abcdef".repeat(100)), "the heads are whole: {run}");
    fits_after(&["--step"], b"b\n\nb\n\nb\n\n?\nq\n");
    assert_eq!(fits(&["https://expired.example.test/", "--bytes"]).code, Some(60));
}

#[test]
fn help_fits() {
    for command in [&["--help"][..], &["fetch", "--help"], &["read", "--help"], &["dissect", "--help"]] {
        assert!(fits(command).succeeds().stdout.contains("Usage"), "{command:?}");
    }
}

/// Each layer and each view writes a number of bytes with its thousands apart.
#[test]
fn a_number_of_bytes_is_written_in_one_way() {
    let told = |run: &Run| {
        for line in run.stdout.lines() {
            let words: Vec<&str> = line.split([' ', '(']).collect();
            for pair in words.windows(2).filter(|pair| pair[1].starts_with("byte")) {
                let digits = pair[0].chars().all(|letter| letter.is_ascii_digit());
                assert!(!digits || pair[0].len() < 4, "{:?} in {line:?}: {run}", pair[0]);
            }
        }
    };
    let run = fits(&["fetch", "-v", "https://www.example.test/bytes/12000"]).succeeds();
    told(&run);
    let wanted = [
        "200 OK, text/html, 12,000 bytes",
        "1,426 bytes, 2,772 so far",
        "server    1,448\n",
        "the body is 12,000 bytes",
    ];
    wanted.iter().for_each(|text| assert!(run.stdout.contains(text), "wanted {text:?}: {run}"));
    for path in captures() {
        let file = path.to_str().expect("a path in UTF-8");
        told(&fits(&["read", "-v", file]).succeeds());
    }
}
