//! `--report` and `--html`: what they hold, that it is what the other views say, and that no capture can break out of
//! the page. (What a browser makes of the page is tested in `web/test`.)

mod common;
#[path = "common/wire.rs"]
mod wire;

use std::io::Read as _;

use barewire::fetch::{Job, fetch};
use barewire::network::{Network, Toy};
use barewire::services::Stage;
use barewire::services::certificates::Flavour;
use barewire_internet::Wire as Link;
use barewire_tls13::Trust;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{TempFolder, barewire};
use flate2::read::GzDecoder;
use serde_json::Value;
use wire::Wire;

/// The objects of a report.
fn objects(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect()
}

fn of_kind<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

/// What stands in the element of this id.
fn element<'a>(page: &'a str, id: &str) -> &'a str {
    let marker = format!("id=\"{id}\">");
    let start = page.find(&marker).unwrap_or_else(|| panic!("no element {id}")) + marker.len();
    let end = page[start..].find("</").expect("an end");
    &page[start..start + end]
}

/// The rows of a page's chunks.
fn details(page: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    for chunk in element(page, "details").lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = chunk.split(' ').collect();
        let [first, last, packed] = words[..] else { panic!("a chunk is three words: {chunk}") };
        let packed = STANDARD.decode(packed).expect("base64");
        let mut text = String::new();
        GzDecoder::new(&packed[..]).read_to_string(&mut text).expect("gzip");
        let chunk = objects(&text);
        assert_eq!(chunk.first().expect("a row")["frame"].to_string(), first);
        assert_eq!(chunk.last().expect("a row")["frame"].to_string(), last);
        rows.extend(chunk);
    }
    rows
}

/// The report of a fetch is what `read --json` says of its capture, and holds the text that was printed.
#[test]
fn a_report_is_the_json_of_read_and_the_text() {
    let folder = TempFolder::new();
    let [capture, report, again] = ["t.pcapng", "t.jsonl", "again.jsonl"].map(|name| folder.file(name));
    let run = barewire(&["--pcapng", &capture, "--report", &report]).succeeds();
    let mut lines = objects(&std::fs::read_to_string(&report).expect("a report"));
    // Of a capture nobody knows what came of it.
    assert_eq!(lines.extract_if(.., |line| line["kind"] == "fetch").count(), 1);
    let (file, text) = (lines.first().expect("a head"), lines.last().expect("a text"));
    assert_eq!(file["schema"], "barewire.story/2");
    assert_eq!(text["text"], run.stdout.as_str());
    let read = barewire(&["read", "--json", &capture]).succeeds();
    assert_eq!(lines[1..lines.len() - 1], objects(&read.stdout)[1..], "all but the head and the text");
    barewire(&["read", &capture, "--report", &again]).succeeds();
    let read = objects(&std::fs::read_to_string(&again).expect("a report"));
    assert_eq!(lines[1..lines.len() - 1], read[1..read.len() - 1]);
}

/// Rows in full: the bytes of a section are those that its fields cover, and states are those before and after.
#[test]
fn rows_in_full_have_bytes_fields_and_states() {
    let folder = TempFolder::new();
    let capture = folder.file("t.pcapng");
    barewire(&["--pcapng", &capture]).succeeds();
    let run = barewire(&["read", "--json", "--fields", "--frame", "6-7", &capture]).succeeds();
    let lines = objects(&run.stdout);
    let rows = of_kind(&lines, "row");
    assert_eq!(rows.iter().map(|row| row["frame"].to_string()).collect::<Vec<_>>(), ["6", "7"]);
    let [hello, answer] = rows[..] else { unreachable!() };
    let section = &hello["sections"][0];
    assert_eq!(section["what"], "IP packet");
    let bytes = STANDARD.decode(section["data"].as_str().expect("base64")).expect("base64");
    assert_eq!(section["bytes"], bytes.len());
    assert_eq!(bytes[0], 0x45, "version 4, five words");
    assert_eq!(section["fields"][0]["comment"], "RFC 791 §3.1");
    assert_eq!(hello["before"]["tls"], Value::Null);
    assert_eq!(hello["after"]["tls"][0]["state"], "WAIT_SH");
    assert_eq!(hello["after"]["tcp"][0]["snd_nxt"], 218, "1 and the 217 bytes of the hello");
    assert_eq!(answer["before"], hello["after"], "one packet follows the other in the conversation");
    let labels: Vec<&Value> =
        answer["after"]["secrets"].as_array().expect("a list").iter().map(|one| &one["label"]).collect();
    let wanted =
        ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"];
    assert_eq!(labels, wanted, "the server's Finished was in it");
}

