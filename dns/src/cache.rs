//! The cache without I/O: what servers said, for as long as it holds, and no more of it than there is room for.
//!
//! ```text
//!   put ──▶ may this server say so? ──▶ is it worth more ──▶ how long? ──▶ is there ──▶ Kept
//!           no: NoSay                   than what is there?  0: NoTime     room?
//!                                       no: LessCredible                   no: the oldest goes
//!
//!   shelf     found by        says                                              get sees it
//!   cuts      zone            its servers, with glue and DS, as its parent said  never
//!   answers   name and type   records, or none, or that the question failed      first
//!   missing   name            NXDOMAIN, for all types                            second
//!   spans     name            secure NSEC: what does not exist beside it         never
//!   starts    zone            secure SOA, which goes with them                   never
//! ```
//!
//! ```
//! use barewire_dns::cache::{Cache, Config, Credibility, Data, Learned, Put, Source};
//! use barewire_dns::{Name, Record, RecordType, RrSet};
//! # use std::time::{Duration, Instant};
//! # let now = Instant::now();
//! let mut cache = Cache::new(Config::default());
//! let www = Record::parse_text("www.example.test. 300 A 203.0.113.80")?;
//! let set = RrSet { records: vec![www.clone()], signatures: vec![] };
//! let source = Source { server: "192.0.2.3".parse()?, zone: Name::parse_text("example.test")? };
//! let from = Learned { source, credibility: Credibility::Authoritative, security: None };
//! assert_eq!(cache.put(now, &set, &from), Put::Kept);
//!
//! // The TTL counts down.
//! let later = now + Duration::from_secs(100);
//! let held = cache.get(later, &www.name, RecordType::A).expect("200 s are left");
//! let Data::Records(held) = held.data else { panic!("records") };
//! assert_eq!(held.records[0].to_string(), "www.example.test. 200 IN A 203.0.113.80");
//!
//! // A server has no say in names outside its zone.
//! let bank = Record::parse_text("www.bank.test. 300 A 203.0.113.66")?;
//! let stranger = RrSet { records: vec![bank], signatures: vec![] };
//! assert_eq!(cache.put(now, &stranger, &from), Put::NoSay);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reading order
//!
//! `credibility.rs` and `answers.rs` say which of two entries counts, `cuts.rs` how long a zone is believed to have its
//! servers, `denial.rs` what NSEC says about names that nobody asked for. `room.rs` has the bound and who goes first;
//! `key.rs` the order of names, `entry.rs` and `packed.rs` what an entry is made of, and `view.rs` what one looks like
//! from outside. [`Cache::entries`] shows all of it.
//!
//! # Left out
//!
//! Stale answers (RFC 8767), prefetching, sharing between threads, an entry for each client's subnet (RFC 7871), saving
//! to a file. What a cache does about a name below one that does not exist (RFC 8020) is left to the resolver.
//!
//! Tested in `tests/cache`: against a simple model, by the rules of the RFCs, and against known attacks.

mod answers;
mod config;
mod credibility;
mod cuts;
mod denial;
mod entry;
mod found;
mod key;
mod packed;
mod room;
mod view;

use std::time::Instant;

pub use self::config::Config;
pub use self::credibility::Credibility;
pub use self::found::{Cut, Data, Held, HeldCut, Learned, Listed, Put, Source, Spans, What};

use self::entry::{Entry, Kind};
use self::key::Key;
use self::room::Room;
use self::view::{held, held_cut, records};

/// What servers said, for as long as it holds.
///
/// Time is handed in, and never goes back. What is over is never given out, and leaves its room when that is needed.
#[derive(Debug)]
pub struct Cache {
    config: Config,
    room: Room,
}

impl Cache {
    /// An empty cache.
    pub fn new(config: Config) -> Cache {
        let room = Room::new(config.bytes);
        Cache { config, room }
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How many entries there are, those included whose time is over.
    pub fn len(&self) -> usize {
        self.room.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes of memory the entries take. It is never more than [`Config::bytes`].
    pub fn bytes(&self) -> usize {
        self.room.bytes()
    }

    /// How many entries had to go because there was no room, since the beginning.
    pub fn evicted(&self) -> u64 {
        self.room.evicted()
    }

    /// All that holds now: zone cuts, then answers, then names that do not exist, each in the order of names
    /// (RFC 4034 §6.1). To look so is not a use.
    pub fn entries(&self, now: Instant) -> impl Iterator<Item = Listed> {
        self.room.all(now).filter_map(move |(key, entry)| self.listed(now, key, entry))
    }

    fn listed(&self, now: Instant, key: &Key, entry: &Entry) -> Option<Listed> {
        let name = packed::owner(&entry.bytes)?;
        let what = match entry.kind {
            Kind::Cut => What::Cut(held_cut(now, entry, &self.config)?.cut),
            Kind::Denial => What::Denial(records(now, entry)?),
            _ => What::Answer(key.rtype, held(now, entry)?.data),
        };
        let (left, age) = (entry.left(now), entry.age(now));
        Some(Listed { name, what, left, age, learned: entry.learned_from(), bytes: entry.charge(key) })
    }
}
