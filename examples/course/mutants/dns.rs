//! Your tests of DNS. Each is a test of the crate `barewire-dns`: read its documentation with `cargo doc`.
//! `cargo course mutants dns` runs them; `dns.md` beside this file has the task.

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dns::stub::{Config, Event, Protocol, Query};
use barewire_dns::{Message, Name, RData, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

fn name(text: &str) -> Name {
    Name::parse_text(text).expect("a name")
}

/// A server replies from the port that it was asked at: that is the answer.
#[test]
fn a_reply_is_taken() {
    let now = Instant::now();
    let server: SocketAddr = "192.0.2.53:53".parse().expect("an address");
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let question = name("www.example.test");
    let mut query =
        Query::new(now, question.clone(), RecordType::A, vec![server], Config::default(), &mut random);
    let sent = query.transmit(now).expect("a question");

    let mut reply = Message::response_to(&Message::parse(&sent.bytes).expect("a message"));
    reply.answers.push(Record::new(question, 300, RData::A([192, 0, 2, 80].into())));
    query.receive(now, Protocol::Udp, server, &reply.encode().expect("bytes"));
    assert!(matches!(query.event(), Some(Event::Answer(answer)) if answer.ttl() == 300));
}
