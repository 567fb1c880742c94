//! Questions about a tree: for what is there, for what is not, and for what is in between.

use barewire_dns::{Class, Name, Question, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{Zone, below, under};

/// A first part of a name, and types. `.` is the zone itself.
const ASKED: [(&str, &[RecordType]); 24] = [
    ("www", &[RecordType::A, RecordType::A, RecordType::AAAA, RecordType::MX]),
    ("www", &[RecordType::A]),
    (".", &[RecordType::A, RecordType::NS, RecordType::SOA, RecordType::TXT, RecordType::MX]),
    (".", &[RecordType::DS, RecordType::DNSKEY]),
    ("mail", &[RecordType::MX, RecordType::A]),
    ("zero", &[RecordType::A]),
    ("alias", &[RecordType::A, RecordType::CNAME, RecordType::MX]),
    ("far", &[RecordType::A, RecordType::AAAA]),
    ("nowhere", &[RecordType::A]),
    ("loop1", &[RecordType::A]),
    ("a.b.ent", &[RecordType::TXT, RecordType::A]),
    ("b.ent", &[RecordType::A]),
    ("ent", &[RecordType::TXT]),
    ("x.ent", &[RecordType::TXT]),
    ("x.wild", &[RecordType::A, RecordType::TXT, RecordType::AAAA]),
    ("x.y.wild", &[RecordType::A]),
    ("wild", &[RecordType::A]),
    ("x.wildc", &[RecordType::A]),
    ("dn", &[RecordType::A, RecordType::DNAME]),
    ("www.dn", &[RecordType::A]),
    ("nobody.dn", &[RecordType::A]),
    ("nobody", &[RecordType::A, RecordType::DS]),
    ("no.body", &[RecordType::AAAA]),
    ("zz.www", &[RecordType::A]),
];

/// So many questions; most are about the lower zones.
pub(crate) fn questions(seed: u64, count: usize, zones: &[Zone]) -> Vec<Question> {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| question(rng, zones)).collect()
}

fn question(rng: &mut ChaCha8Rng, zones: &[Zone]) -> Question {
    let zone = &zones[below(rng, zones.len())].name;
    let (label, types) = ASKED[below(rng, ASKED.len())];
    let name = if label == "." { zone.clone() } else { under(label, zone) };
    let rtype = types[below(rng, types.len())];
    Question { name: Name::parse_text(&name).unwrap(), rtype, class: Class::IN }
}
