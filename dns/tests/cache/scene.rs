//! What the tests share: a time, names, records, and servers that say something.

use std::time::{Duration, Instant};

use barewire_dns::cache::{Cache, Config, Credibility, Cut, Data, Learned, Source};
use barewire_dns::dnssec::Security;
use barewire_dns::{Name, Record, RecordType, RrSet};

pub(crate) const A: RecordType = RecordType::A;

pub(crate) fn n(text: &str) -> Name {
    Name::parse_text(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// One set; the records have one owner and one type.
pub(crate) fn set(records: &[&str]) -> RrSet {
    let parse = |text: &&str| Record::parse_text(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    RrSet { records: records.iter().map(parse).collect(), signatures: Vec::new() }
}

/// A server of this zone, in the answer section of an authoritative reply.
pub(crate) fn server_of(zone: &str) -> Learned {
    let source = Source { server: "192.0.2.3".parse().unwrap(), zone: n(zone) };
    Learned { source, credibility: Credibility::Authoritative, security: None }
}

/// The same with a place in the reply.
pub(crate) fn ranked(zone: &str, credibility: Credibility) -> Learned {
    Learned { credibility, ..server_of(zone) }
}

/// The same, and validation has said something.
pub(crate) fn judged(zone: &str, security: Security) -> Learned {
    Learned { security: Some(security), ..server_of(zone) }
}

/// A referral to this zone: one server with an address in it.
pub(crate) fn cut(zone: &str, ttl: u32, address: &str) -> Cut {
    let ns = set(&[&format!("{zone}. {ttl} NS ns.{zone}.")]);
    let glue = vec![set(&[&format!("ns.{zone}. {ttl} A {address}")])];
    Cut { ns, proofs: Vec::new(), glue }
}

/// A cache, and the time.
pub(crate) struct Scene {
    pub(crate) cache: Cache,
    pub(crate) now: Instant,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        Scene::with(Config::default())
    }

    pub(crate) fn with(config: Config) -> Scene {
        Scene { cache: Cache::new(config), now: Instant::now() }
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    /// What the cache says, in words: records as text, `no data 60`, `no name 60`, `failed 5`, or nothing.
    pub(crate) fn get(&mut self, name: &str, rtype: RecordType) -> Vec<String> {
        let Some(held) = self.cache.get(self.now, &n(name), rtype) else { return Vec::new() };
        match held.data {
            Data::Records(set) => set.records.iter().map(Record::to_string).collect(),
            Data::NoData(_) => vec![format!("no data {}", held.left)],
            Data::NxDomain(_) => vec![format!("no name {}", held.left)],
            Data::Failure => vec![format!("failed {}", held.left)],
        }
    }

    /// The deepest zone that is known to hold a name, for how long, and its glue.
    pub(crate) fn deepest(&mut self, name: &str) -> Option<(String, u32, Vec<String>)> {
        let held = self.cache.deepest_cut(self.now, &n(name))?;
        let glue = held.cut.glue.iter().flat_map(|set| &set.records).map(Record::to_string).collect();
        Some((held.zone.to_string(), held.left, glue))
    }
}
