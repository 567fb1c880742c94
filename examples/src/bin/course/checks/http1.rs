//! The checks of the exercises about HTTP/1.1.

use std::time::Instant;

use barewire_http1::chunked::{Decoder, Piece};
use barewire_http1::head::{self, FieldLine};
use barewire_http1::{Config, Framing, Limits, Reason, Request, Response, Role, Tolerances, Version, server};

use crate::steps::{Failed, Steps};

const CHUNKS: &str = "RFC 9112 §7.1";
const DECODING: &str = "RFC 9112 §7.1.3";
const CODING: &str = "RFC 9112 §6.1";
const NAMES: &str = "RFC 9112 §5.1";
const VALUES: &str = "RFC 9110 §5.5";
const SMUGGLING: &str = "RFC 9112 §11.2";

/// Bytes as text, with escapes.
fn text(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

/// What a decoder makes of a body that arrives in these pieces, until its end, a refusal, or the last byte.
fn decoded<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut decoder = Decoder::new(&Limits::default());
    let (mut content, mut held, mut taken) = (Vec::new(), Vec::new(), 0);
    for arrived in pieces {
        held.extend_from_slice(arrived);
        loop {
            let (more, piece) = match decoder.read(&held) {
                Ok(read) => read,
                Err(error) => return format!("{}, refused at byte {}", text(&content), taken + error.offset),
            };
            if more > held.len() {
                return format!("{} bytes taken, and there are only {}", taken + more, taken + held.len());
            }
            taken += more;
            match piece {
                None if more == 0 => break,
                None => {}
                Some(Piece::Data(_)) if more == 0 => return format!("data without a byte, at byte {taken}"),
                Some(Piece::Data(data)) => content.extend_from_slice(data),
                Some(Piece::End(trailers)) => {
                    let after = match decoder.read(&held[more..]) {
                        Ok((0, None)) => "",
                        _ => ", and then something else",
                    };
                    return format!("{}, end at byte {taken}, trailers {trailers:?}{after}", text(&content));
                }
            }
            held.drain(..more);
        }
    }
    format!("{}, more is to come", text(&content))
}

/// The body in one piece, in single bytes, and cut in three at all places: each time the same must come of it.
fn decoded_however_cut(steps: &mut Steps, what: &str, body: &[u8], wanted: &str) -> Result<(), Failed> {
    steps.step(format!("decode {what}: {}", text(body)));
    steps.equal("what comes of it", wanted.to_owned(), decoded([body]), CHUNKS)?;
    let single = decoded(body.chunks(1));
    if single != wanted {
        return steps.equal("when each byte arrives alone", wanted.to_owned(), single, DECODING);
    }
    for second in 0..=body.len() {
        for first in 0..=second {
            let got = decoded([&body[..first], &body[first..second], &body[second..]]);
            if got != wanted {
                let what = format!("when it is cut at bytes {first} and {second}");
                return steps.equal(&what, wanted.to_owned(), got, DECODING);
            }
        }
    }
    steps.step("the same when each byte arrives alone, and cut in three at all places");
    Ok(())
}

