//! `barewire dissect`: trees as text and JSON, of messages and captures, whole and broken.

mod common;

use common::{Run, TempFolder, barewire};
use serde_json::Value;

/// RFC 1035-shaped query for `a.` IN A, by hand.
const QUERY: &[u8] = b"0000: 0c0d 0100 0001 0000 0000 0000\n000c: 0161 00 0001 0001\n";

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run}"))
}

#[test]
fn hexadecimal_text_from_standard_input() {
    let run = Run::with_input(&["dissect", "--layer", "dns", "--hex", "-"], QUERY).succeeds();
    assert!(run.stdout.contains("QNAME a"), "{run}");
    assert!(run.stdout.contains("0000  0c 0d 01 00"), "{run}");
}

#[test]
fn a_broken_message_keeps_the_fields_before_the_fault() {
    // The name's pointer at byte 12 points forward, to byte 41.
    let broken = b"0c0d 0100 0001 0000 0000 0000 c029 0001 0001";
    let run = Run::with_input(&["dissect", "--layer", "dns", "--hex", "--json", "-"], broken);
    assert_eq!(run.code, Some(1), "{run}");
    let object = json(&run);
    assert_eq!(object["error"]["offset"], 12, "{run}");
    assert_eq!(object["error"]["rule"], "RFC 1035 §4.1.4", "{run}");
    assert!(object["error"]["message"].as_str().unwrap().contains("41"), "{run}");
    let fields = object["fields"].to_string();
    assert!(fields.contains("QDCOUNT"), "the header was read before: {fields}");
}

#[test]
fn http_knows_requests_from_responses() {
    let folder = TempFolder::new();
    let (request, response) = (folder.file("request"), folder.file("response"));
    std::fs::write(&request, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    std::fs::write(&response, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").unwrap();
    let run = barewire(&["dissect", "--layer", "http1", "--json", &request, &response]).succeeds();
    let objects: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 2, "one object per file: {run}");
    assert_eq!(objects[0]["file"], request.as_str());
    assert!(objects.iter().all(|object| object.get("error").is_none()), "{run}");
    let wrong = barewire(&["dissect", "--layer", "http1", "--role", "response", &request]);
    assert_eq!(wrong.code, Some(1), "{wrong}");
}

#[test]
fn every_packet_of_our_own_capture_is_whole_and_opened() {
    let folder = TempFolder::new();
    let file = folder.file("t.pcapng");
    barewire(&["--pcapng", &file]).succeeds();
    let run = barewire(&["dissect", &file]).succeeds();
    for wanted in
        ["── DNS message", "ClientHello", "TLS record, opened: handshake", "GET / HTTP/1.1", "200 OK"]
    {
        assert!(run.stdout.contains(wanted), "wanted {wanted:?}: {run}");
    }
    let lines = barewire(&["dissect", "--json", &file]).succeeds();
    let objects = lines.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rows: Vec<Value> = objects.filter(|object| object["kind"] == "row").collect();
    assert_eq!(rows.len(), 15, "{lines}");
    assert!(rows.iter().all(|row| row["sections"][0]["what"] == "IP packet"), "{lines}");
}

/// The captures of every crate: real servers and the kernel's TCP.
#[test]
fn captures_that_others_took_are_read_too() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut files = 0;
    for layer in ["dns", "tcp", "tls13", "http1"] {
        let folder = format!("{root}/{layer}/tests/captures");
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}")) {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "pcapng") {
                continue;
            }
            let run = barewire(&["dissect", path.to_str().unwrap()]);
            assert_eq!(run.code, Some(0), "{}\n{}", path.display(), run.stderr);
            assert!(run.stdout.contains("IP packet"), "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 20, "only {files} captures found");
}

#[test]
fn what_is_neither_capture_nor_named_gets_a_hint() {
    let run = Run::with_input(&["dissect", "-"], b"hello");
    assert_eq!(run.code, Some(26), "{run}");
    assert!(run.stderr.contains("--layer"), "{run}");
}
