//! The stub resolver's core: one question, put to a few servers until one answers, without I/O.
//!
//! [`Query`] is told the time, the replies and the errors. It says what to send, how long to wait, and what happened.
//! It opens no socket and reads no clock, so a test runs a whole lookup with all its timeouts at once. Over real
//! sockets [`driver`](crate::driver) runs it.
//!
//! ```text
//!            new ──▶ transmit ──▶ wait ──┬─ an answer, NXDOMAIN, NODATA ─▶ Answer, or Failed
//!                       ▲                ├─ an alias without its target ─▶ the same server, about
//!                       │                │                                 the target
//!                       ├────────────────┼─ SERVFAIL, unreachable, ... ──▶ the next server
//!                       │                ├─ silence: 1 s, then 2 s, ... ─▶ the next server,
//!                       │                │                                 or the same again
//!                       │                └─ 5 s in all ──────────────────▶ Failed
//! ```
//!
//! A server that was silent is asked again after the others, and its late reply is taken. A server that failed,
//! refused, or only names other servers is not asked again. If all failed, [`Error`] tells what each of them did.
//!
//! What a lookup learns of the servers is a [`History`]: keep it, and give it to the next lookup with
//! [`Query::knowing`]. It then begins with the server that is likely to answer soonest, and waits as long as that
//! server takes.
//!
//! ```
//! use barewire_dns::stub::{Config, History, Query};
//! # use barewire_dns::{Name, RecordType};
//! # let (now, server) = (std::time::Instant::now(), "192.0.2.53:53".parse()?);
//! # let mut rng = rand_chacha::ChaCha8Rng::from_seed([1; 32]);
//! # use rand_chacha::rand_core::SeedableRng;
//! let mut history = History::new();
//! for name in ["www.example.test", "mail.example.test"] {
//!     let (name, servers) = (Name::parse_text(name)?, vec![server]);
//!     let config = Config::default();
//!     let query = Query::new(now, name, RecordType::A, servers, config, &mut rng);
//!     let query = query.knowing(&history);
//!     // ... and when it is over:
//!     history = query.history().clone();
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! RFC 1035 §7.2 describes the choice of servers, RFC 1034 §5.2.2 the question about a target. Left out:
//! caching. Tested in `tests/stub` and, against a list of hostile servers, in `tests/hostile_servers`.
//!
//! # Reading order
//!
//! `lookup.rs` makes a typed name into questions about A and AAAA: [`Lookup`]. Each of them is a [`Query`]: `query.rs`
//! has its verbs and transitions. It uses [`Exchange`] (how one server is asked, and which message is its reply) and
//! [`Outcome`](crate::Outcome) (what the reply says). The other files hold the types that a caller sees.

mod answer;
mod error;
mod event;
mod lookup;
mod not_found;
mod query;
mod special;

pub use self::answer::Answer;
pub use self::error::Error;
pub use self::event::Event;
pub use self::lookup::{Lookup, LookupEvent};
pub use self::not_found::{NotFound, Tried};
pub use self::query::Query;
pub use self::special::{Special, SpecialAnswer};
pub use crate::exchange::{
    Config, Cookie, End, Ending, Exchange, History, Ignored, Known, Protocol, QueryOptions, RandomCase,
    TcpReason, Transmit,
};