/// http01: from chunk to chunk.
pub(crate) fn chunks(steps: &mut Steps) -> Result<(), Failed> {
    let bodies: [(&str, &[u8], &str); 6] = [
        ("one chunk", b"5\r\nHello\r\n0\r\n\r\n", "\"Hello\", end at byte 15, trailers []"),
        (
            "a body that nginx sent, in chunked.pcapng",
            b"7\r\npart 0\n\r\n7\r\npart 1\n\r\n7\r\npart 2\n\r\n7\r\npart 3\n\r\n0\r\n\r\n",
            "\"part 0\\npart 1\\npart 2\\npart 3\\n\", end at byte 53, trailers []",
        ),
        (
            "chunk extensions and trailers, in trailers.pcapng",
            b"6;name=value\r\nfirst\n\r\n7;q=\"quoted; text\"\r\nsecond\n\r\n\
              0\r\nDigest-Of-All: none\r\nLines: 2\r\n\r\n",
            "\"first\\nsecond\\n\", end at byte 87, trailers [Digest-Of-All: \"none\", Lines: \"2\"]",
        ),
        (
            "sizes with letters and with zeros in front",
            b"A\r\n0123456789\r\n00b\r\n0123456789a\r\n000\r\n\r\n",
            "\"01234567890123456789a\", end at byte 40, trailers []",
        ),
        (
            "data that looks like the end of a body",
            b"7\r\n\r\n0\r\n\r\n\r\n2\r\n\r\n\r\n0\r\n\r\n",
            "\"\\r\\n0\\r\\n\\r\\n\\r\\n\", end at byte 24, trailers []",
        ),
        (
            "the next response after the end",
            b"1\r\nx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n",
            "\"x\", end at byte 11, trailers []",
        ),
    ];
    for (what, body, wanted) in bodies {
        decoded_however_cut(steps, what, body, wanted)?;
    }
    // The data that has arrived is given at once.
    let incomplete: [(&str, &[u8], &str); 4] = [
        ("the start of a chunk of 1 GB", b"3b9aca00\r\nfirst", "\"first\""),
        ("the start of a chunk of 2^64 - 1 bytes", b"ffffffffffffffff\r\nfirst", "\"first\""),
        ("a body whose last empty line is missing", b"1\r\nx\r\n0\r\n", "\"x\""),
        ("a body whose last byte is missing", b"1\r\nx\r\n0\r\n\r", "\"x\""),
    ];
    for (what, body, content) in incomplete {
        decoded_however_cut(steps, what, body, &format!("{content}, more is to come"))?;
    }
    // Two readers could find different ends in these.
    let hostile: [(&str, &[u8], &str); 7] = [
        ("more data than the size says", b"5\r\nHello!\r\n0\r\n\r\n", "\"Hello\", refused at byte 8"),
        ("a chunk without CRLF", b"5\r\nHello0\r\n\r\nGET /admin", "\"Hello\", refused at byte 8"),
        ("a chunk with CR alone", b"5\r\nHello\r0\r\n\r\n", "\"Hello\", refused at byte 9"),
        ("a chunk with LF alone", b"5\r\nHello\n0\r\n\r\n", "\"Hello\", refused at byte 8"),
        ("a second size below zero", b"1\r\nx\r\n-1\r\ny\r\n", "\"x\", refused at byte 6"),
        ("a second size like in C", b"1\r\nx\r\n0x1\r\ny\r\n", "\"x\", refused at byte 7"),
        ("a second size of 2^64", b"1\r\nx\r\n10000000000000000\r\n", "\"x\", refused at byte 6"),
    ];
    for (what, body, wanted) in hostile {
        decoded_however_cut(steps, what, body, wanted)?;
    }
    Ok(())
}

/// What was decided, or the status of the answer to a message that cannot be read.
fn decision(framing: Result<Framing, Reason>) -> String {
    match framing {
        Ok(framing) => format!("rule {}, {}", framing.rule, framing.body),
        Err(reason) => format!("refused with {}", reason.status_hint()),
    }
}

/// How many requests a server reads in `bytes`, which are cut in two, and whether it refuses what is left.
fn served(bytes: &[u8], cut: usize) -> (Vec<Request>, Option<usize>) {
    let mut server = server::Connection::new(Config::default());
    let (mut requests, mut refused) = (Vec::new(), None);
    for piece in [&bytes[..cut], &bytes[cut..]] {
        if let Err(error) = server.receive(Instant::now(), piece) {
            refused = refused.or(Some(error.offset));
        }
        while let Some(event) = server.event() {
            if let server::Event::Request { head, .. } = event {
                requests.push(head);
            }
        }
    }
    (requests, refused)
}

