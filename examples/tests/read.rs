//! `barewire read`: anybody's capture, in the views of `fetch`; whole, cut, compressed, through a pipe, in parts.

mod common;
#[path = "live/need.rs"]
mod need;
#[path = "common/wire.rs"]
mod wire;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Run, TempFolder, barewire};
use flate2::Compression;
use flate2::write::GzEncoder;
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
                assert!(line.chars().count() <= 80, "{}: {line}", path.display());
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

/// A capture that was stopped in the middle of a record: all whole frames, and a word about the end.
#[test]
fn a_cut_file_is_read_up_to_the_cut() {
    let folder = TempFolder::new();
    let mut made = Wire::default();
    plain_http(&mut made, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let whole = made.capture.write();
    let file = folder.file("cut.pcapng");
    std::fs::write(&file, &whole[..whole.len() - 7]).expect("a file");
    let run = read(Path::new(&file), &[]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stdout.contains("GET / HTTP/1.1"), "{run}");
    assert!(run.stderr.contains("not read to its end") && run.stderr.contains("pcapng §"), "{run}");
}

#[test]
fn gzip_and_pipes() {
    let folder = TempFolder::new();
    let mut made = Wire::default();
    plain_http(&mut made, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let bytes = made.capture.write();
    let plain = folder.file("t.pcapng");
    std::fs::write(&plain, &bytes).expect("a file");
    let wanted = read(Path::new(&plain), &[]).succeeds().stdout;

    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&bytes).expect("memory");
    let compressed = folder.file("t.pcapng.gz");
    let gzip = gzip.finish().expect("memory");
    std::fs::write(&compressed, &gzip).expect("a file");
    assert_eq!(read(Path::new(&compressed), &[]).succeeds().stdout, wanted);
    assert_eq!(Run::with_input(&["read", "-"], &bytes).succeeds().stdout, wanted);

    // The download broke off: what came before the end is there.
    let cut = Run::with_input(&["read", "-"], &gzip[..gzip.len() - 40]);
    assert_eq!(cut.code, Some(1), "{cut}");
    assert!(cut.stdout.contains("SYN ACK") && cut.stderr.contains("not read to its end"), "{cut}");
}

/// A capture that comes slowly: on a terminal one line tells how far the reading is. It is overwritten, and wiped in
/// the end. A pipe gets nothing of it. The terminal is made by script(1).
#[test]
fn progress_is_one_line_on_a_terminal_and_nothing_elsewhere() {
    if !need::can_run("progress_is_one_line_on_a_terminal_and_nothing_elsewhere", false, &["script"]) {
        return;
    }
    let folder = TempFolder::new();
    let mut made = Wire::default();
    // The clock is looked at every 1,024 frames, and each third has more of them.
    while made.capture.frames.len() < 4_000 {
        let port = 50_000 + made.capture.frames.len();
        plain_http(&mut made, at(&format!("10.0.0.2:{port}")), at("203.0.113.80:80"), 50);
    }
    let bytes = made.capture.write();
    let mut slowly = String::from("sleep 0");
    for (number, third) in bytes.chunks(bytes.len().div_ceil(3)).enumerate() {
        let file = folder.file(&format!("{number}"));
        std::fs::write(&file, third).expect("a file");
        slowly += &format!("; cat '{file}'; sleep 0.7");
    }
    let table = folder.file("table");
    let reading = format!("({slowly}) | '{}' read - >'{table}'", env!("CARGO_BIN_EXE_barewire"));
    let on_terminal = |line: &str| {
        let run = Command::new("script").args(["-qec", line, "/dev/null"]).stdin(Stdio::null()).output();
        let run = run.expect("script runs");
        assert!(run.status.success(), "{run:?}");
        String::from_utf8(run.stdout).expect("text")
    };

    let seen = on_terminal(&reading);
    assert!(seen.matches(" bytes read").count() >= 2 && !seen.contains('\n'), "overwritten: {seen:?}");
    let mut line = Vec::new();
    for text in seen.split('\r') {
        let over = text.chars().chain(line.iter().copied().skip(text.chars().count()));
        line = over.collect::<Vec<char>>();
    }
    assert_eq!(line.iter().collect::<String>().trim(), "", "wiped: {seen:?}");

    let errors = folder.file("errors");
    assert_eq!(on_terminal(&format!("{reading} 2>'{errors}'")), "");
    assert_eq!(std::fs::read_to_string(&errors).expect("a file"), "");
    let table = std::fs::read_to_string(&table).expect("a file");
    assert!(table.starts_with("stream") && !table.contains("bytes read"), "{table}");
}

#[test]
fn what_is_not_a_capture_is_said() {
    let run = Run::with_input(&["read", "-"], b"hello, this is text");
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("pcapng") && run.stderr.contains("byte 0"), "{run}");
    let run = barewire(&["read", "/no/such/file"]);
    assert_eq!(run.code, Some(26), "{run}");
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
    for choice in [&["--stream", "2"][..], &["--port", "50002"]] {
        let one = read(Path::new(&file), choice).succeeds();
        assert_eq!(one.stdout.matches("SYN ACK").count(), 1, "{one}");
        assert!(one.stdout.contains("where the time went"), "{one}");
        assert!(one.stdout.contains("24 frames: of other conversations"), "{one}");
    }
    let json = read(Path::new(&file), &["--json", "--stream", "1"]).succeeds();
    assert!(objects(&json, "row").iter().all(|row| row["stream"] == 1), "{json}");
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

/// Forwards, backwards, to a frame, to a text; and what both ends are in.
#[test]
fn stepping_goes_both_ways() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    barewire(&["--pcapng", &file]).succeeds();
    let keys = b"\n\np\ng 7\n/finished\nx\nq\n";
    let run = Run::with_input(&["read", &file, "--step"], keys).succeeds();
    let shown: Vec<&str> =
        run.stdout.lines().filter(|line| line.contains("──") || line.contains("◀──")).collect();
    let frames: Vec<&str> = shown.iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(frames, ["1", "2", "3", "2", "7", "8"], "{run}");
    assert!(run.stdout.contains("client SYN-SENT") && run.stdout.contains("TLS WAIT_"), "{run}");
    assert!(run.stderr.contains("h lists the keys"), "{run}");
}
