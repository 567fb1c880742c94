//! Why a connection carries no other request after its last answer: the heads say so (RFC 9112 §9.3), or the server
//! ended it. A client that ends it could have kept it. Tested in `tests/budget.rs`.

use std::fmt;

use barewire_http1::observe::{Asked, Lost, What};
use barewire_http1::{Framing, Persistence, Reason, Request, Response};

use super::Story;
use super::message::Says;
use super::row::Row;
use super::step::Step;

/// Why a connection was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unkept {
    /// The heads of the last exchange, or the end of its body, say so.
    Said(&'static str),
    /// The server closed it, and had not said that it would.
    Closed,
    /// The server reset it.
    Reset,
}

/// Reads it from the rows of a connection. `None`: it could have been kept.
pub(super) fn unkept(story: &Story, connection: &[&Row]) -> Option<Unkept> {
    let mut request: Option<&Request> = None;
    let mut last: Option<(&Response, Option<Framing>)> = None;
    for what in connection.iter().flat_map(|row| &row.messages).filter_map(|message| match &message.says {
        Says::Http(what) => Some(&**what),
        _ => None,
    }) {
        match what {
            What::Lost(Lost::Broken(refused)) if refused.reason == Reason::UnaskedBytes => {
                return Some(Unkept::Said("the server sent bytes that answer no request"));
            }
            What::RequestHead(head) if head.method != "CONNECT" => request = Some(head),
            What::ResponseHead { head, framing, to } if is_final(head, to) => last = Some((head, *framing)),
            _ => {}
        }
    }
    let by_heads = last.map(|(head, framing)| Persistence::after_exchange(request, head, framing));
    match by_heads {
        Some(Persistence::Closes(why)) => Some(Unkept::Said(why)),
        Some(Persistence::KeepsOpen) | None => ended_by_server(story, connection),
    }
}

/// Whether a response is the last one to its request. What a proxy says to CONNECT is about the tunnel.
fn is_final(head: &Response, to: &Asked) -> bool {
    *to != Asked::Method("CONNECT".to_owned()) && (!head.is_informational() || head.status == 101)
}

/// The side that ends a connection first is the one that did not keep it.
fn ended_by_server(story: &Story, connection: &[&Row]) -> Option<Unkept> {
    let first = connection.iter().find(|row| story.takes(row, Step::GivesUp))?;
    match story.is_from_client(first) {
        true => None,
        false if story.takes(first, Step::Reset) => Some(Unkept::Reset),
        false => Some(Unkept::Closed),
    }
}

/// "the server closed this one"
impl fmt::Display for Unkept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unkept::Said(why) => write!(f, "this one was not kept: {why}"),
            Unkept::Closed => f.write_str("the server closed this one"),
            Unkept::Reset => f.write_str("the server reset this one"),
        }
    }
}
