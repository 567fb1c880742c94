//! `barewire sniff -r` over captures: rows, filters, files that are written, JSON, and what is said where it cannot.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use barewire::sniff::filter::{Contents, Filter, Headers};
use barewire_packet::capture::{Capture, Frame};
use serde_json::Value;

use crate::common::{Run, TempFolder, barewire};
use crate::judged::captures;

fn capture(name: &str) -> PathBuf {
    captures().into_iter().find(|path| path.ends_with(name)).unwrap_or_else(|| panic!("no capture {name}"))
}

fn sniff(path: &Path, more: &[&str]) -> Run {
    let path = path.to_str().expect("a path in UTF-8");
    barewire(&[&["sniff", "-r", path], more].concat())
}

fn objects(run: &Run) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    run.stdout.lines().map(parse).collect()
}

#[test]
fn a_handshake_is_told() {
    let run = sniff(&capture("tls13/tests/captures/aes128.pcapng"), &["-c", "6"]).succeeds();
    let wanted = "        ms  client or sender                                               bytes
            tcp 0: 10.91.1.2:34916 ── 10.91.2.2:443
       0.0  ├── TCP  SYN     seq 0                 win 64240 ──▶ tcp 0         0
       0.0  ◀── TCP  SYN ACK seq 0      ack 1      win 65160 ─── tcp 0         0
       0.0  ├── TCP  ACK     seq 1      ack 1      win 64512 ──▶ tcp 0         0
       1.5  ├── TLS  ClientHello x25519, 31 suites           ──▶ tcp 0       517
       1.5  ◀── TCP  ACK     seq 1      ack 518    win 65536 ─── tcp 0         0
";
    assert!(run.stdout.starts_with(wanted), "{run}");
    assert!(run.stdout.contains("TLS  ▒ Certificate www.example.test + 1,"), "{run}");
    assert!(
        run.stdout.contains("▒ encrypted on the wire; named here because the capture holds the keys"),
        "{run}"
    );
    assert_eq!(run.stderr, "6 frames received, 6 taken by the filter, 6 shown\n");
}

/// A filter of words without quotes and of one word in quotes are the same; `and` may stand apart from its flags.
#[test]
fn the_rest_of_the_line_is_a_filter() {
    let path = capture("tls13/tests/captures/aes128.pcapng");
    let words = sniff(&path, &["src", "10.91.2.2", "and", "tls", "-c", "2"]).succeeds();
    let quoted = sniff(&path, &["-c2", "src 10.91.2.2 and tls"]).succeeds();
    assert_eq!(words.stdout, quoted.stdout);
    assert_eq!(words.stdout.matches("─── tcp 0").count(), 2, "{words}");
    // Numbers count from the SYN, though the filter takes no SYN.
    let reset = sniff(&path, &["fin"]).succeeds();
    assert!(reset.stdout.contains("FIN ACK seq 708    ack 2067"), "{reset}");
}

/// Over all captures: the file that -w writes has the frames that the filter takes, with the secrets before them, and
/// tshark's libraries need not be asked: the reader is the one that reads tcpdump's.
#[test]
fn what_is_written_is_what_was_taken() {
    let folder = TempFolder::new();
    for (path, words) in
        captures().iter().zip(["tcp", "udp or icmp", "greater 200", "src net 10.0.0.0/8", ""].iter().cycle())
    {
        let out = folder.file("out.pcapng");
        let run = sniff(path, &["-q", "-w", &out, words]).succeeds();
        let (whole, written) = (read(path), read(Path::new(&out)));
        let filter = Filter::parse(words).expect("a filter");
        let takes = |frame: &&Frame| {
            let headers = Headers::of(&whole.interfaces[frame.interface as usize], frame);
            filter.takes(&headers, Contents::default())
        };
        let wanted: Vec<&Frame> = whole.frames.iter().filter(takes).collect();
        assert_eq!(written.frames.len(), wanted.len(), "{}: {words}: {run}", path.display());
        for (one, other) in written.frames.iter().zip(wanted) {
            let name =
                |capture: &Capture, frame: &Frame| capture.interfaces[frame.interface as usize].name.clone();
            assert_eq!((&one.bytes, one.time, one.way), (&other.bytes, other.time, other.way));
            assert_eq!((one.original_len, name(&written, one)), (other.original_len, name(&whole, other)));
        }
        assert_eq!(written.secrets, whole.secrets, "{}", path.display());
        assert_eq!(run.stdout, "");
    }
}

fn read(path: &Path) -> Capture {
    Capture::read(&fs::read(path).expect("a file")).expect("a capture")
}

