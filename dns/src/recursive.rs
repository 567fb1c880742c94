//! The side of a resolver that its clients see: which queries it takes, and how long a reply may be.
//!
//! ```text
//!   query ─▶ read    not a query: nothing    FORMERR, NOTIMP, BADVERS, REFUSED: a reply
//!              │
//!              └───▶ a question ──▶ Resolver::ask ──▶ Resolution
//!                                                         │
//!   reply ◀─ reply   over UDP no more than the client takes, else TC
//! ```
//!
//! Who may ask at all is for the program to decide: a resolver that anybody may ask can be used to send large replies
//! to a stranger (RFC 5358 §4). [`refusal`] is what the others get. Left out: cookies, DNS over TLS and HTTPS, rate
//! limits. Tested in `tests/recursive.rs`.

use crate::authority::fit;
use crate::authority::request::Request;
use crate::authority::response::Response;
use crate::edns::{EDNS_UDP_SIZE, EdnsOption, ExtendedError};
use crate::exchange::Protocol;
use crate::message::Message;
use crate::rcode::Rcode;
use crate::resolver::{Flags, Resolution};

/// "Prohibited": this client may not ask (RFC 8914 §4.19).
pub const PROHIBITED: u16 = 18;

/// "Not Authoritative": RD is 0, and a resolver has no zone of its own (RFC 8914 §4.21).
pub const NOT_AUTHORITATIVE: u16 = 20;

/// What bytes ask of a resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: they are a response, or too short to be a query. They get no reply.
    Nothing,
    /// Something that gets this reply, and needs no resolver.
    Reply(Vec<u8>),
    /// A question for the resolver, with RD.
    Question(Box<Message>),
}

/// Reads what a client has sent.
pub fn read(bytes: &[u8]) -> Asked {
    match Request::read(bytes) {
        Request::NotAQuery => Asked::Nothing,
        Request::Refused(mut reply) => {
            reply.header.ra = true;
            reply.encode().map_or(Asked::Nothing, Asked::Reply)
        }
        // RFC 8914 §4.21: "A resolver that receives a query with the RD bit clear SHOULD include this EDE code in the
        // REFUSED response."
        Request::Question(query) if !query.header.rd => {
            refusal(&query, NOT_AUTHORITATIVE).map_or(Asked::Nothing, Asked::Reply)
        }
        Request::Question(query) => Asked::Question(Box::new(query)),
    }
}

/// What the resolver should heed of a query beside its question.
pub fn flags(query: &Message) -> Flags {
    Flags { checking_disabled: query.header.cd }
}

/// The reply to a query: as much as its client takes over this transport.
pub fn reply(query: &Message, resolution: &Resolution, transport: Protocol) -> Option<Vec<u8>> {
    fit::encode(Response::whole(resolution.response_to(query)), query, transport, EDNS_UDP_SIZE)
}

/// REFUSED, with the code of an extended error.
pub fn refusal(query: &Message, code: u16) -> Option<Vec<u8>> {
    told(query, Rcode::REFUSED, code, "")
}

/// SERVFAIL for a question that nobody works on: "Other Error", and why.
pub fn failure(query: &Message, why: &str) -> Option<Vec<u8>> {
    told(query, Rcode::SERVFAIL, 0, why)
}

fn told(query: &Message, rcode: Rcode, code: u16, text: &str) -> Option<Vec<u8>> {
    let mut reply = Message::response_to(query);
    (reply.header.ra, reply.header.rcode) = (true, rcode);
    if let Some(edns) = &mut reply.edns {
        let text = text.as_bytes().to_vec();
        edns.options.push(EdnsOption::ExtendedError(ExtendedError { code, text }));
    }
    reply.encode().ok()
}
