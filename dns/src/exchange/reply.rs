//! Whether a message is the reply to our question (RFC 5452 §9.1).
//!
//! The header and the question are read first, and the rest only if they match. A truncated message may end anywhere,
//! and these two are enough to recognise it. Tested in `tests/exchange.rs` and `tests/stub`.

use barewire_dissect::{Refused, finish};

use super::ignored::Ignored;
use crate::header::Header;
use crate::message::Message;
use crate::opcode::Opcode;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::reason::Reason;

/// A reply that belongs to our question.
pub(super) enum Reply {
    /// Nothing that matters is missing.
    Whole(Message),
    /// The server cut it to fit a datagram, and says so: TC.
    Truncated(Message),
    /// It breaks off, or breaks a rule. The message has what could be read.
    Broken(Message, Refused<Reason>),
}

impl Reply {
    pub(super) fn message(&self) -> &Message {
        let (Reply::Whole(message) | Reply::Truncated(message) | Reply::Broken(message, _)) = self;
        message
    }
}

/// Whether `bytes` are the reply to what was `asked` with this `id`.
pub(super) fn check(bytes: &[u8], id: u16, asked: &Question) -> Result<Reply, Ignored> {
    let ((header, counts), rest) =
        finish("DNS message", bytes, Header::parse(bytes)).map_err(Ignored::Malformed)?;
    // book: check
    // exercise: dns02
    if header.id != id {
        return Err(Ignored::WrongId { got: header.id });
    }
    if !header.qr {
        return Err(Ignored::NotAResponse);
    }
    if header.opcode != Opcode::QUERY {
        return Err(Ignored::WrongOpcode { got: header.opcode });
    }
    match counts.questions {
        1 if !rest.is_empty() => {
            let (got, _) = finish("DNS message", bytes, Question::parse("question", bytes, rest))
                .map_err(Ignored::Malformed)?;
            // Names compare without case: a server may change it, though most keep it.
            if got != *asked {
                return Err(Ignored::WrongQuestion { got: Some(got) });
            }
        }
        // Some servers send an error, or TC, in a header with nothing after it. The ID and the address have to do.
        0 | 1 if header.tc || is_error(&header) => {}
        _ => return Err(Ignored::WrongQuestion { got: None }),
    }
    // exercise: end
    // book: end
    Ok(read(bytes, header))
}

/// Reads the rest of a reply that matches. What does not matter is a note on the message: bytes after the end, or a
/// second OPT record. An error needs no record, so nothing that is wrong with them matters.
fn read(bytes: &[u8], header: Header) -> Reply {
    let (message, wrong) = match Message::parse(bytes) {
        Ok(message) => {
            let wrong = message.notes.iter().find(|note| is_cut(note)).cloned();
            (message, wrong)
        }
        Err(refused) => (Message { header, ..Message::empty() }, Some(refused)),
    };
    match wrong {
        _ if message.is_truncated() => Reply::Truncated(message),
        Some(why) if !is_error(&header) => Reply::Broken(message, why),
        _ => Reply::Whole(message),
    }
}

/// Whether a note says that a part of the message is missing.
fn is_cut(note: &Refused<Reason>) -> bool {
    matches!(note.reason, Reason::CountNotMet { .. } | Reason::RdataBeyondEnd { .. })
}

fn is_error(header: &Header) -> bool {
    !matches!(header.rcode, Rcode::NOERROR | Rcode::NXDOMAIN)
}
