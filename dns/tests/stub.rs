//! The stub query in virtual time: each scene scripts the replies of the servers, step by step. When an
//! expectation fails, the steps up to it are printed.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_dns::exchange;
use barewire_dns::stub::{Config, Ending, Error, Event, Ignored, Protocol, Query, TcpReason, Transmit};
use barewire_dns::{
    Edns, EdnsOption, ExtendedError, Message, Name, Outcome, RData, Rcode, Record, RecordType, rdata::Soa,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const A: &str = "192.0.2.53:53";
const B: &str = "192.0.2.54:53";
const SEED: u64 = 1;

struct Scene {
    start: Instant,
    now: Instant,
    query: Query,
    steps: Vec<String>,
}

impl Scene {
    fn new(servers: &[&str]) -> Scene {
        Scene::with(servers, Config::default(), SEED)
    }

    fn with(servers: &[&str], config: Config, seed: u64) -> Scene {
        let start = Instant::now();
        let servers = servers.iter().map(|server| server.parse().unwrap()).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let query = Query::new(start, name("www.example.test"), RecordType::A, servers, config, &mut rng);
        Scene { start, now: start, query, steps: vec![format!("seed {seed}, A? www.example.test")] }
    }

    fn step(&mut self, what: String) {
        let at = self.now - self.start;
        self.steps.push(format!("{:>5.1} s  {what}", at.as_secs_f64()));
    }

    #[track_caller]
    fn stop(&self, wanted: &str, got: &str) -> ! {
        panic!("\nsteps:\n  {}\nwanted: {wanted}\ngot:    {got}\n", self.steps.join("\n  "));
    }

    #[track_caller]
    fn sends(&mut self, to: &str, protocol: Protocol, note: &str) -> Transmit {
        let wanted = format!("a message over {protocol:?} to {to}, note {note:?}");
        match self.query.transmit(self.now) {
            Some(sent) if sent.to == addr(to) && sent.protocol == protocol && sent.note == note => {
                self.step(format!("sends over {protocol:?} to {to} {note}"));
                sent
            }
            other => self.stop(&wanted, &format!("{other:?}")),
        }
    }

    #[track_caller]
    fn is_silent(&mut self) {
        if let Some(sent) = self.query.transmit(self.now) {
            self.stop("nothing to send", &format!("{sent:?}"));
        }
    }

    #[track_caller]
    fn wakes_at(&mut self, seconds: f64) {
        let got = self.query.deadline().map(|deadline| (deadline - self.start).as_secs_f64());
        if got != Some(seconds) {
            self.stop(&format!("a deadline at {seconds} s"), &format!("{got:?}"));
        }
        self.now = self.start + Duration::from_secs_f64(seconds);
        self.step("its deadline".into());
        self.query.on_deadline(self.now);
    }

    fn receives(&mut self, protocol: Protocol, from: &str, message: &Message) {
        self.step(format!("receives over {protocol:?} from {from}: {}", message.summary()));
        self.query.receive(self.now, protocol, addr(from), &message.encode().unwrap());
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.query.event()).collect()
    }

    #[track_caller]
    fn last_event(&mut self) -> Event {
        let Some(event) = self.events().pop() else { self.stop("an event", "none") };
        self.step(format!("event {event}"));
        event
    }

    #[track_caller]
    fn answers(&mut self, address: &str) {
        match self.last_event() {
            Event::Answer(answer) if answer.addresses() == [address.parse::<IpAddr>().unwrap()] => {}
            other => self.stop(&format!("the answer {address}"), &format!("{other:?}")),
        }
        if let Some(deadline) = self.query.deadline() {
            self.stop("no deadline after the end", &format!("{deadline:?}"));
        }
    }

    #[track_caller]
    fn fails(&mut self) -> Error {
        match self.last_event() {
            Event::Failed(error) => error,
            other => self.stop("a failure", &format!("{other:?}")),
        }
    }

    #[track_caller]
    fn ignores(&mut self) -> Ignored {
        match self.last_event() {
            Event::Exchange(exchange::Event::Ignored { why, .. }) => why,
            other => self.stop("an ignored message", &format!("{other:?}")),
        }
    }
}

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn asked(sent: &Transmit) -> Message {
    Message::parse(&sent.bytes).unwrap()
}

