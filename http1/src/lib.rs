//! HTTP/1.1 by hand: heads, framing, chunks, and both ends of a connection (RFC 9112, with the parts of RFC 9110
//! that it stands on).
//!
//! Below this layer lies a stream of bytes: a TCP connection, or TLS on top of one. It has no messages in it. This
//! layer finds them: where a head ends, what it says, and above all where the *body* ends, because the next message
//! begins there. Everything dangerous in HTTP/1.1 comes from two programs that answer that last question
//! differently; so here the answer is a value, [`Framing`], that carries the rule that decided.
//!
//! ```text
//!  what goes over the wire                       who reads it             what comes of it
//!
//!  HTTP/1.1 200 OK\r\n             status line ┐ head                     Event::Response {
//!  Content-Type: text/html\r\n     field line  │                             head,
//!  Transfer-Encoding: chunked\r\n  field line  │                             framing: chunked (rule 4)
//!  \r\n                            empty line  ┘ framing decides          }
//!  5\r\n                           chunk-size  ┐ chunked
//!  Hello\r\n                       chunk-data  │                          Event::Data("Hello")
//!  0\r\n                           last-chunk  │
//!  \r\n                            no trailers ┘                          Event::End { reusable: true }
//! ```
//!
//! A request and its response, over any stream that is `Read` and `Write`:
//!
//! ```no_run
//! use barewire_http1::{Limits, Request, client, driver};
//!
//! let mut stream = std::net::TcpStream::connect("www.example.com:80")?;
//! let mut connection = client::Connection::new(Limits::default());
//! let request = Request::get("www.example.com", "/").with("Accept", "text/html");
//! let (response, framing, mut body) = driver::exchange(&mut stream, &mut connection, &request, b"")?;
//! println!("{response}, body {framing}");
//! println!("{}", String::from_utf8_lossy(&body.read_all()?));
//! # Ok::<(), driver::Error>(())
//! ```
//!
//! The same without a network, and with the server's side: the cores only turn bytes into events and back.
//!
//! ```
//! use std::time::Instant;
//! use barewire_http1::{Body, Limits, Request, Response, client, server};
//!
//! let now = Instant::now();
//! let mut client = client::Connection::new(Limits::default());
//! let mut server = server::Connection::new(Limits::default());
//! client.request(&Request::get("www.example.test", "/"), Body::None)?;
//! server.receive(now, &client.transmit(now).unwrap())?;
//!
//! assert!(matches!(server.event(), Some(server::Event::Request { head, .. }) if head.target == "/"));
//! server.respond(&Response::new(200), Body::Chunked)?;
//! server.body(b"Hello")?;
//! server.finish()?;
//! client.receive(now, &server.transmit(now).unwrap())?;
//!
//! let Some(client::Event::Response { head, framing }) = client.event() else { panic!() };
//! assert_eq!(head.to_string(), "HTTP/1.1 200 OK");
//! assert_eq!(framing.to_string(), "chunked (RFC 9112 §6.3 rule 4: Transfer-Encoding: chunked)");
//! assert_eq!(client.event(), Some(client::Event::Data(b"Hello".to_vec())));
//! # Ok::<(), barewire_http1::Error>(())
//! ```
//!
//! # Reading order
//!
//! 1. `grammar.rs`: tokens, text, versions, targets; the ABNF rule stands above each function.
//! 2. [`head`]: start lines and field lines, as slices of the buffer; [`Request`], [`Response`] and [`Headers`] are
//!    the same as values.
//! 3. [`Framing`]: where a body ends, and by which of the eight rules of RFC 9112 §6.3.
//! 4. [`chunked`]: the one transfer coding; `body.rs` puts it beside the other ways in which a body can end.
//! 5. [`write`](mod@write): heads on their way out, checked, so that nobody can inject a line.
//! 6. [`client`] and [`server`]: the connections, with their states in a picture above the code; `persistence.rs` is
//!    the rule by which they outlive a message, `section.rs` and `stream.rs` cope with bytes that come one by one.
//! 7. [`driver`]: the few lines that connect a core to a blocking stream.
//! 8. [`observe`]: both directions of somebody else's connection, read from a capture; [`dissect_message`]: every
//!    byte of one message with its name.
//! 9. [`Error`], [`Limits`], [`Tolerances`]: what is refused, how much is taken, and what can be overlooked.
//!
//! # Left out
//!
//! HTTP/0.9, HTTP/2 and HTTP/3. Pipelining by the client. Transfer codings other than chunked: refused, since the
//! content would stay coded. What fields mean, beyond framing and connections: caching, content codings, cookies,
//! redirects, authentication, ranges. URIs: a caller takes them apart. Pools and retries. WebSocket and whatever else
//! a connection switches to: its bytes are handed over ([`client::Event::Tunnel`]).
#![forbid(unsafe_code)]

mod body;
pub mod chunked;
pub mod client;
mod dissect;
pub mod driver;
mod error;
mod framing;
mod grammar;
pub mod head;
mod headers;
mod limits;
mod message;
pub mod observe;
mod persistence;
mod section;
pub mod server;
mod stream;
pub mod write;

pub use dissect::{Role, dissect_message};
pub use error::{Error, Kind, Problem};
pub use framing::{Body, Framing};
pub use headers::{Field, Headers};
pub use limits::{Limits, Tolerances};
pub use message::{Request, Response, Version};
