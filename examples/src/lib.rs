//! Where the layers meet: a page is fetched through our own DNS, TCP, TLS 1.3 and HTTP/1.1, and the
//! packets say where the time went.
//!
//! ```text
//!   cli ─▶ commands::fetch ─▶ fetch: resolve, connect, handshake, request
//!                               │        over a Network: toy, os or raw
//!                               ▼
//!                             Trace ──▶ a capture: packets, times, comments, secrets
//!                                           │
//!   views: ladder, budget, bytes, JSON ◀── reading: packets ▶ streams ▶ records ▶ messages
//! ```
//!
//! The upper half makes packets, the lower half reads them, and nothing but a capture passes from
//! one to the other. So every view also works on a capture that somebody else took.
//!
//! The main job in ten lines: a page across the toy internet, and its cost in round trips.
//!
//! ```
//! use barewire::fetch::{Job, fetch};
//! use barewire::network::{Toy, ToyOptions};
//! use barewire::reading::{Keep, Story};
//!
//! let (mut toy, trace) = Toy::new(ToyOptions::default())?;
//! let job = Job::get("https://www.example.test/", toy.trust()?)?;
//! let mut body = Vec::new();
//! let page = fetch(&mut toy, &trace, &job, &mut body)?;
//! assert_eq!((page.response.status, page.length), (200, body.len() as u64));
//! let story = Story::of(&trace.take(), Keep::Rows);
//! assert_eq!(story.budget.round_trips_to_first_byte(), 4); // DNS, TCP, TLS, HTTP
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reading order
//!
//! 1. The lessons in `examples/lessons`: `dns_lookup`, `tcp_handshake`, `tls_handshake`, `http_get`. Run
//!    each with `cargo run --example NAME`; what it prints stands in its head comment.
//! 2. The crates they teach: [`barewire_dns`], [`barewire_tcp`], [`barewire_tls13`], [`barewire_http1`], and
//!    [`barewire_dissect`], which names every byte for them.
//! 3. [`fetch`](mod@fetch): the main job, on one page.
//! 4. [`network`]: the seam below it. The toy internet is in `network/toy`: a resolver, web servers, and
//!    the certificates that they show.
//! 5. [`trace`], then [`reading`]: from packets back to what was said, and [`reading::Budget`]: how round trips
//!    are counted.
//! 6. [`views`] and [`commands`]: what the program prints.
//!
//! # Left out
//!
//! Connection reuse and redirects (one fetch is one request), cookies, content codings, proxies, and
//! racing addresses (RFC 8305): they are tried one after the other. The toy internet has no routers,
//! and its resolver knows all names by itself.
#![forbid(unsafe_code)]

pub mod cli;
pub mod commands;
pub mod failure;
pub mod fetch;
pub mod network;
pub mod reading;
pub mod trace;
pub mod url;
pub mod views;
