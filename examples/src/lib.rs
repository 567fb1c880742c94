//! Where the layers meet: a page is fetched through our own DNS, TCP, TLS 1.3 and HTTP/1.1, and the
//! packets say where the time went.
//!
//! ```text
//!   commands::fetch ─▶ fetch: resolve, connect, handshake, exchange
//!                        │    over a Network: toy, os or raw
//!                        ▼
//!                      Trace ─▶ a capture ◀─ commands::read: anybody's
//!                                   │
//!                                   ▼
//!                      story: frames ▶ conversations ▶ messages
//!                                   │
//!                                   ▼
//!                      views: table, ladder, budget, bytes, report ─▶ a page
//! ```
//!
//! The upper half makes packets, the lower half reads them, and nothing but a capture passes from one to the other. So
//! every view also works on a capture that somebody else took.
//!
//! The main job in ten lines: a page across the toy internet, and its cost in round trips.
//!
//! ```
//! use barewire::fetch::{Job, fetch};
//! use barewire::network::{Network, Toy, ToyOptions};
//! use barewire::story::{Config, Story};
//!
//! let mut toy = Toy::new(ToyOptions::default())?;
//! let job = Job::get("https://www.example.test/", toy.trust()?)?;
//! let mut body = Vec::new();
//! let page = fetch(&mut toy, &job, &mut body)?;
//! assert_eq!((page.response.status, page.length), (200, body.len() as u64));
//! let capture = toy.trace().take(toy.now());
//! let story = Story::of(&capture, Config::default());
//! assert_eq!(story.budget().round_trips_to_first_byte(), 4); // DNS, TCP, TLS, HTTP
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reading order
//!
//! [The book](book/index.html) takes one layer after the other, from real bytes to the code that reads them; the
//! program `course` has exercises in these sources, and checks them. Beside it:
//!
//! 1. The lessons in `examples/lessons`: `dns_lookup`, `tcp_handshake`, `tls_handshake`, `http_get`; on DNS also
//!    `dns_records`, `dns_zone`, `dns_truncated`, `dns_spoof`, `dns_walk`, `dns_ttl`, `dns_negative`, `dns_poison`,
//!    `dns_outage` and `dns_sec`; on TCP also `tcp_states`, `tcp_loss`, `tcp_congestion`, `tcp_window`,
//!    `tcp_reset`, `tcp_syn_flood`, `tcp_vs_udp`, `tcp_fairness` and `cost_of_a_connection`; on TLS also
//!    `tls_key_schedule`, `tls_hello_retry`, `tls_certificates`, `tls_tamper`, `tls_inspection` and `tls_resume`;
//!    on HTTP also `http_framing`, `http_keep_alive`, `http_smuggling`, `http_methods`, `http_timeouts` and
//!    `http_status`; then `traceroute`, `nat_walk` and `reverse_proxy`. Run each with `cargo run --example NAME`;
//!    what it prints stands in its head comment. The "Try:" there has a command with a word more, as in `cargo run
//!    --example tcp_handshake -- lost`, and a question: predict, run, see.
//!    The experiments, of packets by hand, also run on real kernels, with `--wire`: `handshake_by_hand`,
//!    `port_states`, `rst_injection`, `spoof`, `fragments`, `hijack`, `sniff`, `syn_flood_wire`, `mtu_black_hole`,
//!    `ping_and_traceroute`, `syn_scan` and `arp_poison`.
//! 2. The crates they teach: [dns](../barewire_dns/index.html), [tcp](../barewire_tcp/index.html),
//!    [tls13](../barewire_tls13/index.html), [http1](../barewire_http1/index.html), what they ride on,
//!    [packet](../barewire_packet/index.html), [dissect](../barewire_dissect/index.html), which names every byte, and
//!    [internet](../barewire_internet/index.html), an internet in a process.
//! 3. [`fetch`](mod@fetch): the main job, on one page: a core without I/O, and the loop that drives it. [The trip of
//!    one byte](the_trip_of_one_byte/index.html): what happens to a byte on its way in, stop by stop.
//! 4. [`network`]: the seam below the fetch. [`services`]: the programs of the toy internet's hosts, web servers,
//!    resolvers and proxies. [`hosts`]: TCP by hand, packet by packet. [`tls_ends`]: TLS, record by record.
//!    [`name_servers`]: DNS among servers whose zones can be edited. [`scenes`]: small internets in which one thing can
//!    be seen.
//! 5. [`trace`], then [`story`]: from packets back to what was said, and [`story::Budget`]: how round trips are
//!    counted.
//! 6. [`story::Scene`]: a capture of several hosts at once, and what only their captures together tell.
//! 7. [`views`] and [`commands`]: what the program prints. [`views::report`]: all of it as JSON, and [`views::page`]:
//!    in one file for a browser.
//!    [`doctor`]: what a machine allows, tried.
//! 8. `sniff`: the story of a wire while its packets come, and the filter language of tcpdump. `lab`, `probe`, `permit`
//!    and `experiment`: real kernels without root, and what is sent to them by hand.
//! 9. [`services::breakage`]: what an experiment does to a run. In a browser the whole program runs as WebAssembly
//!    (`web/`): words and files go in, a report comes out.
//!
//! # Left out
//!
//! Cookies, content codings, and racing addresses (RFC 8305): they are tried one after the other. Lookups of several
//! names at the same time. The resolver of the toy internet knows all names by itself.
#![doc(html_root_url = "../")] // the crates document each other in any order: their links must not wait for a page
#![deny(unsafe_code)] // The lab's system calls that have no safe name say so where they are.

#[cfg(any(doc, doctest))]
#[doc = include_str!("../chapters/rustdoc/contents.txt")]
#[doc = include_str!("../chapters/contents.md")]
pub mod book {}
#[doc(hidden)] // what clap makes of it is not for reading
pub mod cli;
pub mod commands;
#[cfg(not(target_family = "wasm"))] // the page has no wires
pub mod craft;
#[cfg(not(target_family = "wasm"))] // a page has no machine
pub mod doctor;
#[cfg(not(target_family = "wasm"))]
pub mod experiment;
pub mod failure;
pub mod fetch;
pub mod hosts;
#[cfg_attr(target_family = "wasm", path = "idn/no_tables.rs")]
pub mod idn;
#[cfg(not(target_family = "wasm"))]
pub mod lab;
#[cfg(not(target_family = "wasm"))] // for lessons; the page has none
pub mod name_servers;
pub mod network;
#[cfg(not(target_family = "wasm"))] // the page has no wires
pub mod permit;
#[cfg(not(target_family = "wasm"))] // the page has no use for them
pub mod probe;
pub mod scenes;
pub mod services;
#[cfg(not(target_family = "wasm"))] // a page has no wire
pub mod sniff;
pub mod story;
#[cfg(any(doc, doctest))]
pub mod the_trip_of_one_byte;
pub mod tls_ends;
pub mod trace;
pub mod url;
pub mod views;
