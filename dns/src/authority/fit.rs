//! How much of a response goes into a message: over UDP as much as the client takes, over TCP all of it.
//!
//! Records that only save a query are left out without a word. Where more is too long, TC says so, and the client asks
//! again over TCP. Tested in `tests/authority`.

use super::response::Response;
use crate::message::Message;
use crate::rcode::Rcode;
use crate::stub::Protocol;

/// The most bytes over UDP without EDNS (RFC 1035 §4.2.1).
const WITHOUT_EDNS: u16 = 512;

/// The most bytes that a reply to this query may have. `ours` is what we send at most over UDP.
fn limit(query: &Message, transport: Protocol, ours: u16) -> usize {
    let theirs = query.edns.as_ref().map(|edns| edns.udp_size);
    match (transport, theirs) {
        (Protocol::Tcp, _) => usize::from(u16::MAX),
        (Protocol::Udp, None) => WITHOUT_EDNS.into(),
        // RFC 6891 §6.2.3: "Values lower than 512 MUST be treated as equal to 512."
        (Protocol::Udp, Some(theirs)) => theirs.min(ours).max(WITHOUT_EDNS).into(),
    }
}

/// The response as bytes.
pub(crate) fn encode(response: Response, query: &Message, transport: Protocol, ours: u16) -> Option<Vec<u8>> {
    let limit = limit(query, transport, ours);
    let Response { mut message, glue, .. } = response;
    // book: fit
    // exercise: dns09
    // instead: let _ = (limit, glue, transport);
    // instead: message.encode().ok()
    let whole = fitting(&message, limit);
    let without_extras = || {
        message.additionals.truncate(glue);
        fitting(&message, limit)
    };
    whole.or_else(without_extras).or_else(|| cut(message, transport).encode().ok())
    // exercise: end
    // book: end
}

fn fitting(message: &Message, limit: usize) -> Option<Vec<u8>> {
    message.encode().ok().filter(|bytes| bytes.len() <= limit)
}

/// What is sent in the place of a message that is too long. RFC 2181 §9: a client should ignore the records of a reply
/// with TC, so there are none. Over TCP nothing longer can be had.
fn cut(message: Message, transport: Protocol) -> Message {
    let (answers, authorities, additionals) = (Vec::new(), Vec::new(), Vec::new());
    let mut cut = Message { answers, authorities, additionals, ..message };
    match transport {
        Protocol::Udp => cut.header.tc = true,
        Protocol::Tcp => cut.header.rcode = Rcode::SERVFAIL,
    }
    cut
}
