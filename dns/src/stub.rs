//! The stub resolver's core: one question, put to a few servers until one answers, without I/O.
//!
//! [`Query`] is told the time, the replies and the errors. It says what to send, how long to wait, and what happened.
//! It opens no socket and reads no clock, so a test runs a whole lookup with all its timeouts at once. Over real
//! sockets [`driver`](crate::driver) runs it.
//!
//! ```text
//!            new ──▶ transmit ──▶ wait ──┬─ a good reply ─────────────▶ Answer, or Failed
//!                       ▲                ├─ a bad reply ──▶ Ignored, and the wait goes on
//!                       │                ├─ truncated ──────▶ the same server, over TCP
//!                       └────────────────┼─ FORMERR, NOTIMP ▶ the same server, without EDNS
//!                                        ├─ SERVFAIL, unreachable, ... ─▶ the next server
//!                                        ├─ silence: 1 s, then 2 s, ... ▶ the next server,
//!                                        │                                or the same again
//!                                        └─ 5 s in all ───────────────▶ Failed
//! ```
//!
//! This keeps forged replies out (RFC 5452 §9.1):
//!
//! * The ID and the source port are random, and new for every server and transport. A retransmission keeps them: each
//!   other pair in flight would be one more that a forger could guess.
//! * A reply comes from the server's address and port, repeats the ID and the question, and is a response.
//! * A message that is not the reply is reported, and the wait goes on. If it ended the wait, anybody could end a
//!   lookup by sending rubbish first.
//! * After [`Config::max_ignored`] of those the question moves to TCP, where a forger has to guess sequence numbers
//!   too.
//!
//! RFC 1035 §4.2.1 and §7.2 describe the retransmission, RFC 7766 §5 the change to TCP, RFC 6891 §6.2.2 and
//! §7 the retreat from EDNS. Left out: random case in the question, cookies, search lists
//! (see [`system`](crate::system)), caching. Tested in `tests/stub.rs`.
//!
//! # Reading order
//!
//! `query.rs` has the verbs and the transitions. It uses `server.rs` (how one server is asked), `reply.rs` (is this
//! message the reply?) and `answer.rs` (the records that were asked for). The other files hold the types that a
//! caller sees.

mod answer;
mod config;
mod error;
mod event;
mod ignored;
mod query;
mod reply;
mod server;
mod transmit;
mod trouble;

pub use answer::Answer;
pub use config::Config;
pub use error::Error;
pub use event::{Event, TcpReason};
pub use ignored::Ignored;
pub use query::Query;
pub use transmit::{Protocol, Transmit};
pub use trouble::Trouble;
