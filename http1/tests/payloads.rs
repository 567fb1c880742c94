//! Payloads that fool two readers of one message, and what the RFCs want a reader to make of each: the files of
//! `tests/payloads`, by class. `payload/mod.rs` has their form.
//!
//! The expectations are from the RFCs, and from the lists of those who look for such attacks. Each payload is read
//! whole, byte by byte, and cut in two at every place; the result must be the same.

mod payload;

use barewire_dissect::{Lesson, Refused};
use barewire_http1::{Body, Headers, Reason, Request, Response, Role, Tolerances, client, dissect, server};
use payload::{Payload, Reader};
use std::time::Instant;

/// The classes, each in its file.
const CLASSES: [(&str, &str); 11] = [
    ("two lengths", include_str!("payloads/two_lengths.txt")),
    ("codings", include_str!("payloads/codings.txt")),
    ("lengths", include_str!("payloads/lengths.txt")),
    ("chunks", include_str!("payloads/chunks.txt")),
    ("request lines", include_str!("payloads/request_lines.txt")),
    ("Host", include_str!("payloads/host.txt")),
    ("fields", include_str!("payloads/fields.txt")),
    ("responses", include_str!("payloads/responses.txt")),
    ("trailers", include_str!("payloads/trailers.txt")),
    ("upgrade", include_str!("payloads/upgrade.txt")),
    ("limits", include_str!("payloads/limits.txt")),
];

/// What stands before chunks.
const REQUEST: &str = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// All payloads. Chunks are two each.
fn payloads() -> Vec<Payload> {
    let mut payloads = Vec::new();
    for payload in CLASSES.iter().flat_map(|(name, text)| payload::read(name, text)) {
        if payload.reader == Reader::Both {
            let get = Reader::Client { method: "GET".to_owned(), upgrade: None };
            payloads.push(payload.after(REQUEST, Reader::Server, "POST /"));
            payloads.push(payload.after(RESPONSE, get, "200"));
        } else {
            payloads.push(payload);
        }
    }
    payloads
}

/// What our reader makes of these pieces.
fn play(payload: &Payload, pieces: &[&[u8]]) -> Vec<String> {
    match &payload.reader {
        Reader::Client { method, upgrade } => as_client(payload, method, upgrade.as_deref(), pieces),
        _ => as_server(payload, pieces),
    }
}

fn as_server(payload: &Payload, pieces: &[&[u8]]) -> Vec<String> {
    let now = Instant::now();
    let mut connection = server::Connection::new(payload.config());
    let (mut told, mut head, mut content) = (Vec::new(), String::new(), Vec::new());
    for piece in pieces {
        let mut result = connection.receive(now, piece).map(|_| ());
        while let Some(event) = connection.event() {
            match event {
                server::Event::Request { head: request, .. } => {
                    head = format!("{} {}", request.method(), request.target())
                }
                server::Event::Data => read_all(&mut content, |out| connection.read(out)),
                server::Event::Trailers { fields, misplaced } => told.extend(trailers(&fields, &misplaced)),
                server::Event::Tunnel => told.push("tunnel".to_owned()),
                server::Event::End(_) => {
                    told.push(format!("{head} \"{}\"", std::mem::take(&mut content).escape_ascii()));
                    connection.respond(&Response::new(404), Body::None).expect("a good answer");
                    match connection.next_cycle(now) {
                        Ok(true) => {}
                        Ok(false) => return [told, vec!["closes".to_owned()]].concat(),
                        Err(refused) => result = Err(refused),
                    }
                }
            }
        }
        if let Err(refused) = result {
            told.push(said(&refused, Some(refused.reason.status_hint())));
            return told;
        }
    }
    told.push(match connection.receive_eof(now) {
        Ok(()) => "keeps open".to_owned(),
        Err(refused) => said(&refused, Some(refused.reason.status_hint())),
    });
    told
}