/// From standard input to standard output, and no row between the packets.
#[test]
fn a_pipe_goes_through() {
    let path = capture("tls13/tests/captures/aes128.pcapng");
    let words = ["sniff", "-r", "-", "-w", "-", "tcp"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_barewire"));
    command.args(words).stdin(File::open(&path).expect("a capture")).stderr(Stdio::piped());
    let output = command.output().expect("the program runs");
    assert_eq!(Capture::read(&output.stdout).expect("a capture").frames.len(), read(&path).frames.len());
}

#[test]
fn json_has_the_ends_of_a_conversation_in_each_row() {
    let path = capture("dns/tests/captures/address.pcapng");
    let run = sniff(&path, &["--json"]).succeeds();
    let objects = objects(&run);
    let whole = read(&path);
    let (row, counts) = (&objects[0], objects.last().expect("counts"));
    assert_eq!(row["kind"], "row");
    assert_eq!(row["messages"][0]["layer"], "DNS");
    assert_eq!((row["transport"].as_str(), row["stream"].as_u64()), (Some("udp"), Some(0)));
    assert_eq!(row["server"], "10.91.2.2:53");
    assert_eq!(row["to_server"], true);
    assert_eq!(row["length"], whole.frames[0].original_len);
    let time = whole.frames[0].time;
    assert_eq!(row["time"], format!("{}.{:09}", time.as_secs(), time.subsec_nanos()));
    assert_eq!(counts["kind"], "counts");
    assert_eq!(
        (counts["received"].as_u64(), counts["dropped"].as_u64()),
        (Some(whole.frames.len() as u64), None)
    );
    let full = sniff(&path, &["--json", "--bytes", "-c", "1"]).succeeds();
    let row: Value = serde_json::from_str(full.stdout.lines().next().expect("a row")).expect("JSON");
    assert!(row["sections"].as_array().is_some_and(|sections| sections.len() >= 3), "{full}");
}

#[test]
fn bytes_are_named() {
    let run = sniff(&capture("dns/tests/captures/address.pcapng"), &["--bytes", "-c1"]).succeeds();
    for wanted in ["── ETHERNET frame, 14 bytes ──", "destination port 53 · 53 is DNS", "udp 0: "] {
        assert!(run.stdout.contains(wanted), "{wanted}: {run}");
    }
}

/// A snap length cuts, and that is said.
#[test]
fn a_frame_may_be_cut() {
    let folder = TempFolder::new();
    let out = folder.file("cut.pcapng");
    let run = sniff(&capture("tls13/tests/captures/aes128.pcapng"), &["-s", "60", "-w", &out]).succeeds();
    assert!(run.stdout.contains("were not captured"), "{run}");
    let written = read(Path::new(&out));
    assert!(written.frames.iter().all(|frame| frame.bytes.len() <= 60 && frame.original_len >= 60));
}

#[test]
fn what_cannot_be_done_is_said() {
    let path = capture("dns/tests/captures/address.pcapng");
    for (more, code, wanted) in [
        (&["tcp", "prot", "80"][..], 2, "  tcp prot 80\n      ^^^^\n"),
        (&["-i", "lo"], 2, "cannot be used with"),
        (&["host", "www.example.test"], 2, "names are not looked up here"),
    ] {
        let run = sniff(&path, more);
        assert_eq!(run.code, Some(code), "{run}");
        assert!(run.stderr.contains(wanted), "{run}");
        assert_eq!(run.stderr.matches(wanted).count(), 1, "once: {run}");
    }
    let run = barewire(&["sniff", "eht0", "tcp"]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("\"eht0\" is not an interface ("), "{run}");
    let run = barewire(&["sniff", "-r", "/nowhere.pcapng"]);
    assert_eq!(run.code, Some(26), "{run}");
    let run = sniff(&path, &["-w", "/nowhere/at.all"]);
    assert_eq!(run.code, Some(23), "{run}");
}

/// The file that is read is not the one that is written, by whatever name; and it keeps its bytes.
#[test]
fn a_capture_is_not_written_over_itself() {
    let folder = TempFolder::new();
    let bytes = fs::read(capture("dns/tests/captures/address.pcapng")).expect("a capture");
    let path = folder.file("one.pcapng");
    fs::write(&path, &bytes).expect("a file");
    let mut names = vec![path.clone()];
    #[cfg(unix)]
    {
        let [soft, hard] = ["soft.pcapng", "hard.pcapng"].map(|name| folder.file(name));
        std::os::unix::fs::symlink(&path, &soft).expect("a link");
        fs::hard_link(&path, &hard).expect("a link");
        names.extend([soft, hard]);
    }
    for name in &names {
        let run = sniff(Path::new(&path), &["-w", name]);
        assert_eq!(run.code, Some(2), "{run}");
        assert!(run.stderr.contains("-r and -w are the same file, "), "{run}");
        assert_eq!(fs::read(&path).expect("the file"), bytes, "{name}");
    }
    sniff(Path::new(&path), &["-q", "-w", &folder.file("other.pcapng")]).succeeds();
}

/// A file that breaks off is told as far as it goes.
#[test]
fn a_file_that_ends_early_is_read_to_there() {
    let folder = TempFolder::new();
    let bytes = fs::read(capture("tls13/tests/captures/aes128.pcapng")).expect("a capture");
    let cut = folder.file("cut.pcapng");
    fs::write(&cut, &bytes[..bytes.len() / 2]).expect("a file");
    let run = sniff(Path::new(&cut), &[]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("not read to its end: "), "{run}");
    assert!(run.stdout.contains("ClientHello"), "{run}");
}
