//! A message as bytes: the header's counts say how many entries follow in each section (RFC 1035 §4.1.1).
//!
//! Real servers send messages that are not quite right: bytes after the last record, a second OPT record, a record cut
//! at the end. Such a message is read as far as it is right, and what is wrong is a note on it.
//!
//! Tested in `tests/message.rs`, `tests/notes.rs`, `tests/hickory.rs` and `tests/hostile.rs`.

use barewire_dissect::{Located, Parsed, Refused, field, finish, group, offset_of, refuse};
use nom::Parser;
use nom::combinator::rest;

use super::Message;
use crate::compress::Writer;
use crate::header::{Counts, Header};
use crate::name::Owner;
use crate::question::Question;
use crate::rdata::RData;
use crate::reason::{BrokenRule, Reason, unwritable, when_it_ends_early};
use crate::record::{Additional, Record};
use crate::record_type::RecordType;

const WHAT: &str = "DNS message";

impl Message {
    /// Reads a message, as far as it is right: see [`notes`](Message::notes).
    ///
    /// Inside [`record`](barewire_dissect::record) it also notes each field; see [`dissect`](crate::dissect()).
    ///
    /// # Errors
    /// [`Refused`], with an offset into `bytes`, if the header, the question or a record cannot be read.
    pub fn parse(bytes: &[u8]) -> Result<Message, Refused<Reason>> {
        finish(WHAT, bytes, message(bytes)).map(|(message, _)| message)
    }

    /// Reads a message that must be right to its last byte.
    ///
    /// # Errors
    /// [`Refused`], with an offset into `bytes`; also for what [`parse`](Message::parse) only notes.
    pub fn parse_strictly(bytes: &[u8]) -> Result<Message, Refused<Reason>> {
        let mut message = Message::parse(bytes)?;
        if message.notes.is_empty() { Ok(message) } else { Err(message.notes.swap_remove(0)) }
    }

    /// The message as bytes, its names compressed.
    ///
    /// # Errors
    /// [`Refused`], with the offset that the message has reached: it would have more than 65,535 bytes, or holds
    /// something that no reader would take, such as a character-string of more than 255 bytes.
    pub fn encode(&self) -> Result<Vec<u8>, Refused<Reason>> {
        // Even the smallest entry takes bytes: with more entries than a count can say, the message is too long anyway.
        let count =
            |length: usize| u16::try_from(length).map_err(|_| unwritable(65_535, Reason::MessageTooLong));
        let counts = Counts {
            questions: count(self.questions.len())?,
            answers: count(self.answers.len())?,
            authorities: count(self.authorities.len())?,
            additionals: count(self.additionals.len() + usize::from(self.edns.is_some()))?,
        };
        let mut out = Writer::new();
        self.check_codes(&mut out);
        self.header.write(&mut out, counts);
        for question in &self.questions {
            question.write(&mut out);
        }
        let followed_by = self.edns.as_ref().map_or(0, |edns| edns.followed_by);
        let (before, after) = self.additionals.split_at(self.additionals.len().saturating_sub(followed_by));
        for record in self.answers.iter().chain(&self.authorities).chain(before) {
            record.write(&mut out);
        }
        if let Some(edns) = &self.edns {
            edns.write(self.header.rcode, &mut out);
        }
        after.iter().for_each(|record| record.write(&mut out));
        out.finish()
    }

    /// Codes that the header and the OPT record cannot hold would be cut to other ones.
    fn check_codes(&self, out: &mut Writer) {
        if self.header.opcode.0 > 0x0f {
            out.refuse(Reason::Broken(&OPCODE));
        }
        match &self.edns {
            _ if self.header.rcode.0 > 0x0fff => out.refuse(Reason::Broken(&RCODE_BITS)),
            None if self.header.rcode.needs_edns() => out.refuse(Reason::Broken(&RCODE)),
            Some(edns) if edns.reserved > 0x7fff => out.refuse(Reason::Broken(&RESERVED)),
            _ => {}
        }
    }
}

static OPCODE: BrokenRule =
    BrokenRule { field: "OPCODE", rule: "RFC 1035 §4.1.1", says: "an opcode has four bits" };
static RCODE_BITS: BrokenRule =
    BrokenRule { field: "RCODE", rule: "RFC 6891 §6.1.3", says: "a response code has twelve bits" };
static RESERVED: BrokenRule =
    BrokenRule { field: "EDNS flags", rule: "RFC 6891 §6.1.4", says: "beside DO there are fifteen" };
static RCODE: BrokenRule = BrokenRule {
    field: "RCODE",
    rule: "RFC 6891 §6.1.3",
    says: "a code above 15 does not fit the header, and needs an OPT record",
};

fn message(bytes: &[u8]) -> Parsed<'_, Message, Reason> {
    let (input, (header, counts)) = group("header", "", Header::parse).parse(bytes)?;
    let [question, answer, authority, additional] = header.opcode.sections();
    let (input, questions) = questions(counts.questions, bytes, question, input)?;
    let owner = Owner::asked(questions.first().map(|question| &question.name));
    let mut reader = Reader { bytes, left: input, cut: false, notes: Vec::new(), owner };
    let answers = reader.records("ANCOUNT", counts.answers, answer)?;
    let authorities = reader.records("NSCOUNT", counts.authorities, authority)?;
    let mut message = Message { header, questions, answers, authorities, ..Message::empty() };
    reader.additionals(counts.additionals, additional, &mut message)?;
    reader.trailing_bytes()?;
    message.notes = reader.notes;
    Ok((&[], message))
}

