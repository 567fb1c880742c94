//! http02: where a body ends, for each set of fields that declares it.

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_http1::write::{request_head, response_head};
use barewire_http1::{Framing, Reason, Request, Response, Version};

use super::served;
use crate::steps::{Failed, Steps};

const CODING: &str = "RFC 9112 §6.1";
const SMUGGLING: &str = "RFC 9112 §11.2";

/// What was decided, or the status of the answer to a message that cannot be read.
fn decision(framing: Result<Framing, Reason>) -> String {
    match framing {
        Ok(framing) => format!("rule {}, {}", framing.rule, framing.body),
        Err(reason) => format!("refused with {}", reason.status_hint()),
    }
}

/// http02: where a body ends.
pub(crate) fn framing(steps: &mut Steps) -> Result<(), Failed> {
    const CL: &str = "Content-Length";
    const TE: &str = "Transfer-Encoding";
    let (http10, http11) = (Version::HTTP_1_0, Version::HTTP_1_1);
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let request = |steps: &mut Steps, version, fields: Fields<'_>, overlook| {
        let mut request = Request { version, ..Request::new("POST", "www.example.test", "/form") };
        fields.iter().for_each(|(name, value)| request.headers.push(*name, *value));
        let mut head = Vec::new();
        request_head(&request, &mut head).expect("a head");
        steps.connect(80);
        steps.send(ToServer, &head);
        decision(Framing::of_request(&request, overlook))
    };
    let response = |steps: &mut Steps, method, status, fields: Fields<'_>| {
        let mut response = Response::new(status);
        fields.iter().for_each(|(name, value)| response.headers.push(*name, *value));
        let mut head = Vec::new();
        response_head(&response, &mut head).expect("a head");
        steps.connect(80);
        let target = if method == "CONNECT" { "www.example.test:443" } else { "/" };
        steps.send_around(ToServer, format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
        steps.send(ToClient, &head);
        let got = decision(Framing::of_response(method, &response, false));
        if got.starts_with("refused") { "refused".to_owned() } else { got }
    };
    let responses: [(&str, u16, Fields<'_>, &str, &'static str); 15] = [
        ("GET", 200, &[(CL, "57")], "rule 6, 57 bytes", "RFC 9112 §6.3 rule 6"),
        ("GET", 200, &[], "rule 8, until the connection closes", "RFC 9112 §6.3 rule 8"),
        ("GET", 200, &[(TE, "chunked")], "rule 4, chunked", "RFC 9112 §6.3 rule 4"),
        ("GET", 200, &[(TE, "CHUNKED")], "rule 4, chunked", "RFC 9112 §7"),
        ("GET", 200, &[(CL, "57"), (CL, "57")], "rule 6, 57 bytes", "RFC 9112 §6.3 rule 5"),
        ("GET", 200, &[(CL, "5, 6")], "refused", "RFC 9112 §6.3 rule 5"),
        ("GET", 200, &[(CL, "+5")], "refused", "RFC 9112 §6.3 rule 5"),
        ("GET", 200, &[(CL, "57"), (TE, "chunked")], "refused", "RFC 9112 §6.3 rule 3"),
        ("HEAD", 200, &[(CL, "57"), (TE, "chunked")], "rule 1, no body", "RFC 9112 §6.3 rule 1"),
        ("GET", 304, &[(TE, "chunked")], "rule 1, no body", "RFC 9112 §6.3 rule 1"),
        ("CONNECT", 200, &[(TE, "chunked")], "rule 2, no body", "RFC 9112 §6.3 rule 2"),
        ("GET", 200, &[(TE, "gzip, chunked")], "rule 4, chunked", "RFC 9112 §6.3 rule 4"),
        ("GET", 200, &[(TE, "gzip")], "rule 4, until the connection closes", "RFC 9112 §6.3 rule 4"),
        ("GET", 200, &[(TE, "chunked, chunked")], "refused", CODING),
        ("GET", 200, &[(TE, ""), (CL, "5")], "refused", "RFC 9112 §6.3 rule 3"),
    ];
    for (method, status, fields, wanted, rule) in responses {
        steps.step(format!("a response to {method} with status {status} and the fields {fields:?}"));
        let got = response(steps, method, status, fields);
        steps.equal("its body", wanted.to_owned(), got, rule)?;
    }
    let requests: [(Version, Fields<'_>, bool, &str, &'static str); 15] = [
        (http11, &[], false, "rule 7, no body", "RFC 9112 §6.3 rule 7"),
        (http11, &[(CL, "0")], false, "rule 6, 0 bytes", "RFC 9112 §6.3 rule 6"),
        (http11, &[(TE, "chunked")], false, "rule 4, chunked", "RFC 9112 §6.3 rule 4"),
        (http11, &[(CL, "18446744073709551616")], false, "refused with 400", "RFC 9112 §6.3 rule 5"),
        (http11, &[(TE, "chunked, gzip")], false, "refused with 400", "RFC 9112 §6.3 rule 4"),
        (http11, &[(TE, "xchunked")], false, "refused with 400", "RFC 9112 §6.3 rule 4"),
        (http11, &[(TE, "gzip, chunked")], false, "refused with 501", CODING),
        (http11, &[(CL, "5"), (TE, "chunked")], false, "refused with 400", "RFC 9112 §6.3 rule 3"),
        (http11, &[(TE, "chunked"), (CL, "5")], false, "refused with 400", "RFC 9112 §6.3 rule 3"),
        (http11, &[(TE, "identity"), (CL, "5")], false, "refused with 400", "RFC 9112 §6.3 rule 3"),
        (http10, &[(CL, "5")], false, "rule 6, 5 bytes", "RFC 9112 §6.3 rule 6"),
        (http10, &[(TE, "chunked")], false, "refused with 400", CODING),
        (http11, &[(CL, "5"), (TE, "chunked")], true, "rule 3, chunked", "RFC 9112 §6.3 rule 3"),
        (http11, &[(CL, "5"), (TE, "chunked, x")], true, "refused with 400", "RFC 9112 §6.3 rule 4"),
        (http10, &[(CL, "5"), (TE, "chunked")], true, "refused with 400", CODING),
    ];
    for (version, fields, overlook, wanted, rule) in requests {
        let with = if overlook { "; length_beside_coding is set" } else { "" };
        steps.step(format!("a POST, {version}, with the fields {fields:?}{with}"));
        let got = request(steps, version, fields, overlook);
        steps.equal("its body", wanted.to_owned(), got, rule)?;
    }
    steps.step("a POST with both fields goes to a server. In its body stands `GET /admin` (both.txt)");
    let head = "POST /form HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 52\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    let attack = format!("{head}0\r\n\r\nGET /admin HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    for cut in 0..=attack.len() {
        let (requests, refused) = served(steps, attack.as_bytes(), cut);
        let what = format!("requests that it reads, when the bytes are cut at byte {cut}");
        if !requests.is_empty() || refused.is_none() {
            steps.equal(&what, 0, requests.len(), SMUGGLING)?;
            steps.equal("it refuses the bytes", true, refused.is_some(), SMUGGLING)?;
        }
        steps.forget();
    }
    steps.step("it reads no request and refuses the bytes, wherever they are cut");
    Ok(())
}
