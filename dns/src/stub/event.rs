//! What a query tells its caller. The text of an event is also the note of the message that follows from it.

use std::fmt;
use std::net::SocketAddr;

use super::answer::Answer;
use super::error::Error;
use crate::exchange::{self, End};
use crate::name::Name;

/// Something that happened during a lookup.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "a lookup has one answer, and a box would stand in every match"
)]
pub enum Event {
    /// The lookup is over, and this is the answer.
    Answer(Answer),
    /// The lookup is over without an answer.
    Failed(Error),
    /// Something happened with one server, and it is asked again or waited for.
    Exchange(exchange::Event),
    /// Another server is asked.
    NextServer {
        /// The one before.
        from: SocketAddr,
        /// The one to be asked now.
        to: SocketAddr,
        /// How it stands with the one before.
        why: Box<End>,
    },
    /// The reply stops at an alias, and its target is asked for.
    Target {
        /// The server that replied.
        server: SocketAddr,
        /// The name to be asked for now.
        target: Name,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Answer(answer) => write!(f, "answer: {}", answer.message().summary()),
            Event::Failed(error) => write!(f, "failed: {error}"),
            Event::Exchange(event) => event.fmt(f),
            Event::NextServer { from, why, .. } => write!(f, "next server: {from} {why}"),
            Event::Target { server, target } => {
                write!(f, "next name: the reply of {server} stops at an alias of {target} (RFC 1034 §5.2.2)")
            }
        }
    }
}