fn a(owner: &str, ttl: u32, address: [u8; 4]) -> Record {
    Record::new(name(owner), ttl, RData::A(address.into()))
}

fn cname(owner: &str, ttl: u32, target: &str) -> Record {
    Record::new(name(owner), ttl, RData::Cname(name(target)))
}

fn good(sent: &Transmit) -> Message {
    let mut reply = Message::response_to(&asked(sent));
    reply.header.ra = true;
    reply.answers.push(a("www.example.test", 300, [203, 0, 113, 80]));
    reply
}

fn with_rcode(sent: &Transmit, rcode: Rcode) -> Message {
    let mut reply = good(sent);
    reply.answers.clear();
    reply.header.rcode = rcode;
    reply
}

#[test]
fn one_question_one_answer() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let query = asked(&sent);
    assert_eq!(query.summary(), "A? www.example.test");
    assert!(query.header.rd && !query.header.qr);
    assert_eq!(query.edns, Some(Edns::new(1232)), "RFC 6891 §6.2.3: our size");
    assert_eq!(sent.deadline, scene.start + Duration::from_secs(1));
    scene.is_silent();
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
}

#[test]
fn ids_and_ports_come_from_the_generator() {
    let mut pairs = std::collections::HashSet::new();
    for seed in 0..200 {
        let mut scene = Scene::with(&[A], Config::default(), seed);
        let sent = scene.sends(A, Protocol::Udp, "");
        assert!(sent.source_port >= 1024, "seed {seed}: port {}", sent.source_port);
        pairs.insert((asked(&sent).header.id, sent.source_port));
    }
    assert_eq!(pairs.len(), 200, "no two seeds gave the same ID and port");
}

#[test]
fn wrong_replies_do_not_end_the_wait() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");

    let mut wrong_id = good(&sent);
    wrong_id.header.id ^= 1;
    let got = wrong_id.header.id;
    scene.receives(Protocol::Udp, A, &wrong_id);
    assert_eq!(scene.ignores(), Ignored::WrongId { got });

    scene.receives(Protocol::Udp, B, &good(&sent));
    assert_eq!(scene.ignores(), Ignored::WrongSource);
    scene.receives(Protocol::Udp, "192.0.2.53:5353", &good(&sent));
    assert_eq!(scene.ignores(), Ignored::WrongSource, "the port counts too");
    scene.receives(Protocol::Tcp, A, &good(&sent));
    assert_eq!(scene.ignores(), Ignored::WrongSource, "it was not asked over TCP");

    let mut wrong_question = good(&sent);
    wrong_question.questions[0].name = name("evil.example.test");
    scene.receives(Protocol::Udp, A, &wrong_question);
    let why = scene.ignores();
    assert!(matches!(why, Ignored::WrongQuestion { got: Some(_) }), "{why:?}");
    assert_eq!(
        why.to_string(),
        "it answers A? evil.example.test, which was not asked; RFC 5452 §9.1 has the question match"
    );
    let mut no_question = good(&sent);
    no_question.questions.clear();
    scene.receives(Protocol::Udp, A, &no_question);
    assert_eq!(scene.ignores(), Ignored::WrongQuestion { got: None });

    scene.receives(Protocol::Udp, A, &asked(&sent));
    assert_eq!(scene.ignores(), Ignored::NotAResponse);
    let mut notify = good(&sent);
    notify.header.opcode = barewire_dns::Opcode(4);
    scene.receives(Protocol::Udp, A, &notify);
    assert!(matches!(scene.ignores(), Ignored::WrongOpcode { .. }));

    scene.query.receive(scene.now, Protocol::Udp, addr(A), &[]);
    assert!(matches!(scene.ignores(), Ignored::Malformed(_)));

    scene.is_silent();
    assert_eq!(scene.query.ignored(), 9);
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
}

#[test]
fn the_case_of_the_question_does_not_matter() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = good(&sent);
    reply.questions[0].name = name("WWW.Example.TEST");
    reply.answers[0].name = name("wWw.example.test");
    scene.receives(Protocol::Udp, A, &reply);
    scene.answers("203.0.113.80");
}