fn as_client(payload: &Payload, method: &str, upgrade: Option<&str>, pieces: &[&[u8]]) -> Vec<String> {
    let now = Instant::now();
    let mut connection = client::Connection::new(payload.config());
    let target = if method == "CONNECT" { "a.test:443" } else { "/" };
    let mut request = Request::new(method, "a.test", target);
    if let Some(protocol) = upgrade {
        request = request.with("Upgrade", protocol).with("Connection", "upgrade");
    }
    connection.request(&request, Body::None).expect("a good request");
    connection.transmit(now);
    let mut told = Told::default();
    for piece in pieces {
        let result = connection.receive(now, piece).map(|_| ());
        told.events(&mut connection);
        if let Err(refused) = result {
            return told.refused(&refused);
        }
    }
    if told.ended {
        return told.ends(connection.is_ready());
    }
    if told.tunnel {
        return told.in_tunnel();
    }
    let result = connection.receive_eof(now);
    told.events(&mut connection);
    match result {
        Ok(()) => told.ends(false),
        Err(refused) => told.refused(&refused),
    }
}

/// What a client says.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    status: String,
    content: Vec<u8>,
    ended: bool,
    tunnel: bool,
}

impl Told {
    fn events(&mut self, connection: &mut client::Connection) {
        while let Some(event) = connection.event() {
            match event {
                client::Event::Informational(response) => self.lines.push(response.status().to_string()),
                client::Event::Response { head, .. } => self.status = head.status().to_string(),
                client::Event::Data => read_all(&mut self.content, |out| connection.read(out)),
                client::Event::Trailers { fields, misplaced } => {
                    self.lines.extend(trailers(&fields, &misplaced))
                }
                client::Event::Tunnel => self.tunnel = true,
                // The connection is not used again (RFC 9112 §9.2).
                client::Event::Unasked(_) => {}
                client::Event::End(_) => {
                    self.ended = true;
                    self.lines.push(format!("{} \"{}\"", self.status, self.content.escape_ascii()));
                }
            }
        }
    }

    fn ends(mut self, keeps_open: bool) -> Vec<String> {
        self.lines.push(if keeps_open { "keeps open" } else { "closes" }.to_owned());
        self.lines
    }

    fn in_tunnel(mut self) -> Vec<String> {
        self.lines.push(format!("{} tunnel \"{}\"", self.status, self.content.escape_ascii()));
        self.lines
    }

    fn refused(mut self, refused: &Refused<Reason>) -> Vec<String> {
        self.lines.push(said(refused, None));
        self.lines
    }
}

fn said(refused: &Refused<Reason>, status: Option<u16>) -> String {
    let status = status.map(|status| format!(" {status}")).unwrap_or_default();
    format!("refused{status}, {}, byte {}", refused.rule(), refused.offset)
}

/// The trailers that can be used, and those that must not be.
fn trailers(fields: &Headers, misplaced: &Headers) -> Vec<String> {
    let list = |what: &str, fields: &Headers| {
        let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
    };
    list("trailers", fields).into_iter().chain(list("misplaced", misplaced)).collect()
}

fn read_all(content: &mut Vec<u8>, mut read: impl FnMut(&mut [u8]) -> usize) {
    let mut buffer = [0; 256];
    loop {
        let length = read(&mut buffer);
        if length == 0 {
            return;
        }
        content.extend_from_slice(&buffer[..length]);
    }
}

/// The bytes, a line of them in each line. Of those that are long the middle is left out.
fn shown(payload: &Payload) -> String {
    let text = payload.bytes.escape_ascii().to_string().replace("\\n", "\\n\n        ");
    match (text.get(..400), text.get(text.len().saturating_sub(200)..)) {
        (Some(start), Some(end)) if text.len() > 700 => format!("        {start} ... {end}"),
        _ => format!("        {}", text.trim_end()),
    }
}