/// http02: where a body ends.
pub(crate) fn framing(steps: &mut Steps) -> Result<(), Failed> {
    const CL: &str = "Content-Length";
    const TE: &str = "Transfer-Encoding";
    let (http10, http11) = (Version::HTTP_1_0, Version::HTTP_1_1);
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let request = |version, fields: Fields<'_>, overlook| {
        let mut request = Request { version, ..Request::new("POST", "www.example.test", "/form") };
        fields.iter().for_each(|(name, value)| request.headers.push(*name, *value));
        decision(Framing::of_request(&request, overlook))
    };
    let response = |method, status, fields: Fields<'_>| {
        let mut response = Response::new(status);
        fields.iter().for_each(|(name, value)| response.headers.push(*name, *value));
        let got = decision(Framing::of_response(method, &response, false));
        if got.starts_with("refused") { "refused".to_owned() } else { got }
    };
    let responses: [(&str, u16, Fields<'_>, &str, &'static str); 14] = [
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
        ("GET", 200, &[(TE, "gzip, chunked")], "refused", CODING),
        ("GET", 200, &[(TE, "chunked, chunked")], "refused", CODING),
        ("GET", 200, &[(TE, ""), (CL, "5")], "refused", "RFC 9112 §6.3 rule 3"),
    ];
    for (method, status, fields, wanted, rule) in responses {
        steps.step(format!("a response to {method} with status {status} and the fields {fields:?}"));
        steps.equal("its body", wanted.to_owned(), response(method, status, fields), rule)?;
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
        steps.equal("its body", wanted.to_owned(), request(version, fields, overlook), rule)?;
    }
    steps.step("a POST with both fields goes to a server. In its body stands `GET /admin` (both.txt)");
    let head = "POST /form HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 52\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    let attack = format!("{head}0\r\n\r\nGET /admin HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    for cut in 0..=attack.len() {
        let (requests, refused) = served(attack.as_bytes(), cut);
        let what = format!("requests that it reads, when the bytes are cut at byte {cut}");
        if !requests.is_empty() || refused.is_none() {
            steps.equal(&what, 0, requests.len(), SMUGGLING)?;
            steps.equal("it refuses the bytes", true, refused.is_some(), SMUGGLING)?;
        }
    }
    steps.step("it reads no request and refuses the bytes, wherever they are cut");
    Ok(())
}

/// The request line before the fields that are tried.
const GET: &str = "GET / HTTP/1.1\r\n";