#[test]
fn a_flood_of_guesses_moves_the_question_to_tcp() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    for guess in 0..1000u16 {
        let mut forged = good(&sent);
        forged.header.id = forged.header.id.wrapping_add(1 + guess);
        scene.query.receive(scene.now, Protocol::Udp, addr(A), &forged.encode().unwrap());
    }
    let events = scene.events();
    assert_eq!(events.len(), 17, "16 ignored, one change: {events:?}");
    let why = TcpReason::TooManyIgnored;
    assert_eq!(events[16], Event::Exchange(exchange::Event::TcpFallback { server: addr(A), why }));
    let tcp = scene.sends(A, Protocol::Tcp, &events[16].to_string());
    scene.receives(Protocol::Tcp, A, &good(&tcp));
    scene.answers("203.0.113.80");
}

#[test]
fn silence_is_met_with_the_same_question_at_growing_intervals() {
    let mut scene = Scene::new(&[A]);
    let first = scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let second = scene.sends(A, Protocol::Udp, "retransmission 1: no answer after 1.0 s");
    assert_eq!((&first.bytes, first.source_port), (&second.bytes, second.source_port));
    scene.wakes_at(3.0);
    scene.sends(A, Protocol::Udp, "retransmission 2: no answer after 2.0 s");
    scene.wakes_at(5.0);
    let error = scene.fails();
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        "nobody answered A? www.example.test within 5.0 s (RFC 1035 §4.2.1): 192.0.2.53:53 gave no answer after 2.0 s"
    );
    scene.is_silent();
}

#[test]
fn a_deadline_handled_early_changes_nothing() {
    let mut scene = Scene::new(&[A]);
    scene.sends(A, Protocol::Udp, "");
    scene.now += Duration::from_millis(999);
    scene.query.on_deadline(scene.now);
    scene.is_silent();
    scene.wakes_at(1.0);
}

#[test]
fn a_late_reply_is_still_the_reply() {
    let mut scene = Scene::new(&[A, B]);
    let to_a = scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let to_b = scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 gave no answer after 1.0 s");
    assert_ne!(asked(&to_a).header.id, asked(&to_b).header.id, "a new ID for a new server");
    assert_ne!(to_a.source_port, to_b.source_port, "and a new port");

    // The ID of one server is no good from the other.
    scene.receives(Protocol::Udp, B, &good(&to_a));
    assert!(matches!(scene.ignores(), Ignored::WrongId { .. }));
    scene.receives(Protocol::Udp, A, &good(&to_a));
    scene.answers("203.0.113.80");
}

#[test]
fn after_the_end_nothing_happens() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.query.unreachable(scene.now, Protocol::Udp, addr(A), "late".into());
    scene.query.on_deadline(scene.start + Duration::from_secs(60));
    assert_eq!(scene.events(), []);
    scene.is_silent();
}

#[test]
fn a_truncated_answer_is_fetched_over_tcp() {
    let mut scene = Scene::new(&[A]);
    let udp = scene.sends(A, Protocol::Udp, "");
    let mut cut = good(&udp);
    cut.header.tc = true;
    // What follows the question may be cut anywhere.
    let mut bytes = cut.encode().unwrap();
    bytes.truncate(bytes.len() - 13);
    scene.query.receive(scene.now, Protocol::Udp, addr(A), &bytes);
    let note = "over TCP: the answer did not fit a UDP message (RFC 7766 §5)";
    let tcp = scene.sends(A, Protocol::Tcp, note);
    assert_ne!(asked(&udp).header.id, asked(&tcp).header.id);
    scene.receives(Protocol::Tcp, A, &good(&tcp));
    scene.answers("203.0.113.80");
}

#[test]
fn truncated_over_tcp_too_is_the_servers_fault() {
    let mut scene = Scene::new(&[A]);
    let udp = scene.sends(A, Protocol::Udp, "");
    let mut cut = good(&udp);
    cut.header.tc = true;
    scene.receives(Protocol::Udp, A, &cut);
    let tcp = scene.sends(A, Protocol::Tcp, "over TCP: the answer did not fit a UDP message (RFC 7766 §5)");
    cut.header.id = asked(&tcp).header.id;
    scene.receives(Protocol::Tcp, A, &cut);
    let error = scene.fails();
    assert!(
        matches!(&error, Error::ServersFailed { servers, .. } if servers[0].how == Ending::TruncatedOverTcp),
        "{error}"
    );
}

