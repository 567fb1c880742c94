//! From a typed name to addresses, in virtual time, against servers that answer from a function.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_dns::stub::{Config, Event, History, Lookup, LookupEvent, NotFound, Protocol, Transmit};
use barewire_dns::system::ResolvConf;
use barewire_dns::{Message, Name, RData, Rcode, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const BOTH: &[RecordType] = &[RecordType::A, RecordType::AAAA];

/// What a server does with a question.
#[derive(Clone, Copy)]
enum Then {
    Silence,
    Code(Rcode),
    /// NOERROR with this address, or without one.
    Address(&'static str),
    NoData,
}

/// When a reply arrives, from where, and its bytes.
type Arrival = (Instant, SocketAddr, Vec<u8>);

/// What came of a lookup.
struct Ran {
    end: Result<Vec<IpAddr>, NotFound>,
    /// The questions in the order in which they were sent, each once: `A www.office.test`.
    asked: Vec<String>,
    took: Duration,
}

impl Ran {
    #[track_caller]
    fn addresses(&self) -> Vec<String> {
        match &self.end {
            Ok(addresses) => addresses.iter().map(ToString::to_string).collect(),
            Err(why) => panic!("asked {:?}: {why}", self.asked),
        }
    }

    #[track_caller]
    fn failure(&self) -> &NotFound {
        self.end.as_ref().expect_err("a failure")
    }
}

fn reply(sent: &Transmit, then: Then) -> Option<Vec<u8>> {
    let mut reply = Message::response_to(&Message::parse(&sent.bytes).unwrap());
    reply.header.ra = true;
    let name = reply.questions[0].name.clone();
    match then {
        Then::Silence => return None,
        Then::Code(rcode) => reply.header.rcode = rcode,
        Then::NoData => {}
        Then::Address(address) => {
            let data = match address.parse().unwrap() {
                IpAddr::V4(address) => RData::A(address),
                IpAddr::V6(address) => RData::Aaaa(address),
            };
            reply.answers.push(Record::new(name, 300, data));
        }
    }
    Some(reply.encode().unwrap())
}

/// Runs a lookup. Replies take 10 ms; all messages that are to be sent leave before any time passes.
fn run(conf: &str, typed: &str, records: &[RecordType], answer: impl Fn(&str) -> Then) -> Ran {
    let conf = ResolvConf::parse(conf);
    let start = Instant::now();
    let mut now = start;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let candidates = conf.candidates(typed).unwrap();
    let name = Name::parse_text(typed).unwrap();
    let servers = conf.servers.clone();
    let mut lookup = Lookup::new(start, name, candidates, records.to_vec(), servers, conf.config(), &mut rng);
    let (mut asked, mut arriving): (Vec<String>, Vec<Arrival>) = (vec![], vec![]);
    loop {
        while let Some(event) = lookup.event() {
            let end = match event {
                LookupEvent::Found(addresses, _) => Ok(addresses),
                LookupEvent::Failed(why) => Err(why),
                _ => continue,
            };
            assert_eq!((lookup.deadline(), lookup.transmit(now)), (None, None), "nothing after the end");
            return Ran { end, asked, took: now - start };
        }
        while let Some(sent) = lookup.transmit(now) {
            assert_eq!(sent.protocol, Protocol::Udp);
            let question = Message::parse(&sent.bytes).unwrap().questions[0].clone();
            let question = format!("{} {}", question.rtype.name(), question.name);
            let reply = reply(&sent, answer(&question));
            arriving.extend(reply.map(|bytes| (now + Duration::from_millis(10), sent.to, bytes)));
            if !asked.contains(&question) {
                asked.push(question);
            }
        }
        let deadline = lookup.deadline().expect("it is not over");
        match arriving.first() {
            Some((at, _, _)) if *at <= deadline => {
                let (at, from, bytes) = arriving.remove(0);
                now = at;
                lookup.receive(now, Protocol::Udp, from, &bytes);
            }
            _ => {
                now = deadline;
                lookup.on_deadline(now);
            }
        }
    }
}

const SERVER: &str = "nameserver 192.0.2.53\n";
const SEARCH: &str = "nameserver 192.0.2.53\nsearch office.test home.test\n";

#[test]
fn a_and_aaaa_are_in_flight_together() {
    let answer = |question: &str| match question {
        "A www.example.test" => Then::Address("203.0.113.80"),
        "AAAA www.example.test" => Then::Address("2001:db8::80"),
        other => panic!("{other}"),
    };
    let ran = run(SERVER, "www.example.test", BOTH, answer);
    assert_eq!(ran.addresses(), ["203.0.113.80", "2001:db8::80"]);
    assert_eq!(ran.asked, ["A www.example.test", "AAAA www.example.test"]);
    assert_eq!(ran.took, Duration::from_millis(10), "one round trip for both");
    let ran = run(SERVER, "www.example.test", &[RecordType::AAAA], answer);
    assert_eq!((ran.addresses(), ran.asked.len()), (vec!["2001:db8::80".to_owned()], 1));
}

/// curl (glibc) connects to the AAAA address, and so do we.
#[test]
fn a_failure_of_one_type_does_not_hide_the_other() {
    for bad in [Then::Code(Rcode::SERVFAIL), Then::Code(Rcode::REFUSED), Then::NoData] {
        for (bad_type, good) in [("A ", "2001:db8::80"), ("AAAA ", "203.0.113.80")] {
            let ran = run(SERVER, "www.example.test", BOTH, |question| {
                if question.starts_with(bad_type) { bad } else { Then::Address(good) }
            });
            assert_eq!(ran.addresses(), [good]);
            assert_eq!(ran.took, Duration::from_millis(10));
        }
    }
}

/// The answer that is there waits for the other one as long as one first wait.
#[test]
fn silence_about_one_type_costs_one_wait() {
    let ran = run(SERVER, "www.example.test", BOTH, |question| match question {
        "A www.example.test" => Then::Address("203.0.113.80"),
        _ => Then::Silence,
    });
    assert_eq!(ran.addresses(), ["203.0.113.80"]);
    assert_eq!(ran.took, Duration::from_millis(1010));
}

/// resolv.conf(5), and res_nsearch() in glibc: NXDOMAIN, NODATA and SERVFAIL lead to the next name.
#[test]
fn the_search_list_goes_on() {
    for then in [Then::Code(Rcode::NXDOMAIN), Then::NoData, Then::Code(Rcode::SERVFAIL)] {
        let ran = run(SEARCH, "www", BOTH, |question| match question {
            "A www.home.test" => Then::Address("203.0.113.80"),
            "AAAA www.home.test" => Then::NoData,
            _ => then,
        });
        assert_eq!(ran.addresses(), ["203.0.113.80"]);
        let wanted = ["A www.office.test", "AAAA www.office.test", "A www.home.test", "AAAA www.home.test"];
        assert_eq!(ran.asked, wanted);
    }
}

/// The same, in glibc: after any other failure only the name as it was typed is tried.
#[test]
fn other_failures_leave_the_name_as_it_was_typed() {
    for then in [Then::Code(Rcode::REFUSED), Then::Silence] {
        let ran = run(SEARCH, "www", &[RecordType::A], |question| match question {
            "A www" => Then::Address("203.0.113.80"),
            _ => then,
        });
        assert_eq!(ran.addresses(), ["203.0.113.80"]);
        assert_eq!(ran.asked, ["A www.office.test", "A www"]);
    }
}

#[test]
fn the_sentence_names_what_was_typed() {
    let nxdomain = |_: &str| Then::Code(Rcode::NXDOMAIN);
    for (conf, typed, answer, wanted) in [
        (
            SERVER,
            "www.example.test",
            &nxdomain as &dyn Fn(&str) -> Then,
            "www.example.test does not exist: 192.0.2.53:53 answered NXDOMAIN; by RFC 2308 §2.1 that holds for every \
             type of record",
        ),
        (
            SEARCH,
            "www.example.test",
            &nxdomain,
            "www.example.test does not exist, and with the search list neither does www.example.test.office.test, \
             www.example.test.home.test: 192.0.2.53:53 answered NXDOMAIN (RFC 2308 §2.1)",
        ),
        (
            SERVER,
            "www.example.test",
            &|_| Then::NoData,
            "www.example.test exists, but has neither A nor AAAA records; RFC 2308 §2.2",
        ),
        (
            SEARCH,
            "www",
            &|question| {
                if question.ends_with("home.test") { Then::NoData } else { Then::Code(Rcode::NXDOMAIN) }
            },
            "www.home.test exists, but has neither A nor AAAA records; RFC 2308 §2.2; it was looked up for www",
        ),
        (
            SEARCH,
            "www",
            &|question| {
                Then::Code(if question.ends_with("office.test") { Rcode::SERVFAIL } else { Rcode::NXDOMAIN })
            },
            "www was looked up as www.office.test: no server could answer A? www.office.test (RFC 1035 §4.1.1): \
             192.0.2.53:53 answered SERVFAIL",
        ),
        (
            SERVER,
            "www",
            &|_| Then::Silence,
            "nobody answered A? www within 5.0 s (RFC 1035 §4.2.1): 192.0.2.53:53 gave no answer after 2.0 s",
        ),
    ] {
        let ran = run(conf, typed, BOTH, answer);
        assert_eq!(ran.failure().to_string(), wanted);
        assert_eq!(ran.failure().typed.to_string(), typed);
    }
}

/// RFC 6761 §6.3 and §6.4, RFC 7686 §2, RFC 6762 §22.1: not a packet leaves.
#[test]
fn special_names_are_not_asked_for() {
    let nobody = |question: &str| panic!("asked {question}");
    for typed in ["localhost", "LocalHost.", "www.foo.localhost"] {
        assert_eq!(run(SEARCH, typed, BOTH, nobody).addresses(), ["127.0.0.1", "::1"], "{typed}");
        assert_eq!(run(SEARCH, typed, &[RecordType::A], nobody).addresses(), ["127.0.0.1"], "{typed}");
    }
    for (typed, wanted) in [
        (
            "foo.onion",
            "foo.onion is not asked for in the DNS, as it ends in .onion: only Tor knows it (RFC 7686 §2)",
        ),
        (
            "printer.local",
            "printer.local is not asked for in the DNS, as it ends in .local: only multicast DNS knows it (RFC 6762 \
             §22.1)",
        ),
        (
            "a.b.INVALID",
            "a.b.INVALID is not asked for in the DNS, as it ends in .invalid: no name under it ever exists (RFC 6761 \
             §6.4)",
        ),
    ] {
        let ran = run(SEARCH, typed, BOTH, nobody);
        assert_eq!(ran.failure().to_string(), wanted);
        assert!(ran.asked.is_empty());
    }
    // RFC 6761 §6.2: nothing special about `test`.
    assert_eq!(
        run(SERVER, "www.test", &[RecordType::A], |_| Then::Address("203.0.113.80")).asked,
        ["A www.test"]
    );
}

#[test]
fn a_dead_server_is_left_by_both_questions() {
    let conf = ResolvConf::parse("nameserver 192.0.2.53\nnameserver 192.0.2.54\n");
    let (now, mut rng) = (Instant::now(), ChaCha8Rng::seed_from_u64(1));
    let name = Name::parse_text("www.example.test").unwrap();
    let (names, servers) = (vec![name.clone()], conf.servers.clone());
    let mut lookup = Lookup::new(now, name, names, BOTH.to_vec(), servers.clone(), conf.config(), &mut rng);
    let first: Vec<Transmit> = std::iter::from_fn(|| lookup.transmit(now)).collect();
    assert_eq!(first.len(), 2);
    assert_ne!((&first[0].bytes[..2], first[0].source_port), (&first[1].bytes[..2], first[1].source_port));
    lookup.unreachable(now, Protocol::Udp, servers[0], "connection refused");
    let second: Vec<Transmit> = std::iter::from_fn(|| lookup.transmit(now)).collect();
    assert!(second.iter().all(|sent| sent.to == servers[1]) && second.len() == 2, "{second:?}");
    // Each reply finds its question by its ID, in any order.
    for sent in second.iter().rev() {
        lookup.receive(now, Protocol::Udp, servers[1], &reply(sent, Then::NoData).unwrap());
    }
    let events: Vec<LookupEvent> = std::iter::from_fn(|| lookup.event()).collect();
    let ignored = events.iter().any(|event| matches!(event, LookupEvent::Query(Event::Exchange(_))));
    assert!(!ignored && matches!(events.last(), Some(LookupEvent::Failed(_))), "{events:?}");
}

#[test]
fn without_servers_there_is_no_lookup() {
    let (now, mut rng) = (Instant::now(), ChaCha8Rng::seed_from_u64(1));
    let name = Name::parse_text("www.example.test").unwrap();
    let config = ResolvConf::parse("").config();
    let mut lookup = Lookup::new(now, name.clone(), vec![name], BOTH.to_vec(), vec![], config, &mut rng);
    let Some(LookupEvent::Failed(why)) = lookup.event() else { panic!("a failure") };
    assert!(
        why.to_string().starts_with("there is no server to ask") || why.to_string().contains("no"),
        "{why}"
    );
}

/// Whatever comes, in any order: the lookup ends in time, sends a bounded number of messages, and says how it ended.
#[test]
fn any_replies_end_it_in_time() {
    use rand_chacha::rand_core::Rng;
    let conf = ResolvConf::parse("nameserver 192.0.2.53\nnameserver 192.0.2.54\nsearch office.test\n");
    let mut history = History::new();
    for seed in 0..500 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let start = Instant::now();
        let (mut now, mut sent, mut last) = (start, Vec::new(), None);
        let (name, names) = (Name::parse_text("www").unwrap(), conf.candidates("www").unwrap());
        let servers = conf.servers.clone();
        let config = Config { cookies: seed % 2 == 0, rotate: seed % 3 == 0, ..conf.config() };
        let lookup = Lookup::new(now, name, names, BOTH.to_vec(), servers, config, &mut rng);
        // What one lookup has learned, the next one knows.
        let mut lookup = lookup.knowing(&history);
        while let Some(deadline) = lookup.deadline() {
            sent.extend(std::iter::from_fn(|| lookup.transmit(now)));
            let transmit: &Transmit = &sent[rng.next_u32() as usize % sent.len()];
            match rng.next_u32() % 8 {
                0 => lookup.unreachable(now, transmit.protocol, transmit.to, "no route"),
                1 | 2 => {
                    now = lookup.deadline().unwrap_or(deadline);
                    lookup.on_deadline(now);
                }
                _ => lookup.receive(now, transmit.protocol, transmit.to, &spoilt(transmit, &mut rng)),
            }
            last = std::iter::from_fn(|| lookup.event()).last().or(last);
            history = lookup.history().clone();
            assert!(sent.len() <= 200, "seed {seed}: {} messages", sent.len());
        }
        // Two names, 5 s each.
        assert!(now - start <= Duration::from_secs(10), "seed {seed}: {:?}", now - start);
        assert!(
            matches!(last, Some(LookupEvent::Found(..) | LookupEvent::Failed(_))),
            "seed {seed}: {last:?}"
        );
    }
}

/// A reply of some kind, in which some bytes may be wrong.
fn spoilt(sent: &Transmit, rng: &mut ChaCha8Rng) -> Vec<u8> {
    use rand_chacha::rand_core::Rng;
    let mut reply = Message::response_to(&Message::parse(&sent.bytes).unwrap());
    let mut random = |below: u32| rng.next_u32() % below;
    reply.header.rcode = Rcode(random(40) as u16 % 6);
    reply.header.tc = random(8) == 0;
    let owner = reply.questions[0].name.clone();
    let target = ["www", "a.test", "b.test", "c.test"][random(4) as usize];
    let record = match random(4) {
        0 => RData::Cname(Name::parse_text(target).unwrap()),
        1 => RData::Ns(Name::parse_text(target).unwrap()),
        _ => RData::A([203, 0, 113, 80].into()),
    };
    let record = Record::new(owner, 300, record);
    if random(2) == 0 {
        reply.answers.push(record)
    } else {
        reply.authorities.push(record)
    }
    let mut bytes = reply.encode().unwrap();
    if random(3) == 0 {
        let index = random(bytes.len() as u32) as usize;
        bytes[index] ^= 1 << random(8);
    }
    if random(6) == 0 {
        bytes.truncate(random(bytes.len() as u32) as usize);
    }
    bytes
}
