//! An internet in a process, in virtual time: wires, routers, boxes in between, and capture points.
//!
//! It carries real IP packets, of both versions, and reads no more of them than a real router does. What sends them is
//! not its business: a TCP of our own, a `Link` that is driven by hand, or a router that sends an ICMP error. No time
//! passes while it runs, and the same seed gives the same packets at the same times.
//!
//! Three boxes can stand in the path of a router. A NAT ([`nat`]) lets many hosts share an address, a [`firewall`] lets
//! in what its rules allow, and a [`balancer`] gives each flow to one of several servers. NAT and firewall follow a
//! conversation in the same way, that of Linux's conntrack ([`tracking`]).
//!
//! ```text
//!   client ───wire─── home router ───wire─── ISP router ───wire─── server
//!  Node or            Router with a          Router with a         Node or
//!  WorldLink          Nat, a Firewall        Balancer              WorldLink
//!     ▲                  │                     │                      ▲
//!     └─ Tap ────────────┴── routes, ICMP, tables to look at ─────────┴─ Tap
//!          └──────────────────▶ Recording: a capture file ◀───────────────┘
//! ```
//!
//! A path that loses every packet, and the packet in the capture of what was lost:
//!
//! ```
//! use std::time::{Duration, Instant};
//! use barewire_internet::{Topology, Wire, capture::Recording};
//! use barewire_packet::{build, capture::Origin, link::Link};
//!
//! let mut plan = Topology::new(Instant::now(), 1);
//! plan.link("client", "10.0.0.2/24");
//! plan.link("server", "10.0.0.80/24");
//! plan.wire("client", "server", Wire::ms(10).loss(1.0));
//! let world = plan.build()?;
//! let lost = Recording::new(world.now(), Duration::ZERO);
//! world.tap_losses(lost.point());
//! let question = build::datagram("10.0.0.2:4000", "10.0.0.80:53", b"are you there?");
//! world.link("client")?.send(&question)?;
//! let capture = lost.take(world.now());
//! assert_eq!(capture.interfaces[0].origin, Origin::Lost);
//! assert_eq!(capture.interfaces[0].name, "client-server");
//! assert_eq!(capture.frames[0].comment.as_deref(), Some("lost at random"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reading order
//!
//! 1. [`topology`]: how an internet is drawn. [`wire`]: what happens between two ends.
//! 2. [`node`]: what stands at the ends. [`router`]: the steps of a packet through a router.
//! 3. [`world`]: time, and the one loop that moves it.
//! 4. [`capture`] and [`tap`]: what can be seen of it. [`tamper`]: what an experiment does to one packet.
//! 5. [`tracking`]: how a box in the path follows a conversation. [`nat`], [`firewall`], [`balancer`]: the boxes.
//! 6. [`relay`]: one wire of this internet between two real devices.
//!
//! # Left out
//!
//! Ethernet, ARP and neighbour discovery: a wire has two ends, and a switch is told who is where. Routing protocols:
//! routes are computed from the map, and news of them takes a time that is given. Multicast, and queues other than
//! drop-tail. TCP: whatever needs it (a host's programs, a health check that opens a connection) is in `examples`.
#![doc(html_root_url = "../")] // the crates document each other in any order: their links must not wait for a page
#![forbid(unsafe_code)]

mod agenda;
pub mod balancer;
pub mod capture;
mod counters;
mod dice;
pub mod firewall;
mod later;
pub mod nat;
pub mod node;
mod port;
mod prefix;
pub mod relay;
pub mod router;
mod routes;
mod switch;
mod table;
pub mod tamper;
pub mod tap;
mod timed;
pub mod topology;
pub mod tracking;
pub mod wire;
pub mod world;

pub use counters::Counters;
pub use node::{Attachment, Node, Note, Port, Transmit, Verdict};
pub use prefix::{Address, NotAnAddress, Prefix};
pub use router::Router;
pub use routes::{Route, Routes};
pub use table::Table;
pub use topology::{Topology, TopologyError};
pub use wire::{Loss, Lost, Wire};
pub use world::{Change, NoSuchNode, World, WorldLink};