#[test]
fn silence_over_tcp_takes_three_seconds() {
    let mut scene = Scene::with(&[A], Config { tcp_only: true, ..Config::default() }, SEED);
    scene.sends(A, Protocol::Tcp, "");
    scene.wakes_at(3.0);
    scene.sends(A, Protocol::Tcp, "retransmission 1: no answer after 3.0 s");
    scene.wakes_at(5.0);
    assert!(scene.fails().is_timeout());
}

#[test]
fn a_dead_first_server_costs_one_wait() {
    let mut scene = Scene::new(&[A, B]);
    scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let sent = scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 gave no answer after 1.0 s");
    scene.receives(Protocol::Udp, B, &good(&sent));
    scene.answers("203.0.113.80");
}

#[test]
fn an_unreachable_first_server_costs_nothing() {
    let mut scene = Scene::new(&[A, B]);
    scene.sends(A, Protocol::Udp, "");
    scene.query.unreachable(scene.now, Protocol::Udp, addr(A), "connection refused".into());
    let note = "next server: 192.0.2.53:53 cannot be reached: connection refused";
    let sent = scene.sends(B, Protocol::Udp, note);
    scene.receives(Protocol::Udp, B, &good(&sent));
    scene.answers("203.0.113.80");
}

#[test]
fn all_servers_silent_is_five_seconds_in_all() {
    for servers in [&[A][..], &[A, B], &[A, B, "192.0.2.55:53"], &["[2001:db8::53]:53", A, B]] {
        let mut scene = Scene::new(servers);
        let mut sent = 0;
        while let Some(deadline) = scene.query.deadline() {
            while let Some(transmit) = scene.query.transmit(scene.now) {
                scene.step(format!("sends to {} {}", transmit.to, transmit.note));
                sent += 1;
            }
            let deadline = scene.query.deadline().unwrap_or(deadline);
            scene.now = deadline;
            scene.query.on_deadline(deadline);
        }
        assert_eq!(scene.now - scene.start, Duration::from_secs(5), "{}", scene.steps.join("\n"));
        assert!((3..=6).contains(&sent), "{sent} sent:\n{}", scene.steps.join("\n"));
        assert!(scene.fails().is_timeout());
    }
}

#[test]
fn servfail_and_refused_turn_to_the_next_server() {
    for rcode in [Rcode::SERVFAIL, Rcode::REFUSED] {
        let mut scene = Scene::new(&[A, B]);
        let sent = scene.sends(A, Protocol::Udp, "");
        scene.receives(Protocol::Udp, A, &with_rcode(&sent, rcode));
        let note = format!("next server: 192.0.2.53:53 answered {rcode}");
        let sent = scene.sends(B, Protocol::Udp, &note);
        scene.receives(Protocol::Udp, B, &with_rcode(&sent, rcode));
        let error = scene.fails();
        assert!(!error.is_timeout());
        assert_eq!(
            error.to_string(),
            format!(
                "no server could answer A? www.example.test (RFC 1035 §4.1.1): 192.0.2.53:53 answered {rcode}; \
                 192.0.2.54:53 answered {rcode}"
            )
        );
    }
}

#[test]
fn a_server_that_failed_is_not_asked_again() {
    let mut scene = Scene::new(&[A, B]);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &with_rcode(&sent, Rcode::SERVFAIL));
    scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 answered SERVFAIL");
    scene.wakes_at(1.0);
    scene.sends(B, Protocol::Udp, "retransmission 1: no answer after 1.0 s");
    scene.wakes_at(3.0);
    scene.sends(B, Protocol::Udp, "retransmission 2: no answer after 2.0 s");
    scene.wakes_at(5.0);
    let Error::NoAnswer { servers, .. } = scene.fails() else { panic!("a timeout") };
    assert_eq!(servers[0].how, Ending::Reply(Outcome::ServerFailure(vec![])));
}

