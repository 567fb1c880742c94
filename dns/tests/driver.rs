//! The blocking loop, over a transport that plays a script and writes down what happens, in order.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use barewire_dns::driver::{Received, Transport, Unreachable, lookup_observed};
use barewire_dns::stub::{Config, Error, Protocol, Query, Transmit};
use barewire_dns::{Message, Name, RData, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const SERVER: &str = "192.0.2.53:53";

/// What the server does with one message.
enum Then {
    /// The message cannot even be sent.
    CannotSend,
    /// No answer comes before the deadline.
    Silence,
    /// An ICMP error about this server.
    Icmp(&'static str),
    /// The answer comes, without EDNS trouble or truncation.
    Answer,
}

/// A transport in virtual time.
struct Script {
    now: Instant,
    steps: std::vec::IntoIter<Then>,
    sent: Option<Transmit>,
    log: Rc<RefCell<Vec<String>>>,
}

impl Transport for Script {
    fn now(&self) -> Instant {
        self.now
    }

    fn send(&mut self, transmit: &Transmit) -> io::Result<()> {
        if let [Then::CannotSend, ..] = self.steps.as_slice() {
            self.steps.next();
            return Err(io::Error::other("no route"));
        }
        self.log.borrow_mut().push(format!("sent {}", transmit.note));
        self.sent = Some(transmit.clone());
        Ok(())
    }

    fn receive(&mut self, deadline: Instant) -> Result<Option<Received>, Unreachable> {
        let step = self.steps.next();
        if let Some(Then::Icmp(to)) = step {
            let (protocol, to) = (Protocol::Udp, to.parse().unwrap());
            let why = io::Error::other("nobody listens");
            return Err(Unreachable { protocol, to, question: None, why });
        }
        let Some(Then::Answer) = step else {
            self.now = deadline;
            return Ok(None);
        };
        self.now += Duration::from_millis(10);
        let sent = self.sent.take().expect("something was sent");
        let query = Message::parse(&sent.bytes).unwrap();
        let mut reply = Message::response_to(&query);
        let name = query.questions[0].name.clone();
        reply.answers.push(Record::new(name, 300, RData::A([203, 0, 113, 80].into())));
        Ok(Some(Received { protocol: sent.protocol, from: sent.to, bytes: reply.encode().unwrap() }))
    }
}

/// Runs a lookup; gives its result, and what was sent and told in the order in which it happened.
fn run(servers: &[&str], steps: Vec<Then>) -> (Result<Vec<std::net::IpAddr>, Error>, Vec<String>) {
    let log = Rc::new(RefCell::new(Vec::new()));
    let now = Instant::now();
    let mut script = Script { now, steps: steps.into_iter(), sent: None, log: log.clone() };
    let servers: Vec<SocketAddr> = servers.iter().map(|server| server.parse().unwrap()).collect();
    let name = Name::parse_text("www.example.test").unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut query = Query::new(now, name, RecordType::A, servers, Config::default(), &mut rng);
    let result = lookup_observed(&mut query, &mut script, &mut |event| {
        log.borrow_mut().push(format!("event {event}"));
    });
    let log = log.borrow().clone();
    (result.map(|answer| answer.addresses()), log)
}

/// The contract of the five verbs: an event is there before the bytes that it explains.
#[test]
fn an_event_comes_before_the_message_that_it_explains() {
    let (result, log) = run(&[SERVER], vec![Then::Silence, Then::Answer]);
    assert_eq!(result.unwrap(), ["203.0.113.80".parse::<std::net::IpAddr>().unwrap()]);
    let note = "retransmission 1: no answer after 1.0 s";
    assert_eq!(
        log,
        ["sent ", &format!("event {note}"), &format!("sent {note}"), "event answer: A 203.0.113.80, ttl 300"]
    );
}

#[test]
fn a_server_without_a_route_costs_no_time() {
    let (result, log) = run(&[SERVER, "192.0.2.54:53"], vec![Then::CannotSend, Then::Answer]);
    assert!(result.is_ok(), "{log:?}");
    let note = "next server: 192.0.2.53:53 cannot be reached: no route";
    assert_eq!(
        log,
        [format!("event {note}"), format!("sent {note}"), "event answer: A 203.0.113.80, ttl 300".to_owned()]
    );
}

/// The error names its server: the late news of the first one does not end the wait for the second.
#[test]
fn an_error_is_about_the_server_that_it_names() {
    let (first, second) = (SERVER, "192.0.2.54:53");
    let (result, log) = run(&[first, second], vec![Then::Silence, Then::Icmp(first), Then::Answer]);
    assert!(result.is_ok(), "{log:?}");
    let note = "next server: 192.0.2.53:53 gave no answer after 1.0 s";
    let answer = "event answer: A 203.0.113.80, ttl 300".to_owned();
    assert_eq!(log, ["sent ".to_owned(), format!("event {note}"), format!("sent {note}"), answer.clone()]);
    let (result, log) = run(&[first, second], vec![Then::Icmp(first), Then::Answer]);
    assert!(result.is_ok(), "{log:?}");
    let note = "next server: 192.0.2.53:53 cannot be reached: nobody listens";
    assert_eq!(log, ["sent ".to_owned(), format!("event {note}"), format!("sent {note}"), answer]);
}

#[test]
fn a_query_runs_once() {
    let name = Name::parse_text("www.example.test").unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let now = Instant::now();
    let mut query = Query::new(now, name, RecordType::A, vec![], Config::default(), &mut rng);
    let log = Rc::default();
    let mut script = Script { now, steps: vec![].into_iter(), sent: None, log };
    let mut run = || lookup_observed(&mut query, &mut script, &mut |_| ()).unwrap_err();
    assert_eq!((run(), run()), (Error::NoServers, Error::AlreadyOver));
}
