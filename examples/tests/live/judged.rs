//! What `read --json` says, frame by frame, against tshark: over every link type, every capture in the tree, our own
//! captures, and the kinds of captures that people bring. Needs tshark, and neither root nor a network.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use barewire_packet::build::{FRAMINGS, Framing};
use barewire_packet::capture::{Capture, Origin, linktype};
use serde_json::Value;

use crate::changes;
use crate::judge::{self, Difference};
use crate::need;
use crate::process::run;
use crate::wire::{self, Talk, Wire, at};

fn can_run(name: &str) -> bool {
    need::can_run(name, false, &["tshark"])
}

/// The objects of `read --json` of a file.
pub(crate) fn read(path: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_barewire"));
    let outcome = run(command.arg("read").arg(path).arg("--json"), Duration::from_secs(60));
    assert!(outcome.succeeded(), "{outcome}");
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    outcome.stdout.lines().map(parse).collect()
}

/// Where the two differ, and how many frames there are.
fn compare(path: &Path) -> (Vec<Difference>, usize) {
    let theirs = judge::frames(path);
    (judge::differences(&read(path), &theirs), theirs.len())
}

fn assert_none(path: &Path, found: &[Difference]) {
    let shown: Vec<&str> = found.iter().take(20).map(|difference| difference.text.as_str()).collect();
    assert!(found.is_empty(), "{}: {} differences, among them {shown:#?}", path.display(), found.len());
}

/// Both read the file alike.
pub(crate) fn agree(path: &Path) {
    assert_none(path, &compare(path).0);
}

/// Both read a capture made here alike. Its file stays where they do not.
fn agree_on(name: &str, capture: &Capture) {
    let path = std::env::temp_dir().join(format!("bwlive-{}-{name}.pcapng", std::process::id()));
    std::fs::write(&path, capture.write()).expect("a folder for temporary files");
    let (found, frames) = compare(&path);
    assert_none(&path, &found);
    assert_eq!(frames, capture.frames.len(), "{}", path.display());
    let _ = std::fs::remove_file(path);
}

/// A name and a page, over one version of IP, from ports that no other `index` has; each packet put into frames.
fn framed(all: &mut Wire, framing: &Framing, index: u16, v6: bool) {
    let mut bare = Wire { ms: all.ms, ..Wire::default() };
    let host = |v4, six| if v6 { six } else { v4 };
    let client = host("10.0.0.2", "[2001:db8::2]");
    let ports = [20_000 + index, 50_000 + index].map(|port| at(&format!("{client}:{port}")));
    let resolver = at(host("10.0.0.53:53", "[2001:db8::53]:53"));
    wire::name_and_page(&mut bare, ports, resolver, at(host("203.0.113.80:80", "[2001:db8::80]:80")));
    for frame in bare.capture.frames.iter().filter(|frame| framing.carries(&frame.bytes)) {
        all.frame(framing.link_type, Origin::Seen, &framing.frame(&frame.bytes)).time = frame.time;
    }
    all.ms = bare.ms;
}

/// A whole conversation over every link type, with both versions of IP.
#[test]
fn every_link_type_as_tshark_reads_it() {
    if !can_run("every_link_type_as_tshark_reads_it") {
        return;
    }
    let mut all = Wire::default();
    // tshark 4.0 has no reader for SLIP. That it is read as the others are is tested in tests/links.rs.
    let known = FRAMINGS.iter().filter(|framing| framing.link_type != linktype::SLIP);
    for (index, framing) in (0..).step_by(2).zip(known) {
        for (index, v6) in [(index, false), (index + 1, true)] {
            // tshark takes a whole circuit of frame relay for one conversation, so that each needs a file of its own.
            let is_circuit = framing.link_type == linktype::FRELAY;
            let mut own = Wire::default();
            framed(if is_circuit { &mut own } else { &mut all }, framing, index, v6);
            if is_circuit {
                agree_on(&format!("link-{index}"), &own.capture);
            }
        }
    }
    agree_on("links", &all.capture);
}

/// What tshark can read in these and we do not: it opens TLS 1.2, and it takes a line feed alone for the end of a line.
const HEADS_NOT_READ: [&str; 5] = [
    "tls12.pcapng",
    "tls12_client_certificate.pcapng",
    "tls12_resumption.pcapng",
    "tls12_server.pcapng",
    "resumption.pcapng",
];

