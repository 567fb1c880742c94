//! The blocking driver: a host on a link, and streams on the host that read like those of std.
//!
//! ```text
//!   TcpStream, TcpListener      Read, Write, accept
//!            │
//!          Stack                one turn: send what there is, wait for a packet or a deadline,
//!         ╱     ╲               and hand it in
//!      Host     Link            the state machine; the wire
//! ```
//!
//! Without a thread of its own the protocol runs while the caller is inside a call. While nobody calls, nothing is
//! acknowledged and nothing is sent again; [`Stack::run_until`] passes time on purpose. On a real link
//! [`Stack::spawn`] gives the stack a thread that does it.
//!
//! Many threads may use streams of one stack: they take turns, in the order they came. In real time one of those that
//! wait receives packets for all.
//!
//! A client and a server that says hello, on a wire of 25 ms (the source shows how the server is joined to it):
//!
//! ```
//! # use std::{io::Read, net::IpAddr, time::{Duration, Instant}};
//! # use barewire_internet::{Node, Port, Topology, Transmit, Verdict, Wire};
//! # use barewire_tcp::{Config, Event, Host, Stack, TcpStream};
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! # struct Greeter(Host);
//! # impl Node for Greeter {
//! #     fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
//! #         self.0.receive(now, &packet);
//! #         while let Some(event) = self.0.event() {
//! #             if let Event::Accepted { handle, .. } = event {
//! #                 let _ = self.0.write(handle, b"hello");
//! #                 self.0.close(handle);
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
//! let [here, there]: [IpAddr; 2] = [[10, 0, 0, 2].into(), [203, 0, 113, 80].into()];
//! let host = |address, seed| {
//!     Host::new(vec![address], Config::default(), Box::new(ChaCha20Rng::seed_from_u64(seed)))
//! };
//! let mut server = host(there, 2);
//! server.listen(7, 16)?;
//! let mut plan = Topology::new(Instant::now(), 1);
//! plan.link("client", "10.0.0.2");
//! plan.node("server", &["203.0.113.80"], Box::new(Greeter(server)));
//! plan.wire("client", "server", Wire::ms(25));
//!
//! let stack = Stack::new(Box::new(plan.build()?.link("client")?), host(here, 3));
//! let before = stack.now();
//! let mut stream = TcpStream::connect(&stack, (there, 7).into())?;
//! assert_eq!(stack.now() - before, Duration::from_millis(50), "SYN there, SYN-ACK back");
//! let mut text = String::new();
//! stream.read_to_string(&mut text)?;
//! assert_eq!(text, "hello");
//! stream.close(Duration::from_secs(1))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The same on a real link, against whatever listens there. That needs Linux, and root or CAP_NET_RAW. Without them
//! there is a lab with real kernels: `barewire lab run -- PROGRAM`.
//!
//! ```no_run
//! # use std::net::SocketAddr;
//! # use barewire_tcp::{Config, Host, Stack, TcpStream};
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! use barewire_packet::link::raw::{RawLink, RawOptions};
//! use barewire_packet::link::route::local_address_for;
//!
//! # let seed = [0; 32];
//! let server: SocketAddr = "192.0.2.80:80".parse()?;
//! let here = local_address_for(server)?;
//! let link = RawLink::open(here, &RawOptions::default())?;
//! // The seed is 32 random bytes of the system's, so that nobody can guess our numbers.
//! let dice = Box::new(ChaCha20Rng::from_seed(seed));
//! let mut host = Host::new(vec![here], Config::default(), dice);
//! for port in link.ports() {
//!     // The link hears what is for these ports, and keeps the kernel quiet about them.
//!     // From another port it sends nothing.
//!     host.reserve_port(port);
//! }
//! let stack = Stack::new(Box::new(link), host);
//! let thread = stack.spawn()?; // acknowledges while the program does something else
//! let mut stream = TcpStream::connect(&stack, server)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Tested in `tests/stream_api.rs`.

mod background;
mod listener;
mod stack;
mod tap;
mod tcp_stream;
mod turn;
mod way;

pub use background::StackThread;
pub use listener::TcpListener;
pub use stack::Stack;
pub use tap::{Direction, Tap};
pub use tcp_stream::TcpStream;
