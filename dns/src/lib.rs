//! DNS: from a name to an address, written to be read.
//!
//! Before anything can be sent to `www.example.test`, its address has to be found. A program asks a
//! server nearby, the resolver, in one small message, and gets one back. This crate reads and writes
//! those messages, and it is the program's side of that exchange: the stub resolver.
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
//! A whole lookup, with the server's side played by hand: the query says what to send, and is told what came.
//!
//! ```
//! use barewire_dns::stub::{Config, Event, Query};
//! use barewire_dns::{Message, Name, RData, Record, RecordType};
//! # use std::time::Instant;
//! # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//! # let (now, mut rng) = (Instant::now(), ChaCha8Rng::seed_from_u64(1));
//! let name = Name::parse_text("www.example.test")?;
//! let resolver = "192.0.2.53:53".parse()?;
//! let mut query = Query::new(now, name.clone(), RecordType::A, vec![resolver], Config::default(), &mut rng);
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
//! Over real sockets the same query is one call: [`driver::lookup`] with [`udp_tcp::Sockets`].
//!
//! ```no_run
//! use barewire_dns::{Name, RecordType, driver, stub, system, udp_tcp::Sockets};
//! # fn lookup(rng: &mut dyn rand_core::Rng) -> Result<(), Box<dyn std::error::Error>> {
//! let (conf, _hosts) = system::load()?;
//! let name = Name::parse_text("www.example.test")?;
//! let now = std::time::Instant::now();
//! let mut query = stub::Query::new(now, name, RecordType::AAAA, conf.servers.clone(), conf.config(), rng);
//! let answer = driver::lookup(&mut query, &mut Sockets::new())?;
//! println!("{:?}, for {} s", answer.addresses(), answer.ttl());
//! # Ok(()) }
//! ```
//!
//! To see the bytes of any message by name, call [`dissect`]: the parser that reads it also notes each field.
//!
//! # Reading order
//!
//! 1. `name.rs`, `name/text.rs`, `name/wire.rs`: [`Name`], its text, and the pointers that compress it.
//! 2. `header.rs`, `question.rs`, `record.rs`, `rdata.rs`: the parts of a message; [`rdata`] has one
//!    small file a type.
//! 3. `message.rs`: [`Message`], the whole; `compress.rs` writes it, `edns.rs` is what was added to it
//!    in 1999.
//! 4. `stub.rs` and the files in `stub/`: [`stub::Query`], a lookup without I/O, and what keeps forged
//!    replies out of it.
//! 5. `driver.rs`, `udp_tcp.rs`, `framing.rs`: the loop around it, and the kernel's sockets.
//! 6. `system.rs`: what `/etc/resolv.conf` and `/etc/hosts` say.
//! 7. `error.rs`, `stub/error.rs`: everything that can go wrong, in sentences.
//!
//! # Left out
//!
//! Iterative resolution from the root, caches, zones and servers, DNSSEC validation (its records are
//! kept as bytes), random case in questions, cookies, DNS over TLS, HTTPS or QUIC, dynamic update, zone
//! transfer as a client, multicast DNS, IDNA. Names inside the data of types that have no file in
//! [`rdata`] are not looked for; RFC 3597 §4 forbids to compress those, and the few types of 1990 where
//! it was done (RP, AFSDB, MINFO and the like) are kept with pointers that only their own message
//! explains.
#![forbid(unsafe_code)]

mod compress;
pub mod driver;
mod edns;
mod error;
mod framing;
mod header;
mod message;
mod name;
mod question;
pub mod rdata;
mod record;
mod rtype;
pub mod stub;
mod summary;
pub mod system;
pub mod udp_tcp;

pub use edns::Edns;
pub use error::{Error, Reason};
pub use framing::{Deframer, frame};
pub use header::Header;
pub use message::{Message, dissect};
pub use name::{MAX_LABEL, MAX_NAME, Name};
pub use question::Question;
pub use rdata::RData;
pub use record::Record;
pub use rtype::{Class, Opcode, Rcode, RecordType};
