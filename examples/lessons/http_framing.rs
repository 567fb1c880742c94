//! Where a body ends: the same twelve bytes, sent in five ways.
//!
//! TCP carries a stream, and a stream has no messages in it. So a reader needs a rule for the end of each body, because
//! the next message begins there. RFC 9112 §6.3 has eight rules, and the first that fits decides. Here each message
//! stands as it is on the wire, with the rule that ends it.
//!
//! Try: `cargo run --example http_framing -- next`: right after each message comes another one. Which of the five
//! readers find it? Then `-- lost`: the last four bytes never come, and the connection closes. Which readers notice?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#fetch=https://www.example.test/chunked`: a body in chunks
//! * `barewire.html#fetch=https://www.example.test/close`: a body that ends with its connection
//!
//! ```text
//! a length
//!   HTTP/1.1 200 OK\r\n
//!   Content-Length: 12\r\n
//!   \r\n
//!   Hello, world
//!   rule 6: a head of 39 bytes, a body of 12
//!   the content is "Hello, world"
//!   the next message begins at byte 51
//! chunks
//!   HTTP/1.1 200 OK\r\n
//!   Transfer-Encoding: chunked\r\n
//!   \r\n
//!   7\r\n
//!   Hello, \r\n
//!   5\r\n
//!   world\r\n
//!   0\r\n
//!   \r\n
//!   rule 4: a head of 47 bytes, a body of 27
//!   the content is "Hello, world"
//!   the next message begins at byte 74
//! chunks with an extension and a trailer
//!   HTTP/1.1 200 OK\r\n
//!   Transfer-Encoding: chunked\r\n
//!   \r\n
//!   c;note=hi\r\n
//!   Hello, world\r\n
//!   0\r\n
//!   Server-Timing: app;dur=5\r\n
//!   \r\n
//!   rule 4: a head of 47 bytes, a body of 56
//!   the content is "Hello, world"
//!   the next message begins at byte 103
//! until the close
//!   HTTP/1.1 200 OK\r\n
//!   Connection: close\r\n
//!   \r\n
//!   Hello, world
//!   rule 8: a head of 38 bytes, a body of 12
//!   the content is "Hello, world"
//!   no message can follow
//! an old server: HTTP/1.0
//!   HTTP/1.0 200 OK\r\n
//!   \r\n
//!   Hello, world
//!   rule 8: a head of 19 bytes, a body of 12
//!   the content is "Hello, world"
//!   no message can follow
//! ```

use std::error::Error;

use barewire_http1::chunked::{Decoder, Piece};
use barewire_http1::{Body, Config, Framing, Limits, head};

const WAYS: [(&str, &str); 5] = [
    ("a length", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello, world"),
    (
        "chunks",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nHello, \r\n5\r\nworld\r\n0\r\n\r\n",
    ),
    (
        "chunks with an extension and a trailer",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
         c;note=hi\r\nHello, world\r\n0\r\nServer-Timing: app;dur=5\r\n\r\n",
    ),
    ("until the close", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nHello, world"),
    ("an old server: HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nHello, world"),
];

/// The content of a body, and how many bytes of the stream it took.
type Read = (Vec<u8>, usize);

/// Reads a body at the start of these bytes. `None`: its end is missing.
fn body(bytes: &[u8], framing: Framing) -> Result<Option<Read>, Box<dyn Error>> {
    match framing.body {
        Body::None => Ok(Some((Vec::new(), 0))),
        Body::Length(length) => {
            let length = usize::try_from(length)?;
            Ok(bytes.get(..length).map(|content| (content.to_vec(), length)))
        }
        Body::UntilClose => Ok(Some((bytes.to_vec(), bytes.len()))),
        Body::Chunked => {
            let (mut decoder, mut content, mut at) = (Decoder::new(&Limits::default()), Vec::new(), 0);
            loop {
                let (taken, piece) = decoder.read(&bytes[at..])?;
                at += taken;
                match piece {
                    Some(Piece::Data(data)) => content.extend_from_slice(data),
                    Some(Piece::End(_)) => return Ok(Some((content, at))),
                    None if taken == 0 => return Ok(None),
                    None => {}
                }
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (after, lost) = match words.join(" ").as_str() {
        "" => ("", 0),
        "next" => ("HTTP/1.1 204 No Content\r\n\r\n", 0),
        "lost" => ("", 4),
        other => return Err(format!("{other} is not known here; try next or lost").into()),
    };
    for (way, message) in WAYS {
        let bytes = [&message.as_bytes()[..message.len() - lost], after.as_bytes()].concat();
        println!("{way}");
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            println!("  {}", line.escape_ascii());
        }
        let (head, length) = head::read_response(&bytes, &Config::default())?;
        let framing =
            Framing::of_response("GET", &head.to_response(), false).map_err(|why| format!("{why:?}"))?;
        let Some((content, taken)) = body(&bytes[length..], framing)? else {
            println!("  rule {}: the end of the body is missing", framing.rule);
            continue;
        };
        let shown = content.escape_ascii();
        println!("  rule {}: a head of {length} bytes, a body of {taken}", framing.rule);
        println!("  the content is \"{shown}\"");
        match framing.body {
            Body::UntilClose => println!("  no message can follow"),
            _ => println!("  the next message begins at byte {}", length + taken),
        }
    }
    Ok(())
}
