//! Servers whose replies match, and are broken after that, or say that they are cut.

use barewire_dns::{Message, RData, Rcode, Record};

use crate::asked::{Arrival, Asked, address};

/// What `spoil` makes of the answer over UDP; over TCP the answer.
fn over_udp(asked: &Asked<'_>, spoil: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Vec<Arrival> {
    match asked.is_udp() {
        true => asked.sends(spoil(asked.answer().encode().unwrap())),
        false => asked.is_honest(),
    }
}

fn truncated(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes[2] |= 0x02;
    bytes
}

/// The answer without its OPT record, and without its last three bytes.
fn cut(asked: &Asked<'_>) -> Vec<u8> {
    let mut bytes = Message { edns: None, ..asked.answer() }.encode().unwrap();
    bytes.truncate(bytes.len() - 3);
    bytes
}

pub(crate) fn tc(asked: &Asked<'_>) -> Vec<Arrival> {
    over_udp(asked, truncated)
}

pub(crate) fn tc_in_twelve_bytes(asked: &Asked<'_>) -> Vec<Arrival> {
    over_udp(asked, |_| asked.header([0x83, 0x80], 0))
}

pub(crate) fn tc_within_a_record(asked: &Asked<'_>) -> Vec<Arrival> {
    over_udp(asked, |_| truncated(cut(asked)))
}

pub(crate) fn cut_without_tc(asked: &Asked<'_>) -> Vec<Arrival> {
    over_udp(asked, |_| cut(asked))
}

pub(crate) fn cut_everywhere(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(cut(asked))
}

pub(crate) fn tc_everywhere(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(truncated(asked.answer().encode().unwrap()))
}

/// TCP is closed, and the answer does not fit UDP.
pub(crate) fn tc_without_tcp(asked: &Asked<'_>) -> Vec<Arrival> {
    match asked.is_udp() {
        true => tc(asked),
        false => asked.is_gone(
            "its host answered our SYN with a reset: nobody listens on that port (RFC 9293 §3.10.7.1)",
        ),
    }
}

/// Neither a connection nor a refusal.
pub(crate) fn tc_and_silence_over_tcp(asked: &Asked<'_>) -> Vec<Arrival> {
    if asked.is_udp() { tc(asked) } else { Vec::new() }
}

pub(crate) fn tc_and_empty_messages_over_tcp(asked: &Asked<'_>) -> Vec<Arrival> {
    if asked.is_udp() { tc(asked) } else { asked.sends(Vec::new()) }
}

pub(crate) fn trailing_bytes(asked: &Asked<'_>) -> Vec<Arrival> {
    let bytes = [&asked.answer().encode().unwrap()[..], b"abc"].concat();
    asked.sends(bytes)
}

pub(crate) fn two_opts(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut bytes = asked.answer().encode().unwrap();
    bytes[11] += 1;
    bytes.extend(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
    asked.sends(bytes)
}

/// The owner of the answer is a pointer to itself, over TCP too.
pub(crate) fn pointer_to_itself(asked: &Asked<'_>) -> Vec<Arrival> {
    let bytes = Message { edns: None, ..asked.answer() }.encode().unwrap();
    let record = bytes.len() - 16;
    let itself = [0xc0, record as u8];
    asked.sends([&bytes[..record], &itself, &bytes[record + 2..]].concat())
}

/// 65,535 answers, it says, and sends one.
pub(crate) fn count_of_65535(asked: &Asked<'_>) -> Vec<Arrival> {
    over_udp(asked, |mut bytes| {
        bytes[6..8].fill(0xff);
        bytes
    })
}

pub(crate) fn address_of_three_bytes(asked: &Asked<'_>) -> Vec<Arrival> {
    over_udp(asked, |_| {
        let mut bytes = Message { edns: None, ..asked.answer() }.encode().unwrap();
        let length = bytes.len();
        bytes[length - 5] = 3;
        bytes.pop();
        bytes
    })
}

/// The address is one of class CH.
pub(crate) fn another_class(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut bytes = Message { edns: None, ..asked.answer() }.encode().unwrap();
    let class = bytes.len() - 16 + 5;
    bytes[class] = 3;
    asked.sends(bytes)
}

pub(crate) fn ttl_with_its_top_bit(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.answer();
    reply.answers[0].ttl = 0x8000_0001;
    asked.replies(&reply)
}

/// About as many addresses as fit 64 KiB.
pub(crate) fn four_thousand_addresses(asked: &Asked<'_>) -> Vec<Arrival> {
    if asked.is_udp() {
        return tc(asked);
    }
    let mut reply = asked.empty(Rcode::NOERROR);
    let host = |index: u16| Record {
        data: RData::A([198, 18, (index >> 8) as u8, index as u8].into()),
        ..address(&asked.name())
    };
    reply.answers.extend((0..4000).map(host));
    asked.replies(&reply)
}
