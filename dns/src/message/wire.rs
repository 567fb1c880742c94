//! A message as bytes: the header's counts say how many entries follow in each section (RFC 1035 §4.1.1).
//!
//! Tested in `tests/message.rs`, `tests/hickory.rs` and `tests/hostile.rs`.

use barewire_dissect::{Parsed, Refused, finish, group, refuse};
use nom::Parser;

use super::Message;
use crate::compress::Writer;
use crate::header::{Counts, Header};
use crate::question::Question;
use crate::reason::{Reason, unwritable, when_it_ends_early};
use crate::record::Record;
use crate::record_type::RecordType;

impl Message {
    /// Reads a message, which must take all of `bytes`.
    ///
    /// Inside [`record`](barewire_dissect::record) it also notes each field; see [`dissect`](crate::dissect()).
    ///
    /// # Errors
    /// [`Refused`], with an offset into `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<Message, Refused<Reason>> {
        let what = "DNS message";
        let (message, rest) = finish(what, bytes, message(bytes))?;
        if rest.is_empty() {
            return Ok(message);
        }
        let reason = Reason::TrailingBytes { count: rest.len() };
        Err(Refused { what, offset: bytes.len() - rest.len(), reason })
    }

    /// The message as bytes, its names compressed.
    ///
    /// # Errors
    /// [`Reason::MessageTooLong`] for a message of more than 65,535 bytes, [`Reason::StringTooLong`] for a
    /// character-string of more than 255.
    pub fn encode(&self) -> Result<Vec<u8>, Refused<Reason>> {
        // Even the smallest entry takes bytes: with more entries than a count can say, the message is too long anyway.
        let count =
            |length: usize| u16::try_from(length).map_err(|_| unwritable(65_535, Reason::MessageTooLong));
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
}

fn message(bytes: &[u8]) -> Parsed<'_, Message, Reason> {
    let (input, (header, counts)) = group("header", "", Header::parse).parse(bytes)?;
    let (input, questions) =
        section("QDCOUNT", counts.questions, input, |input| Question::parse(bytes, input))?;
    let (input, answers) =
        section("ANCOUNT", counts.answers, input, |input| Record::parse("answer record", bytes, input))?;
    let (input, authorities) = section("NSCOUNT", counts.authorities, input, |input| {
        Record::parse("authority record", bytes, input)
    })?;
    let mut opts = 0;
    let (input, additionals) = section("ARCOUNT", counts.additionals, input, |input| {
        let (rest, record) = Record::parse("additional record", bytes, input)?;
        opts += u32::from(record.rtype == RecordType::OPT);
        if opts > 1 { refuse(input, Reason::OptTwice) } else { Ok((rest, record)) }
    })?;
    Ok((input, Message { header, questions, answers, authorities, additionals }))
}

/// Reads `count` entries, the number that the header's `counter` announces.
fn section<'a, T>(
    counter: &'static str,
    count: u16,
    mut input: &'a [u8],
    mut entry: impl FnMut(&'a [u8]) -> Parsed<'a, T, Reason>,
) -> Parsed<'a, Vec<T>, Reason> {
    // The count may lie, so it alone reserves no memory: no entry takes less than five bytes.
    let mut entries = Vec::with_capacity(usize::from(count).min(input.len() / 5));
    for number in 1..=count {
        let parsed = entry(input);
        let (rest, value) = when_it_ends_early(parsed, || Reason::CountNotMet { number, count, counter })?;
        entries.push(value);
        input = rest;
    }
    Ok((input, entries))
}
