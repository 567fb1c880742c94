//! The checks of the exercises about DNS.

mod aliases;
mod bailiwick;
mod canonical;
mod descent;
mod encloser;
mod escapes;
mod negative;
mod over_tcp;
mod referrals;
mod served;
mod signed;
mod sizes;
mod types;
mod walked;

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_dns::stub::{Config, Event, Protocol, Query};
use barewire_dns::{Message, Name, RData, Record, RecordType};

use crate::steps::{Failed, Steps, unexpected};

pub(crate) use aliases::aliases;
pub(crate) use bailiwick::{bailiwick, glue};
pub(crate) use canonical::{canonical, key_tags};
pub(crate) use descent::descent;
pub(crate) use encloser::encloser;
pub(crate) use escapes::escapes;
pub(crate) use negative::negative;
pub(crate) use over_tcp::over_tcp;
pub(crate) use referrals::referrals;
pub(crate) use sizes::sizes;
pub(crate) use types::types;

const POINTERS: &str = "RFC 1035 §4.1.4";
const BOUND: &str = "the page: after 127 pointers, as many as a name can have labels, Reason::PointerChain";
const MATCH: &str = "RFC 5452 §9.1";

fn name(text: &str) -> Name {
    Name::parse_text(text).expect("a name")
}

/// A reply whose answer has this name, written by hand.
fn reply(name: &[u8]) -> Vec<u8> {
    let header = [0x30, 0x39, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
    let question = b"\x03www\x07example\x04test\0\0\x01\0\x01";
    let record = [0, 1, 0, 1, 0, 0, 1, 0x2c, 0, 4, 192, 0, 2, 80];
    [&header[..], question, name, &record].concat()
}

/// What is read from a message that must not be refused.
fn parsed(steps: &mut Steps, bytes: &[u8]) -> Result<Message, Failed> {
    steps.datagram(ToClient, bytes);
    Message::parse(bytes).map_err(|error| unexpected("reading it", &error, POINTERS))
}

/// Questions, the first of which is `a.test`; the name of each other one is a pointer to the one before.
fn ladder(pointers: u16) -> Vec<u8> {
    let mut bytes = [&[0x30, 0x39, 0, 0][..], &(1 + pointers).to_be_bytes(), &[0; 6]].concat();
    bytes.extend(b"\x01a\x04test\0\0\x01\0\x01");
    let mut before = 12_u16;
    for _ in 0..pointers {
        let at = bytes.len() as u16;
        bytes.extend((0xc000 | before).to_be_bytes());
        bytes.extend(b"\0\x01\0\x01");
        before = at;
    }
    bytes
}

/// dns01: the walk along the pointers of a name.
pub(crate) fn pointers(steps: &mut Steps) -> Result<(), Failed> {
    let names: [(&str, &[u8], &str); 4] = [
        ("a pointer to the whole of an earlier name", b"\xc0\x0c", "www.example.test"),
        ("labels, then a pointer", b"\x04mail\xc0\x10", "mail.example.test"),
        ("a pointer to the last label", b"\xc0\x18", "test"),
        ("no pointer at all", b"\x05plain\x04test\0", "plain.test"),
    ];
    for (what, bytes, wanted) in names {
        steps.step(format!("read a message whose answer has, as its name, {what}: {bytes:02x?}"));
        let message = parsed(steps, &reply(bytes))?;
        let got = message.answers.first().map(|answer| answer.name.to_string()).unwrap_or_default();
        steps.equal("the name of the answer", wanted.to_owned(), got, POINTERS)?;
    }
    steps.step("read a chain: a pointer at byte 34 leads to one at byte 12, which leads to a name");
    let chain = [
        &[0x30, 0x39, 0x81, 0x80, 0, 2, 0, 0, 0, 0, 0, 0][..],
        b"\x01a\x04test\0\0\x01\0\x01",
        b"\x01b\xc0\x0e\0\x01\0\x01",
    ]
    .concat();
    let message = parsed(steps, &chain)?;
    let got = message.questions.get(1).map(|question| question.name.to_string()).unwrap_or_default();
    steps.equal("the name of the second question", "b.test".to_owned(), got, POINTERS)?;
    for (what, bytes) in [("to itself", b"\xc0\x22"), ("forward", b"\xc0\x30")] {
        steps.step(format!("read a message with a pointer that leads {what}"));
        steps.datagram(ToClient, &reply(bytes));
        let refused = Message::parse(&reply(bytes)).is_err();
        steps.equal("it is refused", true, refused, POINTERS)?;
    }
    for (pointers, wanted) in [(100, false), (200, true)] {
        steps.step(format!(
            "read a message of questions, each with a pointer to the one before: {pointers} of them"
        ));
        let message = ladder(pointers);
        steps.datagram(ToServer, &message);
        let refused = Message::parse(&message).is_err();
        steps.equal("it is refused, as no name needs more than 127 steps", wanted, refused, BOUND)?;
    }
    Ok(())
}

/// A query for `www.example.test`, and the bytes that it sent.
fn asked(steps: &mut Steps) -> (Query, Vec<u8>, SocketAddr, Protocol) {
    let name = Name::parse_text("www.example.test").expect("a name");
    let server: SocketAddr = ([192, 0, 2, 53], 53).into();
    let now = Instant::now();
    let mut rng = steps.rng();
    let mut query = Query::new(now, name, RecordType::A, vec![server], Config::default(), &mut rng);
    let sent = query.transmit(now).expect("a first message");
    steps.datagram(ToServer, &sent.bytes);
    (query, sent.bytes, server, sent.protocol)
}

/// A server answers, and somebody has changed its reply. Is the reply taken?
fn taken(
    steps: &mut Steps,
    wanted: bool,
    change: &dyn Fn(&mut Message),
    rule: &'static str,
) -> Result<(), Failed> {
    let (mut query, sent, server, protocol) = asked(steps);
    let mut message = Message::response_to(&Message::parse(&sent).expect("our own question"));
    // Written like this the name is not compressed, so that this exercise does not need those about pointers.
    let name = Name::parse_text("wWw.eXaMpLe.tEsT").expect("a name");
    message.answers.push(Record::new(name, 300, RData::A([192, 0, 2, 80].into())));
    change(&mut message);
    let reply = message.encode().expect("a message");
    steps.datagram(ToClient, &reply);
    query.receive(Instant::now(), protocol, server, &reply);
    let got = std::iter::from_fn(|| query.event()).any(|event| matches!(event, Event::Answer(_)));
    steps.equal("it is taken", wanted, got, rule)
}

/// dns02: which replies belong to the question.
pub(crate) fn replies(steps: &mut Steps) -> Result<(), Failed> {
    let other = || Name::parse_text("www.other.test").expect("a name");
    steps.step("the server sends the right reply");
    taken(steps, true, &|_| (), MATCH)?;
    steps.step("the same, with the name in capital letters: a server may do that");
    let capital = |message: &mut Message| {
        message.questions[0].name = Name::parse_text("WWW.EXAMPLE.TEST").expect("a name");
    };
    taken(steps, true, &capital, "RFC 4343 §3")?;
    steps.step("somebody else sends a reply first, with an ID that was guessed wrong");
    let wrong_id = |message: &mut Message| message.header.id ^= 0x0101;
    taken(steps, false, &wrong_id, MATCH)?;
    steps.step("a message that is a query itself: QR is 0");
    taken(steps, false, &|message| message.header.qr = false, "RFC 1035 §4.1.1")?;
    steps.step("the right ID, and another question");
    let question = |message: &mut Message| message.questions[0].name = other();
    taken(steps, false, &question, MATCH)?;
    steps.step("the right ID, and the question is missing");
    taken(steps, false, &|message| message.questions.clear(), MATCH)?;
    steps.step("the right ID, and two questions");
    let two = |message: &mut Message| message.questions.extend(message.questions.clone());
    taken(steps, false, &two, MATCH)
}

/// The bytes that are written for a message.
fn encoded(steps: &mut Steps, message: &Message) -> Result<Vec<u8>, Failed> {
    let bytes = message.encode().map_err(|error| unexpected("writing it", &error, POINTERS))?;
    steps.datagram(ToClient, &bytes);
    Ok(bytes)
}

/// dns03: names that were written before.
pub(crate) fn compression(steps: &mut Steps) -> Result<(), Failed> {
    let address = || RData::A([192, 0, 2, 80].into());
    let mut message = Message::response_to(&Message::query(0x3039, name("www.example.test"), RecordType::A));
    steps.step("write a reply: one question www.example.test, one answer with the same name");
    message.answers.push(Record::new(name("www.example.test"), 300, address()));
    let bytes = encoded(steps, &message)?;
    steps.equal("its length", 50, bytes.len(), POINTERS)?;
    steps.equal(
        "its bytes from byte 34 on, two of them",
        vec![0xc0, 0x0c],
        bytes[34..36].to_vec(),
        POINTERS,
    )?;
    steps.step("add mail.example.test: the end of its name was written before, at byte 16");
    message.answers.push(Record::new(name("mail.example.test"), 300, address()));
    let bytes = encoded(steps, &message)?;
    let wanted = [&b"\x04mail"[..], &[0xc0, 0x10]].concat();
    steps.equal(
        "the name of the second answer",
        wanted,
        bytes.get(50..57).unwrap_or_default().to_vec(),
        POINTERS,
    )?;
    steps.step("add plain.org: nothing of it was written before");
    message.answers.push(Record::new(name("plain.org"), 300, address()));
    let bytes = encoded(steps, &message)?;
    let wanted = b"\x05plain\x03org\0".to_vec();
    steps.equal(
        "the name of the third answer",
        wanted,
        bytes.get(71..82).unwrap_or_default().to_vec(),
        POINTERS,
    )?;
    steps.equal("the length of all of it", 96, bytes.len(), POINTERS)
}
