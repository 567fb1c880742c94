//! DNS: from a name to an address, written to be read.
//!
//! Before a program can send anything to `www.example.test`, it needs that host's address. It asks a
//! server nearby, the resolver, in one small message, and gets one back. This crate reads and writes
//! those messages, and plays the program's side of the exchange: the stub resolver.
//!
//! ```text
//!   client                                                              resolver
//!     │  ID 12345, RD · A? www.example.test ────────────────────▶          │ UDP, port 53
//!     │          ◀──────────────────── ID 12345, RA · A 203.0.113.80, TTL 300
//!
//!   the reply, 50 bytes:
//!   3039 8180 0001 0001 0000 0000   header: ID, flags, and how many entries follow
//!   03 www 07 example 04 test 00    question: the name, label by label, ...
//!   0001 0001                       ... type A, class IN
//!   c00c                            answer: its name is a pointer to byte 12, the question's
//!   0001 0001 0000012c              type A, class IN, TTL 300 seconds
//!   0004 cb007150                   four bytes of data: 203.0.113.80
//! ```
//!
//! A whole lookup. The example plays the server's side by hand: the query says what to send, and is told what came.
//!
//! ```
//! use barewire_dns::stub::{Config, Event, Query};
//! use barewire_dns::{Message, Name, RData, Record, RecordType};
//! # use std::time::Instant;
//! # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//! # let (now, mut rng) = (Instant::now(), ChaCha8Rng::seed_from_u64(1));
//! let name = Name::parse_text("www.example.test")?;
//! let resolver = "192.0.2.53:53".parse()?;
//! let config = Config::default();
//! let mut query = Query::new(now, name.clone(), RecordType::A, vec![resolver], config, &mut rng);
//! let sent = query.transmit(now).expect("a first message");
//!
//! let mut reply = Message::response_to(&Message::parse(&sent.bytes)?);
//! reply.answers.push(Record::new(name, 300, RData::A([203, 0, 113, 80].into())));
//!
//! query.receive(now, sent.protocol, resolver, &reply.encode()?);
//! let Some(Event::Answer(answer)) = query.event() else { panic!("no answer") };
//! assert_eq!(answer.addresses()[0].to_string(), "203.0.113.80");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Over real sockets the same query is one call: [`driver::lookup`] with [`driver::Sockets`].
//!
//! ```no_run
//! use barewire_dns::{Name, RecordType, driver, stub, system};
//! # fn lookup(rng: &mut dyn rand_core::Rng) -> Result<(), Box<dyn std::error::Error>> {
//! let (conf, _hosts) = system::load()?;
//! let name = Name::parse_text("www.example.test")?;
//! let now = std::time::Instant::now();
//! let (servers, config) = (conf.servers.clone(), conf.config());
//! let mut query = stub::Query::new(now, name, RecordType::AAAA, servers, config, rng);
//! let answer = driver::lookup(&mut query, &mut driver::Sockets::new())?;
//! println!("{:?}, for {} s", answer.addresses(), answer.ttl());
//! # Ok(()) }
//! ```
//!
//! To see the bytes of any message by name, call [`dissect`]: the parser that reads it also notes each field.
//!
//! # Reading order
//!
//! 1. [`Name`] in `name.rs`; its text in `name/text.rs`, the pointers that compress it in `name/wire.rs`.
//! 2. [`Header`], [`Question`], [`Record`] and [`rdata`]: the parts of a message, each in the file of its
//!    name; `rdata/` has one small file a type, and `types.rs` the table of them all. Their numbers are [`RecordType`],
//!    [`Class`], [`Opcode`] and [`Rcode`].
//! 3. [`Message`], the whole, in `message.rs` and the files in `message/`. `compress.rs` writes it; [`Edns`]
//!    is what was added to it in 1999.
//! 4. [`zone_file`]: records as text, as in a master file; `text/` cuts it into words.
//! 5. [`exchange`]: one question to one server, without I/O, and what keeps forged replies out. [`Outcome`] reads what
//!    the reply says. [`stub`]: [`stub::Query`], a lookup with several servers, and [`stub::History`], what is
//!    remembered of them until the next one.
//! 6. [`driver`]: the loop around it, and the kernel's sockets, which wait in one poll. `framing.rs` cuts a TCP stream
//!    into messages.
//! 7. [`authority`]: the other side, a server that answers from zones; its files follow RFC 1034 §4.3.2.
//! 8. [`dnssec`]: whether signatures prove records, or that there are none; it asks nobody.
//! 9. [`cache`]: what servers said, for how long it holds, and which of two that contradict each other counts.
//! 10. [`resolver`]: the walk from the root to an answer, and why it went that way; [`recursive`] is its clients' side.
//! 11. [`system`]: what `/etc/resolv.conf` and `/etc/hosts` say.
//! 12. [`Reason`] and [`stub::Error`]: everything that can go wrong, in sentences.
//!
//! # Left out
//!
//! Cookies of a server, DNS over TLS, HTTPS or QUIC, dynamic update, zone
//! transfer as a client, multicast DNS beyond its messages, IDNA. Types without a file in [`rdata`] are kept as bytes,
//! and names in them are not looked for. RFC 3597 §4 forbids to compress those names; a sender that does it all the
//! same cannot be told from one that does not.
#![doc(html_root_url = "../")] // the crates document each other in any order: their links must not wait for a page
#![forbid(unsafe_code)]

pub mod authority;
pub mod cache;
#[cfg(any(doc, doctest))]
pub mod chapters;
mod class;
mod compress;
pub mod dnssec;
pub mod driver;
mod edns;
pub mod exchange;
mod framing;
mod header;
mod message;
mod name;
mod opcode;
mod outcome;
mod question;
mod rcode;
pub mod rdata;
mod reason;
mod record;
mod record_type;
pub mod recursive;
pub mod resolver;
mod rrset;
pub mod stub;
pub mod system;
mod text;
mod types;
pub mod zone_file;

pub use class::Class;
pub use edns::{ClientSubnet, EDNS_UDP_SIZE, Edns, EdnsOption, ExtendedError, OptionCode, ZoneVersion};
pub use framing::{Deframer, frame};
pub use header::Header;
pub use message::{Message, dissect};
pub use name::{MAX_LABEL, MAX_NAME, Name, WithDot};
pub use opcode::Opcode;
pub use outcome::{MAX_ALIASES, Negative, Outcome, Referral};
pub use question::Question;
pub use rcode::Rcode;
pub use rdata::RData;
pub use reason::{BrokenRule, Reason};
pub use record::Record;
pub use record_type::RecordType;
pub use rrset::RrSet;
pub use text::reason::TextReason;
pub use types::Compression;
