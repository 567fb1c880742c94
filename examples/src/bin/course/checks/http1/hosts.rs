//! http08: which Host a server takes, and what it makes of it.

use barewire_dissect::Direction::ToServer;
use barewire_http1::{Config, Request, server};
use std::time::Instant;

use crate::steps::{Failed, Steps};

const HOST: &str = "RFC 9112 §3.2";
const USER: &str = "RFC 9110 §4.2.4";
const NAMES: &str = "RFC 3986 §3.2.2";
const PORTS: &str = "RFC 3986 §3.2.3";
const TCP: &str = "RFC 9293 §3.1";

/// The authority of a request with this Host, or the status of the answer to it.
fn authority(steps: &mut Steps, host: &str) -> String {
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let mut server = server::Connection::new(Config::default());
    steps.connect(80);
    steps.send(ToServer, request.as_bytes());
    match server.receive(Instant::now(), request.as_bytes()) {
        Ok(_) => format!("\"{}\"", Request::get(host, "/").authority()),
        Err(refused) => format!("refused with {}", refused.reason.status_hint()),
    }
}

/// http08: Host.
pub(crate) fn hosts(steps: &mut Steps) -> Result<(), Failed> {
    let good = [
        ("www.example.test", HOST),
        ("www.example.test:8080", HOST),
        ("a.test:65535", TCP),
        ("a.test:", PORTS),
        ("", HOST),
        ("10.91.2.2:80", NAMES),
        ("[::1]", NAMES),
        ("[2001:db8::80]:8080", NAMES),
        ("[v1.fe80::a]", NAMES),
        ("caf%C3%A9.test", NAMES),
        ("a_b!$&'()*+,;=~-.test", NAMES),
    ];
    for (host, rule) in good {
        steps.step(format!("a request with the Host {host:?}"));
        let got = authority(steps, host);
        steps.equal("whom it asks", format!("{host:?}"), got, rule)?;
    }
    let bad = [
        ("a.test:0", "RFC 6335 §6"),
        ("a.test:65536", TCP),
        ("a.test:80:81", PORTS),
        ("a.test:8o", PORTS),
        ("a.test:+80", PORTS),
        (":80", "RFC 9110 §4.2.1"),
        ("::1", NAMES),
        ("[::1", NAMES),
        ("[::1]80", NAMES),
        ("[a.test]", NAMES),
        ("[:::]", NAMES),
        ("me@a.test", USER),
        ("a.test@b.test:80", USER),
        ("me:pw@a.test", USER),
        ("a.test, b test", HOST),
        ("a.test/admin", HOST),
        ("http://a.test", HOST),
        ("caf%C.test", NAMES),
        ("a\"b.test", NAMES),
    ];
    for (host, rule) in bad {
        steps.step(format!("a request with the Host {host:?}"));
        let got = authority(steps, host);
        steps.equal("whom it asks", "refused with 400".to_owned(), got, rule)?;
    }
    Ok(())
}
