//! A whole message: the header, then four sections (RFC 1035 §4.1).
//!
//! Queries and responses have the same form. The files below this one: `wire.rs` reads and writes messages, `facts.rs`
//! says what a message means, and `summary.rs` puts that into one line. Tested in `tests/message.rs`,
//! `tests/hickory.rs`, `tests/hostile.rs` and, on what real servers sent, `tests/captures.rs`.

mod facts;
mod summary;
mod wire;

use barewire_dissect::{Refused, Tree, record};

use crate::class::Class;
use crate::edns::{EDNS_UDP_SIZE, Edns};
use crate::header::Header;
use crate::name::Name;
use crate::question::Question;
use crate::reason::Reason;
use crate::record::Record;
use crate::record_type::RecordType;

/// A DNS message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// ID and flags.
    pub header: Header,
    /// What is asked: one entry.
    pub questions: Vec<Question>,
    /// Records that answer it, aliases among them, in any order.
    pub answers: Vec<Record>,
    /// Records about who has authority: NS in a referral, SOA in a negative answer.
    pub authorities: Vec<Record>,
    /// Records that may save the next query.
    pub additionals: Vec<Record>,
    /// What the OPT record says, if there is one.
    pub edns: Option<Edns>,
    /// What was not right when the message was read, though the rest of it could be: bytes after the last record, a
    /// second OPT record, a record that was cut at the end. The record that was cut and the bytes after the last one
    /// are lost; an OPT record that is out of place stays among the records of its section, as bytes.
    pub notes: Vec<Refused<Reason>>,
}

impl Message {
    /// A query for one type of record at a name of class IN, recursion desired.
    pub fn query(id: u16, name: Name, rtype: RecordType) -> Message {
        Message {
            header: Header::query(id),
            questions: vec![Question { name, rtype, class: Class::IN }],
            ..Message::empty()
        }
    }

    /// A query with ID 0 that asks nothing.
    pub(crate) fn empty() -> Message {
        Message {
            header: Header::query(0),
            questions: Vec::new(),
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: Vec::new(),
            edns: None,
            notes: Vec::new(),
        }
    }

    /// An empty response to `query`, which a server fills. The ID, opcode, RD, CD and questions are those of the query.
    /// If the query had EDNS, the response has an OPT record too, as RFC 6891 §6.1.1 wants.
    pub fn response_to(query: &Message) -> Message {
        let asked = &query.header;
        let header =
            Header { qr: true, opcode: asked.opcode, rd: asked.rd, cd: asked.cd, ..Header::query(asked.id) };
        let edns = query.edns.as_ref().map(|_| Edns::new(EDNS_UDP_SIZE));
        Message { header, questions: query.questions.clone(), edns, ..Message::empty() }
    }
}

/// Reads a message and names all its bytes: every view is drawn from that tree. When the message is
/// broken, the tree holds the fields before the fault.
///
/// ```
/// use barewire_dns::{Message, Name, RecordType, dissect};
/// let query = Message::query(0x3039, Name::parse_text("example.test")?, RecordType::A);
/// let (message, tree) = dissect(&query.encode()?);
/// assert_eq!(message?, query);
/// assert_eq!(tree.find("QNAME").and_then(|node| node.value.as_deref()), Some("example.test"));
/// assert_eq!(tree.check_coverage(), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn dissect(bytes: &[u8]) -> (Result<Message, Refused<Reason>>, Tree) {
    record(bytes, || Message::parse(bytes))
}
