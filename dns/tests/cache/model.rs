//! The cache against a model that is slow and simple: a list of all that was ever kept, and the rules as sentences.
//!
//! Random operations from a seed go to both, and both must say the same about all names and types after each.

use std::time::{Duration, Instant};

use barewire_dns::cache::{Cache, Config, Credibility, Cut, Data, Learned, Put, Source};
use barewire_dns::dnssec::Security;
use barewire_dns::{Name, Rcode, RecordType, RrSet};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::credibility::bogus;
use crate::scene::{n, set};

const NAMES: [&str; 6] = ["test", "a.test", "b.a.test", "c.b.a.test", "d.test", "other"];
const TYPES: [RecordType; 3] = [RecordType::A, RecordType::NS, RecordType::DS];

#[derive(Clone, PartialEq)]
enum Says {
    Records(String),
    NoData,
    NxDomain,
    Failure,
}

/// Something that was kept.
#[derive(Clone)]
struct Fact {
    name: Name,
    rtype: RecordType,
    says: Says,
    until: Instant,
    /// 0: a failure; 1: bogus; 2: not proven; 3: proven.
    proof: u8,
    credibility: u8,
}

/// A cut that was kept.
struct Servers {
    zone: Name,
    address: String,
    until: Instant,
}

struct Model {
    now: Instant,
    facts: Vec<Fact>,
    cuts: Vec<Servers>,
    config: Config,
}

impl Model {
    fn live(&self, name: &Name, rtype: RecordType) -> Option<&Fact> {
        self.facts.iter().find(|fact| {
            fact.name == *name && fact.rtype == rtype && fact.until > self.now && fact.says != Says::NxDomain
        })
    }

    fn nx_domain(&self, name: &Name) -> Option<&Fact> {
        let mut facts = self.facts.iter();
        facts.find(|fact| fact.name == *name && fact.says == Says::NxDomain && fact.until > self.now)
    }

    /// What is there, in words.
    fn get(&self, name: &Name, rtype: RecordType) -> Option<(Says, u64)> {
        let own = self.live(name, rtype);
        let found = match own {
            Some(fact) if fact.says != Says::Failure => own,
            _ => self.nx_domain(name).or(own),
        };
        found.map(|fact| (fact.says.clone(), (fact.until - self.now).as_secs()))
    }

    fn keep(&mut self, fact: Fact, in_zone: bool) -> Put {
        if !in_zone {
            return Put::NoSay;
        }
        let rank = |fact: &Fact| (fact.proof, fact.credibility);
        // What it would replace, or what it contradicts.
        let rivals = [self.live(&fact.name, fact.rtype), self.nx_domain(&fact.name)];
        let fails = fact.says == Says::Failure;
        let better = rivals.into_iter().flatten().any(|there| fails || rank(there) > rank(&fact));
        if better {
            return Put::LessCredible;
        }
        if fact.until <= self.now {
            return Put::NoTime;
        }
        let (name, rtype) = (fact.name.clone(), fact.rtype);
        let replaces_nx = fact.says != Says::Failure;
        self.facts.retain(|there| {
            let same = there.name == name && there.rtype == rtype && there.says != Says::NxDomain;
            let nx = there.name == name && there.says == Says::NxDomain && replaces_nx;
            !same && !nx
        });
        self.facts.push(fact);
        Put::Kept
    }

    fn keep_cut(&mut self, zone: &Name, address: &str, ttl: u32, above: &Name) -> Put {
        if zone == above || !zone.is_within(above) {
            return Put::NoSay;
        }
        let mut until = self.now + self.seconds(ttl.clamp(self.config.min_ttl, self.config.max_ttl));
        if !above.is_root() {
            match self.cuts.iter().find(|cut| cut.zone == *above && cut.until > self.now) {
                Some(cut) => until = until.min(cut.until),
                None => return Put::NoTime,
            }
        }
        if let Some(first) = self.cuts.iter().find(|cut| cut.zone == *zone && cut.until > self.now) {
            until = until.min(first.until);
        }
        if until <= self.now {
            return Put::NoTime;
        }
        self.cuts.retain(|cut| cut.zone != *zone);
        self.cuts.push(Servers { zone: zone.clone(), address: address.into(), until });
        Put::Kept
    }

    fn deepest(&self, name: &Name) -> Option<(Name, String, u64)> {
        let live = self.cuts.iter().filter(|cut| cut.until > self.now && name.is_within(&cut.zone));
        let deepest = live.max_by_key(|cut| cut.zone.labels().count())?;
        Some((deepest.zone.clone(), deepest.address.clone(), (deepest.until - self.now).as_secs()))
    }

    fn seconds(&self, seconds: u32) -> Duration {
        Duration::from_secs(seconds.into())
    }
}

struct Run {
    rng: ChaCha8Rng,
    cache: Cache,
    model: Model,
    puts: Vec<Put>,
}

impl Run {
    fn below(&mut self, number: u32) -> u32 {
        self.rng.next_u32() % number
    }

    fn name(&mut self) -> Name {
        n(NAMES[self.below(NAMES.len() as u32) as usize])
    }

    /// A zone: most times one that the name is in.
    fn zone_of(&mut self, name: &Name) -> Name {
        match self.below(8) {
            0 => self.name(),
            up => name.ancestors().nth(up as usize % 3).unwrap_or(Name::root()),
        }
    }

