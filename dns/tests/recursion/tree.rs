//! A tree of zones from a seed: some signed, in several ways, some not, some broken, some with servers that fail.
//!
//! The root is signed and has eight zones below it. Two thirds of the others are below these, the rest one level
//! further down. A zone's name tells its number: `z17.t2`.

mod questions;
mod sign;
mod text;

pub(crate) use questions::questions;
pub(crate) use sign::sign;

use barewire_dns::Name;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A zone of the tree.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    /// With the final dot.
    pub(crate) name: String,
    /// The place of the zone above; 0 for the root itself.
    pub(crate) parent: usize,
    pub(crate) signing: Signing,
    pub(crate) algorithm: &'static str,
    pub(crate) flaw: Flaw,
    /// The numbers of its servers, of which the first serves it. The second is there for some.
    pub(crate) servers: Vec<u8>,
    /// Whether its servers have names in the zone itself. Else they are in `host.t0`, without glue.
    pub(crate) in_zone: bool,
}

/// How a zone says what it does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signing {
    Unsigned,
    Nsec,
    /// Iterations, and whether it has a salt.
    Nsec3(u16, bool),
    OptOut,
}

/// What is wrong with a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flaw {
    Sound,
    /// Its signatures are of 2020.
    Expired,
    /// The address of www is changed after it was signed.
    Changed,
    /// The DS record is of another key.
    WrongDs,
    /// There is a DS record, and the zone is not signed.
    Stripped,
    /// The zone is signed, but its parent has no DS record for it.
    NoDs,
    /// It is not signed, and the DS record has an algorithm that nobody knows.
    UnknownDs,
    /// No server that is named knows it.
    Lame,
    /// One of two servers does not know it.
    HalfLame,
    /// One of two servers is not there.
    HalfDead,
}

/// The zone whose names the servers of many others have.
pub(crate) const HOST: &str = "host.t0.";
/// The number of an address at which nobody is.
pub(crate) const NOBODY: u8 = 250;
/// The servers of the zones below the second level; 1 has the root, 2 and 3 have what is right below it.
const SERVERS: std::ops::RangeInclusive<u8> = 4..=9;
const ALGORITHMS: [&str; 5] =
    ["ECDSAP256SHA256", "ECDSAP256SHA256", "ED25519", "ECDSAP384SHA384", "RSASHA256"];

/// A number below `bound`.
pub(crate) fn below(rng: &mut ChaCha8Rng, bound: usize) -> usize {
    rng.next_u32() as usize % bound
}

fn one_of<T: Copy>(rng: &mut ChaCha8Rng, choices: &[T]) -> T {
    choices[below(rng, choices.len())]
}

/// So many zones. A zone comes after the one above it.
pub(crate) fn zones(seed: u64, count: usize) -> Vec<Zone> {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let mut zones = vec![plain(".", 0, Signing::Nsec, 1)];
    let top = [
        Signing::Nsec,
        Signing::OptOut,
        Signing::Nsec3(5, true),
        Signing::Unsigned,
        Signing::Nsec3(0, false),
        Signing::OptOut,
        Signing::Nsec,
        Signing::Nsec,
    ];
    for (number, signing) in top.into_iter().enumerate() {
        zones.push(plain(&format!("t{number}."), 0, signing, 2 + (number % 2) as u8));
    }
    zones[7].flaw = Flaw::Expired;
    zones.push(plain(HOST, 1, Signing::Nsec, 4));
    while zones.len() < count {
        zones.push(zone(rng, &zones));
    }
    zones
}

fn plain(name: &str, parent: usize, signing: Signing, server: u8) -> Zone {
    Zone {
        name: name.to_owned(),
        parent,
        signing,
        algorithm: "ECDSAP256SHA256",
        flaw: Flaw::Sound,
        servers: vec![server],
        in_zone: true,
    }
}

fn zone(rng: &mut ChaCha8Rng, zones: &[Zone]) -> Zone {
    let number = zones.len();
    let parent = match below(rng, 3) {
        // Not many are below the zone whose signatures are too old.
        0 | 1 => one_of(rng, &[1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 7, 8]),
        _ if number > 20 => 10 + below(rng, number - 10),
        _ => 8,
    };
    let nsec3 = Signing::Nsec3(one_of(rng, &[0, 1, 5, 150, 151]), below(rng, 2) == 0);
    let signing =
        one_of(rng, &[Signing::Unsigned, Signing::Nsec, Signing::Nsec, nsec3, nsec3, Signing::OptOut]);
    let flaw = flaw(rng, signing);
    let good = one_of(rng, &SERVERS.collect::<Vec<_>>());
    let other = *SERVERS.start() + (good + 1 - *SERVERS.start()) % SERVERS.count() as u8;
    let servers = match flaw {
        Flaw::HalfDead => vec![good, NOBODY],
        _ if flaw == Flaw::HalfLame || below(rng, 2) == 0 => vec![good, other],
        _ => vec![good],
    };
    Zone {
        name: format!("z{number}.{}", zones[parent].name),
        parent,
        signing,
        algorithm: one_of(rng, &ALGORITHMS),
        flaw,
        servers,
        in_zone: flaw == Flaw::HalfDead || below(rng, 3) > 0,
    }
}

fn flaw(rng: &mut ChaCha8Rng, signing: Signing) -> Flaw {
    if below(rng, 2) == 0 {
        return Flaw::Sound;
    }
    let servers = [Flaw::Lame, Flaw::HalfLame, Flaw::HalfDead];
    let unsigned = [Flaw::Stripped, Flaw::UnknownDs, Flaw::UnknownDs];
    let signed = [Flaw::Expired, Flaw::Changed, Flaw::WrongDs, Flaw::NoDs];
    match (below(rng, 3), signing) {
        (0, _) => one_of(rng, &servers),
        (_, Signing::Unsigned) => one_of(rng, &unsigned),
        _ => one_of(rng, &signed),
    }
}

impl Zone {
    /// Its labels as in a file's name.
    pub(crate) fn file(&self) -> &str {
        if self.name == "." { "root" } else { self.name.trim_end_matches('.') }
    }

    /// Whether the server knows it.
    pub(crate) fn is_at(&self, server: u8) -> bool {
        match self.flaw {
            Flaw::Lame => false,
            Flaw::HalfLame => self.servers[0] == server,
            _ => self.servers.contains(&server) && server != NOBODY,
        }
    }

    /// Whether it has keys.
    pub(crate) fn is_signed(&self) -> bool {
        self.signing != Signing::Unsigned
    }

    /// Whether a name is the zone's or below it.
    pub(crate) fn holds(&self, name: &Name) -> bool {
        name.is_within(&Name::parse_text(&self.name).unwrap())
    }

    /// Whether one of the servers that should have it does not, and has the zone above.
    pub(crate) fn refers_to_itself(&self, zones: &[Zone]) -> bool {
        self.servers.iter().any(|server| !self.is_at(*server) && zones[self.parent].is_at(*server))
    }
}

/// `label` below a zone.
pub(crate) fn under(label: &str, zone: &str) -> String {
    if zone == "." { format!("{label}.") } else { format!("{label}.{zone}") }
}
