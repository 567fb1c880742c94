//! A network of authorities in virtual time. Each message takes 10 ms to its server and 10 ms back.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use barewire_dns::authority::{self, Authority};
use barewire_dns::exchange::{Protocol, Transmit};
use barewire_dns::resolver::{Config, Event, Flags, Hints, RequestId, Resolution, Resolver};
use barewire_dns::{Class, Message, Name, Question, Rcode, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::served::zone;

const ONE_WAY: Duration = Duration::from_millis(10);
/// No test of this directory has so many messages.
const TOO_MANY: usize = 5_000;

pub(crate) type Server = Box<dyn FnMut(&Message, Protocol) -> Option<Vec<u8>>>;

/// What comes of a message: how much later, from where, and what.
pub(crate) type Arrivals = Vec<(Duration, SocketAddr, Vec<u8>)>;
/// Whoever sees all messages to servers that are not there, with their IDs and ports.
pub(crate) type Elsewhere = Box<dyn FnMut(&Transmit) -> Arrivals>;

pub(crate) struct Net {
    pub(crate) now: Instant,
    pub(crate) resolver: Resolver,
    servers: BTreeMap<IpAddr, Server>,
    pub(crate) elsewhere: Option<Elsewhere>,
    on_the_way: BTreeMap<(Instant, usize), (Protocol, SocketAddr, Vec<u8>)>,
    /// Of the last message on the way.
    number: usize,
    /// Each message that a server was sent: `192.0.2.1 A? test`.
    pub(crate) log: Vec<String>,
    pub(crate) resolved: Vec<(RequestId, Resolution)>,
}

impl Net {
    pub(crate) fn new(config: Config) -> Net {
        let hints = Hints::parse(b". 3600000 NS a.root.test.\na.root.test. 3600000 A 192.0.2.1\n").unwrap();
        let (now, rng) = (Instant::now(), Box::new(ChaCha8Rng::seed_from_u64(1)));
        let resolver = Resolver::new(now, SystemTime::UNIX_EPOCH, config, hints, None, rng);
        let (servers, on_the_way) = (BTreeMap::new(), BTreeMap::new());
        Net {
            now,
            resolver,
            servers,
            elsewhere: None,
            on_the_way,
            number: 0,
            log: Vec::new(),
            resolved: Vec::new(),
        }
    }

    /// A server with these zones.
    pub(crate) fn serve(&mut self, address: &str, zones: &[&str]) {
        let mut server = Authority::new(authority::Config::default());
        zones.iter().for_each(|text| assert!(server.add(zone(text)).is_none()));
        let answer = move |query: &Message, protocol| {
            let bytes = query.encode().unwrap();
            server.answer(&bytes, protocol).next()
        };
        self.place(address, Box::new(answer));
    }

    /// A server that does what a function says. It changes the reply that an empty NOERROR would be.
    pub(crate) fn script(&mut self, address: &str, mut reply: impl FnMut(&Message, &mut Message) + 'static) {
        let answer = move |query: &Message, _| {
            let mut message = Message::response_to(query);
            message.header.aa = true;
            reply(query, &mut message);
            Some(message.encode().unwrap())
        };
        self.place(address, Box::new(answer));
    }

    pub(crate) fn place(&mut self, address: &str, server: Server) {
        self.servers.insert(address.parse().unwrap(), server);
    }

    /// The root, and `test` with delegations of `example.test`, whose servers are here too.
    pub(crate) fn with_example(config: Config) -> Net {
        let mut net = Net::new(config);
        net.serve("192.0.2.1", &[ROOT]);
        net.serve("192.0.2.2", &[TEST]);
        net.serve("192.0.2.3", &[EXAMPLE]);
        net
    }

    pub(crate) fn begin(&mut self, name: &str, rtype: RecordType) -> RequestId {
        let question = Question { name: n(name), rtype, class: Class::IN };
        self.resolver.ask(self.now, question, Flags::default())
    }

    /// Asks, and runs until the answer is there.
    #[track_caller]
    pub(crate) fn ask(&mut self, name: &str, rtype: RecordType) -> Resolution {
        let id = self.begin(name, rtype);
        self.run();
        let place = self.resolved.iter().position(|(each, _)| *each == id);
        self.resolved.remove(place.expect("an answer")).1
    }

    /// Runs until nothing is waited for.
    #[track_caller]
    pub(crate) fn run(&mut self) {
        loop {
            if let Some(sent) = self.resolver.transmit(self.now) {
                assert!(self.log.len() < TOO_MANY, "messages without end: {:?}", &self.log[..20]);
                self.deliver(&sent);
                continue;
            }
            // After what is sent: a budget may end while that is asked for.
            while let Some(Event::Resolved(id, resolution)) = self.resolver.event() {
                self.resolved.push((id, *resolution));
            }
            let message = self.on_the_way.keys().next().copied();
            let deadline = self.resolver.deadline();
            match (message, deadline) {
                (Some((at, number)), deadline) if deadline.is_none_or(|deadline| at <= deadline) => {
                    self.now = at;
                    let (protocol, from, bytes) = self.on_the_way.remove(&(at, number)).unwrap();
                    self.resolver.receive(self.now, protocol, from, &bytes);
                }
                (_, Some(deadline)) => {
                    self.now = self.now.max(deadline);
                    self.resolver.on_deadline(self.now);
                }
                (_, None) => return assert_eq!(self.resolver.tasks(), 0, "tasks that wait for ever"),
            }
        }
    }

    fn deliver(&mut self, sent: &Transmit) {
        let (protocol, to) = (sent.protocol, sent.to);
        let query = Message::parse(&sent.bytes).unwrap();
        let question = query.question().unwrap();
        let name = question.name.to_string().to_lowercase();
        let over = if protocol == Protocol::Tcp { " over TCP" } else { "" };
        self.log.push(format!("{} {}? {name}{over}", to.ip(), question.rtype.name()));
        let arrivals = match (self.servers.get_mut(&to.ip()), &mut self.elsewhere) {
            (Some(server), _) => {
                server(&query, protocol).map(|reply| (2 * ONE_WAY, to, reply)).into_iter().collect()
            }
            (None, Some(elsewhere)) => elsewhere(sent),
            (None, None) => Vec::new(),
        };
        for (after, from, reply) in arrivals {
            self.number += 1;
            self.on_the_way.insert((self.now + after, self.number), (protocol, from, reply));
        }
    }

    pub(crate) fn log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }
}

