//! TCP: a reliable stream of bytes over packets that get lost, doubled, delayed and overtaken.
//!
//! IP carries single packets and promises nothing about them. TCP makes a stream of them. It numbers every byte; the
//! receiver says which bytes it has, and the sender sends the others again; the receiver puts them in order. The sender
//! goes no faster than the receiver and the network between them can take. This crate does that by RFC 9293, written to
//! be read: over a simulated wire in virtual time, or on a raw socket against the rest of the Internet.
//!
//! ```text
//!     your code        TcpStream: Read, Write          TcpListener: accept
//!                          │                                │
//!     blocking         Stack ── one turn: send what there is, wait, hand in what came
//!                       │  │
//!     no I/O          Host │   receive(now, packet) · transmit(now) · deadline ·
//!                       │  │   on_deadline(now) · event
//!                 Connection × n      one state machine each: a Sender and a Receiver,
//!                          │          and the state between them
//!     wires              Link: raw (Linux) · or of `barewire-internet`, in virtual time
//! ```
//!
//! A client and a server that says hello. There is no wire: each packet of one host is handed to the other at once.
//!
//! ```
//! use std::{net::IpAddr, time::Instant};
//! use barewire_tcp::{Config, Event, Host};
//! use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//!
//! let [here, there]: [IpAddr; 2] = [[10, 0, 0, 2].into(), [203, 0, 113, 80].into()];
//! let host = |address, seed| {
//!     Host::new(vec![address], Config::default(), Box::new(ChaCha20Rng::seed_from_u64(seed)))
//! };
//! let (now, mut client, mut server) = (Instant::now(), host(here, 1), host(there, 2));
//! server.listen(7, 16)?;
//! let stream = client.connect(now, (there, 7).into())?;
//! let mut text = [0; 5];
//! while client.unread(stream) < text.len() {
//!     while let Some(transmit) = client.transmit(now) {
//!         server.receive(now, &transmit.packet);
//!     }
//!     if let Some(Event::Accepted { handle, .. }) = server.event() {
//!         server.write(handle, b"hello")?;
//!     }
//!     while let Some(transmit) = server.transmit(now) {
//!         client.receive(now, &transmit.packet);
//!     }
//! }
//! client.read(stream, &mut text)?;
//! assert_eq!(&text, b"hello");
//! # Ok::<(), barewire_tcp::Error>(())
//! ```
//!
//! Over a wire a [`TcpStream`] reads and writes as std's does: [`driver`] has an example. [`by_hand`] has one with
//! nothing in between: a handshake of three packets.
//!
//! # Reading order
//!
//! 1. [`SeqNumber`] (`seq.rs`): numbers that wrap. [`segment`], [`options`], [`packet`]: what is on the wire, read and
//!    written, every byte named. The layers below are in the crate [`barewire_packet`].
//! 2. [`connection`]: one connection from outside, and its five verbs. [`State`] (`state.rs`): the figure of the eleven
//!    states. [`variables`] and [`tcb`]: what a connection remembers, under the RFC's names.
//! 3. [`message`]: the two messages that every segment carries. [`receiver`] with [`reassembly`] and [`ack`]: the
//!    peer's half of the stream. [`sender`] with [`send_buffer`] and [`flight`]: our half.
//! 4. [`arrives`]: SEGMENT ARRIVES, in the RFC's own order, one function a step. [`calls`]: what the user asks.
//!    [`timeouts`]: what a timer does. [`output`]: how a message becomes a packet.
//! 5. [`rtt`], [`recovery`]: noticing a loss and repairing it, one mechanism a file. [`congestion`]: how much at once;
//!    [`pacing`], [`delivery_rate`]: how fast.
//! 6. [`host`]: many connections. [`IsnGenerator`] (`isn.rs`): numbers nobody can guess. [`icmp`], [`keep_alive`],
//!    [`fast_open`].
//! 7. [`driver`]: the blocking driver. The wires are in [`barewire_packet::link`]; in one of them a
//!    capture plays the peer ([`replay`]).
//! 8. [`observe`]: the same parsers, watching other people's packets.
//!
//! # What is implemented
//!
//! | | |
//! |---|---|
//! | RFC 9293 | opening: active, passive, both at once; all ways of closing; zero windows; silly windows; Nagle (off) |
//! | RFC 6298 | the retransmission timer, with Karn's rule; a margin of at least 200 ms, as in Linux |
//! | RFC 5681, 3042, 6928 | slow start, congestion avoidance, fast retransmission; ten segments to begin with |
//! | RFC 6582 | NewReno, for peers without SACK |
//! | RFC 2018, 2883, 6675, 6937 | SACK both ways, D-SACK, loss detection from blocks, proportional rate reduction |
//! | RFC 8985 | RACK-TLP: losses by time, and the tail loss probe |
//! | RFC 3522, 3708, 5682 | false alarms noticed by timestamps, D-SACK and F-RTO, and undone |
//! | RFC 9438, 9406 | CUBIC with HyStart++, paced: the default; Reno and BBR can be chosen |
//! | RFC 7323, 6191 | window scale, timestamps, PAWS; TIME-WAIT gives way to a newer timestamp |
//! | RFC 3168 | ECN: answered if the peer asks, offered if [`Config::ecn`] says so |
//! | RFC 5961 | challenge ACKs against guessed resets, SYNs and data; answers are limited |
//! | RFC 5927, 1191, 8201 | ICMP errors, with a check; path MTU, and whether it has grown; black holes (RFC 4821) |
//! | RFC 4987 | SYN cookies where a backlog is full |
//! | RFC 7413 | Fast Open, client and server, if [`Config::fast_open`] says so |
//! | RFC 6528, 6056 | initial sequence numbers and ports that cannot be guessed |
//!
//! Every MUST and SHOULD of these, with the test that shows it or why it is left out, stands in `tests/index`.
//!
//! # Left out
//!
//! * MD5 and AO, multipath. Fast Open without a cookie (RFC 7413 §7.3), and text in a SYN-ACK of ours.
//! * Urgent data is read in line, as RFC 6093 §2.1 says; the pointer is not told.
//! * The user timeout option of RFC 5482; F-RTO without SACK (RFC 5682 §2).
//! * Sizes between a narrow path's and the full one (RFC 4821 §7.3); remembering a path's MTU for later connections.
//! * IP fragments: refused with a reason, never sent.
#![doc(html_root_url = "../")] // the crates document each other in any order: their links must not wait for a page
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod ack;
pub mod arrives;
#[cfg(any(doc, doctest))]
pub mod by_hand;
pub mod calls;
#[cfg(any(doc, doctest))]
pub mod chapters;
pub mod clock;
mod config;
pub mod congestion;
pub mod connection;
pub mod delivery_rate;
pub mod driver;
pub mod ecn;
mod error;
pub mod fast_open;
pub mod flight;
pub mod host;
pub mod icmp;
mod isn;
pub mod keep_alive;
pub mod message;
mod note;
pub mod observe;
pub mod options;
pub mod output;
pub mod pacing;
pub mod packet;
pub mod reassembly;
pub mod receiver;
pub mod recovery;
pub mod replay;
pub mod rtt;
pub mod segment;
pub mod send_buffer;
pub mod sender;
mod seq;
mod state;
mod syn_cookie;
pub mod tcb;
pub mod timeouts;
pub mod variables;

pub use config::Config;
pub use connection::{Connection, ConnectionEvent, Open, SoftError};
pub use driver::{Direction, Stack, StackThread, Tap, TcpListener, TcpStream};
pub use ecn::Ecn;
pub use error::{Error, Reason};
pub use host::{Event, Handle, Host};
pub use icmp::{IcmpError, IcmpOutcome};
pub use isn::IsnGenerator;
pub use keep_alive::KeepAlive;
pub use note::{AckReason, ReceivedNote, ResetReason, SentNote};
pub use output::reply::Transmit;
pub use segment::{Flags, Segment};
pub use seq::SeqNumber;
pub use state::{Cause, State};
pub use variables::Variables;