    fn learned(&mut self, zone: Name) -> (Learned, u8, u8) {
        let ranks = [
            Credibility::Additional,
            Credibility::Answer,
            Credibility::Authority,
            Credibility::Authoritative,
        ];
        let (rank, proof) = (self.below(4), self.below(8));
        let (security, proof) = match proof {
            0 => (Some(bogus()), 1),
            1 => (Some(Security::Secure), 3),
            _ => (None, 2),
        };
        let source = Source { server: "192.0.2.3".parse().unwrap(), zone };
        (Learned { source, credibility: ranks[rank as usize], security }, rank as u8, proof)
    }

    fn step(&mut self) {
        let (name, what) = (self.name(), self.below(10));
        let rtype = TYPES[self.below(3) as usize];
        let ttl = [0, 1, 7, 30, 90, 400][self.below(6) as usize];
        let zone = self.zone_of(&name);
        let in_zone = name.is_within(&zone);
        let (now, number) = (self.model.now, self.below(250));
        let (from, credibility, proof) = self.learned(zone.clone());
        let bogus_ttl = if proof == 1 { self.model.config.bogus_ttl } else { u32::MAX };
        let mut fact = Fact { name: name.clone(), rtype, says: Says::NoData, until: now, proof, credibility };
        let (ours, models) = match what {
            0..4 => {
                let records = records(&name, rtype, ttl, number);
                fact.says = Says::Records(records.records[0].data.to_string());
                let ttl = ttl.clamp(self.model.config.min_ttl, self.model.config.max_ttl);
                fact.until = now + self.model.seconds(ttl.min(bogus_ttl));
                (self.cache.put(now, &records, &from), self.model.keep(fact, in_zone))
            }
            4..6 => {
                let soa = [set(&[&format!("{name}. {ttl} SOA ns.test. host.test. 1 2 3 4 60")])];
                let rcode = if what == 4 { Rcode::NOERROR } else { Rcode::NXDOMAIN };
                fact.says = if what == 4 { Says::NoData } else { Says::NxDomain };
                fact.until = now + self.model.seconds(ttl.min(60).min(bogus_ttl));
                let put = self.cache.put_negative(now, &name, rtype, rcode, &soa, &from);
                (put, self.model.keep(fact, in_zone))
            }
            6 => {
                fact.until = now + self.model.seconds(self.model.config.failure_ttl);
                let fact = Fact { says: Says::Failure, proof: 0, credibility: 0, ..fact };
                (self.cache.put_failure(now, &name, rtype), self.model.keep(fact, true))
            }
            7..9 => {
                let cut = Cut { ns: records(&name, RecordType::NS, ttl, number), ..Cut::default() };
                let from = Learned { security: None, ..from };
                let server = cut.ns.records[0].data.to_string();
                (self.cache.put_cut(now, &cut, &from), self.model.keep_cut(&name, &server, ttl, &zone))
            }
            _ => {
                self.model.now += self.model.seconds(ttl.min(90) / 3);
                return;
            }
        };
        assert_eq!(ours, models, "{name} {rtype:?} in {zone}, operation {what}");
        self.puts.push(ours);
    }

    fn compare(&mut self) {
        let now = self.model.now;
        for name in NAMES.map(n) {
            for rtype in TYPES {
                let says = self.cache.get(now, &name, rtype).map(|held| {
                    let says = match held.data {
                        Data::Records(set) => Says::Records(set.records[0].data.to_string()),
                        Data::NoData(_) => Says::NoData,
                        Data::NxDomain(_) => Says::NxDomain,
                        Data::Failure => Says::Failure,
                    };
                    (says, u64::from(held.left))
                });
                assert!(says == self.model.get(&name, rtype), "{name} {rtype:?}");
            }
            let deepest = self
                .cache
                .deepest_cut(now, &name)
                .map(|held| (held.zone, held.cut.ns.records[0].data.to_string(), u64::from(held.left)));
            assert_eq!(deepest, self.model.deepest(&name), "{name}");
        }
    }
}

fn records(name: &Name, rtype: RecordType, ttl: u32, number: u32) -> RrSet {
    let data = match rtype {
        RecordType::A => format!("192.0.2.{number}"),
        RecordType::NS => format!("ns{number}.test."),
        _ => format!("{number} 13 2 00"),
    };
    set(&[&format!("{name}. {ttl} {} {data}", rtype.name())])
}

#[test]
fn the_cache_and_the_model_say_the_same() {
    let mut puts = Vec::new();
    for seed in 0..150 {
        println!("seed {seed}");
        let config = Config { min_ttl: if seed % 3 == 0 { 5 } else { 0 }, max_ttl: 200, ..Config::default() };
        let (cache, now) = (Cache::new(config.clone()), Instant::now());
        let model = Model { now, facts: Vec::new(), cuts: Vec::new(), config };
        let mut run = Run { rng: ChaCha8Rng::seed_from_u64(seed), cache, model, puts: Vec::new() };
        for _ in 0..200 {
            run.step();
            run.compare();
        }
        puts.extend(run.puts);
    }
    for put in [Put::Kept, Put::NoTime, Put::LessCredible, Put::NoSay] {
        let count = puts.iter().filter(|there| **there == put).count();
        println!("{put:?}: {count}");
        assert!(count > 500, "{put:?} happened {count} times only");
    }
}
