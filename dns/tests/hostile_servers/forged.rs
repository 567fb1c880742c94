//! Servers whose messages are not the reply, or not only.

use barewire_dns::{Message, Opcode, Rcode};

use crate::asked::{Arrival, Asked, ROUND_TRIP, name};

pub(crate) fn late(asked: &Asked<'_>) -> Vec<Arrival> {
    vec![asked.sends_after(1400, asked.answer().encode().unwrap())]
}

/// These messages, then the right one.
fn then_right(asked: &Asked<'_>, wrong: Vec<Vec<u8>>) -> Vec<Arrival> {
    let all = wrong.into_iter().chain([asked.answer().encode().unwrap()]);
    all.map(|bytes| asked.sends_after(ROUND_TRIP, bytes)).collect()
}

pub(crate) fn wrong_ids(asked: &Asked<'_>) -> Vec<Arrival> {
    let with_id = |add: u16| {
        let mut reply = asked.answer();
        reply.header.id = reply.header.id.wrapping_add(add);
        reply.encode().unwrap()
    };
    then_right(asked, (1..6).map(with_id).collect())
}

fn other_question(asked: &Asked<'_>) -> Vec<u8> {
    let mut reply = asked.answer();
    reply.questions[0].name = name("other.test");
    reply.encode().unwrap()
}

pub(crate) fn wrong_question_first(asked: &Asked<'_>) -> Vec<Arrival> {
    then_right(asked, vec![other_question(asked)])
}

pub(crate) fn wrong_question_only(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(other_question(asked))
}

pub(crate) fn two_questions(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.answer();
    reply.questions.push(reply.questions[0].clone());
    asked.replies(&reply)
}

/// A reply that somebody sends from another port.
pub(crate) fn another_port(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut arrivals = then_right(asked, vec![asked.answer().encode().unwrap()]);
    arrivals[0].from.set_port(5353);
    arrivals
}

pub(crate) fn echo(asked: &Asked<'_>) -> Vec<Arrival> {
    then_right(asked, vec![asked.sent.bytes.clone()])
}

pub(crate) fn another_opcode(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut notify = asked.answer();
    notify.header.opcode = Opcode(4);
    then_right(asked, vec![notify.encode().unwrap()])
}

pub(crate) fn garbage(asked: &Asked<'_>) -> Vec<Arrival> {
    match asked.is_udp() {
        true => then_right(asked, vec![b"rubbish".to_vec(); 40]),
        false => asked.is_honest(),
    }
}

/// A packet each millisecond, for three seconds.
pub(crate) fn flood(asked: &Asked<'_>) -> Vec<Arrival> {
    match asked.is_udp() {
        true => (1..3000).map(|after| asked.sends_after(after, vec![0; 12])).collect(),
        false => asked.is_honest(),
    }
}

pub(crate) fn empty_datagrams(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(Vec::new())
}

/// NOERROR and nothing else, for any question.
pub(crate) fn twelve_bytes_of_noerror(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(asked.header([0x81, 0x80], 0))
}

pub(crate) fn lower_case(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply: Message = asked.answer();
    reply.questions[0].name = name("www.example.test");
    asked.replies(&reply)
}

/// The question as it was asked; the owner of the record in other case.
pub(crate) fn shouts(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.answer();
    reply.answers[0].name = name("WWW.EXAMPLE.TEST");
    asked.replies(&reply)
}

pub(crate) fn another_name(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.answer();
    reply.answers[0].name = name("other.test");
    asked.replies(&reply)
}

pub(crate) fn silence(_: &Asked<'_>) -> Vec<Arrival> {
    Vec::new()
}

pub(crate) fn nobody_listens(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.is_gone("its host says that nobody listens on that port (ICMP, RFC 1122 §4.1.3.1)")
}

/// NXDOMAIN beside the address.
pub(crate) fn contradicts_itself(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.answer();
    reply.header.rcode = Rcode::NXDOMAIN;
    asked.replies(&reply)
}