/// Secrets in a state are those of the capture's key log.
#[test]
fn secrets_are_those_of_the_key_log() {
    let folder = TempFolder::new();
    let [capture, keys] = ["t.pcapng", "keys.txt"].map(|name| folder.file(name));
    barewire(&["--pcapng", &capture, "--keylog", &keys]).succeeds();
    let keys = std::fs::read_to_string(&keys).expect("a key log");
    let run = barewire(&["read", "--json", "--fields", &capture]).succeeds();
    let lines = objects(&run.stdout);
    let mut seen = std::collections::BTreeSet::new();
    for secret in of_kind(&lines, "row").iter().filter_map(|row| row["after"]["secrets"].as_array()).flatten()
    {
        let [label, value] = ["label", "secret"].map(|name| secret[name].as_str().expect("text"));
        let is_line = |line: &&str| line.starts_with(label) && line.ends_with(value);
        assert!(keys.lines().any(|line| is_line(&line)), "{label} {value}: {keys}");
        seen.insert(label.to_owned());
    }
    assert_eq!(seen.len(), 4, "two of the handshake, two of the application: {seen:?}");
}

/// A page holds the report, the text, and every row in full.
#[test]
fn a_page_holds_all_of_it() {
    let folder = TempFolder::new();
    for arguments in [&["fetch", "https://www.example.test/large", "--loss", "2"][..], &["scene", "home"]] {
        let [page, report] = ["t.html", "t.jsonl"].map(|name| folder.file(name));
        let arguments: Vec<&str> = [arguments, &["--html", &page, "--report", &report]].concat();
        let run = barewire(&arguments).succeeds();
        let page = std::fs::read_to_string(&page).expect("a page");
        let lines = objects(&std::fs::read_to_string(&report).expect("a report"));
        let inside = objects(element(&page, "story"));
        assert_eq!(inside[..], lines[..lines.len() - 1], "{run}");
        let text = element(&page, "text").replace("&lt;", "<").replace("&gt;", ">");
        assert_eq!(text.replace("&quot;", "\"").replace("&amp;", "&"), run.stdout);
        let (rows, full) = (of_kind(&lines, "row"), details(&page));
        assert_eq!(rows.len(), full.len(), "{run}");
        for (row, full) in rows.iter().zip(&full) {
            assert_eq!(row["frame"], full["frame"]);
            assert!(!full["sections"].as_array().expect("a list").is_empty(), "{full}");
        }
        for hole in ["{{title}}", "{{text}}", "{{story}}", "{{details}}"] {
            assert!(!page.contains(hole), "{hole} is not filled");
        }
    }
}

/// Names and bodies of a capture are written so that they end no element, fill no hole and turn no writing.
#[test]
fn a_hostile_capture_stays_inside_its_place() {
    let folder = TempFolder::new();
    let [capture, page] = ["t.pcapng", "t.html"].map(|name| folder.file(name));
    let evil = "</script></pre><img src=x onerror=alert(1)>{{story}}{{details}}\u{202e}\u{1}<!--";
    let mut wire = Wire::default();
    let mut talk = wire.handshake(wire::at("10.0.0.2:4000"), wire::at("10.0.0.80:80"), 10);
    let request = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {evil}\r\n\r\n");
    talk.send(&mut wire, 0, wire::ACK, request.as_bytes());
    wire.capture.frames.last_mut().expect("a frame").comment = Some(evil.to_owned());
    std::fs::write(&capture, wire.capture.write()).expect("a file");
    barewire(&["read", &capture, "--html", &page]).succeeds();
    let page = std::fs::read_to_string(&page).expect("a page");
    assert!(!page.contains("<img") && !page.contains('\u{202e}') && !page.contains('\u{1}'), "{page}");
    let inside = objects(element(&page, "story"));
    let notes: Vec<String> = of_kind(&inside, "row").iter().map(|row| row["notes"].to_string()).collect();
    assert!(
        notes.iter().any(|note| note.contains("</script></pre><img src=x onerror=alert(1)>")),
        "{notes:?}"
    );
    assert!(notes.iter().any(|note| note.contains("{{story}}")), "it is text and no hole: {notes:?}");
}

