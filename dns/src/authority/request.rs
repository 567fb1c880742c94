//! What can be answered at all: the checks of a query before anybody looks for a name.
//!
//! Each says which rule the response code follows. Tested in `tests/authority`.

use super::response::our_edns;
use crate::class::Class;
use crate::header::Header;
use crate::message::Message;
use crate::opcode::Opcode;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::record_type::RecordType;

/// What some bytes ask of a server.
pub(crate) enum Request {
    /// Nothing: they are a response, or too short to have an ID. A server that answered these could be made to talk to
    /// another server for ever.
    NotAQuery,
    /// Something that gets a response code and no more.
    Refused(Message),
    /// A query with one question, which a server can look for.
    Question(Message),
}

impl Request {
    pub(crate) fn read(bytes: &[u8]) -> Request {
        let Ok((_, (header, _))) = Header::parse(bytes) else { return Request::NotAQuery };
        if header.qr {
            return Request::NotAQuery;
        }
        let query = Message::parse(bytes).ok();
        match fault(header.opcode, query.as_ref()) {
            None => query.map_or(Request::NotAQuery, Request::Question),
            Some(rcode) => Request::Refused(refusal(header, query.as_ref(), rcode)),
        }
    }
}

/// Why a query gets no answer.
fn fault(opcode: Opcode, query: Option<&Message>) -> Option<Rcode> {
    if opcode != Opcode::QUERY {
        // RFC 1035 §4.1.1: "The name server does not support the requested kind of query."
        return Some(Rcode::NOTIMP);
    }
    // "Format error - The name server was unable to interpret the query." A second OPT record (RFC 6891 §6.1.1), bytes
    // after the last record, and a record that is cut are notes on a message, and each makes a query one to refuse.
    let Some(query) = query.filter(|query| query.notes.is_empty()) else { return Some(Rcode::FORMERR) };
    // RFC 9619 §4: a query has one question.
    let [question] = &query.questions[..] else { return Some(Rcode::FORMERR) };
    // RFC 6891 §6.1.3: "If a responder does not implement the VERSION level of the request, then it MUST respond with
    // RCODE=BADVERS."
    if query.edns.as_ref().is_some_and(|edns| edns.version > 0) {
        return Some(Rcode::BADVERS);
    }
    of_question(question)
}

fn of_question(question: &Question) -> Option<Rcode> {
    let is_for_us = matches!(question.rtype, RecordType::ANY | RecordType::AXFR | RecordType::IXFR);
    match question.class {
        Class::IN | Class::ANY => {}
        _ => return Some(Rcode::REFUSED),
    }
    // Numbers that stand for no data, such as OPT and TSIG (RFC 6895 §3.1).
    (question.rtype.is_meta() && !is_for_us).then_some(Rcode::NOTIMP)
}

/// A response without records. If the query could not be read, it has no question and no OPT record either. Several
/// questions could be too long for a datagram, so only one is repeated.
fn refusal(asked: Header, query: Option<&Message>, rcode: Rcode) -> Message {
    let mut reply = match query {
        Some(query) if rcode != Rcode::FORMERR => Message::response_to(query),
        _ => Message::response_to(&Message { header: asked, ..Message::empty() }),
    };
    if reply.questions.len() > 1 {
        reply.questions.clear();
    }
    reply.header.rcode = rcode;
    reply.edns = reply.edns.map(|edns| our_edns(query, edns.udp_size));
    reply
}
