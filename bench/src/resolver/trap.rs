//! Replies of a zone that is signed to keep a validator busy (KeyTrap, CVE-2023-50387; NSEC3, CVE-2023-50868): what a
//! whole question costs, with all that the resolver asks for and asks again, beside our parser alone.

use std::time::{Duration, Instant, SystemTime};

use barewire_dns::dnssec::Anchors;
use barewire_dns::exchange::Protocol;
use barewire_dns::rdata::Dnskey;
use barewire_dns::resolver::{Config, Event, Flags, Hints, Resolver};
use barewire_dns::{Class, Message, Name, Question, RData, Rcode, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::signer::{Signer, ZONE};
use super::world::{HINTS, ROOT};
use crate::measure::{Comparison, Stopwatch, Unit, repeat};

/// The longest name below the zone is hashed label by label.
const NAME: &str = "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24.25.26.27.28.29.30.31.32.33.34.www.z.test.";

/// What the zone does: its key, what it answers, and what stands beside its key.
struct Attack {
    what: &'static str,
    signer: fn() -> Signer,
    answer: fn(&Signer, &mut Message),
    keys: fn(&Signer) -> Vec<Dnskey>,
}

const ATTACKS: [Attack; 5] = [
    Attack {
        what: "3,600 addresses, 8 signatures, one right",
        signer: Signer::p384,
        answer: |signer, reply| {
            let address = |n: usize| record(&format!("{NAME} 60 A 10.0.{}.{}", n / 250, n % 250));
            let addresses: Vec<Record> = (0..3_600).map(address).collect();
            let right = signer.sign(&addresses);
            reply.answers.extend(addresses);
            reply.answers.extend((1..8).map(|number| forged(&right, number)));
            reply.answers.push(right);
        },
        keys: |_| Vec::new(),
    },
    Attack {
        what: "450 false signatures of P-384",
        signer: Signer::p384,
        answer: |signer, reply| {
            let [address, right] = one_address(signer);
            reply.answers.push(address);
            reply.answers.extend((1..=450).map(|number| forged(&right, number)));
        },
        keys: |_| Vec::new(),
    },
    Attack {
        what: "350 right signatures of P-384",
        signer: Signer::p384,
        answer: |signer, reply| {
            deny(reply, (0..350).map(|n| record(&format!("n{n}.z.test. 60 NSEC n{n}a.z.test. A"))), signer)
        },
        keys: |_| Vec::new(),
    },
    Attack {
        what: "120 proofs of 150 rounds, salt of 255 bytes",
        signer: Signer::ed25519,
        answer: |signer, reply| {
            let salt = "ab".repeat(255);
            let proof =
                move |n: usize| record(&format!("{n:0>32}.z.test. 60 NSEC3 1 0 150 {salt} {:0>32} A", n + 1));
            deny(reply, (0..120).map(proof), signer);
        },
        keys: |_| Vec::new(),
    },
    Attack {
        what: "500 keys of one tag",
        signer: Signer::p384,
        answer: |signer, reply| reply.answers.extend(one_address(signer)),
        keys: |signer| (1..=500).map(|turn| same_tag(&signer.key, turn)).collect(),
    },
];

pub(crate) fn compare(rounds: usize) -> Vec<Comparison> {
    ATTACKS.iter().map(|attack| line(attack, rounds)).collect()
}

fn line(attack: &Attack, rounds: usize) -> Comparison {
    let zone = Zone::new(attack);
    let bytes = zone.largest();
    Comparison::run(
        format!("Resolver that validates, {}, {} bytes", attack.what, bytes.len()),
        "our parser alone",
        Unit::Microseconds,
        rounds,
        || zone.cost().0,
        || repeat(1, || drop(std::hint::black_box(Message::parse(std::hint::black_box(bytes))))),
    )
}

fn record(text: &str) -> Record {
    Record::parse_text(text).expect("a record")
}

/// An honest answer: the address, and the signature over it.
fn one_address(signer: &Signer) -> [Record; 2] {
    let address = record(&format!("{NAME} 60 A 10.0.0.1"));
    let right = signer.sign(std::slice::from_ref(&address));
    [address, right]
}

/// The signature with other bytes.
fn forged(right: &Record, number: u16) -> Record {
    let mut forged = right.clone();
    if let RData::Rrsig(rrsig) = &mut forged.data {
        rrsig.signature.iter_mut().zip(number.to_be_bytes()).for_each(|(byte, other)| *byte ^= other);
    }
    forged
}

/// Makes the reply NXDOMAIN, with all these proofs.
fn deny(reply: &mut Message, proofs: impl Iterator<Item = Record>, signer: &Signer) {
    reply.header.rcode = Rcode::NXDOMAIN;
    for proof in std::iter::once(record("z.test. 60 SOA . . 1 60 60 60 60")).chain(proofs) {
        reply.authorities.push(signer.sign(std::slice::from_ref(&proof)));
        reply.authorities.push(proof);
    }
}

/// Another key with the tag of this one: the tag is a sum of words of 16 bits, and here two of them change alike.
fn same_tag(key: &Dnskey, turn: u16) -> Dnskey {
    let mut other = key.clone();
    let word = |key: &[u8], at: usize| u16::from_be_bytes([key[at], key[at + 1]]);
    let sum = u32::from(word(&key.key, 0)) + u32::from(word(&key.key, 2));
    let (least, most) = (sum.saturating_sub(0xffff), sum.min(0xffff));
    let first = least + u32::from(turn) % (most - least + 1);
    other.key[..2].copy_from_slice(&(first as u16).to_be_bytes());
    other.key[2..4].copy_from_slice(&((sum - first) as u16).to_be_bytes());
    other
}

/// The two replies of the zone, which a message's ID is written into.
struct Zone {
    anchors: Anchors,
    answer: Vec<u8>,
    keys: Vec<u8>,
}

impl Zone {
    fn new(attack: &Attack) -> Zone {
        let signer = (attack.signer)();
        let key = |key: &Dnskey| {
            Record::new(Name::parse_text(ZONE).expect("a name"), 60, RData::Dnskey(key.clone()))
        };
        let mut anchors = Anchors::default();
        anchors.add(key(&signer.key)).expect("an anchor");
        let mut keys = reply_to(ZONE, RecordType::DNSKEY);
        keys.answers = std::iter::once(&signer.key).chain(&(attack.keys)(&signer)).map(key).collect();
        let signature = signer.sign(&keys.answers);
        keys.answers.push(signature);
        let mut answer = reply_to(NAME, RecordType::A);
        (attack.answer)(&signer, &mut answer);
        let [answer, keys] = [answer, keys].map(|reply| reply.encode().expect("less than 65,536 bytes"));
        Zone { anchors, answer, keys }
    }

    fn largest(&self) -> &[u8] {
        if self.answer.len() > self.keys.len() { &self.answer } else { &self.keys }
    }

    /// Nanoseconds of a question, and how often the zone was asked.
    fn cost(&self) -> (f64, usize) {
        let (mut now, mut watch, mut asked) = (Instant::now(), Stopwatch::default(), 0);
        let hints = Hints::parse(HINTS.as_bytes()).expect("hints");
        let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
        let config = Config { minimise: false, ..Config::default() };
        let anchors = Some(self.anchors.clone());
        let mut resolver = Resolver::new(now, SystemTime::now(), config, hints, anchors, rng);
        let name = Name::parse_text(NAME).expect("a name");
        resolver.ask(now, Question { name, rtype: RecordType::A, class: Class::IN }, Flags::default());
        while let Some(sent) = resolver.transmit(now) {
            now += Duration::from_millis(1);
            let query = Message::parse(&sent.bytes).expect("a query");
            let bytes = match query.questions[0].rtype {
                RecordType::NS => root(&query),
                _ if sent.protocol == Protocol::Udp => {
                    let mut small = Message::response_to(&query);
                    small.header.tc = true;
                    small.encode().expect("bytes")
                }
                RecordType::DNSKEY => with_id(&self.keys, &sent.bytes),
                _ => with_id(&self.answer, &sent.bytes),
            };
            asked += 1;
            watch.run(|| resolver.receive(now, sent.protocol, sent.to, &bytes));
            assert!(asked < 100, "the question does not end");
        }
        assert!(matches!(resolver.event(), Some(Event::Resolved(..))), "no result");
        (watch.per(1), asked)
    }
}

fn reply_to(name: &str, rtype: RecordType) -> Message {
    let mut reply = Message::response_to(&Message::query(0, Name::parse_text(name).expect("a name"), rtype));
    reply.header.aa = true;
    reply
}

/// The root's own answer to the priming query.
fn root(query: &Message) -> Vec<u8> {
    let mut reply = Message::response_to(query);
    reply.header.aa = true;
    reply.answers.push(record(". 60 NS a.root.test."));
    reply.additionals.push(record(&format!("a.root.test. 60 A {ROOT}")));
    reply.encode().expect("bytes")
}

fn with_id(reply: &[u8], query: &[u8]) -> Vec<u8> {
    [&query[..2], &reply[2..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_reach_the_validator() {
        for attack in &ATTACKS {
            let zone = Zone::new(attack);
            let (cost, asked) = zone.cost();
            let length = zone.largest().len();
            assert!(length > 50_000, "{}: {length} bytes", attack.what);
            let tags = (attack.keys)(&(attack.signer)()).into_iter().map(|key| key.key_tag());
            assert!(tags.collect::<std::collections::BTreeSet<_>>().len() <= 1, "{}: tags", attack.what);
            // The priming, and over UDP and TCP the answer and the keys.
            assert!((5..20).contains(&asked), "{}: {asked} messages, {cost} ns", attack.what);
        }
    }
}
