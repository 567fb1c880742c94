//! A whole message: the header, then four sections (RFC 1035 §4.1).
//!
//! Queries and responses have the same form. Tested in `tests/message.rs`, `tests/hickory.rs`,
//! `tests/hostile.rs` and, on what real servers sent, `tests/captures.rs`.

use barewire_dissect::{Tree, finish, group, record, refuse};
use nom::Parser;

use crate::compress::Writer;
use crate::edns::Edns;
use crate::error::{Error, Reason, Wire, when_cut_short};
use crate::header::{Counts, Header};
use crate::name::Name;
use crate::question::Question;
use crate::rdata::RData;
use crate::record::Record;
use crate::rtype::{Class, Rcode, RecordType};

/// A DNS message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// ID and flags.
    pub header: Header,
    /// What is asked: one entry.
    pub questions: Vec<Question>,
    /// Records that answer it, aliases among them, in any order.
    pub answers: Vec<Record>,
    /// Records that say who has authority: NS in a referral, SOA in a negative answer.
    pub authorities: Vec<Record>,
    /// Records that may save the next query, and OPT.
    pub additionals: Vec<Record>,
}

impl Message {
    /// A query for one type of record at a name of class IN, recursion desired.
    pub fn query(id: u16, name: Name, rtype: RecordType) -> Message {
        Message {
            header: Header::query(id),
            questions: vec![Question { name, rtype, class: Class::IN }],
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: Vec::new(),
        }
    }

    /// An empty response to `query`, for a server to fill: the ID, opcode, RD, CD and questions are the
    /// query's, and if that had EDNS the response has an OPT record too, as RFC 6891 §6.1.1 wants.
    pub fn response_to(query: &Message) -> Message {
        let asked = &query.header;
        let header =
            Header { qr: true, opcode: asked.opcode, rd: asked.rd, cd: asked.cd, ..Header::query(asked.id) };
        let opt = query.edns().map(|_| Edns::new(crate::stub::EDNS_UDP_SIZE).to_record());
        Message {
            header,
            questions: query.questions.clone(),
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: opt.into_iter().collect(),
        }
    }

    /// Reads a message, which must take all of `bytes`.
    ///
    /// Inside [`record`] it also notes each field; see [`dissect`].
    pub fn parse(bytes: &[u8]) -> Result<Message, Error> {
        match finish("DNS message", bytes, Message::parse_wire(bytes)) {
            Ok((message, [])) => Ok(message),
            Ok((_, rest)) => {
                let reason = Reason::TrailingBytes { count: rest.len() };
                Err(Error { offset: bytes.len() - rest.len(), reason })
            }
            Err(refused) => Err(Error { offset: refused.offset, reason: refused.reason }),
        }
    }

    fn parse_wire(bytes: &[u8]) -> Wire<'_, Message> {
        let (input, (header, counts)) = group("header", "", Header::parse).parse(bytes)?;
        let (input, questions) = section("QDCOUNT", counts.questions, Question::parse, bytes, input)?;
        let (input, answers) = section("ANCOUNT", counts.answers, records("answer record"), bytes, input)?;
        let (input, authorities) =
            section("NSCOUNT", counts.authorities, records("authority record"), bytes, input)?;
        let (input, additionals) = section("ARCOUNT", counts.additionals, single_opt(), bytes, input)?;
        Ok((input, Message { header, questions, answers, authorities, additionals }))
    }

    /// The message as bytes, its names compressed.
    ///
    /// Fails if it would take more than 65,535 bytes, or if a character-string has more than 255.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let count = |length: usize| {
            // Even the smallest entry takes bytes, so that many are too long a message in any case.
            u16::try_from(length).map_err(|_| Error { offset: 65_535, reason: Reason::MessageTooLong })
        };
        let counts = Counts {
            questions: count(self.questions.len())?,
            answers: count(self.answers.len())?,
            authorities: count(self.authorities.len())?,
            additionals: count(self.additionals.len())?,
        };
        let mut out = Writer::new();
        self.header.write(&mut out, counts);
        for question in &self.questions {
            question.write(&mut out);
        }
        for record in self.answers.iter().chain(&self.authorities).chain(&self.additionals) {
            record.write(&mut out)?;
        }
        out.finish()
    }

    /// What the OPT record says, if there is one.
    pub fn edns(&self) -> Option<Edns> {
        self.additionals.iter().find_map(Edns::from_record)
    }

    /// The whole response code, with the bits that an OPT record adds (RFC 6891 §6.1.3).
    pub fn rcode(&self) -> Rcode {
        let opt = self.additionals.iter().find(|record| matches!(record.data, RData::Opt(_)));
        let high = opt.map_or(0, |record| record.ttl >> 24) as u16;
        Rcode(high << 4 | self.header.rcode.0 & 0x0f)
    }
}

/// Reads the entries of one section, as many as its counter says.
fn section<'a, T>(
    counter: &'static str,
    count: u16,
    mut entry: impl FnMut(&'a [u8], &'a [u8]) -> Wire<'a, T>,
    message: &'a [u8],
    mut input: &'a [u8],
) -> Wire<'a, Vec<T>> {
    // The count may lie, the bytes cannot: no entry takes less than five.
    let mut entries = Vec::with_capacity(usize::from(count).min(input.len() / 5));
    for number in 1..=count {
        let parsed = entry(message, input);
        let (rest, value) = when_cut_short(parsed, || Reason::CountNotMet { number, count, counter })?;
        entries.push(value);
        input = rest;
    }
    Ok((input, entries))
}

/// Reads the records of a section, which the tree names so.
fn records<'a>(section: &'static str) -> impl FnMut(&'a [u8], &'a [u8]) -> Wire<'a, Record> {
    move |message, input| Record::parse(section, message, input)
}

/// Reads additional records, of which one at most is OPT.
fn single_opt<'a>() -> impl FnMut(&'a [u8], &'a [u8]) -> Wire<'a, Record> {
    let mut seen = false;
    move |message, input| {
        let (rest, record) = Record::parse("additional record", message, input)?;
        if record.rtype == RecordType::OPT && std::mem::replace(&mut seen, true) {
            return refuse(input, Reason::OptTwice);
        }
        Ok((rest, record))
    }
}

/// Reads a message and names all its bytes: the tree that every view is drawn from. When the
/// message is broken the tree holds the fields before the fault.
///
/// ```
/// use barewire_dns::{Message, Name, RecordType, dissect};
/// let query = Message::query(0x3039, Name::parse_text("example.test")?, RecordType::A);
/// let (message, tree) = dissect(&query.encode()?);
/// assert_eq!(message?, query);
/// assert_eq!(tree.find("QNAME").and_then(|node| node.value.as_deref()), Some("example.test"));
/// assert_eq!(tree.check_coverage(), Ok(()));
/// # Ok::<(), barewire_dns::Error>(())
/// ```
pub fn dissect(bytes: &[u8]) -> (Result<Message, Error>, Tree) {
    record(bytes, || Message::parse(bytes))
}
