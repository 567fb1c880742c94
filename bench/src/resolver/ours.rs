//! Our resolver among the servers of the [`World`], in virtual time: each message takes a millisecond.

use std::time::{Duration, Instant, SystemTime};

use barewire_dns::resolver::{Config, Event, Flags, Hints, Resolver};
use barewire_dns::{Class, Name, Question, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::world::{HINTS, World};

pub(crate) struct Ours {
    resolver: Resolver,
    now: Instant,
    world: World,
    /// How many messages servers got.
    pub(crate) sent: u64,
}

impl Ours {
    pub(crate) fn new(world: &World) -> Ours {
        let (now, rng) = (Instant::now(), Box::new(ChaCha8Rng::seed_from_u64(1)));
        let hints = Hints::parse(HINTS.as_bytes()).expect("hints");
        let resolver = Resolver::new(now, SystemTime::now(), Config::default(), hints, None, rng);
        Ours { resolver, now, world: world.clone(), sent: 0 }
    }

    /// The addresses of a name.
    pub(crate) fn resolve(&mut self, name: &str) -> Vec<Record> {
        let question = Question {
            name: Name::parse_text(name).expect("a name"),
            rtype: RecordType::A,
            class: Class::IN,
        };
        self.resolver.ask(self.now, question, Flags::default());
        loop {
            while let Some(sent) = self.resolver.transmit(self.now) {
                self.sent += 1;
                let reply = self.world.reply(sent.to.ip(), &sent.bytes);
                self.now += Duration::from_millis(1);
                self.resolver.receive(self.now, sent.protocol, sent.to, &reply);
            }
            if let Some(Event::Resolved(_, resolution)) = self.resolver.event() {
                return resolution.answer.records().cloned().collect();
            }
        }
    }
}
