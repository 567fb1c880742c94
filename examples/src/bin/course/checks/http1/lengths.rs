//! http05: the numbers in Content-Length: one, or the same one several times.

use barewire_dissect::Direction::ToServer;
use barewire_http1::write::request_head;
use barewire_http1::{Framing, Request};

use super::served;
use crate::steps::{Failed, Steps};

const RULE: &str = "RFC 9112 §6.3 rule 5";
const NUMBER: &str = "RFC 9110 §8.6";

/// How long the body of a request with these Content-Length fields is.
fn length(steps: &mut Steps, values: &[&str]) -> String {
    let mut request = Request::new("POST", "www.example.test", "/form");
    values.iter().for_each(|value| request.headers.push("Content-Length", *value));
    let mut head = Vec::new();
    request_head(&request, &mut head).expect("a head");
    steps.connect(80);
    steps.send(ToServer, &head);
    match Framing::of_request(&request, false) {
        Ok(framing) => framing.body.to_string(),
        Err(reason) => format!("refused with {}", reason.status_hint()),
    }
}

/// http05: Content-Length.
pub(crate) fn lengths(steps: &mut Steps) -> Result<(), Failed> {
    let bad = "refused with 400";
    let fields: [(&[&str], &str, &'static str); 20] = [
        (&[], "no body", "RFC 9112 §6.3 rule 7"),
        (&["0"], "0 bytes", NUMBER),
        (&["57"], "57 bytes", NUMBER),
        (&["0057"], "57 bytes", NUMBER),
        (&["18446744073709551615"], "18,446,744,073,709,551,615 bytes", NUMBER),
        (&["57", "57"], "57 bytes", RULE),
        (&["57, 57"], "57 bytes", RULE),
        (&["57 ,\t57,57"], "57 bytes", RULE),
        (&["57, 57", "57"], "57 bytes", RULE),
        (&["57", "58"], bad, RULE),
        (&["57, 58"], bad, RULE),
        (&["58, 57, 58"], bad, RULE),
        (&["57, 57", "58"], bad, RULE),
        (&["57", "x"], bad, RULE),
        (&["57, 0x39"], bad, RULE),
        (&["57, +57"], bad, RULE),
        (&["57, -57"], bad, RULE),
        (&["57 57"], bad, RULE),
        (&["57;57"], bad, RULE),
        (&[""], bad, NUMBER),
    ];
    for (values, wanted, rule) in fields {
        steps.step(format!("a POST with the Content-Length fields {values:?}"));
        let got = length(steps, values);
        steps.equal("its body", wanted.to_owned(), got, rule)?;
    }
    steps.step("a POST with two lengths goes to a server; by the second one, a GET stands in its body");
    let head = "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 30\r\n\r\n";
    let attack = format!("{head}GET /admin HTTP/1.1\r\nHost: a\r\n\r\n");
    let (requests, refused) = served(steps, attack.as_bytes(), 0);
    steps.equal("requests that it reads", 0, requests.len(), "RFC 9112 §11.2")?;
    steps.equal("it refuses the bytes", true, refused.is_some(), RULE)
}
