//! HTTP/1.1: one request and one response, handed from one state machine to the other by hand.
//!
//! Both ends are cores without I/O: what one has to transmit, the other receives. The response is
//! handed over ten bytes at a time, as a slow network might, and nothing changes: where a segment
//! ends means nothing to HTTP. What ends the body is a rule of RFC 9112 §6.3, and the client says
//! which.
//!
//! Try: take the length away (`Body::Chunked` or `Body::UntilClose` in place of `Body::Length`).
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

use barewire_http1::{Body, Config, Request, Response, client, server};

fn main() -> Result<(), Box<dyn Error>> {
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
    let body = b"Hello from the server\n";
    let head = Response::new(200).with("Content-Type", "text/plain");
    server.respond(&head, Body::Length(body.len() as u64))?;
    server.body(body)?;
    server.finish()?;
    let response = server.transmit(now).unwrap_or_default();
    print!("the server sends {} bytes\n{}", response.len(), indented(&response));

    let mut received = 0;
    for piece in response.chunks(10) {
        client.receive(now, piece)?;
        received += piece.len();
        while let Some(event) = client.event() {
            print!("after {received} bytes the client reads: ");
            match event {
                client::Event::Response { head, framing } => {
                    println!("{head}\n  the body: {} (RFC 9112 §6.3 rule {})", framing.why, framing.rule);
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
