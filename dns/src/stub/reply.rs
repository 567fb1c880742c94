//! Whether a message is the reply to our question (RFC 5452 §9.1).
//!
//! The header and the question are read first, and the rest only if they match. A truncated message may end anywhere,
//! and these two are enough to recognise it. Tested in `tests/stub.rs`.

use barewire_dissect::finish;

use super::ignored::Ignored;
use crate::header::Header;
use crate::message::Message;
use crate::opcode::Opcode;
use crate::question::Question;
use crate::rcode::Rcode;

/// A reply that belongs to our question.
pub(super) enum Reply {
    /// Nothing is missing.
    Complete(Message),
    /// The server cut it to fit a datagram.
    Truncated,
}

/// Whether `bytes` are the reply to what was `asked` with this `id`.
pub(super) fn check(bytes: &[u8], id: Option<u16>, asked: &Question) -> Result<Reply, Ignored> {
    let ((header, counts), rest) =
        finish("DNS message", bytes, Header::parse(bytes)).map_err(Ignored::Malformed)?;
    // exercise: dns02
    if Some(header.id) != id {
        return Err(Ignored::WrongId { got: header.id });
    }
    if !header.qr {
        return Err(Ignored::NotAResponse);
    }
    if header.opcode != Opcode::QUERY {
        return Err(Ignored::WrongOpcode { got: header.opcode });
    }
    match counts.questions {
        1 => {
            let (got, _) = finish("DNS message", bytes, Question::parse("question", bytes, rest))
                .map_err(Ignored::Malformed)?;
            // Names compare without case: a server may change it, though most keep it.
            if got != *asked {
                return Err(Ignored::WrongQuestion { got: Some(got) });
            }
        }
        // A server that cannot read the query may send no question back.
        0 if matches!(header.rcode, Rcode::FORMERR | Rcode::NOTIMP) => {}
        _ => return Err(Ignored::WrongQuestion { got: None }),
    }
    // exercise: end
    if header.tc {
        return Ok(Reply::Truncated);
    }
    Message::parse_strictly(bytes).map(Reply::Complete).map_err(Ignored::Malformed)
}
