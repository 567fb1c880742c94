//! One question to one server, in virtual time. The replies are bytes that real servers send, with our ID put in.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_dns::exchange::{
    Config, End, Ending, Event, Exchange, Ignored, Protocol, QueryOptions, RandomCase, TcpReason, Transmit,
};
use barewire_dns::{
    Class, ClientSubnet, EdnsOption, Message, Name, OptionCode, Outcome, Question, RData, Rcode, Record,
    RecordType,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const SEED: u64 = 1;

fn server() -> SocketAddr {
    "192.0.2.53:53".parse().unwrap()
}

struct Scene {
    start: Instant,
    now: Instant,
    exchange: Exchange,
}

impl Scene {
    fn new(config: Config) -> Scene {
        let start = Instant::now();
        let question = Question {
            name: Name::parse_text("www.example.test").unwrap(),
            rtype: RecordType::A,
            class: Class::IN,
        };
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        Scene { start, now: start, exchange: Exchange::new(start, question, server(), config, &mut rng) }
    }

    #[track_caller]
    fn sends(&mut self, protocol: Protocol) -> Transmit {
        let sent = self.exchange.transmit(self.now).expect("a message to send");
        assert_eq!((sent.protocol, sent.to), (protocol, server()), "{}", sent.note);
        sent
    }

    fn receives(&mut self, protocol: Protocol, bytes: &[u8]) {
        self.now += Duration::from_millis(10);
        self.exchange.receive(self.now, protocol, server(), bytes);
    }

    /// Nothing comes until the deadline.
    #[track_caller]
    fn waits(&mut self) {
        self.now = self.exchange.deadline().expect("a deadline");
        self.exchange.on_deadline(self.now);
    }

    #[track_caller]
    fn event(&mut self) -> Event {
        self.exchange.event().expect("an event")
    }

    #[track_caller]
    fn ends(&mut self) -> End {
        match self.event() {
            Event::Over(end) => *end,
            other => panic!("wanted the end, got {other}"),
        }
    }
}

/// The ID of what was sent, then these flags, and nothing more: twelve bytes.
fn header(sent: &Transmit, flags: [u8; 2], questions: u8) -> Vec<u8> {
    [&sent.bytes[..2], &flags, &[0, questions, 0, 0, 0, 0, 0, 0]].concat()
}

fn good(sent: &Transmit) -> Message {
    let query = Message::parse(&sent.bytes).unwrap();
    let mut reply = Message::response_to(&query);
    reply.answers.push(Record::new(query.questions[0].name.clone(), 300, RData::A([203, 0, 113, 80].into())));
    reply
}

#[track_caller]
fn is_answer(end: &End) {
    let Ending::Reply(Outcome::Answer { records, .. }) = &end.how else { panic!("{end}") };
    assert_eq!(records[0].data.to_string(), "203.0.113.80");
    assert!(end.message.is_some());
}

/// A header and nothing else, as dig takes it: the code is what counts.
#[test]
fn an_error_of_twelve_bytes_is_taken() {
    for (flags, wanted, says) in [
        ([0x83, 0x85], Outcome::Refused(vec![]), "answered REFUSED"),
        ([0x81, 0x82], Outcome::ServerFailure(vec![]), "answered SERVFAIL"),
        ([0x81, 0x89], Outcome::Other(Rcode::NOTAUTH, vec![]), "answered NOTAUTH"),
    ] {
        // Some leave QDCOUNT at 1 all the same.
        for questions in [0, 1] {
            let flags = [flags[0] & !0x02, flags[1]];
            let mut scene = Scene::new(Config::default());
            let sent = scene.sends(Protocol::Udp);
            scene.receives(Protocol::Udp, &header(&sent, flags, questions));
            let end = scene.ends();
            assert_eq!(end.how, Ending::Reply(wanted.clone()), "QDCOUNT {questions}");
            assert_eq!(end.to_string(), says);
            assert_eq!(end.message.unwrap().header.rcode.0, u16::from(flags[1] & 0x0f));
            assert_eq!(end.elapsed, Duration::from_millis(10));
            assert_eq!(scene.exchange.deadline(), None);
        }
    }
}

#[test]
fn a_formerr_of_twelve_bytes_is_a_retreat_from_edns() {
    let mut scene = Scene::new(Config::default());
    let sent = scene.sends(Protocol::Udp);
    scene.receives(Protocol::Udp, &header(&sent, [0x81, 0x81], 0));
    assert_eq!(scene.event(), Event::WithoutEdns { server: server(), rcode: Rcode::FORMERR });
    let again = scene.sends(Protocol::Udp);
    assert_eq!(Message::parse(&again.bytes).unwrap().edns, None);
    scene.receives(Protocol::Udp, &good(&again).encode().unwrap());
    is_answer(&scene.ends());
}

#[test]
fn tc_in_twelve_bytes_goes_to_tcp() {
    for questions in [0, 1] {
        let mut scene = Scene::new(Config::default());
        let sent = scene.sends(Protocol::Udp);
        scene.receives(Protocol::Udp, &header(&sent, [0x83, 0x80], questions));
        assert_eq!(scene.event(), Event::TcpFallback { server: server(), why: TcpReason::Truncated });
        let tcp = scene.sends(Protocol::Tcp);
        scene.receives(Protocol::Tcp, &good(&tcp).encode().unwrap());
        is_answer(&scene.ends());
    }
}

/// NOERROR and NXDOMAIN without the question would be believed about any name.
#[test]
fn an_answer_needs_its_question() {
    for rcode in [0x80, 0x83] {
        for questions in [0, 1] {
            let mut scene = Scene::new(Config::default());
            let sent = scene.sends(Protocol::Udp);
            scene.receives(Protocol::Udp, &header(&sent, [0x81, rcode], questions));
            let Event::Ignored { why, .. } = scene.event() else { panic!("ignored") };
            assert_eq!(why, Ignored::WrongQuestion { got: None });
        }
    }
}

/// Cut anywhere after the question, without TC: a fragment is missing, or a server is broken. TCP knows.
#[test]
fn a_reply_that_is_cut_goes_to_tcp_at_once() {
    let whole = |sent: &Transmit| Message { edns: None, ..good(sent) }.encode().unwrap();
    let length = whole(&Scene::new(Config::default()).sends(Protocol::Udp)).len();
    for cut in 34..length {
        let mut scene = Scene::new(Config::default());
        let sent = scene.sends(Protocol::Udp);
        scene.receives(Protocol::Udp, &whole(&sent)[..cut]);
        let event = scene.event();
        let Event::TcpFallback { why: TcpReason::Broken(why), .. } = &event else { panic!("{cut}: {event}") };
        assert!(event.to_string().starts_with("over TCP: the answer is broken: "), "{cut}: {event}");
        assert!(why.offset <= cut, "{why}");
        let tcp = scene.sends(Protocol::Tcp);
        assert_ne!(tcp.bytes[..2], sent.bytes[..2], "a new ID");
        scene.receives(Protocol::Tcp, &good(&tcp).encode().unwrap());
        is_answer(&scene.ends());
    }
}

#[test]
fn a_reply_that_is_cut_over_tcp_too_ends_it() {
    let mut scene = Scene::new(Config { tcp_only: true, ..Config::default() });
    let sent = scene.sends(Protocol::Tcp);
    let bytes = good(&sent).encode().unwrap();
    scene.receives(Protocol::Tcp, &bytes[..bytes.len() - 3]);
    let end = scene.ends();
    assert!(end.to_string().starts_with("sent a broken answer even over TCP: "), "{end}");
    assert_eq!(end.message.unwrap().answers.len(), 1, "what could be read is kept");
}

/// dig prints these answers with a warning.
#[test]
fn trailing_bytes_and_a_second_opt_are_accepted_with_a_note() {
    let trailing = |mut bytes: Vec<u8>| {
        bytes.extend(b"abc");
        bytes
    };
    let second_opt = |mut bytes: Vec<u8>| {
        bytes[11] += 1;
        bytes.extend(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
        bytes
    };
    for spoil in [&trailing as &dyn Fn(Vec<u8>) -> Vec<u8>, &second_opt] {
        let mut scene = Scene::new(Config::default());
        let sent = scene.sends(Protocol::Udp);
        scene.receives(Protocol::Udp, &spoil(good(&sent).encode().unwrap()));
        let end = scene.ends();
        is_answer(&end);
        assert_eq!(end.message.unwrap().notes.len(), 1);
    }
}

#[test]
fn the_port_of_the_server_counts() {
    let mut scene = Scene::new(Config::default());
    let sent = scene.sends(Protocol::Udp);
    let reply = good(&sent).encode().unwrap();
    for from in ["192.0.2.53:5353", "192.0.2.54:53"] {
        scene.exchange.receive(scene.now, Protocol::Udp, from.parse().unwrap(), &reply);
        let event = scene.event();
        assert!(matches!(event, Event::Ignored { why: Ignored::WrongSource, .. }), "{from}: {event}");
    }
    scene.receives(Protocol::Udp, &reply);
    is_answer(&scene.ends());
}

/// RFC 7766 §7: a client matches replies by ID over TCP too.
#[test]
fn another_id_over_tcp_is_ignored() {
    let mut scene = Scene::new(Config { tcp_only: true, ..Config::default() });
    let sent = scene.sends(Protocol::Tcp);
    let right = good(&sent).encode().unwrap();
    let mut wrong = right.clone();
    wrong[0] ^= 1;
    scene.receives(Protocol::Tcp, &wrong);
    assert!(matches!(scene.event(), Event::Ignored { why: Ignored::WrongId { .. }, .. }));
    scene.receives(Protocol::Tcp, &right);
    let end = scene.ends();
    is_answer(&end);
    assert!(matches!(end.ignored[..], [(Ignored::WrongId { .. }, 1)]), "{:?}", end.ignored);
}

/// Silence is said of silence only.
#[test]
fn what_was_ignored_is_counted_and_said() {
    let mut scene = Scene::new(Config::default());
    let mut waits = Vec::new();
    for _ in 0..3 {
        let sent = scene.sends(Protocol::Udp);
        waits.push((sent.deadline - scene.now).as_secs());
        let mut wrong = good(&sent);
        wrong.questions[0].name = Name::parse_text("other.test").unwrap();
        scene.receives(Protocol::Udp, &wrong.encode().unwrap());
        scene.waits();
    }
    assert_eq!(waits, [1, 2, 2], "each wait is twice as long, and 5 s are all");
    let events: Vec<Event> = std::iter::from_fn(|| scene.exchange.event()).collect();
    let Some(Event::Over(end)) = events.last() else { panic!("{events:?}") };
    assert_eq!(end.elapsed, Duration::from_secs(5));
    assert_eq!(
        end.to_string(),
        "gave no usable answer after 2.0 s; ignored 3 times: it answers A? other.test, which was not asked; RFC 5452 \
         §9.1 has the question match"
    );
    // What comes from elsewhere says nothing about the server.
    let mut scene = Scene::new(Config { total: Duration::from_secs(1), ..Config::default() });
    scene.sends(Protocol::Udp);
    scene.exchange.receive(scene.now, Protocol::Udp, "192.0.2.66:53".parse().unwrap(), b"");
    scene.event();
    scene.waits();
    assert_eq!(scene.ends().to_string(), "gave no answer after 1.0 s");
    assert!(scene.start < scene.now);
}

/// The contract of the verbs: after the end nothing happens.
#[test]
fn after_the_end_nothing_happens() {
    let mut scene = Scene::new(Config::default());
    scene.sends(Protocol::Udp);
    scene.exchange.unreachable(scene.now, "no route".to_owned());
    assert_eq!(scene.ends().to_string(), "cannot be reached: no route");
    scene.exchange.resend();
    scene.exchange.unreachable(scene.now, "again".to_owned());
    scene.exchange.on_deadline(scene.start + Duration::from_secs(60));
    scene.receives(Protocol::Udp, b"late");
    assert_eq!((scene.exchange.transmit(scene.now), scene.exchange.event()), (None, None));
}

/// RFC 3225, RFC 6840 §5.7, RFC 4035 §3.2.2: bits that a validator would set, as they stand in the message.
#[test]
fn the_bits_of_dnssec() {
    for (config, flags, opt_flags) in [
        (Config::default(), [0x01, 0x00], [0x00, 0x00]),
        (Config { dnssec_ok: true, ..Config::default() }, [0x01, 0x00], [0x80, 0x00]),
        (Config { authentic_data: true, ..Config::default() }, [0x01, 0x20], [0x00, 0x00]),
        (Config { checking_disabled: true, ..Config::default() }, [0x01, 0x10], [0x00, 0x00]),
        (Config { recursion_desired: false, ..Config::default() }, [0x00, 0x00], [0x00, 0x00]),
    ] {
        let sent = Scene::new(config).sends(Protocol::Udp);
        assert_eq!(sent.bytes[2..4], flags);
        let end = sent.bytes.len();
        assert_eq!(sent.bytes[end - 4..end - 2], opt_flags);
    }
}

/// The bytes are those of RFC 7871 §6, RFC 5001 §2.1 and RFC 7873 §4 put together by hand.
#[test]
fn options_go_into_the_opt_record_of_each_query() {
    let options = QueryOptions::new(vec![
        EdnsOption::Nsid(Vec::new()),
        EdnsOption::ClientSubnet(ClientSubnet::new("192.0.2.77".parse().unwrap(), 24)),
        EdnsOption::Cookie { client: [1, 2, 3, 4, 5, 6, 7, 8], server: Vec::new() },
    ]);
    let mut scene = Scene::new(Config { options: options.unwrap(), ..Config::default() });
    let wanted = [
        &[0, 0x03, 0, 0][..],
        &[0, 0x08, 0, 7, 0, 1, 24, 0, 192, 0, 2],
        &[0, 0x0a, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8],
    ]
    .concat();
    let sent = scene.sends(Protocol::Udp);
    assert!(sent.bytes.ends_with(&wanted), "{:02x?}", sent.bytes);
    // Over TCP, too; a server that does not know EDNS gets none.
    scene.receives(Protocol::Udp, &header(&sent, [0x83, 0x80], 0));
    let sent = scene.sends(Protocol::Tcp);
    assert!(sent.bytes.ends_with(&wanted), "{:02x?}", sent.bytes);
    scene.receives(Protocol::Tcp, &header(&sent, [0x81, 0x81], 0));
    let sent = scene.sends(Protocol::Tcp);
    assert_eq!(Message::parse(&sent.bytes).unwrap().edns, None);
}

#[test]
fn options_that_cannot_be_written_are_refused() {
    let cookie = EdnsOption::Cookie { client: [0; 8], server: vec![0; 3] };
    let error = QueryOptions::new(vec![cookie]).unwrap_err().to_string();
    assert!(error.contains("RFC 7873 §4"), "{error}");
    let long = |length| vec![EdnsOption::Other { code: OptionCode(65001), data: vec![0; length] }];
    let error = QueryOptions::new(long(65_400)).unwrap_err().to_string();
    assert!(error.contains("65,535 bytes"), "{error}");
    let most = QueryOptions::new(long(65_200)).unwrap();
    assert_eq!(most.list(), long(65_200));
}

fn random(random_case: RandomCase) -> Scene {
    Scene::new(Config { random_case, ..Config::default() })
}

#[test]
fn the_case_of_the_question_is_random_when_wanted() {
    let name = |scene: &mut Scene| {
        Message::parse(&scene.sends(Protocol::Udp).bytes).unwrap().questions[0].name.clone()
    };
    assert_eq!(name(&mut random(RandomCase::Off)).to_string(), "www.example.test");
    for mode in [RandomCase::On, RandomCase::Strict] {
        let mut scene = random(mode);
        let first = name(&mut scene);
        assert_eq!(first, Name::parse_text("www.example.test").unwrap(), "the same name");
        let text = first.to_string();
        assert!(
            text.bytes().any(|byte| byte.is_ascii_uppercase())
                && text.bytes().any(|byte| byte.is_ascii_lowercase())
        );
        scene.waits();
        assert!(name(&mut scene).same_case_as(&first), "a retransmission keeps it");
    }
}

#[test]
fn a_reply_in_other_case_is_not_believed() {
    let lower = |sent: &Transmit| {
        let mut reply = good(sent);
        reply.questions[0].name = Name::parse_text("www.example.test").unwrap();
        reply.encode().unwrap()
    };
    let mut scene = random(RandomCase::Off);
    let sent = scene.sends(Protocol::Udp);
    let mut upper = good(&sent);
    upper.questions[0].name = Name::parse_text("WWW.EXAMPLE.TEST").unwrap();
    scene.receives(Protocol::Udp, &upper.encode().unwrap());
    is_answer(&scene.ends());

    let mut scene = random(RandomCase::On);
    let sent = scene.sends(Protocol::Udp);
    scene.receives(Protocol::Udp, &lower(&sent));
    assert_eq!(scene.event(), Event::TcpFallback { server: server(), why: TcpReason::WrongCase });
    let tcp = scene.sends(Protocol::Tcp);
    scene.receives(Protocol::Tcp, &lower(&tcp));
    is_answer(&scene.ends());

    let mut scene = random(RandomCase::Strict);
    let sent = scene.sends(Protocol::Udp);
    scene.receives(Protocol::Udp, &lower(&sent));
    assert!(matches!(scene.event(), Event::Ignored { why: Ignored::WrongCase, .. }));
    scene.receives(Protocol::Udp, &good(&sent).encode().unwrap());
    is_answer(&scene.ends());
}
