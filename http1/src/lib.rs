//! HTTP/1.1 by hand: heads, framing, chunks, and both ends of a connection (RFC 9112, and the parts of RFC 9110 that
//! it needs).
//!
//! The layer below carries a stream of bytes: a TCP connection, or TLS on top of one. A stream has no messages in it.
//! This layer finds them: where a head ends, what it says, and above all where the *body* ends, because the next
//! message begins there. Most attacks on HTTP/1.1 are two programs that answer this last question differently. So here
//! the answer is a value, [`Framing`], that carries the rule that decided.
//!
//! ```text
//! the bytes on the wire                         what reads it   the events
//!
//! HTTP/1.1 200 OK\r\n             status line ┐ head            Event::Response {
//! Content-Type: text/html\r\n     field line  │                    head,
//! Transfer-Encoding: chunked\r\n  field line  │                    framing: chunked (rule 4)
//! \r\n                            empty line  ┘ framing decides }
//! 5\r\n                           chunk-size  ┐ chunked
//! Hello\r\n                       chunk-data  │                 Event::Data, read() gives "Hello"
//! 0\r\n                           last-chunk  │
//! \r\n                            no trailers ┘                 Event::End(KeepsOpen)
//! ```
//!
//! A request and its response, over any stream that is `Read` and `Write`:
//!
//! ```no_run
//! use barewire_http1::{Config, Request, client, driver};
//!
//! let mut stream = std::net::TcpStream::connect("www.example.com:80")?;
//! let mut connection = client::Connection::new(Config::default());
//! let request = Request::get("www.example.com", "/").with("Accept", "text/html");
//! let (response, framing, mut body) =
//!     driver::exchange(&mut stream, &mut connection, &request, b"")?;
//! println!("{response}, body {framing}");
//! println!("{}", String::from_utf8_lossy(&body.read_all()?));
//! # Ok::<(), driver::Error>(())
//! ```
//!
//! The same without a network, with the server's side too. The cores only turn bytes into events, and calls into bytes:
//!
//! ```
//! use std::time::Instant;
//! use barewire_http1::{Body, Config, Request, Response, client, server};
//!
//! let now = Instant::now();
//! let mut client = client::Connection::new(Config::default());
//! let mut server = server::Connection::new(Config::default());
//! client.request(&Request::get("www.example.test", "/"), Body::None)?;
//! server.receive(now, &client.transmit(now).unwrap())?;
//!
//! let Some(server::Event::Request { head, .. }) = server.event() else { panic!() };
//! assert_eq!(head.target(), "/");
//! server.respond(&Response::new(200), Body::Chunked)?;
//! server.body(b"Hello")?;
//! server.finish()?;
//! client.receive(now, &server.transmit(now).unwrap())?;
//!
//! let Some(client::Event::Response { head, framing }) = client.event() else { panic!() };
//! assert_eq!(head.to_string(), "HTTP/1.1 200 OK");
//! assert_eq!(framing.to_string(), "chunked (RFC 9112 §6.3 rule 4: Transfer-Encoding: chunked)");
//! assert_eq!(client.event(), Some(client::Event::Data));
//! let mut buffer = [0; 100];
//! let length = client.read(&mut buffer);
//! assert_eq!(&buffer[..length], b"Hello");
//! # Ok::<(), barewire_dissect::Refused<barewire_http1::Reason>>(())
//! ```
//!
//! # Reading order
//!
//! 1. `grammar.rs`: tokens, text, versions. The ABNF rule stands above each function. `target.rs` and `authority.rs`:
//!    the request target, and the host and port in it.
//! 2. [`head`]: start lines and field lines, as slices of the buffer. [`Request`], [`Response`] and [`Headers`] are the
//!    same as values.
//! 3. [`Framing`]: where a body ends, and by which of the eight rules of RFC 9112 §6.3.
//! 4. [`chunked`]: the transfer coding that frames. `body.rs` puts it beside the other ways in which a body can end.
//!    [`coding`](coding/index.html), with the feature `codings`: gzip, deflate, br and zstd, undone.
//! 5. [`write`](mod@write): heads on their way out, checked, so that nobody can inject a line.
//! 6. [`machines`]: the state machines of a connection, as the tables that the code asks. [`client`] and [`server`] are
//!    made of them. [`Persistence`] is the rule by which a connection outlives a message. `received.rs` holds the bytes
//!    of a message that is not complete yet.
//! 7. [`driver`]: the few lines that connect a core to a blocking stream.
//! 8. [`observe`]: both directions of somebody else's connection, read from a capture. [`dissect()`]: every byte of one
//!    message with its name.
//! 9. [`Reason`], [`Config`], [`Limits`], [`Tolerances`]: what is refused, how much is taken, and what can be
//!    overlooked.
//!
//! # Left out
//!
//! HTTP/0.9, HTTP/2 and HTTP/3. Coding content: it is only undone, and the connections leave that to their caller.
//! Transfer codings other than chunked are refused in a request, and named in a response
//! ([`Response::transfer_codings`]). What fields mean, beyond framing and connections: caching, cookies, redirects,
//! authentication, ranges. URIs, beyond the authority in a target
//! ([`Request::authority`]): a caller takes them apart. Pools and retries. WebSocket and every other protocol that a
//! connection switches to: its bytes are handed over ([`client::Event::Tunnel`]).
#![doc(html_root_url = "../")] // the crates document each other in any order: their links must not wait for a page
#![forbid(unsafe_code)]

mod authority;
mod body;
#[cfg(any(doc, doctest))]
pub mod chapters;
pub mod chunked;
pub mod client;
#[cfg(feature = "codings")]
pub mod coding;
mod config;
mod content;
mod dissect;
pub mod driver;
mod framing;
mod grammar;
pub mod head;
mod headers;
pub mod machines;
mod message;
pub mod observe;
mod one_hop;
mod persistence;
mod reason;
mod received;
mod receiving;
mod run;
pub mod server;
mod shown;
mod target;
mod timer;
mod trailers;
mod upgrade;
pub mod write;

pub use config::{Config, Limits, Tolerances};
pub use dissect::dissect;
pub use framing::{Body, Framing};
pub use headers::{Field, Headers};
pub use message::{Request, Response, Role, Version};
pub use one_hop::{ONE_HOP, remove_one_hop};
pub use persistence::Persistence;
pub use reason::{Kind, Part, Reason};
pub use trailers::only_in_heads;