#[test]
fn a_server_without_edns_is_asked_again_without() {
    for rcode in [Rcode::FORMERR, Rcode::NOTIMP] {
        let mut scene = Scene::new(&[A]);
        let sent = scene.sends(A, Protocol::Udp, "");
        // RFC 6891 §7; such a server may not even repeat the question.
        let mut reply = with_rcode(&sent, rcode);
        reply.questions.clear();
        reply.additionals.clear();
        scene.receives(Protocol::Udp, A, &reply);
        let note = format!("without EDNS: the server answered {rcode} (RFC 6891 §7)");
        let again = scene.sends(A, Protocol::Udp, &note);
        assert_eq!(asked(&again).edns, None);
        assert_ne!(asked(&again).header.id, asked(&sent).header.id);
        scene.receives(Protocol::Udp, A, &good(&again));
        scene.answers("203.0.113.80");
    }
}

#[test]
fn formerr_without_edns_is_final() {
    let mut scene = Scene::with(&[A], Config { edns_udp_size: None, ..Config::default() }, SEED);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &with_rcode(&sent, Rcode::FORMERR));
    assert!(matches!(scene.fails(), Error::ServersFailed { .. }));
}

#[test]
fn no_such_name_and_no_data_differ() {
    let soa = Soa {
        mname: name("ns.example.test"),
        rname: name("root.example.test"),
        serial: 1,
        refresh: 2,
        retry: 3,
        expire: 4,
        minimum: 60,
    };
    for rcode in [Rcode::NXDOMAIN, Rcode::NOERROR] {
        let mut scene = Scene::new(&[A]);
        let sent = scene.sends(A, Protocol::Udp, "");
        let mut reply = with_rcode(&sent, rcode);
        reply.authorities.push(Record::new(name("example.test"), 3600, RData::Soa(Box::new(soa.clone()))));
        scene.receives(Protocol::Udp, A, &reply);
        let error = scene.fails();
        assert!(error.is_negative());
        let (text, message) = match &error {
            Error::NoSuchName { message, .. } if rcode == Rcode::NXDOMAIN => (
                "www.example.test does not exist: 192.0.2.53:53 answered NXDOMAIN; by RFC 2308 §2.1 that holds for \
                 every type of record",
                message,
            ),
            Error::NoData { message, .. } if rcode == Rcode::NOERROR => (
                "www.example.test has no A record: 192.0.2.53:53 answered NOERROR without one; by RFC 2308 §2.2 the \
                 name exists, and may have records of other types",
                message,
            ),
            other => panic!("{rcode}: {other:?}"),
        };
        assert_eq!(error.to_string(), text);
        assert_eq!(message.negative_ttl(), Some(60));
    }
}

#[test]
fn aliases_are_followed_in_any_order() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = good(&sent);
    reply.answers = vec![
        a("c.example.test", 300, [192, 0, 2, 1]),
        a("other.example.test", 300, [192, 0, 2, 9]),
        cname("b.example.test", 20, "C.example.test"),
        a("c.example.test", 60, [192, 0, 2, 2]),
        cname("www.example.test", 0x8000_0001, "b.example.test"),
    ];
    scene.receives(Protocol::Udp, A, &reply);
    let Event::Answer(answer) = scene.last_event() else { panic!("an answer") };
    assert_eq!(answer.addresses(), ["192.0.2.1".parse::<IpAddr>().unwrap(), "192.0.2.2".parse().unwrap()]);
    assert_eq!(answer.canonical_name(), &name("c.example.test"));
    assert_eq!(answer.aliases().count(), 2);
    assert_eq!(answer.ttl(), 0, "RFC 2181 §8: a TTL with its top bit set counts as 0");
    assert_eq!((answer.server(), answer.protocol()), (addr(A), Protocol::Udp));
}

#[test]
fn a_circle_of_aliases_ends() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = good(&sent);
    reply.answers = vec![
        cname("www.example.test", 60, "b.example.test"),
        cname("b.example.test", 60, "www.example.test"),
    ];
    scene.receives(Protocol::Udp, A, &reply);
    let error = scene.fails();
    assert!(matches!(error, Error::AliasChain { .. }), "{error}");
}

