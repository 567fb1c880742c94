//! HAR 1.2 from fetches and captures: every entry has the fields of the format, and the figures are those of the
//! packets. `web/test/har.test.mjs` opens the same in the network panel of a browser.

mod common;
#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Story};
use barewire::views;
use barewire_dns::RData;
use common::scripted::{Does, Scripted};
use common::{TempFolder, barewire};
use serde_json::{Value, json};
use wire::{ACK, Wire, at, captures, plain_http};

/// What a field must be.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    /// A date of ISO 8601.
    Date,
    /// A whole number, or -1 where nobody knows.
    Count,
    /// Milliseconds, or -1 where it does not apply.
    Ms,
    Bool,
    Object(&'static [Field]),
    List(&'static [Field]),
}

/// A field: its name, what it must be, and whether it may be left out.
type Field = (&'static str, Kind, bool);

use Kind::{Bool, Count, Date, List, Ms, Object, Text};

const MUST: bool = false;
const MAY: bool = true;

/// http://www.softwareishard.com/blog/har-12-spec/, section by section: all fields that are listed there and written
/// here, with "optional" as it is there.
const LOG: &[Field] =
    &[("version", Text, MUST), ("creator", Object(CREATOR), MUST), ("entries", List(ENTRY), MUST)];
const CREATOR: &[Field] = &[("name", Text, MUST), ("version", Text, MUST), ("comment", Text, MAY)];
const ENTRY: &[Field] = &[
    ("startedDateTime", Date, MUST),
    ("time", Ms, MUST),
    ("request", Object(REQUEST), MUST),
    ("response", Object(RESPONSE), MUST),
    ("cache", Object(&[]), MUST),
    ("timings", Object(TIMINGS), MUST),
    ("serverIPAddress", Text, MAY),
    ("connection", Text, MAY),
    ("comment", Text, MAY),
];
const REQUEST: &[Field] = &[
    ("method", Text, MUST),
    ("url", Text, MUST),
    ("httpVersion", Text, MUST),
    ("cookies", List(COOKIE), MUST),
    ("headers", List(PAIR), MUST),
    ("queryString", List(PAIR), MUST),
    ("postData", Object(POST_DATA), MAY),
    ("headersSize", Count, MUST),
    ("bodySize", Count, MUST),
];
const RESPONSE: &[Field] = &[
    ("status", Count, MUST),
    ("statusText", Text, MUST),
    ("httpVersion", Text, MUST),
    ("cookies", List(COOKIE), MUST),
    ("headers", List(PAIR), MUST),
    ("content", Object(CONTENT), MUST),
    ("redirectURL", Text, MUST),
    ("headersSize", Count, MUST),
    ("bodySize", Count, MUST),
];
const COOKIE: &[Field] = &[
    ("name", Text, MUST),
    ("value", Text, MUST),
    ("path", Text, MAY),
    ("domain", Text, MAY),
    ("expires", Date, MAY),
    ("httpOnly", Bool, MAY),
    ("secure", Bool, MAY),
];
const PAIR: &[Field] = &[("name", Text, MUST), ("value", Text, MUST)];
const POST_DATA: &[Field] =
    &[("mimeType", Text, MUST), ("params", List(PAIR), MUST), ("text", Text, MUST), ("comment", Text, MAY)];
const CONTENT: &[Field] = &[
    ("size", Count, MUST),
    ("compression", Count, MAY),
    ("mimeType", Text, MUST),
    ("text", Text, MAY),
    ("encoding", Text, MAY),
    ("comment", Text, MAY),
];
const TIMINGS: &[Field] = &[
    ("blocked", Ms, MAY),
    ("dns", Ms, MAY),
    ("connect", Ms, MAY),
    ("send", Ms, MUST),
    ("wait", Ms, MUST),
    ("receive", Ms, MUST),
    ("ssl", Ms, MAY),
];

/// What is wrong with an object, or nothing.
fn check(object: &Value, fields: &[Field], place: &str, wrong: &mut Vec<String>) {
    let Some(members) = object.as_object() else { return wrong.push(format!("{place}: not an object")) };
    for name in members.keys().filter(|name| !name.starts_with('_')) {
        if !fields.iter().any(|(known, ..)| known == name) {
            wrong.push(format!("{place}.{name}: not in the format"));
        }
    }
    for (name, kind, may_lack) in fields {
        let place = format!("{place}.{name}");
        match members.get(*name) {
            None if *may_lack => {}
            None => wrong.push(format!("{place}: not there")),
            Some(value) => check_value(value, *kind, &place, wrong),
        }
    }
}

fn check_value(value: &Value, kind: Kind, place: &str, wrong: &mut Vec<String>) {
    let holds = match kind {
        Text => value.is_string(),
        Date => value.as_str().is_some_and(is_date),
        Count => value.as_i64().is_some_and(|number| number >= -1),
        Ms => value.as_f64().is_some_and(|ms| ms >= 0.0 || ms == -1.0),
        Bool => value.is_boolean(),
        Object(fields) => return check(value, fields, place, wrong),
        List(fields) => match value.as_array() {
            Some(all) => return all.iter().for_each(|one| check(one, fields, place, wrong)),
            None => false,
        },
    };
    if !holds {
        wrong.push(format!("{place}: {value} is not {kind:?}"));
    }
}

/// `2026-11-26T10:04:49.123456Z`
fn is_date(text: &str) -> bool {
    let form: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let whole = form.trim_end_matches('Z').split('.').next() == Some("0000-00-00T00:00:00");
    whole && text.ends_with('Z')
}

fn assert_har(log: &Value, what: &str) {
    let mut wrong = Vec::new();
    check(&log["log"], LOG, "log", &mut wrong);
    assert_eq!(log["log"]["version"], "1.2");
    for entry in entries(log) {
        let timings = &entry["timings"];
        let known = |name: &str| timings[name].as_f64().filter(|ms| *ms >= 0.0).unwrap_or(0.0);
        let sum: f64 = ["blocked", "dns", "connect", "send", "wait", "receive"].map(known).iter().sum();
        let time = entry["time"].as_f64().unwrap_or(-1.0);
        if (time - sum).abs() > 0.005 || known("ssl") > known("connect") {
            wrong.push(format!("{time} ms is not the sum {sum} of {timings}"));
        }
    }
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

fn entries(log: &Value) -> &[Value] {
    log["log"]["entries"].as_array().expect("entries")
}

/// The log that a fetch writes.
fn fetched(arguments: &[&str]) -> Value {
    let folder = TempFolder::new();
    let file = folder.file("t.har");
    let run = barewire(&[&["fetch", "--har", &file], arguments].concat()).succeeds();
    assert!(run.stdout.contains("where the time went"), "the picture is drawn all the same: {run}");
    assert!(!run.stdout.contains("the borders"), "and nothing that was not asked for: {run}");
    let log = serde_json::from_str(&std::fs::read_to_string(&file).expect("a file")).expect("JSON");
    assert_har(&log, &arguments.join(" "));
    log
}

#[test]
fn every_capture_keeps_to_the_format() {
    let mut all = 0;
    for path in captures() {
        let capture =
            barewire_packet::capture::Capture::read(&std::fs::read(&path).expect("a file")).expect("one");
        let story = Story::of(&capture, Config { keep_http: true, ..Config::default() });
        let log = views::har(&story);
        assert_har(&log, &path.display().to_string());
        all += entries(&log).len();
    }
    assert!(all > 30, "only {all} entries");
}

/// Over a kept connection there is nothing to resolve, to connect, and to prove: -1, as HAR 1.2 writes it.
#[test]
fn a_request_on_a_kept_connection_has_no_time_for_what_was_done() {
    let log = fetched(&["-L", "https://www.example.test/redirect/1"]);
    let [first, second] = entries(&log) else { panic!("{log:#}") };
    for name in ["dns", "connect", "ssl"] {
        assert_eq!(second["timings"][name], json!(-1.0), "{name}");
    }
    assert_eq!(second["timings"]["wait"].as_f64().map(f64::round), Some(50.0));
    assert_eq!(first["connection"], second["connection"], "it is the same connection");
}

/// 10 ms for the name, 50 for the SYN, 50 for TLS, 50 for the request, over the toy internet; each redirect an entry.
#[test]
fn each_redirect_is_an_entry_with_its_own_times() {
    let log = fetched(&["-L", "--no-keepalive", "https://www.example.test/redirect/1?a=b&c"]);
    let [first, second] = entries(&log) else { panic!("{log:#}") };
    let whole = |entry: &Value| {
        ["dns", "connect", "ssl", "send", "wait", "receive"]
            .map(|name| entry["timings"][name].as_f64().expect("a number").round())
    };
    assert_eq!(whole(first), [10.0, 100.0, 50.0, 0.0, 50.0, 0.0]);
    // The name is known, and the connection too where it was kept.
    let opened = if first["_connectionId"] == second["_connectionId"] { [-1.0; 2] } else { [100.0, 50.0] };
    assert_eq!(whole(second), [-1.0, opened[0], opened[1], 0.0, 50.0, 0.0]);
    assert_eq!(
        first["request"]["queryString"],
        json!([{"name": "a", "value": "b"}, {"name": "c", "value": ""}])
    );
    assert_eq!(first["request"]["url"], "https://www.example.test/redirect/1?a=b&c");
    assert_eq!((&first["response"]["status"], &first["response"]["redirectURL"]), (&json!(302), &json!("/")));
    assert_eq!(second["response"]["content"]["size"], 416);
    let text = second["response"]["content"]["text"].as_str().expect("text");
    assert!(text.starts_with("<!doctype html>") && text.len() == 416, "{text}");
    assert_eq!(second["_wire"]["responseFraming"]["rule"], "RFC 9112 §6.3 rule 6");
    assert!(first["startedDateTime"].as_str() < second["startedDateTime"].as_str());
}

#[test]
fn what_is_sent_and_set_is_in_it() {
    let log = fetched(&["-H", "Cookie: a=b; c=\"d\"", "--json", "{}", "https://www.example.test/echo"]);
    let request = &entries(&log)[0]["request"];
    let cookies = json!([{"name": "a", "value": "b"}, {"name": "c", "value": "\"d\""}]);
    assert_eq!((&request["cookies"], &request["bodySize"]), (&cookies, &json!(2)));
    assert_eq!(request["postData"], json!({"mimeType": "application/json", "params": [], "text": "{}"}));
    let log = fetched(&["https://www.example.test/trailers"]);
    let entry = &entries(&log)[0];
    assert_eq!(entry["_wire"]["trailers"], json!([{"name": "Server-Timing", "value": "pieces;dur=0.5"}]));
    assert_eq!((&entry["_wire"]["chunks"], &entry["response"]["bodySize"]), (&json!(2), &json!(88)));
    let log = fetched(&["https://www.example.test/early"]);
    assert_eq!(entries(&log)[0]["_wire"]["interim"][0]["status"], 103);
}

/// Names and packets by hand: a second request on the connection, bytes that are not text, a cookie, and no answer.
#[test]
fn a_connection_that_was_there_costs_nothing() {
    let mut wire = Wire::default();
    let server = at("203.0.113.80:80");
    let address = RData::A("203.0.113.80".parse().expect("an address"));
    wire.dns(at("10.0.0.2:40000"), at("10.0.0.1:53"), "a.test", Some(address), 10);
    wire.wait(3);
    plain_http(&mut wire, at("10.0.0.2:50000"), server, 50);
    let mut talk = wire.handshake(at("10.0.0.2:50001"), at("203.0.113.80:80"), 50);
    talk.send(&mut wire, 0, ACK, b"GET /a HTTP/1.1\r\nHost: a.test:80\r\n\r\n");
    wire.wait(60);
    let set = "Set-Cookie: s=1; Path=/; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Secure; SameSite=Lax";
    let head = format!("HTTP/1.1 200 OK\r\n{set}\r\nContent-Length: 4\r\n\r\n");
    talk.send(&mut wire, 1, ACK, head.as_bytes());
    wire.wait(7);
    talk.send(&mut wire, 1, ACK, b"\xff\xfe\0\0");
    wire.wait(5);
    talk.send(&mut wire, 0, ACK, b"GET /b HTTP/1.1\r\nHost: a.test:80\r\n\r\n");
    let log = views::har(&Story::of(&wire.capture, Config { keep_http: true, ..Config::default() }));
    assert_har(&log, "by hand");
    let [first, second, third] = entries(&log) else { panic!("{log:#}") };
    let timings = |dns: f64, connect: f64, blocked: f64, wait: f64, receive: f64| {
        json!({"blocked": blocked, "dns": dns, "connect": connect, "ssl": -1.0, "send": 0.0, "wait": wait,
               "receive": receive})
    };
    assert_eq!(first["timings"], timings(10.0, 50.0, 3.0, 50.0, 0.0));
    assert_eq!(first["startedDateTime"], "2023-11-14T22:13:20.000000Z", "with the question for the name");
    assert_eq!(second["timings"], timings(-1.0, 50.0, 0.0, 60.0, 7.0));
    assert_eq!(third["timings"], timings(-1.0, -1.0, -1.0, 0.0, 0.0));
    assert_eq!((&third["response"]["status"], &third["response"]["bodySize"]), (&json!(0), &json!(-1)));
    let content = &second["response"]["content"];
    assert_eq!((&content["text"], &content["encoding"]), (&json!("//4AAA=="), &json!("base64")));
    let cookie = json!([{"name": "s", "value": "1", "path": "/", "expires": "1994-11-06T08:49:37Z", "secure": true,
                         "httpOnly": false, "_sameSite": "Lax"}]);
    assert_eq!(second["response"]["cookies"], cookie);
    assert_eq!(second["request"]["url"], "http://a.test:80/a");
    assert_eq!(second["_connectionId"], third["_connectionId"]);
}

/// A body of 2 MB is counted and not written.
#[test]
fn content_has_a_bound() {
    let log = fetched(&["https://www.example.test/bytes/2000000"]);
    let content = &entries(&log)[0]["response"]["content"];
    assert_eq!((&content["size"], content.get("text")), (&json!(2_000_000), None));
    assert!(content["comment"].as_str().is_some_and(|why| why.ends_with("of 2,000,000 bytes are not kept")));
}

#[test]
fn read_writes_the_same_as_fetch_and_a_scene_needs_a_point() {
    let folder = TempFolder::new();
    let files = ["a.har", "b.har", "t.pcapng"].map(|name| folder.file(name));
    let url = "https://www.example.test/chunked";
    barewire(&["fetch", "--har", &files[0], "--pcapng", &files[2], url]).succeeds();
    barewire(&["read", "--har", &files[1], &files[2]]).succeeds();
    let [a, b] = [&files[0], &files[1]].map(|file| std::fs::read_to_string(file).expect("a file"));
    assert_eq!(a, b);
    let run = barewire(&["scene", "proxy", "--har", &files[0]]);
    assert!(run.code == Some(2) && run.stderr.contains("--at NAME"), "{run}");
    barewire(&["scene", "proxy", "--at", "client", "--har", &files[0]]).succeeds();
}

/// What cannot be done is refused before a line is drawn or a file is written.
#[test]
fn a_scene_refuses_at_once() {
    let folder = TempFolder::new();
    let [har, pcapng, other] = ["a.har", "t.pcapng", "u.pcapng"].map(|name| folder.file(name));
    let refuses = |arguments: &[&str], why: &str| {
        let run = barewire(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run}");
        assert!(run.stderr.contains(why), "wanted {why:?}: {run}");
    };
    let points =
        "--har is about one capture point; --at NAME (of `read` and `scene`) chooses one of client, ";
    refuses(&["scene", "proxy", "--har", &har, "--pcapng", &pcapng], points);
    refuses(&["scene", "proxy", "--at", "nowhere", "--pcapng", &pcapng], "no capture point is called");
    assert!(!std::path::Path::new(&pcapng).exists(), "no file was written");
    barewire(&["scene", "proxy", "--pcapng", &other]).succeeds();
    refuses(&["read", "--har", &har, &other], points);
    refuses(&["read", "--json", "--har", &har, &other], points);
    assert!(!std::path::Path::new(&har).exists(), "no file was written");
}

/// HAR 1.2: `size` is that of the content without its codings, `compression` what they saved, and `bodySize` what came.
#[test]
fn a_coded_body_is_written_undone() {
    let log = fetched(&["--compressed", "https://www.example.test/"]);
    let response = &entries(&log)[0]["response"];
    let coding = response["headers"].as_array().expect("fields").iter();
    let coding = coding.filter(|field| field["name"] == "Content-Encoding").map(|field| &field["value"]);
    assert_eq!(coding.collect::<Vec<_>>(), [&json!("gzip")]);
    let number = |value: &Value| value.as_i64().expect("a number");
    let (size, came) = (number(&response["content"]["size"]), number(&response["bodySize"]));
    assert_eq!(size, 416, "the page without its coding");
    assert_eq!(number(&response["content"]["compression"]), size - came);
    let text = response["content"]["text"].as_str().expect("text");
    assert!(text.starts_with("<!doctype html>") && text.len() == 416, "{text}");
    assert_eq!(response["content"]["encoding"], Value::Null);
}

/// A browser shows the comment of a content, and knows no other place to say that it is not whole.
#[test]
fn a_body_that_was_cut_says_so() {
    let folder = TempFolder::new();
    for (answer, wanted) in [
        ("Content-Length: 9\r\n\r\nabc", json!("the body was cut: 3 of 9 bytes came")),
        ("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", json!("the body was cut: it stops after 3 bytes")),
        ("Content-Length: 3\r\n\r\nabc", Value::Null),
        ("\r\nabc", Value::Null),
    ] {
        let server = Scripted::new(move |_| Does::Ends(format!("HTTP/1.1 200 OK\r\n{answer}")));
        let file = folder.file("cut.har");
        barewire(&["fetch", "--net", "os", "-sS", "--har", &file, &server.url("/")]);
        let text = std::fs::read_to_string(&file).expect("a HAR");
        let har: Value = serde_json::from_str(&text).expect("JSON");
        let content = &har["log"]["entries"][0]["response"]["content"];
        assert_eq!((&content["comment"], &content["text"]), (&wanted, &json!("abc")), "{answer}");
    }
}
