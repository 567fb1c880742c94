//! DNS messages (RFC 1035 §4): ours against hickory-proto and domain.
//!
//! The message is what nsd answered to a question for an alias: 192 bytes; one question, a CNAME, four A, two NS, one
//! more A, and OPT. hickory-proto and ours give values that own their names. domain reads names where they stand in
//! the message, which is its way; flattened into names of their own it does what the other two do.

mod lines;

use std::hint::black_box;

use barewire_dns::Message;
use domain::base::message_builder::HashCompressor;
use domain::base::name::{FlattenInto, ParsedName};
use domain::base::{
    Header, Message as DomainMessage, MessageBuilder, Name as DomainName, Question, Record as DomainRecord,
};
use domain::rdata::AllRecordData;
use hickory_proto::op::Message as HickoryMessage;

use crate::measure::{Comparison, Unit, repeat};

const RESPONSE: &[u8] = include_bytes!("../data/response.dns");

const TIMES: u64 = 20_000;

/// A record of domain's that borrows from the message, and one that does not.
type Borrowed<'a> = DomainRecord<ParsedName<&'a [u8]>, AllRecordData<&'a [u8], ParsedName<&'a [u8]>>>;
type Owned = DomainRecord<DomainName<Vec<u8>>, AllRecordData<Vec<u8>, DomainName<Vec<u8>>>>;

/// What our [`Message`] and hickory-proto's hold, made of domain's types: domain has none of its own for that.
struct Flattened {
    header: Header,
    questions: Vec<Question<DomainName<Vec<u8>>>>,
    /// Answers, authorities, additionals.
    sections: [Vec<Owned>; 3],
}

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    check(RESPONSE);
    let mut results = parsing(rounds);
    results.extend(encoding(rounds));
    results
}

fn parsing(rounds: usize) -> Vec<Comparison> {
    let what = format!("DNS parse, {} bytes", RESPONSE.len());
    let ours = || repeat(TIMES, || drop(black_box(Message::parse(black_box(RESPONSE)).expect("a message"))));
    let run = |peer, theirs: &dyn Fn()| {
        Comparison::run(&what, peer, Unit::Nanoseconds, rounds, ours, || repeat(TIMES, theirs))
    };
    vec![
        run("hickory-proto", &|| {
            drop(black_box(HickoryMessage::from_vec(black_box(RESPONSE)).expect("a message")));
        }),
        run("domain, owned", &|| drop(black_box(domain_owned(black_box(RESPONSE))))),
        run("domain, borrowed", &|| {
            let (question, record) = (|q| _ = black_box(q), |_, r| _ = black_box(r));
            black_box(domain_borrowed(black_box(RESPONSE), question, record));
        }),
    ]
}

fn encoding(rounds: usize) -> Vec<Comparison> {
    let ours = Message::parse(RESPONSE).expect("a message");
    let hickory = HickoryMessage::from_vec(RESPONSE).expect("a message");
    let domain = domain_owned(RESPONSE);
    let what = format!("DNS encode, {} bytes", RESPONSE.len());
    let encode = || repeat(TIMES, || drop(black_box(black_box(&ours).encode().expect("bytes"))));
    let run = |peer, theirs: &dyn Fn()| {
        Comparison::run(&what, peer, Unit::Nanoseconds, rounds, encode, || repeat(TIMES, theirs))
    };
    vec![
        run("hickory-proto", &|| drop(black_box(black_box(&hickory).to_vec().expect("bytes")))),
        run("domain, hash table", &|| drop(black_box(domain_encode(black_box(&domain))))),
    ]
}

/// All four read the same in the message, and what each of them writes says the same again.
fn check(message: &[u8]) {
    let expected = lines::ours(&Message::parse(message).expect("a message"));
    let ours = Message::parse(message).and_then(|message| message.encode()).expect("bytes");
    let hickory = HickoryMessage::from_vec(message).expect("a message").to_vec().expect("bytes");
    let domain = domain_encode(&domain_owned(message));
    assert_eq!(ours, message, "we write it as nsd did");
    for (who, bytes) in
        [("read", message), ("ours", &ours), ("hickory-proto's", &hickory), ("domain's", &domain)]
    {
        assert_eq!(bytes.len(), message.len(), "{who}: as long as nsd made it");
        assert_eq!(lines::ours(&Message::parse(bytes).expect("a message")), expected, "{who}, by us");
        let by_hickory = HickoryMessage::from_vec(bytes).expect("a message");
        assert_eq!(lines::hickory(&by_hickory), expected, "{who}, by hickory-proto");
        assert_eq!(lines::domain(bytes), expected, "{who}, by domain");
    }
}

/// Reads each question and each record with its data, and hands them on; records with the number of their section.
fn domain_borrowed<'a>(
    bytes: &'a [u8],
    mut question: impl FnMut(Question<ParsedName<&'a [u8]>>),
    mut record: impl FnMut(usize, Borrowed<'a>),
) -> Header {
    let message = DomainMessage::from_octets(bytes).expect("a message");
    let mut questions = message.question();
    for entry in questions.by_ref() {
        question(entry.expect("a question"));
    }
    let mut next = Some(questions.answer().expect("answers"));
    let mut number = 0;
    while let Some(mut section) = next {
        for entry in section.by_ref() {
            record(number, entry.expect("a record").into_any_record().expect("its data"));
        }
        next = section.next_section().expect("a section");
        number += 1;
    }
    message.header()
}

fn domain_owned(bytes: &[u8]) -> Flattened {
    let (mut questions, mut sections) = (Vec::new(), [const { Vec::new() }; 3]);
    let header = domain_borrowed(
        bytes,
        |question| {
            let name = question.qname().flatten_into();
            questions.push(Question::new(name, question.qtype(), question.qclass()));
        },
        |section, record| sections[section].push(record.flatten_into()),
    );
    Flattened { header, questions, sections }
}

fn domain_encode(message: &Flattened) -> Vec<u8> {
    let [answers, authorities, additionals] = &message.sections;
    let target = HashCompressor::new(Vec::with_capacity(512));
    let mut builder = MessageBuilder::from_target(target).expect("an empty message");
    *builder.header_mut() = message.header;
    let mut builder = builder.question();
    message.questions.iter().for_each(|question| builder.push(question).expect("room"));
    let mut builder = builder.answer();
    answers.iter().for_each(|record| builder.push(record).expect("room"));
    let mut builder = builder.authority();
    authorities.iter().for_each(|record| builder.push(record).expect("room"));
    let mut builder = builder.additional();
    additionals.iter().for_each(|record| builder.push(record).expect("room"));
    builder.finish().into_target()
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_read_and_write_the_same() {
        super::check(super::RESPONSE);
    }
}
