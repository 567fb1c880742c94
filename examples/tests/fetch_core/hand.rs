//! A fetch that is driven by hand. What it tells and what it wants done becomes one line each, so that a test is a
//! table of inputs and of the lines that follow them.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire::failure::{Failure, Step};
use barewire::fetch::{Event, Fetch, Given, Input, Job, Output};
use barewire::network::{Names, toy};
use barewire_dns::stub::{Protocol, Transmit};
use barewire_dns::system::{Hosts, ResolvConf};
use barewire_dns::{Message, RData, Rcode, Record, RecordType};
use barewire_tls13::Trust;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// The DNS servers of most tests.
pub(crate) const SERVER: &str = "nameserver 10.0.0.53\n";

pub(crate) struct Hand {
    pub(crate) fetch: Fetch,
    pub(crate) start: Instant,
    pub(crate) now: Instant,
    /// The questions to DNS that were not answered yet.
    pub(crate) questions: VecDeque<Transmit>,
    /// All that was to be written, and has not been taken out yet.
    pub(crate) written: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

/// A GET with the trust of the toy internet.
pub(crate) fn job(url: &str) -> Job {
    let pem = toy::root_pem().expect("the toy authority").into_bytes();
    Job::get(url, Trust::Pem(pem)).expect("a URL")
}

pub(crate) fn given() -> Given {
    Given {
        wall_clock: toy::clock(),
        rng: Box::new(ChaCha8Rng::seed_from_u64(1)),
        key_log: None,
        ledger: None,
    }
}

pub(crate) fn names(conf: &str, hosts: &str) -> Names {
    Names::new(ResolvConf::parse(conf), Hosts::parse(hosts))
}

impl Hand {
    /// A fetch on a network that reaches IPv4 addresses only, so that it asks one question.
    pub(crate) fn new(job: Job) -> Hand {
        Hand::with(job, &names(SERVER, "").reaching(vec![RecordType::A]))
    }

    pub(crate) fn with(job: Job, names: &Names) -> Hand {
        let now = Instant::now();
        Hand::of(now, Fetch::new(now, job, names, given()))
    }

    /// A fetch whose only address is known.
    pub(crate) fn at(address: &str, job: Job) -> Hand {
        let now = Instant::now();
        Hand::of(now, Fetch::to(now, vec![address.parse().expect("an address")], job, given()))
    }

    fn of(now: Instant, fetch: Fetch) -> Hand {
        Hand { fetch, start: now, now, questions: VecDeque::new(), written: Vec::new(), body: Vec::new() }
    }

    /// A fetch of plain HTTP that has sent its request.
    pub(crate) fn exchanging(url: &str) -> Hand {
        let mut hand = Hand::at("203.0.113.80", job(url));
        hand.lines();
        hand.give(Input::Connected);
        hand.written.clear();
        hand
    }

    /// Hands an input in, and gives the lines that follow.
    pub(crate) fn give(&mut self, input: Input<'_>) -> Vec<String> {
        self.fetch.receive(self.now, input);
        self.lines()
    }

    /// Lets time pass to the next deadline.
    pub(crate) fn wait(&mut self) -> Vec<String> {
        self.now = self.fetch.deadline().expect("a deadline");
        self.fetch.on_deadline(self.now);
        self.lines()
    }

    /// Milliseconds since the start.
    pub(crate) fn elapsed(&self) -> u128 {
        (self.now - self.start).as_millis()
    }

    pub(crate) fn pass(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
    }

    /// Answers the question that was asked first.
    pub(crate) fn answer(&mut self, fill: impl FnOnce(&mut Message)) -> Vec<String> {
        let question = self.questions.pop_front().expect("a question");
        let mut message = Message::response_to(&Message::parse(&question.bytes).expect("a query"));
        message.header.ra = true;
        fill(&mut message);
        let bytes = message.encode().expect("a reply");
        self.give(Input::Reply { protocol: question.protocol, from: question.to, bytes: &bytes })
    }

    pub(crate) fn answer_with(&mut self, addresses: &[&str]) -> Vec<String> {
        self.answer(|message| {
            let name = message.questions[0].name.clone();
            message.answers = addresses.iter().map(|a| Record::new(name.clone(), 300, data(a))).collect();
        })
    }

    pub(crate) fn answer_code(&mut self, rcode: Rcode) -> Vec<String> {
        self.answer(|message| message.header.rcode = rcode)
    }

    /// Events first, then outputs, until there are neither: an event explains the bytes after it.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            if let Some(event) = self.fetch.event() {
                lines.push(said(&event));
            } else if let Some(output) = self.fetch.transmit(self.now) {
                lines.push(self.wanted(output));
            } else {
                let mut buffer = [0; 100];
                while let length @ 1.. = self.fetch.read(&mut buffer) {
                    self.body.extend_from_slice(&buffer[..length]);
                }
                return lines;
            }
        }
    }

    fn wanted(&mut self, output: Output) -> String {
        match output {
            Output::Ask(question) => {
                let message = Message::parse(&question.bytes).expect("a query");
                let asked = &message.questions[0];
                let by = if question.protocol == Protocol::Udp { "UDP" } else { "TCP" };
                let line = format!("ask {} over {by}: {} {}", question.to, asked.rtype.name(), asked.name);
                self.questions.push_back(question);
                line
            }
            Output::Connect(to) => format!("connect to {to}"),
            Output::Write(bytes) => {
                let line = match bytes.first() {
                    Some(b'A'..=b'Z') => {
                        let text = String::from_utf8_lossy(&bytes);
                        format!("write {:?}", text.lines().next().unwrap_or_default())
                    }
                    Some(kind) => format!("write a TLS record of type {kind}"),
                    None => "write nothing".to_owned(),
                };
                self.written.extend(bytes);
                line
            }
            Output::Close => "close".to_owned(),
            Output::Release => "release".to_owned(),
        }
    }
}

fn data(address: &str) -> RData {
    match address.parse().expect("an address") {
        IpAddr::V4(address) => RData::A(address),
        IpAddr::V6(address) => RData::Aaaa(address),
    }
}

/// An event in a few words.
pub(crate) fn said(event: &Event) -> String {
    match event {
        Event::Dns(news) => format!("DNS: {news}"),
        Event::Resolved(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
            format!("resolved {}", addresses.join(", "))
        }
        Event::NotConnected(to, why) => format!("not connected to {to}: {}", why.exit_code()),
        Event::Connected(to) => format!("connected to {to}"),
        Event::Tunneled(response) => format!("tunneled {}", response.status),
        Event::Tls(_) => "TLS has news".to_owned(),
        Event::HandshakeDone(summary) => format!("handshake done: {}", summary.suite.name()),
        Event::Informational(response) => format!("informational {}", response.status),
        Event::Head { response, framing } => format!("head {} rule {}", response.status, framing.rule),
        Event::Data => "data".to_owned(),
        Event::Trailers { fields, .. } => format!("{} trailers", fields.len()),
        Event::Tunnel => "tunnel".to_owned(),
        Event::Finished(persistence) => format!("finished: {persistence}"),
        Event::Closed => "closed".to_owned(),
        Event::Failed(failure) => format!("failed {}: {failure}", failure.exit_code()),
    }
}

/// The failure that a stream could not be opened.
pub(crate) fn refused() -> Failure {
    Failure::new(Step::Connect, "answered our SYN with a reset")
}

pub(crate) fn error(kind: io::ErrorKind) -> io::Error {
    io::Error::new(kind, format!("the stream says {kind:?}"))
}