#[test]
fn each_is_read_as_the_rfcs_want() {
    let payloads = payloads();
    let mut complaints = Vec::new();
    for payload in &payloads {
        let (wanted, got) = (payload.wanted(), play(payload, &[&payload.bytes]));
        if wanted != got {
            let (wanted, got) = (wanted.join("; "), got.join("; "));
            complaints.push(format!(
                "{}\n{}\n    wanted: {wanted}\n    got:    {got}",
                payload.name,
                shown(payload)
            ));
        }
    }
    assert!(
        complaints.is_empty(),
        "{} of {}:\n{}",
        complaints.len(),
        payloads.len(),
        complaints.join("\n\n")
    );
}

#[test]
fn a_cut_changes_nothing() {
    for payload in payloads() {
        let bytes = &payload.bytes[..];
        let whole = play(&payload, &[bytes]);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(play(&payload, &single), whole, "byte by byte: {}\n{}", payload.name, shown(&payload));
        // Of those that are long a few cuts are enough: near the ends, and where a limit may be.
        let step = if bytes.len() < 2000 { 1 } else { bytes.len() / 100 };
        for cut in (0..bytes.len()).filter(|cut| cut % step == 0 || bytes.len() - cut < 10) {
            let (before, after) = bytes.split_at(cut);
            assert_eq!(
                play(&payload, &[before, after]),
                whole,
                "cut at {cut}: {}\n{}",
                payload.name,
                shown(&payload)
            );
        }
    }
}

/// The parser of the annotated tree reads each as the core does: it names every byte of what is accepted, and refuses
/// at the same byte by the same rule. It asks no method of the request, and nothing of Host and of targets.
#[test]
fn the_tree_agrees() {
    const NOT_ASKED: [&str; 5] =
        ["RFC 9112 §3.2", "RFC 9110 §15.2", "RFC 9110 §7.8", "RFC 9110 §15.2.2", "RFC 9112 §9.5"];
    let mut compared = 0;
    for payload in payloads() {
        // The tree has no tolerances, and an empty line before a message belongs to none.
        if payload.tolerate != Tolerances::default() || payload.bytes.starts_with(b"\r\n") {
            continue;
        }
        let role = match &payload.reader {
            Reader::Client { method, .. } if method != "GET" => continue,
            Reader::Client { .. } => Role::Response,
            _ => Role::Request,
        };
        let (result, tree) = dissect(role, &payload.bytes);
        let first = payload.wanted().swap_remove(0);
        let text =
            format!("{}\n{}\n    wanted: {first}\n    got:    {result:?}", payload.name, shown(&payload));
        match result {
            Ok(length) => {
                let asked = NOT_ASKED.iter().any(|rule| first.contains(&format!("{rule}, byte")));
                assert!(!first.starts_with("refused") || asked, "{text}");
                let (again, tree) = dissect(role, &payload.bytes[..length]);
                assert_eq!((again, tree.check_coverage()), (Ok(length), Ok(())), "{text}");
            }
            // Bytes that are not all there are complete for nobody; the core says at the end of what is missing.
            Err(Refused { reason: Reason::EndsEarly, .. }) => assert!(first.starts_with("refused"), "{text}"),
            Err(refused) => {
                let got = said(&refused, None);
                let same = first.split_once(", ").map(|(_, rest)| rest)
                    == got.split_once(", ").map(|(_, rest)| rest);
                assert!(same, "{text}\n            {got}");
                let end = tree.walk().map(|(_, node)| node.range.end).max().unwrap_or(0);
                assert!(end <= payload.bytes.len(), "{text}");
            }
        }
        compared += 1;
    }
    assert!(compared > 250, "{compared}");
}

/// How many each class has is printed; no two have the same bytes and the same reader.
#[test]
fn there_are_enough() {
    let mut seen = std::collections::HashSet::new();
    let mut count = 0;
    for (class, text) in CLASSES {
        let payloads = payload::read(class, text);
        println!("{class}: {}", payloads.len());
        count += payloads.len();
        for payload in payloads {
            let key = format!("{:?} {:?} {:?}", payload.reader, payload.tolerate, payload.bytes);
            assert!(seen.insert(key), "{} is there twice", payload.name);
        }
    }
    assert!(count >= 120, "only {count}");
}