/// The same for the texts of a certificate, which a server may fill as it likes.
#[test]
fn a_hostile_certificate_stays_inside_its_place() {
    let evil = "<img src=x onerror=alert(1)></script>{{text}}";
    let mut stage = Stage::new(1);
    stage.plan().switch("core", "0.0.0.0/0");
    stage.seat("client", "10.0.0.2", "10.0.0.53").expect("a seat");
    stage.resolver("resolver", "10.0.0.53", &[("www.example.test", "203.0.113.80")]).expect("a resolver");
    stage.web("www", "203.0.113.80", evil, Flavour::Honest).expect("a server");
    for host in ["client", "resolver", "www"] {
        stage.wire(host, "core", Link::ms(1));
    }
    let mut toy = Toy::seated(stage.set().expect("a stage"), "a test".to_owned()).expect("a seat");
    let job = Job::get("https://www.example.test/", Trust::Nothing).expect("a URL");
    fetch(&mut toy, &job, &mut std::io::sink()).expect("a page");
    let folder = TempFolder::new();
    let [capture, page] = ["t.pcapng", "t.html"].map(|name| folder.file(name));
    std::fs::write(&capture, toy.trace().take(toy.now()).write()).expect("a file");
    barewire(&["read", &capture, "--html", &page]).succeeds();
    let page = std::fs::read_to_string(&page).expect("a page");
    assert!(!page.contains("<img"), "{page}");
    let seen = objects(element(&page, "story")).iter().filter(|line| line.to_string().contains(evil)).count();
    assert!(seen > 0, "the name is shown: {}", element(&page, "story"));
    assert!(details(&page).iter().any(|row| row.to_string().contains("<img src=x")), "and in its fields");
}

#[test]
fn one_file_is_of_one_story() {
    let folder = TempFolder::new();
    let [capture, page] = ["t.pcapng", "t.html"].map(|name| folder.file(name));
    barewire(&["--pcapng", &capture]).succeeds();
    let run = barewire(&["read", &capture, &capture, "--html", &page]);
    assert!(run.code == Some(2) && run.stderr.contains("--har take one capture"), "{run}");
    let run = barewire(&["--html", &folder.file("missing/t.html")]);
    assert!(run.code == Some(23) && run.stderr.contains("could not be written"), "{run}");
}

/// The sender knows why it sent a packet, and a reader of the capture finds the same: it is said once, with its rule.
#[test]
fn a_retransmission_is_noted_once() {
    let folder = TempFolder::new();
    let report = folder.file("t.jsonl");
    barewire(&["--drop", "3", "--report", &report]).succeeds();
    let lines = objects(&std::fs::read_to_string(&report).expect("a report"));
    let again = of_kind(&lines, "row").into_iter().find(|row| row["frame"] == 5).expect("frame 5");
    let notes = again["notes"].as_array().expect("a list");
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(notes[0]["says"], "retransmission 1, timer ran out after 1.0 s");
    assert_eq!((&notes[0]["rule"], &notes[0]["trouble"]), (&"RFC 9293 §3.8.1".into(), &true.into()));
}

/// What to look at in a scene stands in its report, as it was printed.
#[test]
fn a_scene_says_what_to_look_at() {
    let folder = TempFolder::new();
    let report = folder.file("t.jsonl");
    let run = barewire(&["scene", "home", "--report", &report]).succeeds();
    let lines = objects(&std::fs::read_to_string(&report).expect("a report"));
    let [look] = of_kind(&lines, "look")[..] else { panic!("one line: {run}") };
    let text = look["text"].as_str().expect("text");
    assert!(text.starts_with("  what to look at\n") && run.stdout.contains(text), "{text}");
}