fn questions<'a>(
    count: u16,
    bytes: &'a [u8],
    section: &'static str,
    mut input: &'a [u8],
) -> Parsed<'a, Vec<Question>, Reason> {
    let mut questions = Vec::with_capacity(room(count, input));
    for number in 1..=count {
        let counter = "QDCOUNT";
        let parsed = Question::parse(section, bytes, input);
        let (rest, question) = when_it_ends_early(parsed, || Reason::CountNotMet { number, count, counter })?;
        questions.push(question);
        input = rest;
    }
    Ok((input, questions))
}

/// For how many entries to make room. The count may lie, and no entry takes less than five bytes.
fn room(count: u16, input: &[u8]) -> usize {
    usize::from(count).min(input.len() / 5)
}

/// Whether this is an OPT record that was read as any other.
fn is_opt(record: &Record) -> bool {
    matches!(&record.data, RData::Unknown(data) if data.rtype == RecordType::OPT)
}

/// An error of a parser on the message.
type Failed<'a> = nom::Err<Located<'a, Reason>>;

/// Reads the records, and keeps what is not right with them.
struct Reader<'a> {
    bytes: &'a [u8],
    left: &'a [u8],
    /// The message ended inside a record.
    cut: bool,
    notes: Vec<Refused<Reason>>,
    owner: Owner,
}

impl<'a> Reader<'a> {
    fn records(
        &mut self,
        counter: &'static str,
        count: u16,
        section: &'static str,
    ) -> Result<Vec<Record>, Failed<'a>> {
        let mut records = Vec::with_capacity(room(count, self.left));
        while records.len() < count.into() {
            let start = self.left;
            let (rest, record) = match Record::parse(section, self.bytes, &mut self.owner, start) {
                Ok(parsed) => parsed,
                Err(error) => {
                    let number = records.len() as u16 + 1;
                    self.ends_here(error, Reason::CountNotMet { number, count, counter })?;
                    break;
                }
            };
            self.left = rest;
            records.push(record);
            if records.last().is_some_and(is_opt) {
                self.note(start, Reason::OptElsewhere);
            }
        }
        Ok(records)
    }

    /// The additional section, where EDNS stands.
    fn additionals(
        &mut self,
        count: u16,
        section: &'static str,
        message: &mut Message,
    ) -> Result<(), Failed<'a>> {
        let counter = "ARCOUNT";
        message.additionals.reserve(room(count, self.left));
        for number in 1..=count {
            let (start, bytes, first) = (self.left, self.bytes, message.edns.is_none());
            let parsed = match first {
                true => Record::parse_additional(section, bytes, &mut self.owner, start),
                false => Record::parse(section, bytes, &mut self.owner, start)
                    .map(|(rest, record)| (rest, Additional::Record(record))),
            };
            match parsed {
                Ok((rest, Additional::Edns(edns, rcode))) => {
                    self.left = rest;
                    message.header.rcode.0 |= rcode.0;
                    message.edns = Some(edns);
                }
                Ok((rest, Additional::Record(record))) => {
                    self.left = rest;
                    if is_opt(&record) {
                        self.note(start, if first { Reason::OptNotAtRoot } else { Reason::OptTwice });
                    }
                    message.additionals.push(record);
                    message.edns.iter_mut().for_each(|edns| edns.followed_by += 1);
                }
                Err(error) => {
                    self.ends_here(error, Reason::CountNotMet { number, count, counter })?;
                    break;
                }
            }
        }
        Ok(())
    }

    /// A record could not be read. If the message ended inside it, that is a note, and no more is read.
    #[cold]
    fn ends_here(&mut self, error: Failed<'a>, cut: Reason) -> Result<(), Failed<'a>> {
        if self.cut {
            return Ok(());
        }
        let (nom::Err::Error(located) | nom::Err::Failure(located)) = error else { return Err(error) };
        let at = located.at;
        let reason = match located.reason {
            reason @ Reason::RdataBeyondEnd { .. } => reason,
            Reason::EndsEarly => cut,
            reason => return refuse(at, reason).map(|_: (_, ())| ()),
        };
        self.cut = true;
        self.note(at, reason);
        (self.left, _) = field("cut record", "the message ends inside it", rest).parse(at)?;
        Ok(())
    }

    /// What follows the last record that the counts announce.
    fn trailing_bytes(&mut self) -> Result<(), Failed<'a>> {
        if !self.left.is_empty() && !self.cut {
            self.note(self.left, Reason::TrailingBytes { count: self.left.len() });
            (self.left, _) = field("trailing bytes", "after the last record", rest).parse(self.left)?;
        }
        Ok(())
    }

    fn note(&mut self, at: &'a [u8], reason: Reason) {
        self.notes.push(Refused { what: WHAT, offset: offset_of(self.bytes, at), reason });
    }
}
