//! http10: the four forms of a target, and the methods that they fit.

use barewire_dissect::Direction::ToServer;
use barewire_http1::{Config, head};

use crate::steps::{Failed, Steps};

const FORMS: &str = "RFC 9112 §3.2";
const ORIGIN: &str = "RFC 9112 §3.2.1";
const ABSOLUTE: &str = "RFC 9112 §3.2.2";
const AUTHORITY: &str = "RFC 9112 §3.2.3";
const ASTERISK: &str = "RFC 9112 §3.2.4";

/// Whether a request line with this method and target is read, or the status of the answer to it.
fn read(steps: &mut Steps, line: &str) -> String {
    let request = format!("{line} HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    steps.connect(80);
    steps.send(ToServer, request.as_bytes());
    match head::read_request(request.as_bytes(), &Config::default()) {
        Ok(_) => "read".to_owned(),
        Err(refused) => format!("refused with {}", refused.reason.status_hint()),
    }
}

/// http10: targets.
pub(crate) fn targets(steps: &mut Steps) -> Result<(), Failed> {
    let good = [
        ("GET /", ORIGIN),
        ("GET /where?q=now", ORIGIN),
        ("OPTIONS /", ORIGIN),
        ("GET //a.test/x", ORIGIN),
        ("GET http://www.example.org/pub/WWW/TheProject.html", ABSOLUTE),
        ("GET HTTP://www.example.org", ABSOLUTE),
        ("OPTIONS http://www.example.org:8001", ABSOLUTE),
        ("CONNECT www.example.com:80", AUTHORITY),
        ("OPTIONS *", ASTERISK),
    ];
    for (line, rule) in good {
        steps.step(format!("a request begins with {line:?}"));
        let got = read(steps, line);
        steps.equal("it is", "read".to_owned(), got, rule)?;
    }
    let bad = [
        ("GET *", ASTERISK),
        ("options *", ASTERISK),
        ("OPTIONS **", ASTERISK),
        ("GET page", FORMS),
        ("GET ?q=now", ORIGIN),
        ("GET www.example.test/page", FORMS),
        ("GET http://", "RFC 9110 §4.2.1"),
        ("GET https:///page", "RFC 9110 §4.2.2"),
        ("CONNECT www.example.com", AUTHORITY),
        ("CONNECT www.example.com:", "RFC 9110 §9.3.6"),
        ("CONNECT /", AUTHORITY),
        ("CONNECT *", AUTHORITY),
    ];
    for (line, rule) in bad {
        steps.step(format!("a request begins with {line:?}"));
        let got = read(steps, line);
        steps.equal("it is", "refused with 400".to_owned(), got, rule)?;
    }
    Ok(())
}
