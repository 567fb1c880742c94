//! Replies of almost 65,535 bytes that are meant to cost: what the resolver takes for them, beside our parser alone.

use std::time::{Duration, Instant, SystemTime};

use barewire_dns::exchange::Protocol;
use barewire_dns::resolver::{Config, Event, Flags, Hints, Resolver};
use barewire_dns::{Class, Message, Name, Question, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::world::{HINTS, ROOT};
use crate::measure::{Comparison, Stopwatch, Unit, repeat};

const NAME: &str = "www.example.test.";

/// Adds the record of this number.
type Add = fn(usize, &mut Message);

fn record(text: &str) -> Record {
    Record::parse_text(text).expect("a record")
}

/// The attacks: what they are, how many records, and the records. The shortest record has 11 bytes.
const ATTACKS: [(&str, usize, Add); 6] = [
    ("5,900 empty records of the root", 5_900, |_, reply| reply.answers.push(record(". 60 TYPE65280 \\# 0"))),
    ("4,000 addresses", 4_000, |number, reply| {
        reply.answers.push(record(&format!("{NAME} 60 A 10.0.{}.{}", number / 250, number % 250)));
    }),
    ("2,900 answers to no question", 2_900, |number, reply| {
        reply.answers.push(record(&format!("n{number}.example.test. 60 A 10.0.0.1")));
    }),
    ("2,300 aliases, backwards", 2_300, |number, reply| {
        let from = if number == 2_299 { NAME.to_owned() } else { format!("a{number}.example.test.") };
        reply.answers.push(record(&format!("{from} 60 CNAME a{}.example.test.", (number + 2_299) % 2_300)));
    }),
    ("1,400 servers with their addresses", 1_400, |number, reply| {
        reply.header.aa = false;
        reply.authorities.push(record(&format!("example.test. 60 NS n{number}.test.")));
        reply.additionals.push(record(&format!("n{number}.test. 60 A 10.0.0.1")));
    }),
    ("1,800 proofs of nothing", 1_800, |number, reply| {
        reply.authorities.push(record(&format!("n{number}.example.test. 60 NSEC a.example.test. A")));
    }),
];

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    ATTACKS.into_iter().map(|attack| line(attack, rounds)).collect()
}

fn line((what, records, add): (&str, usize, Add), rounds: usize) -> Comparison {
    let bytes = reply(records, add);
    Comparison::run(
        format!("Resolver, a reply with {what}, {} bytes", bytes.len()),
        "our parser alone",
        Unit::Microseconds,
        rounds,
        || cost(&bytes),
        || repeat(1, || drop(std::hint::black_box(Message::parse(std::hint::black_box(&bytes))))),
    )
}

/// A reply to a question about [`NAME`] with all these records.
fn reply(records: usize, add: Add) -> Vec<u8> {
    let name = Name::parse_text(NAME).expect("a name");
    let mut reply = Message::response_to(&Message::query(0, name, RecordType::A));
    reply.header.aa = true;
    (0..records).for_each(|number| add(number, &mut reply));
    reply.encode().expect("less than 65,536 bytes")
}

/// Nanoseconds from the reply to the moment when the resolver has nothing more to do about it.
fn cost(bytes: &[u8]) -> f64 {
    let (mut now, mut watch) = (Instant::now(), Stopwatch::default());
    let hints = Hints::parse(HINTS.as_bytes()).expect("hints");
    let config = Config { minimise: false, ..Config::default() };
    let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
    let mut resolver = Resolver::new(now, SystemTime::now(), config, hints, None, rng);
    let question =
        Question { name: Name::parse_text(NAME).expect("a name"), rtype: RecordType::A, class: Class::IN };
    resolver.ask(now, question, Flags::default());
    for _ in 0..4 {
        let Some(sent) = resolver.transmit(now) else { break };
        now += Duration::from_millis(1);
        let query = Message::parse(&sent.bytes).expect("a query");
        let asks_for_root = query.questions[0].name.is_root();
        let mut small = Message::response_to(&query);
        small.header.aa = true;
        if asks_for_root {
            small.answers.push(record(". 60 NS a.root.test."));
            small.additionals.push(record(&format!("a.root.test. 60 A {ROOT}")));
        } else if sent.protocol == Protocol::Udp {
            small.header.tc = true;
        } else {
            let mut bytes = bytes.to_vec();
            bytes[..2].copy_from_slice(&sent.bytes[..2]);
            watch.run(|| {
                resolver.receive(now, sent.protocol, sent.to, &bytes);
                while let Some(Event::Resolved(..)) = resolver.event() {}
            });
            return watch.per(1);
        }
        resolver.receive(now, sent.protocol, sent.to, &small.encode().expect("bytes"));
    }
    panic!("nobody asks for the reply")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fit_a_message_and_reach_the_resolver() {
        for (what, records, add) in ATTACKS {
            let bytes = reply(records, add);
            assert!(bytes.len() > 50_000, "{what}: {} bytes", bytes.len());
            cost(&bytes);
        }
    }
}
