//! http07: the end of a chunked body, and the fields that may follow it.

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_http1::Headers;
use barewire_http1::chunked::{write_chunk, write_end};

use super::text;
use crate::steps::{Failed, Steps};

const END: &str = "RFC 9112 §7.1";
const TRAILERS: &str = "RFC 9112 §7.1.2";
const MISPLACED: &str = "RFC 9110 §6.5.1";
const VALUES: &str = "RFC 9110 §5.5";

/// A body of one chunk with this end, or that the end was refused.
fn written(steps: &mut Steps, trailers: &[(&str, &str)]) -> String {
    let mut headers = Headers::new();
    trailers.iter().for_each(|(name, value)| headers.push(*name, *value));
    let mut out = Vec::new();
    write_chunk(b"hello", &mut out);
    let refused = write_end(&headers, &mut out).is_err();
    steps.connect(80);
    steps.send_around(ToServer, b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    steps.send_around(ToClient, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    steps.send(ToClient, &out);
    format!("{}{}", if refused { "the end is refused after " } else { "" }, text(&out))
}

/// http07: the last chunk, and trailers.
pub(crate) fn ends(steps: &mut Steps) -> Result<(), Failed> {
    type Trailers<'a> = &'a [(&'a str, &'a str)];
    let good: [(Trailers<'_>, &str, &'static str); 4] = [
        (&[], "", END),
        (&[("Lines", "2")], "Lines: 2\r\n", TRAILERS),
        (&[("Lines", "2"), ("Digest-Of-All", "none")], "Lines: 2\r\nDigest-Of-All: none\r\n", TRAILERS),
        (&[("ETag", "\"a\""), ("Server-Timing", "")], "ETag: \"a\"\r\nServer-Timing: \r\n", TRAILERS),
    ];
    for (trailers, wanted, rule) in good {
        steps.step(format!("write \"hello\" as a chunk, and the end with the trailers {trailers:?}"));
        let wanted = text(format!("5\r\nhello\r\n0\r\n{wanted}\r\n").as_bytes());
        let got = written(steps, trailers);
        steps.equal("the body", wanted, got, rule)?;
    }
    // A field of each kind that §6.5.1 lists, and two that are not fields at all.
    let bad: [(Trailers<'_>, &'static str); 9] = [
        (&[("Content-Length", "5")], MISPLACED),
        (&[("transfer-encoding", "chunked")], MISPLACED),
        (&[("Host", "intranet.test")], MISPLACED),
        (&[("Authorization", "Basic bWU6bWU=")], MISPLACED),
        (&[("Set-Cookie", "admin=1")], MISPLACED),
        (&[("Lines", "2"), ("Cache-Control", "no-store")], MISPLACED),
        (&[("Content-Encoding", "gzip")], MISPLACED),
        (&[("Lines", "2\r\n\r\nHTTP/1.1 200 OK")], VALUES),
        (&[("Lines", "2"), ("a b", "c")], "RFC 9110 §5.1"),
    ];
    for (trailers, rule) in bad {
        steps.step(format!("write \"hello\" as a chunk, and the end with the trailers {trailers:?}"));
        let wanted = format!("the end is refused after {}", text(b"5\r\nhello\r\n"));
        let got = written(steps, trailers);
        steps.equal("the body, of which nothing more is written", wanted, got, rule)?;
    }
    Ok(())
}
