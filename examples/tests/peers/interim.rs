//! Responses before the response: 103 with hints, and 100 for a body that waits (RFC 9110 §10.1.1, RFC 8297). The
//! driver does not wait, so here the core is driven by hand.

use std::io::{Read, Write};
use std::time::Instant;

use barewire_http1::client::Event;
use barewire_http1::{Body, Persistence, Request};

use crate::need;
use crate::servers::{self, FILES, Server};
use crate::wire::Wire;

const CONTENT: &str = FILES[1].1;

/// What came of an upload that waits for 100.
#[derive(Debug, PartialEq)]
struct Upload {
    interim: Vec<u16>,
    status: u16,
    /// How many bytes left after the head.
    sent: usize,
    end: Persistence,
}

/// Sends a head with `Expect: 100-continue`, and its body as soon as the core gives it.
fn upload(server: &Server, method: &str, path: &str) -> Upload {
    let mut wire = Wire::to(server);
    let now = Instant::now();
    let request = Request::new(method, "localhost", path).with("Expect", "100-continue");
    wire.connection.request(&request, Body::Length(CONTENT.len() as u64)).expect("a good request");
    let head = wire.connection.transmit(now).expect("a head");
    assert!(head.ends_with(b"\r\n\r\n"), "the head alone");
    wire.stream.write_all(&head).expect("it is sent");
    wire.connection.body(CONTENT.as_bytes()).expect("a body");
    wire.connection.finish().expect("its end");
    let (mut interim, mut status, mut sent) = (Vec::new(), 0, 0);
    let mut buffer = [0; 4096];
    loop {
        while let Some(event) = wire.connection.event() {
            match event {
                Event::Informational(head) => interim.push(head.status()),
                Event::Response { head, .. } => status = head.status(),
                Event::Data => while wire.connection.read(&mut [0; 4096]) > 0 {},
                Event::End(end) => return Upload { interim, status, sent, end },
                _ => {}
            }
        }
        if let Some(bytes) = wire.connection.transmit(now) {
            sent += bytes.len();
            wire.stream.write_all(&bytes).expect("it is sent");
            continue;
        }
        let length = wire.stream.read(&mut buffer).expect("an answer");
        let taken = match length {
            0 => wire.connection.receive_eof(now),
            _ => wire.connection.receive(now, &buffer[..length]).map(drop),
        };
        taken.unwrap_or_else(|error| panic!("{request}: {error}"));
    }
}

#[test]
fn the_body_waits_for_100() {
    if !need::can_run("interim::the_body_waits_for_100", false, &["nginx", "apache2", "node", "haproxy"]) {
        return;
    }
    let (interim, sent) = (vec![100], CONTENT.len());
    let cases = [
        ("nginx", servers::nginx(), "PUT", "/put/a.txt", 201),
        ("apache", servers::apache(), "PUT", "/put/a.txt", 201),
        ("node", servers::node(), "POST", "/echo", 200),
        ("haproxy", servers::haproxy(), "POST", "/echo", 200),
    ];
    for (name, server, method, path, status) in cases {
        let got = upload(&server, method, path);
        let wanted = Upload { interim: interim.clone(), status, sent, end: Persistence::KeepsOpen };
        assert_eq!(got, wanted, "{name}");
    }
}

/// A server that does not want the body says so, and not one byte of it leaves. The connection is of no more use: the
/// server cannot know whether the body comes.
#[test]
fn the_body_is_refused() {
    if !need::can_run("interim::the_body_is_refused", false, &["nginx", "apache2", "node"]) {
        return;
    }
    let cases = [
        ("node", servers::node(), "POST", "/refused", 417),
        ("nginx", servers::nginx(), "POST", "/page.html", 405),
        ("apache", servers::apache(), "PUT", "/small/a.txt", 413),
    ];
    for (name, server, method, path, status) in cases {
        let got = upload(&server, method, path);
        assert_eq!((got.interim.len(), got.status, got.sent), (0, status, 0), "{name}: {got:?}");
        assert!(!got.end.keeps_open(), "{name}: {got:?}");
    }
}

/// An expectation that nobody knows: apache refuses it with 417.
#[test]
fn another_expectation() {
    if !need::can_run("interim::another_expectation", false, &["apache2"]) {
        return;
    }
    let server = servers::apache();
    let answer = Wire::to(&server).ask(&Request::get("localhost", "/page.html").with("Expect", "tea"), b"");
    assert_eq!(answer.status, 417, "{answer:?}");
}

#[test]
fn hints_come_before_the_page() {
    if !need::can_run("interim::hints_come_before_the_page", false, &["node", "haproxy"]) {
        return;
    }
    for server in [servers::node(), servers::haproxy()] {
        let mut wire = Wire::to(&server);
        for _ in 0..2 {
            let answer = wire.get("/hints");
            assert_eq!(
                (answer.interim, answer.status, &answer.body[..]),
                (vec![103, 103], 200, &b"hinted"[..])
            );
        }
    }
}
