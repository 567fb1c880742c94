//! All servers are one enemy, and the input is what it does: after a byte of settings, for each message that it gets a
//! byte for how long it waits and one for what it does: silence, an ICMP error, any bytes, any bytes behind the right
//! ID and question, records put together from names that matter, or what an honest server of a signed zone says, with
//! bytes changed. Six questions come at a time, and twice. With anchors, what is secure is what was signed.
#![no_main]

mod hostile;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::{Duration, Instant, UNIX_EPOCH};

use barewire_dns::dnssec::{Anchors, Security};
use barewire_dns::exchange::Protocol;
use barewire_dns::resolver::{Config, Event, Flags, Hints, RequestId, Resolution, Resolver};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Class, Name, Question, Record, RecordType};
use hostile::{Does, SIGNED, Seeded, next};
use libfuzzer_sys::fuzz_target;

const HINTS: &[u8] = b". 3600000 NS a.root.test.\na.root.test. 3600000 A 192.0.2.1\n";
const QUESTIONS: [(&str, RecordType); 6] = [
    ("www.a.test", RecordType::A),
    ("www.a.test", RecordType::AAAA),
    ("x.y.www.a.test", RecordType::TXT),
    ("b.test", RecordType::NS),
    ("a.test", RecordType::DS),
    ("test", RecordType::ANY),
];

/// In a zone that has an anchor. Nobody can sign another name there, or other data.
const OF_SIGNED: [(&str, RecordType); 3] = [
    ("www.nsec.test", RecordType::A),
    ("nope.nsec.test", RecordType::A),
    ("alias.nsec.test", RecordType::TXT),
];

/// All that the zone's owner signed.
static RECORDS: LazyLock<Vec<Record>> =
    LazyLock::new(|| ZoneFile::parse(SIGNED.as_bytes(), &Name::root()).records);

static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| {
    let mut anchors = Anchors::default();
    let keys = RECORDS.iter().filter(|record| record.rtype() == RecordType::DNSKEY);
    keys.for_each(|key| anchors.add(key.clone()).expect("a key that may sign"));
    anchors
});

type OnTheWay = BTreeMap<(Instant, usize), (Protocol, SocketAddr, Option<Vec<u8>>)>;

struct World<'i> {
    input: &'i [u8],
    now: Instant,
    resolver: Resolver,
    on_the_way: OnTheWay,
    sent: usize,
}

impl World<'_> {
    /// Sends what is to be sent, and has the enemy do something about each message.
    fn send(&mut self) {
        while let Some(sent) = self.resolver.transmit(self.now) {
            assert_eq!(sent.to.port(), 53, "servers are at port 53, and nowhere else");
            self.sent += 1;
            let (delay, does) = next(&mut self.input, &sent.bytes);
            let reply = match does {
                Does::Nothing => continue,
                Does::Unreachable => None,
                Does::Reply(bytes) => Some(bytes),
            };
            self.on_the_way.insert((self.now + delay, self.sent), (sent.protocol, sent.to, reply));
        }
    }

    /// One step of time. `false` if nothing is waited for.
    fn step(&mut self) -> bool {
        let message = self.on_the_way.keys().next().copied();
        match (message, self.resolver.deadline()) {
            (Some((at, number)), deadline) if deadline.is_none_or(|deadline| at <= deadline) => {
                self.now = at;
                let (protocol, from, reply) = self.on_the_way.remove(&(at, number)).unwrap();
                match reply {
                    Some(bytes) => self.resolver.receive(at, protocol, from, &bytes),
                    None => self.resolver.unreachable(at, protocol, from, String::new()),
                }
            }
            (_, Some(deadline)) => {
                self.now = self.now.max(deadline);
                self.resolver.on_deadline(self.now);
            }
            (_, None) => return false,
        }
        true
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((&settings, input)) = input.split_first() else { return };
    let config = Config { minimise: settings & 1 == 0, ipv6: settings & 2 == 0, ..Config::default() };
    let hints = Hints::parse(HINTS).unwrap();
    let (now, wall) = (Instant::now(), UNIX_EPOCH + Duration::from_secs(1_795_780_800));
    let rng = Box::new(Seeded(u64::from(settings)));
    let signed = settings & 4 != 0;
    let anchors = signed.then(|| ANCHORS.clone());
    let resolver = Resolver::new(now, wall, config.clone(), hints, anchors, rng);
    let mut world = World { input, now, resolver, on_the_way: BTreeMap::new(), sent: 0 };
    for _ in 0..2 {
        round(&mut world, if signed { &OF_SIGNED[..] } else { &QUESTIONS[..] }, &config);
    }
});

/// All questions, until all have ended: each once, in time, and within its budget.
fn round(world: &mut World<'_>, questions: &[(&str, RecordType)], config: &Config) {
    let (began, before) = (world.now, world.sent);
    let flags = Flags::default();
    let mut open: Vec<RequestId> = questions
        .iter()
        .map(|(name, rtype)| {
            let name = Name::parse_text(name).unwrap();
            world.resolver.ask(began, Question { name, rtype: *rtype, class: Class::IN }, flags)
        })
        .collect();
    loop {
        world.send();
        while let Some(Event::Resolved(id, resolution)) = world.resolver.event() {
            let place = open.iter().position(|each| *each == id).expect("one answer to each question");
            open.remove(place);
            assert!(world.now - began <= config.total, "a question took {:?}", world.now - began);
            assert!(resolution.trace.steps.len() <= config.max_steps);
            let _ = resolution.trace.to_string();
            assert_signed(&resolution);
        }
        if !world.step() {
            break;
        }
    }
    let sent = world.sent - before;
    assert!(sent <= questions.len() * config.max_queries as usize, "{sent} messages");
    assert!(open.is_empty(), "{} questions have no end", open.len());
    assert_eq!(world.resolver.tasks(), 0, "tasks that nobody waits for");
    // What comes late finds nobody who waits for it.
    world.on_the_way.clear();
}

/// What is secure is what the zone's owner signed.
fn assert_signed(resolution: &Resolution) {
    if resolution.security != Some(Security::Secure) {
        return;
    }
    let is = |record: &&Record| record.rtype() != RecordType::RRSIG;
    let all: Vec<_> = resolution.answer.answers.iter().flat_map(|set| &set.records).filter(is).collect();
    let signed = |record: &&Record| {
        RECORDS
            .iter()
            .any(|each| each.name == record.name && each.data.to_string() == record.data.to_string())
    };
    assert!(all.iter().all(signed), "{all:?}\n{}", resolution.trace);
    // Nobody can deny what is there.
    assert!(
        !all.is_empty() || resolution.question.name.to_string() == OF_SIGNED[1].0,
        "{}",
        resolution.trace
    );
}