#[test]
fn every_capture_in_the_tree_as_tshark_reads_it() {
    if !can_run("every_capture_in_the_tree_as_tshark_reads_it") {
        return;
    }
    for path in wire::captures() {
        let (mut found, _) = compare(&path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if HEADS_NOT_READ.contains(&&*name) {
            found.retain(|difference| !difference.is_head);
        }
        assert_none(&path, &found);
    }
}

/// What is done to a capture.
type Change = fn(&mut Capture);

/// What people bring: a name and a page over both versions of IP, changed on the way.
#[test]
fn changed_captures_as_tshark_reads_them() {
    if !can_run("changed_captures_as_tshark_reads_them") {
        return;
    }
    let kinds: [(&str, Change); 7] = [
        ("checksums", changes::zero_checksums),
        ("snap", |capture| changes::snap(capture, 54)),
        ("fragments", |capture| changes::fragment(capture, 24, false)),
        ("fragments-backwards", |capture| changes::fragment(capture, 16, true)),
        ("extensions", changes::extend),
        ("vlan", |capture| changes::reframe(capture, changes::framing("Ethernet, four VLAN tags"))),
        ("middle", |capture| drop(capture.frames.drain(..3))),
    ];
    for (name, change) in kinds {
        let mut wire = Wire::default();
        let ethernet = changes::framing("Ethernet");
        for v6 in [false, true] {
            framed(&mut wire, ethernet, u16::from(v6), v6);
        }
        change(&mut wire.capture);
        agree_on(name, &wire.capture);
    }
}

/// The same four ports and addresses twice, as a busy client uses them.
#[test]
fn reused_ports_as_tshark_reads_them() {
    if !can_run("reused_ports_as_tshark_reads_them") {
        return;
    }
    let mut wire = Wire::default();
    let (client, server) = (at("10.0.0.2:50000"), at("203.0.113.80:80"));
    wire::plain_http(&mut wire, client, server, 50);
    wire.wait(1000);
    let mut talk = Talk { seq: [77_000_000, 88_000_000], ..Talk::in_the_middle(client, server) };
    wire.open(&mut talk, 50);
    talk.send(&mut wire, 0, wire::ACK, b"GET /again HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut wire, 1, wire::ACK, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    talk.close(&mut wire, 50);
    agree_on("ports", &wire.capture);
}

/// Our own captures. tshark is given them without the packets on the interface of lost ones: it would count them.
#[test]
fn captures_of_fetch_as_tshark_reads_them() {
    if !can_run("captures_of_fetch_as_tshark_reads_them") {
        return;
    }
    for (name, more) in [
        ("toy", &[][..]),
        ("toy-loss", &["https://www.example.test/large", "--loss", "3"]),
        ("toy-loss-plain", &["http://www.example.test/large", "--loss", "8", "--seed", "7"]),
        ("toy-retry", &["https://retry.example.test/"]),
        ("toy-closed", &["https://closed.example.test/"]),
        ("toy-silent", &["https://silent.example.test/", "--max-time", "9"]),
    ] {
        let path = std::env::temp_dir().join(format!("bwlive-{}-{name}.pcapng", std::process::id()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_barewire"));
        run(command.arg("fetch").args(more).arg("--pcapng").arg(&path), Duration::from_secs(60));
        let mut ours = read(&path);
        let mut seen = Capture::read(&std::fs::read(&path).expect("a capture")).expect("a capture");
        let numbers = changes::without_lost(&mut seen);
        let bare = path.with_extension("seen.pcapng");
        std::fs::write(&bare, seen.write()).expect("a folder for temporary files");
        for row in ours.iter_mut().filter(|row| row["kind"] == "row") {
            let number = numbers.iter().position(|number| row["frame"] == *number);
            row["frame"] = serde_json::json!(number.map_or(0, |index| index + 1));
        }
        let theirs = judge::frames(&bare);
        assert!(!theirs.is_empty());
        assert_none(&bare, &judge::differences(&ours, &theirs));
        [path, bare].iter().for_each(|file| drop(std::fs::remove_file(file)));
    }
}
