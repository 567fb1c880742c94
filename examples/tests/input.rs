//! The files that `barewire read` is given: whole, cut, compressed, through a pipe, and none at all.

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
use wire::{Wire, at, plain_http};

fn read(path: &Path, more: &[&str]) -> Run {
    let path = path.to_str().expect("a path in UTF-8");
    barewire(&[&["read", path], more].concat())
}

fn objects(run: &Run, kind: &str) -> Vec<Value> {
    let parse =
        |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    run.stdout.lines().map(parse).filter(|object| object["kind"] == kind).collect()
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
    for text in [&b"hello, this is text"[..], &[0; 64], b"abc"] {
        let run = Run::with_input(&["read", "-"], text);
        assert_eq!(run.code, Some(26), "{run}");
        assert!(run.stderr.contains("pcapng") && run.stderr.contains("byte 0"), "{run}");
        assert!(run.stderr.contains("dissect --layer"), "{run}");
    }
    let run = barewire(&["read", "/no/such/file"]);
    assert_eq!(run.code, Some(26), "{run}");
}

/// Wherever a capture is cut, that is one thing: exit code 1, a table of what is there, and a word where it ends.
#[test]
fn a_file_may_be_cut_anywhere() {
    let folder = TempFolder::new();
    let mut made = Wire::default();
    plain_http(&mut made, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let pcapng = made.capture.write();
    // The header of pcap (pcap §4): magic, version, two words that are not used, snap length, link type 101.
    let mut pcap = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0][..], &[0; 8], &[0, 0, 4, 0, 101, 0, 0, 0]].concat();
    pcap.extend([0; 8].iter().chain(&[28, 0, 0, 0, 28, 0, 0, 0]).chain(&[0x45; 28]));
    let file = folder.file("cut");
    for (bytes, length, wanted) in [
        (&pcap, 0, "the file is empty"),
        (&pcap, 3, "the pcap file ends inside its header"),
        (&pcap, 20, "the pcap file ends inside its header"),
        (&pcap, 30, "the pcap file ends inside the record that starts at byte 24"),
        (&pcap, 60, "the pcap file ends inside the record that starts at byte 24"),
        (&pcapng, 2, "the pcapng file ends inside its header"),
        (&pcapng, 11, "the pcapng file ends inside its header"),
        (&pcapng, 40, "the pcapng file ends inside the record that starts at byte 28"),
    ] {
        std::fs::write(&file, &bytes[..length]).expect("a file");
        let run = read(Path::new(&file), &[]);
        assert_eq!(run.code, Some(1), "{length} bytes {run}");
        assert!(run.stdout.starts_with(&format!("no conversations\n{wanted}")), "{length} bytes {run}");
        assert!(
            run.stderr.contains(&format!("{file}: not read to its end: {wanted}")),
            "{length} bytes {run}"
        );
        let json = read(Path::new(&file), &["--json"]);
        assert_eq!((json.code, &objects(&json, "tally")[0]["frames"]), (Some(1), &Value::from(0)), "{json}");
    }
}

/// What can be wrong with a packed file: it is said to be about gzip. What was packed before is there.
#[test]
fn broken_gzip_is_said_to_be_gzip() {
    let folder = TempFolder::new();
    let pack = |bytes: &[u8]| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(bytes).expect("memory");
        gzip.finish().expect("memory")
    };
    let mut made = Wire::default();
    plain_http(&mut made, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let bytes = made.capture.write();
    let whole = pack(&bytes);
    let half = bytes.len() / 2;
    let mut bad_sum = whole.clone();
    bad_sum[whole.len() - 8] ^= 1;
    let file = folder.file("t.gz");
    for (packed, code, wanted) in [
        (whole[..3].to_vec(), 1, "the gzip data ends early"),
        (whole[..whole.len() - 40].to_vec(), 1, "the gzip data ends early"),
        (bad_sum, 1, "the checksum at byte"),
        ([&whole[..], b"more"].concat(), 1, "byte 0x6d at byte"),
        ([&whole[..], &[0; 1000]].concat(), 0, ""),
        ([&whole[..], &[0; 9], b"more"].concat(), 1, "byte 0x6d at byte"),
        ([pack(&bytes[..half]), pack(&bytes[half..])].concat(), 0, ""),
        (pack(&whole), 26, "packed twice"),
    ] {
        std::fs::write(&file, &packed).expect("a file");
        let run = read(Path::new(&file), &[]);
        assert_eq!(run.code, Some(code), "wanted {wanted:?} {run}");
        assert!(run.stderr.contains(wanted) && run.stderr.lines().count() == usize::from(code > 0), "{run}");
        assert_eq!(run.stdout.contains("SYN ACK"), code < 26 && packed.len() > 3, "{run}");
        assert!(run.stdout.contains(wanted) || code != 1, "the table says it too {run}");
    }
}

/// As cat does: a file that cannot be read is said, and the next one is read.
#[test]
fn one_bad_file_does_not_hide_the_others() {
    let folder = TempFolder::new();
    let mut made = Wire::default();
    plain_http(&mut made, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let [good, cut, text, missing] = ["good", "cut", "text", "missing"].map(|name| folder.file(name));
    std::fs::write(&good, made.capture.write()).expect("a file");
    std::fs::write(&cut, &made.capture.write()[..40]).expect("a file");
    std::fs::write(&text, "hello, this is text").expect("a file");
    for (first, code) in [(&missing, 26), (&text, 26), (&cut, 1), (&folder.file(""), 26)] {
        for command in ["read", "dissect"] {
            let run = barewire(&[command, first, &good]);
            assert_eq!(run.code, Some(code), "{run}");
            assert!(run.stdout.contains("200 OK") && run.stderr.contains(first.as_str()), "{run}");
        }
    }
}

/// A key log without a secret opens nothing: that is said, and not left to be guessed.
#[test]
fn a_key_log_without_secrets_is_said() {
    let folder = TempFolder::new();
    let [capture, keys] = ["t.pcapng", "keys.log"].map(|name| folder.file(name));
    barewire(&["--pcapng", &capture]).succeeds();
    std::fs::write(&keys, "CLIENT_RANDOM zz\n").expect("a file");
    let run = barewire(&["read", &capture, "--keylog", &keys]).succeeds();
    assert!(run.stderr.contains("keys.log: no line of it is a secret of TLS"), "{run}");
    barewire(&["--keylog", &keys]).succeeds();
    let run = barewire(&["read", &capture, "--keylog", &keys]).succeeds();
    assert_eq!(run.stderr, "", "{run}");
}
