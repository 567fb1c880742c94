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
//! It has no thread of its own: the protocol runs while the caller is inside a call. A segment that is lost while
//! nobody calls is sent again at the next call; [`Stack::run_until`] passes time on purpose.
//!
//! Two threads may use streams of one stack: they take turns, in the order they came.
//!
//! Tested in `tests/stream_api.rs`.

mod listener;
mod stack;
mod tcp_stream;
mod turn;

pub use listener::TcpListener;
pub use stack::{Direction, Stack, Tap};
pub use tcp_stream::TcpStream;