/// RFC 6604 §3: the RCODE is about the last name of the aliases.
#[test]
fn an_alias_of_nothing_names_its_target() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NXDOMAIN);
    reply.answers.push(cname("www.example.test", 60, "gone.example.test"));
    scene.receives(Protocol::Udp, A, &reply);
    let Error::NoSuchName { missing, .. } = scene.fails() else { panic!("a name error") };
    assert_eq!(missing, name("gone.example.test"));
}

const NEXT_NAME: &str =
    "next name: the reply of 192.0.2.53:53 stops at an alias of b.example.test (RFC 1034 §5.2.2)";

#[test]
fn the_target_of_an_alias_that_is_not_in_the_reply_is_asked_for() {
    let mut scene = Scene::new(&[A, B]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NOERROR);
    reply.answers.push(cname("www.example.test", 60, "b.example.test"));
    scene.receives(Protocol::Udp, A, &reply);
    let again = scene.sends(A, Protocol::Udp, NEXT_NAME);
    assert_eq!(asked(&again).summary(), "A? b.example.test");
    assert_ne!((again.source_port, asked(&again).header.id), (sent.source_port, asked(&sent).header.id));
    // A late copy of the first reply does not answer the second question.
    scene.receives(Protocol::Udp, A, &reply);
    assert!(matches!(scene.ignores(), Ignored::WrongId { .. }));
    let mut reply = with_rcode(&again, Rcode::NOERROR);
    reply.answers.push(a("b.example.test", 300, [203, 0, 113, 80]));
    scene.receives(Protocol::Udp, A, &reply);
    let Event::Answer(answer) = scene.last_event() else { panic!("an answer") };
    assert_eq!((answer.ttl(), answer.aliases().count()), (60, 1), "the alias counts");
    assert_eq!(answer.canonical_name(), &name("b.example.test"));
}

#[test]
fn a_target_without_data_is_named() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NOERROR);
    reply.answers.push(cname("www.example.test", 60, "b.example.test"));
    scene.receives(Protocol::Udp, A, &reply);
    let again = scene.sends(A, Protocol::Udp, NEXT_NAME);
    scene.receives(Protocol::Udp, A, &with_rcode(&again, Rcode::NOERROR));
    let error = scene.fails();
    assert_eq!(
        error.to_string(),
        "b.example.test has no A record: 192.0.2.53:53 answered NOERROR without one (www.example.test is an alias of \
         it); by RFC 2308 §2.2 the name exists, and may have records of other types"
    );
}

/// Each reply names another alias: the lookup asks five times in all, and ends.
#[test]
fn aliases_that_come_one_by_one_end() {
    for (targets, circle) in
        [(["b", "c", "d", "e", "f", "g"], false), (["b", "c", "www", "b", "c", "www"], true)]
    {
        let mut scene = Scene::new(&[A]);
        let mut questions = 0;
        for target in targets {
            let Some(sent) = scene.query.transmit(scene.now) else { break };
            questions += 1;
            let owner = asked(&sent).questions[0].name.to_string();
            let mut reply = with_rcode(&sent, Rcode::NOERROR);
            reply.answers.push(cname(&owner, 60, &format!("{target}.example.test")));
            scene.receives(Protocol::Udp, A, &reply);
        }
        assert_eq!(questions, if circle { 3 } else { 5 });
        let error = scene.fails();
        assert!(matches!(error, Error::AliasChain { .. }), "{error}");
    }
}

/// Both kinds of RA: a server that sends its client up to the root is lame, and nobody said that the name exists.
#[test]
fn an_upward_referral_is_lame() {
    for ra in [false, true] {
        let mut scene = Scene::new(&[A, B]);
        let sent = scene.sends(A, Protocol::Udp, "");
        let mut reply = with_rcode(&sent, Rcode::NOERROR);
        reply.header.ra = ra;
        reply.authorities.push(Record::new(Name::root(), 3600, RData::Ns(name("a.root.test"))));
        scene.receives(Protocol::Udp, A, &reply);
        let note = "next server: 192.0.2.53:53 is lame: it named the servers of ., which lead nowhere (RFC 1912 §2.8)";
        let sent = scene.sends(B, Protocol::Udp, note);
        scene.receives(Protocol::Udp, B, &good(&sent));
        scene.answers("203.0.113.80");
    }
}

