//! AXFR: the whole zone, in as many messages as it takes, from SOA to SOA (RFC 5936 §2.2).
//!
//! ```text
//!   ◀── AXFR? example.test
//!   ──▶ SOA, records ..       the question, and as many records as a message of 16 KB holds
//!   ──▶ records ..            further messages have no question (§2.2.1)
//!   ──▶ records .., SOA       the same SOA again: the end
//! ```
//!
//! A pointer to a name reaches 16,383 bytes far, so a longer message would not be shorter in all. Tested in
//! `tests/authority` and, with dig and nsd as secondaries, in `tests/beside_nsd`.

use std::iter::Peekable;

use super::replies::Replies;
use super::response::Response;
use super::zone::Zone;
use crate::compress::Writer;
use crate::message::Message;
use crate::rcode::Rcode;
use crate::record::Record;
use crate::record_type::RecordType;
use crate::stub::Protocol;

/// How many bytes of records go into a message, before names are compressed.
const MESSAGE: usize = 16_000;

/// A transfer that is under way.
struct Transfer<'z> {
    /// The next message, without its records.
    head: Message,
    records: Peekable<Box<dyn Iterator<Item = &'z Record> + 'z>>,
}

/// Whether a query asks for a whole zone. IXFR asks for what is new in it, and may get all of it (RFC 1995 §4).
pub(super) fn is_wanted(query: &Message) -> bool {
    query.question().is_some_and(|asked| matches!(asked.rtype, RecordType::AXFR | RecordType::IXFR))
}

/// The transfer of `zone`, or the reason against it.
pub(super) fn begin<'z>(
    query: &Message,
    zone: Option<&'z Zone>,
    transport: Protocol,
    udp_size: u16,
) -> Replies<'z> {
    let mut head = Response::new(query, udp_size).message;
    let rtype = query.question().map(|asked| asked.rtype);
    let refused = |mut head: Message, rcode| {
        head.header.rcode = rcode;
        Replies::one(head.encode().ok())
    };
    // RFC 5936 §2.2.1: "If a server is not authoritative for the queried zone, the server SHOULD set [..] NotAuth(9)".
    let Some(zone) = zone else { return refused(head, Rcode::NOTAUTH) };
    if !zone.transfer {
        return refused(head, Rcode::REFUSED);
    }
    head.header.aa = true;
    match (transport, rtype) {
        (Protocol::Tcp, _) => Replies::several(Transfer::new(head, zone)),
        // RFC 1995 §2: the SOA record alone says that it takes TCP.
        (Protocol::Udp, Some(RecordType::IXFR)) => {
            head.answers.extend(zone.soa().cloned());
            Replies::one(head.encode().ok())
        }
        // RFC 5936 §4.2: AXFR over UDP does not exist.
        (Protocol::Udp, _) => refused(head, Rcode::FORMERR),
    }
}

impl<'z> Transfer<'z> {
    fn new(head: Message, zone: &'z Zone) -> Transfer<'z> {
        let records: Box<dyn Iterator<Item = &'z Record> + 'z> = Box::new(zone.records().chain(zone.soa()));
        Transfer { head, records: records.peekable() }
    }

    /// As many records as go into the next message: at least one.
    fn portion(&mut self) -> Vec<Record> {
        let (mut portion, mut bytes) = (Vec::new(), 0);
        while let Some(record) = self.records.next_if(|next| bytes == 0 || bytes + length(next) <= MESSAGE) {
            bytes += length(record);
            portion.push(record.clone());
        }
        portion
    }
}

/// The bytes of a record alone. The zone's checks wrote each record once, so that it can be written again.
fn length(record: &Record) -> usize {
    let mut alone = Writer::new();
    record.write(&mut alone);
    alone.finish().map_or(0, |bytes| bytes.len())
}

impl Iterator for Transfer<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let answers = self.portion();
        if answers.is_empty() {
            return None;
        }
        let message = Message { answers, ..self.head.clone() };
        self.head.questions.clear();
        message.encode().ok()
    }
}