fn shown(fields: &[FieldLine<'_>]) -> String {
    let lines = fields.iter().map(|field| format!("{} = {}", field.name.escape_ascii(), text(field.value)));
    lines.collect::<Vec<_>>().join(", ")
}

/// What the fields of a request are read as. Offsets count from the first field.
fn fields_read(section: &[u8], config: &Config) -> String {
    let bytes = [GET.as_bytes(), section, b"\r\n"].concat();
    match head::read_request(&bytes, config) {
        Ok((head, _)) => shown(&head.fields),
        Err(error) => format!("refused at byte {}", error.offset.saturating_sub(GET.len())),
    }
}

/// The bytes that are taken and should not be, or the other way round, when they stand in the place of `?`.
fn wrongly_read(line: &str, allowed: &dyn Fn(u8) -> bool, wanted: &dyn Fn(&[u8]) -> String) -> String {
    let (before, after) = line.split_once('?').expect("a place");
    let mut wrong = Vec::new();
    // A colon is a good byte, and makes another field of it.
    for byte in (0..=255).filter(|byte| *byte != b':') {
        let section = [before.as_bytes(), &[byte], after.as_bytes()].concat();
        let got = fields_read(&section, &Config::default());
        let fits = if allowed(byte) { got == wanted(&[byte]) } else { got.starts_with("refused") };
        if !fits {
            wrong.push(format!("{byte:#04x}"));
        }
    }
    if wrong.is_empty() { "none".to_owned() } else { wrong.join(" ") }
}

/// http03: field lines.
pub(crate) fn fields(steps: &mut Steps) -> Result<(), Failed> {
    let config = Config::default();
    let good: [(&[u8], &str); 4] = [
        (
            b"Host: 10.91.2.2\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n",
            "Host = \"10.91.2.2\", User-Agent = \"curl/7.88.1\", Accept = \"*/*\"",
        ),
        (b"A: \t b c \t\r\nB:d\r\nC:\r\nD: \r\n", "A = \"b c\", B = \"d\", C = \"\", D = \"\""),
        (b"Host: [::1]:8080\r\n", "Host = \"[::1]:8080\""),
        (b"A: b\tc\r\nD: \xe9\r\n", "A = \"b\\tc\", D = \"\\xe9\""),
    ];
    for (section, wanted) in good {
        steps.step(format!("read {}", text(section)));
        steps.equal("the fields", wanted.to_owned(), fields_read(section, &config), "RFC 9112 §5")?;
    }
    let bad: [(&[u8], usize, &'static str); 13] = [
        (b"Transfer-Encoding : chunked\r\n", 17, NAMES),
        (b"Transfer-Encoding\t: chunked\r\n", 17, NAMES),
        (b"Transfer-Encoding\x0b: chunked\r\n", 17, "RFC 9110 §5.1"),
        (b"Transfer Encoding: chunked\r\n", 8, NAMES),
        (b"Transfer-Encoding\r\n", 17, "RFC 9112 §5"),
        (b": chunked\r\n", 0, "RFC 9110 §5.1"),
        (b"X: a\rTransfer-Encoding: chunked\r\n", 4, VALUES),
        (b"X: a\nTransfer-Encoding: chunked\r\n", 4, "RFC 9112 §2.2"),
        (b"X: a\r\r\nContent-Length: 5\r\n", 4, "RFC 9112 §2.2"),
        (b"Content-Length: 5\x000\r\n", 17, VALUES),
        (b"Transfer-Encoding: \x0bchunked\r\n", 19, VALUES),
        (b"Transfer-Encoding: \x0cchunked\r\n", 19, VALUES),
        (b"X: a\r\n Transfer-Encoding: chunked\r\n", 6, "RFC 9112 §5.2"),
    ];
    for (section, at, rule) in bad {
        steps.step(format!("read {}, which somebody else could read in another way", text(section)));
        let wanted = format!("refused at byte {at}");
        steps.equal("the fields", wanted, fields_read(section, &config), rule)?;
    }
    steps.step("put each byte but the colon into a name: those of a token are good, and no others");
    let in_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let named = |byte: &[u8]| format!("X{}Y = \"v\"", byte.escape_ascii());
    let wrong = wrongly_read("X?Y: v\r\n", &in_token, &named);
    steps.equal("bytes that are treated wrongly", "none".to_owned(), wrong, "RFC 9110 §5.6.2")?;
    steps.step("put each byte but the colon into a value: control characters are bad, except for the tab");
    let in_value = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7f);
    let valued = |byte: &[u8]| format!("X = {}", text(&[b"12345678a", byte, b"b"].concat()));
    let wrong = wrongly_read("X: 12345678a?b\r\n", &in_value, &valued);
    steps.equal("bytes that are treated wrongly", "none".to_owned(), wrong, VALUES)?;

    steps.step("a caller sets `bare_lf` in Tolerances, and LF alone ends a line");
    let tolerate = Tolerances { bare_lf: true, ..Tolerances::default() };
    let got = fields_read(b"A: b\nC: d\n", &Config { tolerate, ..Config::default() });
    steps.equal("the fields", "A = \"b\", C = \"d\"".to_owned(), got, "RFC 9112 §2.2")?;
    steps.step("a response has a value on two lines: a client has to join them");
    let folded = b"HTTP/1.1 200 OK\r\nA: b \r\n\t c\r\nD: e\r\n\r\n";
    let got = match head::read_response(folded, &config) {
        Ok((head, _)) => format!("{:?}", head.to_response().headers),
        Err(error) => format!("refused at byte {}", error.offset),
    };
    steps.equal("the fields", "[A: \"b c\", D: \"e\"]".to_owned(), got, "RFC 9112 §5.2")?;

    steps.step("a server gets such a request, cut in two at every place");
    let attack = format!("{GET}Host: a\r\nContent-Length : 5\r\n\r\n");
    for cut in 0..=attack.len() {
        let (requests, refused) = served(attack.as_bytes(), cut);
        if (requests.len(), refused) != (0, Some(39)) {
            let got = format!("{} requests, refused at {refused:?}, when cut at byte {cut}", requests.len());
            steps.equal("what it reads", "refused at byte 39".to_owned(), got, NAMES)?;
        }
    }
    steps.step("it is refused at byte 39, wherever it was cut");
    steps.step("take a good head apart with `dissect`");
    let head = format!("{GET}Host: a\r\nAccept:  */* \r\nEmpty:\r\n\r\n");
    let covered = barewire_http1::dissect(Role::Request, head.as_bytes()).1.check_coverage().is_ok();
    steps.equal("each byte has a name in the tree", true, covered, "`field_as` gives names to what is read")
}