/// RFC 8914: what the server says about its failure stands in the sentence, and the message in the error.
#[test]
fn what_a_failing_server_said_is_in_the_sentence() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::SERVFAIL);
    let said = |code, text: &[u8]| EdnsOption::ExtendedError(ExtendedError { code, text: text.to_vec() });
    let options = vec![said(6, b""), said(7, b"expired in 2020")];
    reply.edns = Some(Edns { options, ..Edns::new(1232) });
    scene.receives(Protocol::Udp, A, &reply);
    let error = scene.fails();
    assert_eq!(
        error.to_string(),
        "no server could answer A? www.example.test (RFC 1035 §4.1.1): 192.0.2.53:53 answered SERVFAIL (DNSSEC Bogus, \
         Signature Expired: expired in 2020)"
    );
    let Error::ServersFailed { servers, .. } = error else { panic!("{error}") };
    assert_eq!(servers[0].message.as_ref(), Some(&reply));
}

/// A late TC of the first server moves the lookup back to it, over TCP. The second is asked again, not forgotten.
#[test]
fn a_late_truncated_reply_goes_to_tcp_and_back() {
    let mut scene = Scene::new(&[A, B]);
    let to_a = scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let to_b = scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 gave no answer after 1.0 s");
    let mut cut = good(&to_a);
    cut.header.tc = true;
    scene.receives(Protocol::Udp, A, &cut);
    scene.sends(A, Protocol::Tcp, "over TCP: the answer did not fit a UDP message (RFC 7766 §5)");
    scene.query.unreachable(scene.now, Protocol::Tcp, addr(A), "connection refused".into());
    let again =
        scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 cannot be reached: connection refused");
    assert_eq!((&again.bytes, again.source_port), (&to_b.bytes, to_b.source_port));
    scene.wakes_at(3.0);
    scene.sends(B, Protocol::Udp, "retransmission 2: no answer after 2.0 s");
    scene.receives(Protocol::Udp, B, &good(&again));
    scene.answers("203.0.113.80");
}

#[test]
fn a_referral_is_no_answer() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NOERROR);
    reply.header.ra = false;
    reply.authorities.push(Record::new(name("test"), 3600, RData::Ns(name("ns.test"))));
    scene.receives(Protocol::Udp, A, &reply);
    let error = scene.fails();
    assert!(
        matches!(&error, Error::ServersFailed { servers, .. } if matches!(servers[0].how, Ending::Reply(Outcome::Referral(_)))),
        "{error}"
    );
}

#[test]
fn no_servers_no_lookup() {
    let mut scene = Scene::new(&[]);
    assert_eq!(scene.fails(), Error::NoServers);
    assert_eq!(scene.query.deadline(), None);
}

/// resolv.conf(5), "rotate": each server is the first one now and then.
#[test]
fn rotation_begins_anywhere() {
    let config = Config { rotate: true, ..Config::default() };
    let first: std::collections::HashSet<SocketAddr> = (0..40)
        .filter_map(|seed| {
            let mut scene = Scene::with(&[A, B, "192.0.2.55:53"], config.clone(), seed);
            Some(scene.query.transmit(scene.now)?.to)
        })
        .collect();
    assert_eq!(first.len(), 3, "{first:?}");
}

/// Nothing is sent, and nobody says that there is "no AXFR record".
#[test]
fn a_zone_transfer_is_not_a_lookup() {
    for (rtype, text) in [(RecordType::AXFR, "AXFR"), (RecordType::IXFR, "IXFR")] {
        let (now, mut rng) = (Instant::now(), ChaCha8Rng::seed_from_u64(SEED));
        let mut query =
            Query::new(now, name("example.test"), rtype, vec![addr(A)], Config::default(), &mut rng);
        assert_eq!((query.transmit(now), query.deadline()), (None, None));
        let Some(Event::Failed(error)) = query.event() else { panic!("a failure") };
        let wanted = format!("{text}? example.test is a zone transfer, which no lookup can do (RFC 5936 §2)");
        assert_eq!(error.to_string(), wanted);
    }
}
