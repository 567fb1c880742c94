//! What the client of a resolver gets: replies that need no resolver, and how long a reply may be.

mod served;

use std::time::{Instant, SystemTime};

use barewire_dns::authority::{Authority, Config as Served};
use barewire_dns::exchange::Protocol;
use barewire_dns::recursive::{self, Asked, NOT_AUTHORITATIVE, PROHIBITED, flags, read, reply};
use barewire_dns::resolver::{Config, Event, Hints, Resolution, Resolver};
use barewire_dns::{Class, Edns, EdnsOption, Message, Name, Opcode, Question, Rcode, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use served::zone;

fn query() -> Message {
    Message::query(7, Name::parse_text("www.a.test").unwrap(), RecordType::A)
}

/// The reply to a query that needs no resolver.
#[track_caller]
fn at_once(query: &Message) -> Message {
    match read(&query.encode().unwrap()) {
        Asked::Reply(bytes) => Message::parse_strictly(&bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn codes(reply: &Message) -> Vec<u16> {
    let options = reply.edns.iter().flat_map(|edns| &edns.options);
    let errors = options.filter_map(|option| match option {
        EdnsOption::ExtendedError(error) => Some(error.code),
        _ => None,
    });
    errors.collect()
}

#[test]
fn what_needs_no_resolver() {
    assert!(matches!(read(&query().encode().unwrap()), Asked::Question(taken) if *taken == query()));
    let mut response = query();
    response.header.qr = true;
    for bytes in [&b""[..], b"\x00\x07\x01\x00", &response.encode().unwrap()] {
        assert_eq!(read(bytes), Asked::Nothing, "{bytes:02x?}");
    }
    let edited = |edit: fn(&mut Message)| {
        let mut query = query();
        edit(&mut query);
        at_once(&query)
    };
    let notify = edited(|query| query.header.opcode = Opcode(4));
    assert_eq!(notify.header.rcode, Rcode::NOTIMP);
    let two = edited(|query| query.questions.push(query.questions[0].clone()));
    assert_eq!(two.header.rcode, Rcode::FORMERR);
    let version = edited(|query| query.edns = Some(Edns { version: 1, ..Edns::new(1232) }));
    assert_eq!(version.header.rcode, Rcode::BADVERS);
    let chaos = edited(|query| query.questions[0].class = Class(3));
    assert_eq!(chaos.header.rcode, Rcode::REFUSED);
    for reply in [&notify, &two, &version, &chaos] {
        assert!(reply.header.qr && reply.header.ra && !reply.header.aa, "{reply:?}");
        assert_eq!((reply.header.id, reply.answers.len()), (7, 0));
    }
}

/// RFC 8914 §4.21.
#[test]
fn without_rd_there_is_nothing_to_look_up() {
    let mut asked = query();
    asked.header.rd = false;
    asked.edns = Some(Edns::new(1232));
    let reply = at_once(&asked);
    assert_eq!((reply.header.rcode, codes(&reply)), (Rcode::REFUSED, vec![NOT_AUTHORITATIVE]));
    // A client without EDNS could not read an option.
    asked.edns = None;
    let reply = at_once(&asked);
    assert_eq!((reply.header.rcode, reply.edns.is_none()), (Rcode::REFUSED, true));
}

/// A refusal is not longer than its query by more than the extended error: nothing for an attacker to gain.
#[test]
fn a_refusal_is_small() {
    let mut asked = query();
    asked.edns = Some(Edns::new(4096));
    let bytes = recursive::refusal(&asked, PROHIBITED).unwrap();
    let refusal = Message::parse_strictly(&bytes).unwrap();
    assert_eq!((codes(&refusal), refusal.header.ra), (vec![PROHIBITED], true));
    assert!(bytes.len() <= asked.encode().unwrap().len() + 6, "{} bytes", bytes.len());
    let bytes = recursive::failure(&asked, "too many questions at a time").unwrap();
    let failure = Message::parse_strictly(&bytes).unwrap();
    assert_eq!((failure.header.rcode, codes(&failure)), (Rcode::SERVFAIL, vec![0]));
}

/// The resolver's answer to the question of a query, from one server that has everything.
fn resolved(query: &Message) -> Resolution {
    let long: String = (0..20).map(|line| format!("big.a.test. 300 TXT \"{line:0>90}\"\n")).collect();
    let text = "$TTL 300\n. SOA a.root. joe. 1 1 1 1 1\n. NS a.root.\na.root. A 192.0.2.1\nwww.a.test. A 192.0.2.80\n";
    let mut server = Authority::new(Served::default());
    server.add(zone(&format!("$ORIGIN .\n{text}{long}")));
    let hints = Hints::parse(b". 1 NS a.root.\na.root. 1 A 192.0.2.1\n").unwrap();
    let (now, rng) = (Instant::now(), Box::new(ChaCha8Rng::seed_from_u64(1)));
    let mut resolver = Resolver::new(now, SystemTime::now(), Config::default(), hints, None, rng);
    resolver.ask(now, query.questions[0].clone(), flags(query));
    loop {
        if let Some(Event::Resolved(_, resolution)) = resolver.event() {
            return *resolution;
        }
        let sent = resolver.transmit(now).expect("something to send");
        for reply in server.answer(&sent.bytes, sent.protocol) {
            resolver.receive(now, sent.protocol, sent.to, &reply);
        }
    }
}

/// RFC 1035 §4.2.1 and RFC 6891 §6.2.3: 512 bytes without EDNS, else what the client takes, and never more than 1232.
#[test]
fn as_much_as_the_client_takes() {
    let mut asked = query();
    asked.questions = vec![Question {
        name: Name::parse_text("big.a.test").unwrap(),
        rtype: RecordType::TXT,
        class: Class::IN,
    }];
    let resolution = resolved(&asked);
    assert_eq!(resolution.answer.records().count(), 20);
    for (edns, most) in [(None, 512), (Some(100), 512), (Some(1000), 1000), (Some(65_535), 1232)] {
        asked.edns = edns.map(Edns::new);
        let bytes = reply(&asked, &resolution, Protocol::Udp).unwrap();
        let message = Message::parse_strictly(&bytes).unwrap();
        assert!(
            bytes.len() <= most && message.header.tc && message.answers.is_empty(),
            "{edns:?}: {message:?}"
        );
        let whole = reply(&asked, &resolution, Protocol::Tcp).unwrap();
        let message = Message::parse_strictly(&whole).unwrap();
        assert_eq!((message.header.tc, message.answers.len()), (false, 20));
    }
    let asked = query();
    let message = Message::parse_strictly(&reply(&asked, &resolved(&asked), Protocol::Udp).unwrap()).unwrap();
    let bits = (message.header.ra, message.header.rd, message.header.aa, message.header.tc);
    assert_eq!((message.answers.len(), bits), (1, (true, true, false, false)));
}