pub(crate) const ROOT: &str = "$ORIGIN .\n$TTL 3600\n@ SOA a.root.test. joe 1 1 1 1 300\n@ NS a.root.test.\n\
    a.root.test. A 192.0.2.1\ntest. NS ns.nic.test.\nns.nic.test. A 192.0.2.2\n";
pub(crate) const TEST: &str = "$ORIGIN test.\n$TTL 3600\n@ SOA ns.nic joe 1 1 1 1 300\n@ NS ns.nic\n\
    ns.nic A 192.0.2.2\nexample NS ns.example\nns.example A 192.0.2.3\n";
pub(crate) const EXAMPLE: &str = "$ORIGIN example.test.\n$TTL 300\n@ SOA ns joe 1 1 1 1 60\n@ NS ns\n\
    ns A 192.0.2.3\nwww A 203.0.113.80\nalias CNAME www\na.b.c A 203.0.113.81\nold DNAME new\nx.new A 203.0.113.82\n\
    loop1 CNAME loop2\nloop2 CNAME loop1\n";

pub(crate) fn n(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

pub(crate) fn r(text: &str) -> Record {
    Record::parse_text(text).unwrap()
}

/// The response code, and the answer section as text.
pub(crate) fn answer(resolution: &Resolution) -> (Rcode, Vec<String>) {
    (resolution.answer.rcode, resolution.answer.records().map(Record::to_string).collect())
}
