//! Probes: packets that are sent for the sake of what comes back. Ping, traceroute and the scan of ports.
//!
//! ```text
//!   question: a packet ──▶ Link ──▶ network ──▶ Link ──▶ answer: who says what of which packet
//!        ▲                                                 │
//!        └─────── ping · traceroute · scan: cores ◀────────┘
//!                     which probe is it about? what does it mean? what next?
//! ```
//!
//! Each core is a state machine without I/O: time and randomness are handed in, and it has the verbs of
//! [`Prober`]. [`run`] drives one over any [`Link`](barewire_packet::link::Link): the toy internet in virtual time, or
//! a raw socket.
//!
//! An answer counts only if it fits a probe that was sent. A reply repeats our identifier and data, a segment
//! acknowledges our sequence number, and an ICMP error quotes our packet (RFC 792, RFC 4443 §2.4). So an answer that
//! somebody makes up without having seen the probe is counted apart, and changes nothing.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use barewire::probe::{ping, run};
//! use barewire::services::Machine;
//! use barewire_internet::{Topology, Wire};
//! use barewire_packet::link::Link;
//!
//! let mut plan = Topology::new(Instant::now(), 1);
//! plan.link("client", "10.0.0.2/24");
//! plan.node("server", &["10.0.0.80/24"], Box::new(Machine::new(vec!["10.0.0.80".parse()?], 1)));
//! plan.wire("client", "server", Wire::ms(10));
//! let mut link = plan.build()?.link("client")?;
//!
//! let usual = ping::Config::new("10.0.0.2".parse()?, "10.0.0.80".parse()?);
//! let config = ping::Config { count: Some(3), ..usual };
//! let mut ping = ping::Ping::new(link.now(), config);
//! run(&mut link, &mut ping, &|| false, |_, _| Ok(()))?;
//! let statistics = ping.statistics();
//! assert_eq!((statistics.sent, statistics.received), (3, 3));
//! assert_eq!(statistics.times.average(), Some(Duration::from_millis(20)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Left out: names of routers (no question to the DNS is asked for an address), and other kinds of ICMP questions.
//! Tested in `tests/probe`, with tshark as the judge of what is sent, and in `tests/live`.

pub mod answer;
mod drive;
pub mod extensions;
pub mod ping;
pub mod question;
pub mod scan;
pub mod traceroute;
pub mod words;

pub use drive::{Prober, run};
