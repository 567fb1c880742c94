//! A handshake by hand: three packets, over any [`Link`](barewire_packet::link::Link):
//!
//! ```
//! # use std::io::{ErrorKind, Result};
//! # use std::net::{IpAddr, SocketAddr};
//! # use std::time::{Duration, Instant};
//! # use barewire_internet::{Node, Port, Topology, Transmit, Verdict, Wire};
//! # use barewire_packet::link::Link;
//! # use barewire_tcp::packet::{Packet, Payload};
//! # use barewire_tcp::{Config, Event, Flags, Host, Segment, SeqNumber};
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! # struct Greeter(Host);
//! # impl Node for Greeter {
//! #     fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
//! #         self.0.receive(now, &packet);
//! #         while let Some(event) = self.0.event() {
//! #             if let Event::Accepted { handle, .. } = event {
//! #                 let _ = self.0.write(handle, b"hello");
//! #             }
//! #         }
//! #         Verdict::Taken
//! #     }
//! #     fn transmit(&mut self, now: Instant) -> Option<Transmit> {
//! #         let packet = self.0.transmit(now)?.packet;
//! #         Some(Transmit { port: Port(0), packet, note: None })
//! #     }
//! #     fn deadline(&self) -> Option<Instant> {
//! #         self.0.deadline()
//! #     }
//! #     fn on_deadline(&mut self, now: Instant) {
//! #         self.0.on_deadline(now);
//! #     }
//! # }
//! /// Opens a connection. Gives the third packet: what is sent next has its numbers.
//! fn open(link: &mut impl Link, from: SocketAddr, to: SocketAddr) -> Result<Segment<'static>> {
//!     let mut ours = Segment::empty(from.port(), to.port());
//!     (ours.seq, ours.flags, ours.window) = (SeqNumber(1000), Flags::SYN, 65_535);
//!     link.send(&ours.ip_packet(from.ip(), to.ip()))?;
//!     let deadline = link.now() + Duration::from_secs(1);
//!     while let Some(packet) = link.receive(Some(deadline))? {
//!         // A link hears everything, also what is for others.
//!         let Ok(Payload::Tcp(answer)) = Packet::parse(&packet).map(|it| it.payload) else {
//!             continue;
//!         };
//!         if [answer.source_port, answer.destination_port] != [to.port(), from.port()] {
//!             continue;
//!         }
//!         if !answer.flags.has(Flags::SYN | Flags::ACK) {
//!             return Err(ErrorKind::ConnectionRefused.into());
//!         }
//!         (ours.seq, ours.ack, ours.flags) = (ours.seq + 1, answer.seq + 1, Flags::ACK);
//!         link.send(&ours.ip_packet(from.ip(), to.ip()))?;
//!         return Ok(ours);
//!     }
//!     Err(ErrorKind::TimedOut.into())
//! }
//! # let here = SocketAddr::from(([10, 0, 0, 2], 4000));
//! # let there = SocketAddr::from(([203, 0, 113, 80], 7));
//! # let dice = Box::new(ChaCha20Rng::seed_from_u64(2));
//! # let mut server = Host::new(vec![there.ip()], Config::default(), dice);
//! # server.listen(7, 16).unwrap();
//! # let mut plan = Topology::new(Instant::now(), 1);
//! # plan.link("client", "10.0.0.2");
//! # plan.node("server", &["203.0.113.80"], Box::new(Greeter(server)));
//! # plan.wire("client", "server", Wire::ms(25));
//! # let mut link = plan.build().unwrap().link("client").unwrap();
//!
//! // In the toy internet. The server says hello to everybody who has connected.
//! let third = open(&mut link, here, there)?;
//! let hello = link.receive(Some(link.now() + Duration::from_secs(1)))?.unwrap();
//! let Payload::Tcp(hello) = Packet::parse(&hello).unwrap().payload else { panic!("{hello:?}") };
//! assert_eq!((hello.payload, hello.seq), (&b"hello"[..], third.ack));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! As root, `Layer3Link::open(&Layer3Options { guarded: vec![4000], ..Layer3Options::default() })` from
//! [`layer3`](barewire_packet::link::layer3) is a link to kernels, and keeps the one of this machine quiet about port
//! 4000. `tests/by_hand.rs` does that with the same lines.
