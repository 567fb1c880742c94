//! Whether a message is the reply to our question (RFC 5452 §9.1).
//!
//! Header and question are read first, and the rest only if those match: a truncated message may end
//! anywhere, and needs no more than them to be recognised.

use barewire_dissect::{Refused, finish};

use super::Ignored;
use crate::error::{Error, Reason};
use crate::header::Header;
use crate::message::Message;
use crate::question::Question;
use crate::rtype::Rcode;

/// A reply that belongs to our question.
pub(super) enum Reply {
    /// With everything in it.
    Whole(Message),
    /// Cut to fit a datagram.
    Truncated,
}

/// Checks what came against what was asked.
pub(super) fn check(bytes: &[u8], id: Option<u16>, asked: &Question) -> Result<Reply, Ignored> {
    let malformed = |refused: Refused<Reason>| {
        Ignored::Malformed(Error { offset: refused.offset, reason: refused.reason })
    };
    let ((header, counts), rest) = finish("DNS header", bytes, Header::parse(bytes)).map_err(malformed)?;
    if Some(header.id) != id {
        return Err(Ignored::WrongId { got: header.id });
    }
    if !header.qr {
        return Err(Ignored::NotAResponse);
    }
    if header.opcode != crate::Opcode::QUERY {
        return Err(Ignored::WrongOpcode { got: header.opcode });
    }
    match counts.questions {
        1 => {
            let (got, _) = finish("DNS question", bytes, Question::parse(bytes, rest)).map_err(malformed)?;
            // A server may change the case of letters, though most keep it.
            if got != *asked {
                return Err(Ignored::WrongQuestion { got: Some(got) });
            }
        }
        // Who cannot read a query may be unable to repeat its question.
        0 if matches!(header.rcode, Rcode::FORMERR | Rcode::NOTIMP) => {}
        _ => return Err(Ignored::WrongQuestion { got: None }),
    }
    if header.tc {
        return Ok(Reply::Truncated);
    }
    Message::parse(bytes).map(Reply::Whole).map_err(Ignored::Malformed)
}
