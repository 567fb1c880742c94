//! HTTP/1.1: one request and one response, handed from one state machine to the other by hand.
//!
//! Both ends are cores without I/O: what one has to transmit, the other receives. The response is
//! handed over ten bytes at a time, as a slow network might, and nothing changes: where a segment
//! ends means nothing to HTTP. What ends the body is a rule of RFC 9112 §6.3, and the client says
//! which.
//!
//! Try: `cargo run --example http_get -- chunked`, then `-- close`. Neither has a length: what ends the body, and can
//! the connection carry another request?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#frame=9`: the request
//! * `barewire.html#fetch=https://www.example.test/chunked`: a body in chunks
//!
//! ```text
//! the client sends
//!   GET /hello HTTP/1.1
//!   Host: www.example.test
//!
//! the server reads: GET /hello HTTP/1.1
//! the server sends 87 bytes
//!   HTTP/1.1 200 OK
//!   Content-Type: text/plain
//!   Content-Length: 22
//!
//!   Hello from the server
//! after 70 bytes the client reads: HTTP/1.1 200 OK
//!   the body: Content-Length (RFC 9112 §6.3 rule 6)
//! after 70 bytes the client reads: "Hello"
//! after 80 bytes the client reads: " from the "
//! after 87 bytes the client reads: "server\n"
//! after 87 bytes the client reads: the end
//!   reusable: true, both sides keep the connection open
//! ```

use std::error::Error;
use std::time::Instant;

use barewire_dissect::lines;
use barewire_http1::{Body, Config, Request, Response, client, server};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let content = b"Hello from the server\n";
    let body = match words.join(" ").as_str() {
        "" => Body::Length(content.len() as u64),
        "chunked" => Body::Chunked,
        "close" => Body::UntilClose,
        other => return Err(format!("{other} is not known here; try chunked or close").into()),
    };
    let now = Instant::now();
    let mut client = client::Connection::new(Config::default());
    let mut server = server::Connection::new(Config::default());

    client.request(&Request::get("www.example.test", "/hello"), Body::None)?;
    let request = client.transmit(now).unwrap_or_default();
    print!("the client sends\n{}", indented(&request));

    server.receive(now, &request)?;
    while let Some(event) = server.event() {
        if let server::Event::Request { head, .. } = event {
            println!("the server reads: {head}");
        }
    }
    let head = Response::new(200).with("Content-Type", "text/plain");
    server.respond(&head, body)?;
    server.body(content)?;
    server.finish()?;
    let response = server.transmit(now).unwrap_or_default();
    print!("the server sends {} bytes\n{}", response.len(), indented(&response));

    let mut received = 0;
    let mut pieces: Vec<&[u8]> = response.chunks(10).collect();
    if !server.persistence().keeps_open() {
        // An empty piece: the server closes, as `read` of a socket says it.
        pieces.push(&[]);
    }
    for piece in pieces {
        if piece.is_empty() {
            println!("the server closes the connection");
            client.receive_eof(now)?;
        } else {
            client.receive(now, piece)?;
        }
        received += piece.len();
        while let Some(event) = client.event() {
            print!("after {received} bytes the client reads: ");
            match event {
                client::Event::Response { head, framing } => {
                    let ends = format!("the body: {} (RFC 9112 §6.3 rule {})", framing.why, framing.rule);
                    println!("{head}\n  {}", lines(&ends, 78, 76).join("\n    "));
                }
                client::Event::Data => {
                    let mut content = [0; 100];
                    let length = client.read(&mut content);
                    println!("{:?}", String::from_utf8_lossy(&content[..length]));
                }
                client::Event::End(connection) => {
                    println!("the end\n  reusable: {}, {connection}", connection.keeps_open());
                }
                other => println!("{other:?}"),
            }
        }
    }
    Ok(())
}

fn indented(message: &[u8]) -> String {
    String::from_utf8_lossy(message)
        .lines()
        .map(|line| format!("  {line}").trim_end().to_owned() + "\n")
        .collect()
}
