//! `barewire read`: anybody's capture, in the views of `fetch`; whole and in parts. What a file may be stands in
//! `input.rs`, and `--step` in `step.rs`.

mod common;
#[path = "common/wire.rs"]
mod wire;

use std::path::Path;

use barewire_dissect::columns;
use common::{Run, TempFolder, barewire};
use serde_json::Value;
use wire::{Wire, at, captures, plain_http};

fn read(path: &Path, more: &[&str]) -> Run {
    let path = path.to_str().expect("a path in UTF-8");
    barewire(&[&["read", path], more].concat())
}

fn objects(run: &Run, kind: &str) -> Vec<Value> {
    let parse =
        |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    run.stdout.lines().map(parse).filter(|object| object["kind"] == kind).collect()
}

/// From one line that starts so up to the next empty line.
fn block(text: &str, start: &str) -> String {
    let from = text.lines().skip_while(|line| !line.starts_with(start));
    from.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What was fetched and what is read from its capture are one picture: ladder and budget to the byte.
#[test]
fn a_capture_of_fetch_gives_the_picture_that_fetch_drew() {
    let folder = TempFolder::new();
    for line in [
        &["https://www.example.test/"][..],
        &["https://www.example.test/large", "--rtt", "200", "--loss", "2"],
        &["https://retry.example.test/"],
        &["https://expired.example.test/"],
        &["https://closed.example.test/"],
        &["https://silent.example.test/", "--max-time", "9"],
        &["https://nosuch.example.test/"],
        &["http://www.example.test/slow"],
    ] {
        let file = folder.file("t.pcapng");
        let fetched = barewire(&[line, &["--pcapng", &file]].concat());
        let read = read(Path::new(&file), &[]).succeeds();
        for start in ["      ms", "  where the time went"] {
            let wanted = block(&fetched.stdout, start);
            assert!(!wanted.is_empty(), "{start:?} is missing: {fetched}");
            assert_eq!(block(&read.stdout, start), wanted, "{line:?}{fetched}{read}");
        }
    }
}

#[test]
fn every_capture_in_the_tree_is_read_in_80_columns() {
    for path in captures() {
        for more in [&[][..], &["-v"]] {
            let run = read(&path, more).succeeds();
            assert!(run.stdout.starts_with("stream  client → server"), "{run}");
            for line in run.stdout.lines() {
                assert!(columns(line) <= 80, "{}: {line}", path.display());
            }
            assert!(!run.stdout.contains('\x1b'), "what is piped is plain: {run}");
        }
    }
}

/// Nothing of TLS 1.2, of HTTP/2 or of a cut capture is called broken.
#[test]
fn other_protocols_are_not_called_broken() {
    for path in captures().iter().filter(|path| path.to_string_lossy().contains("tls12")) {
        let run = read(path, &["--bytes"]).succeeds();
        // In the middle of a connection nothing tells what its bytes are.
        let whole = !path.to_string_lossy().contains("mid_connection");
        let table: Vec<&str> = run.stdout.lines().take_while(|line| !line.is_empty()).collect();
        assert_eq!(table.iter().any(|line| line.contains("TLS 1.2")), whole, "{run}");
        assert!(!run.stdout.contains("RFC 8446 §3.4") && !run.stdout.contains("stopped at"), "{run}");
    }
}

#[test]
fn every_frame_is_accounted_for() {
    for path in captures() {
        let run = read(&path, &["--json"]).succeeds();
        let tally = &objects(&run, "tally")[0];
        let rows = objects(&run, "row");
        let without = tally["without_row"].as_array().expect("a list");
        let counted: u64 = without.iter().map(|reason| reason["frames"].as_u64().expect("a number")).sum();
        assert_eq!(tally["frames"], rows.len() as u64 + counted, "{}: {tally}", path.display());
        let numbers: Vec<u64> = rows.iter().map(|row| row["frame"].as_u64().expect("a number")).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{}: {numbers:?}", path.display());
    }
}

/// Four connections: the table alone, then the one that was chosen, under tshark's number.
#[test]
fn one_of_many_is_chosen_by_its_number() {
    let folder = TempFolder::new();
    let mut made = Wire::default();
    for port in 50_000..50_004 {
        plain_http(&mut made, at(&format!("10.0.0.2:{port}")), at("203.0.113.80:80"), 50);
    }
    let file = folder.file("many.pcapng");
    std::fs::write(&file, made.capture.write()).expect("a file");
    let table = read(Path::new(&file), &[]).succeeds();
    assert!(
        table.stdout.contains("tcp 3   10.0.0.2:50003") && table.stdout.contains("--stream N"),
        "{table}"
    );
    assert!(!table.stdout.contains("where the time went"), "{table}");
    let two = read(Path::new(&file), &["--port", "50002", "--port", "50003"]).succeeds();
    assert_eq!(two.stdout.matches("SYN ACK").count(), 2, "{two}");
    let all = read(Path::new(&file), &["--host", "10.0.0.9", "--host", "10.0.0.2", "--json"]).succeeds();
    assert_eq!(objects(&all, "row").len(), 32, "{all}");
    assert!(all.stderr.contains("no conversation has the address 10.0.0.9"), "{all}");
    for choice in [&["--stream", "2"][..], &["--port", "50002"]] {
        let one = read(Path::new(&file), choice).succeeds();
        assert_eq!(one.stdout.matches("SYN ACK").count(), 1, "{one}");
        assert!(one.stdout.contains("where the time went"), "{one}");
        assert!(one.stdout.contains("24 frames: of other conversations"), "{one}");
    }
    let json = read(Path::new(&file), &["--json", "--stream", "1"]).succeeds();
    assert!(objects(&json, "row").iter().all(|row| row["stream"] == 1), "{json}");
}

/// A choice that finds nothing is said, and so is a stream that has nothing to follow. The file was read all the same.
#[test]
fn a_choice_that_finds_nothing_is_said() {
    let folder = TempFolder::new();
    let (file, sealed) = (folder.file("two.pcapng"), folder.file("sealed.pcapng"));
    let mut made = Wire::default();
    made.dns(at("10.0.0.2:40000"), at("10.0.0.53:53"), "a.test", None, 10);
    plain_http(&mut made, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    made.handshake(at("10.0.0.2:50001"), at("203.0.113.80:80"), 50);
    std::fs::write(&file, made.capture.write()).expect("a file");
    barewire(&["--pcapng", &sealed]).succeeds();
    let mut capture = barewire_packet::capture::Capture::read(&std::fs::read(&sealed).unwrap()).unwrap();
    capture.secrets.clear();
    std::fs::write(&sealed, capture.write()).unwrap();
    for (file, choice, wanted) in [
        (&file, &["--stream", "9"][..], "there is no tcp 9: the numbers are 0 to 1"),
        (&file, &["--stream", "udp:1"], "there is no udp 1: the only one is udp 0"),
        (&file, &["--follow", "5"], "there is no tcp 5: the numbers are 0 to 1"),
        (&file, &["--follow", "1"], "tcp 1: no content of it was captured"),
        (&file, &["--follow", "udp:0"], "udp 0: UDP carries datagrams and not a stream"),
        (&file, &["--host", "1.2.3.4"], "no conversation has the address 1.2.3.4"),
        (&file, &["--port", "99", "--json"], "no conversation has the port 99"),
        (&file, &["--stream", "0", "--port", "50001"], "no conversation fits all that was chosen"),
        (
            &sealed,
            &["--follow", "0"],
            "tcp 0: its content was not opened: encrypted, and there is no key log",
        ),
    ] {
        let run = read(Path::new(file), choice).succeeds();
        assert!(run.stderr.contains(wanted), "wanted {wanted:?} {run}");
        assert_eq!(run.stderr.lines().count(), 1, "{run}");
    }
    for choice in [&[][..], &["--stream", "0"], &["--follow", "0"], &["--host", "10.0.0.53"]] {
        let run = read(Path::new(&file), choice).succeeds();
        assert_eq!(run.stderr, "", "{run}");
    }
}

/// Also where both carry DNS, which else goes with the connection that it is for.
#[test]
fn one_of_two_dns_connections_is_chosen() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dns/tests/captures/tcp_pipeline.pcapng");
    let json = read(&path, &["--json", "--stream", "1"]).succeeds();
    let rows = objects(&json, "row");
    assert!(rows.len() == 24 && rows.iter().all(|row| row["stream"] == 1), "{json}");
}

/// The keys in a file, not in the capture: the same picture as with the keys inside.
#[test]
fn a_key_log_beside_the_capture_opens_it() {
    let folder = TempFolder::new();
    let (inside, bare, keys) =
        (folder.file("inside.pcapng"), folder.file("bare.pcapng"), folder.file("keys"));
    barewire(&["--pcapng", &inside, "--keylog", &keys]).succeeds();
    let mut capture = barewire_packet::capture::Capture::read(&std::fs::read(&inside).unwrap()).unwrap();
    capture.secrets.clear();
    std::fs::write(&bare, capture.write()).unwrap();
    let closed = read(Path::new(&bare), &[]).succeeds();
    assert!(!closed.stdout.contains("GET /") && closed.stdout.contains("--keylog FILE opens it"), "{closed}");
    let opened = read(Path::new(&bare), &["--keylog", &keys]).succeeds();
    assert_eq!(opened.stdout, read(Path::new(&inside), &[]).succeeds().stdout);
}

/// SSLKEYLOGFILE is set for all programs: that its file is not there is no reason not to read a capture, or to fetch.
/// For --keylog it is one.
#[test]
fn the_key_log_of_the_environment_may_be_missing() {
    let folder = TempFolder::new();
    let (file, keys, missing) = (folder.file("t.pcapng"), folder.file("keys"), folder.file("no/such"));
    Run::with_key_log(&["--pcapng", &file], &keys).succeeds();
    let wanted = read(Path::new(&file), &[]).succeeds().stdout;
    let mut capture = barewire_packet::capture::Capture::read(&std::fs::read(&file).unwrap()).unwrap();
    capture.secrets.clear();
    std::fs::write(&file, capture.write()).unwrap();
    let sealed = read(Path::new(&file), &[]).succeeds().stdout;

    for (key_log, picture, complaints) in
        [(&keys, &wanted, 0), (&missing, &sealed, 1), (&String::new(), &sealed, 0)]
    {
        let run = Run::with_key_log(&["read", &file], key_log).succeeds();
        assert_eq!(&run.stdout, picture, "{key_log:?} {run}");
        assert_eq!(run.stderr.matches("SSLKEYLOGFILE").count(), complaints, "{key_log:?} {run}");
    }
    let fetched = Run::with_key_log(&["--pcapng", &file], &missing).succeeds();
    assert!(fetched.stderr.contains("SSLKEYLOGFILE"), "{fetched}");
    assert_eq!(read(Path::new(&file), &["--keylog", &missing]).code, Some(26));
    assert_eq!(barewire(&["--keylog", &missing]).code, Some(23));
}

#[test]
fn the_content_of_a_stream_is_followed() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    barewire(&["--pcapng", &file]).succeeds();
    let run = read(Path::new(&file), &["--follow", "0"]).succeeds();
    assert!(run.stdout.contains("> GET / HTTP/1.1\n"), "{run}");
    assert!(
        run.stdout.contains("< HTTP/1.1 200 OK\n") && run.stdout.contains("< <title>The toy internet"),
        "{run}"
    );
}
