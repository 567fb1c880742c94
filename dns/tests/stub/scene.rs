//! A query in virtual time: each test scripts the replies of the servers, step by step. When an expectation fails, the
//! steps up to it are printed.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_dns::exchange;
use barewire_dns::stub::{Config, Error, Event, History, Ignored, Protocol, Query, Transmit};
use barewire_dns::{Message, Name, RData, Rcode, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

pub(crate) const A: &str = "192.0.2.53:53";
pub(crate) const B: &str = "192.0.2.54:53";
pub(crate) const SEED: u64 = 1;

pub(crate) struct Scene {
    pub(crate) start: Instant,
    pub(crate) now: Instant,
    pub(crate) query: Query,
    pub(crate) steps: Vec<String>,
}

impl Scene {
    pub(crate) fn new(servers: &[&str]) -> Scene {
        Scene::with(servers, Config::default(), SEED)
    }

    pub(crate) fn with(servers: &[&str], config: Config, seed: u64) -> Scene {
        Scene::seeded(servers, config, Instant::now(), &History::new(), seed)
    }

    /// With what is known of the servers.
    pub(crate) fn knowing(servers: &[&str], config: Config, now: Instant, history: &History) -> Scene {
        Scene::seeded(servers, config, now, history, SEED)
    }

    pub(crate) fn seeded(
        servers: &[&str],
        config: Config,
        start: Instant,
        history: &History,
        seed: u64,
    ) -> Scene {
        let servers = servers.iter().map(|server| server.parse().unwrap()).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let query = Query::new(start, name("www.example.test"), RecordType::A, servers, config, &mut rng);
        let query = query.knowing(history);
        Scene { start, now: start, query, steps: vec![format!("seed {seed}, A? www.example.test")] }
    }

    pub(crate) fn step(&mut self, what: String) {
        let at = self.now - self.start;
        self.steps.push(format!("{:>5.1} s  {what}", at.as_secs_f64()));
    }

    #[track_caller]
    pub(crate) fn stop(&self, wanted: &str, got: &str) -> ! {
        panic!("\nsteps:\n  {}\nwanted: {wanted}\ngot:    {got}\n", self.steps.join("\n  "));
    }

    #[track_caller]
    pub(crate) fn sends(&mut self, to: &str, protocol: Protocol, note: &str) -> Transmit {
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
    pub(crate) fn is_silent(&mut self) {
        if let Some(sent) = self.query.transmit(self.now) {
            self.stop("nothing to send", &format!("{sent:?}"));
        }
    }

    #[track_caller]
    pub(crate) fn wakes_at(&mut self, seconds: f64) {
        let got = self.query.deadline().map(|deadline| (deadline - self.start).as_secs_f64());
        if got != Some(seconds) {
            self.stop(&format!("a deadline at {seconds} s"), &format!("{got:?}"));
        }
        self.now = self.start + Duration::from_secs_f64(seconds);
        self.step("its deadline".into());
        self.query.on_deadline(self.now);
    }

    pub(crate) fn receives(&mut self, protocol: Protocol, from: &str, message: &Message) {
        self.step(format!("receives over {protocol:?} from {from}: {}", message.summary()));
        self.query.receive(self.now, protocol, addr(from), &message.encode().unwrap());
    }

    pub(crate) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.query.event()).collect()
    }

    #[track_caller]
    pub(crate) fn last_event(&mut self) -> Event {
        let Some(event) = self.events().pop() else { self.stop("an event", "none") };
        self.step(format!("event {event}"));
        event
    }

    #[track_caller]
    pub(crate) fn answers(&mut self, address: &str) {
        match self.last_event() {
            Event::Answer(answer) if answer.addresses() == [address.parse::<IpAddr>().unwrap()] => {}
            other => self.stop(&format!("the answer {address}"), &format!("{other:?}")),
        }
        if let Some(deadline) = self.query.deadline() {
            self.stop("no deadline after the end", &format!("{deadline:?}"));
        }
    }

    #[track_caller]
    pub(crate) fn fails(&mut self) -> Error {
        match self.last_event() {
            Event::Failed(error) => error,
            other => self.stop("a failure", &format!("{other:?}")),
        }
    }

    #[track_caller]
    pub(crate) fn ignores(&mut self) -> Ignored {
        match self.last_event() {
            Event::Exchange(exchange::Event::Ignored { why, .. }) => why,
            other => self.stop("an ignored message", &format!("{other:?}")),
        }
    }
}

pub(crate) fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

pub(crate) fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(crate) fn asked(sent: &Transmit) -> Message {
    Message::parse(&sent.bytes).unwrap()
}

pub(crate) fn a(owner: &str, ttl: u32, address: [u8; 4]) -> Record {
    Record::new(name(owner), ttl, RData::A(address.into()))
}

pub(crate) fn cname(owner: &str, ttl: u32, target: &str) -> Record {
    Record::new(name(owner), ttl, RData::Cname(name(target)))
}

pub(crate) fn good(sent: &Transmit) -> Message {
    let mut reply = Message::response_to(&asked(sent));
    reply.header.ra = true;
    reply.answers.push(a("www.example.test", 300, [203, 0, 113, 80]));
    reply
}

pub(crate) fn with_rcode(sent: &Transmit, rcode: Rcode) -> Message {
    let mut reply = good(sent);
    reply.answers.clear();
    reply.header.rcode = rcode;
    reply
}
