//! An enemy among the servers, as bytes: what it does about each message.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Duration;

use barewire_dns::authority::{Authority, Config, Zone};
use barewire_dns::exchange::Protocol;
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Message, Name, Rcode, Record};

/// Numbers that depend on the input alone (SplitMix64).
pub(crate) struct Seeded(pub(crate) u64);

impl rand_core::TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| number as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().for_each(|byte| *byte = self.try_next_u64().unwrap_or(0) as u8);
        Ok(())
    }
}

/// A zone that ldns-signzone signed.
pub(crate) const SIGNED: &str = include_str!("../../../tests/zones/nsec.zone");

static HONEST: LazyLock<Authority> = LazyLock::new(|| {
    let mut server = Authority::new(Config::default());
    let zone = ZoneFile::parse(SIGNED.as_bytes(), &Name::root());
    server.add(Zone::new(zone.records, None).expect("a zone"));
    server
});

/// What comes of a message.
pub(crate) enum Does {
    Nothing,
    Unreachable,
    Reply(Vec<u8>),
}

/// The names that replies are about, beside the one that was asked for.
const NAMES: [&str; 10] = [
    "a.test",
    "b.test",
    "test",
    ".",
    "ns.a.test",
    "ns.b.test",
    "www.a.test",
    "www.b.test",
    "x.y.www.a.test",
    "a.root.test",
];

/// What the enemy does next, and after how long. When the input is at its end, it is silent.
pub(crate) fn next(input: &mut &[u8], query: &[u8]) -> (Duration, Does) {
    let Some((&[delay, how], rest)) = input.split_first_chunk::<2>() else {
        return (Duration::ZERO, Does::Nothing);
    };
    *input = rest;
    let does = match how & 7 {
        0 => Does::Nothing,
        1 if how < 8 => Does::Unreachable,
        1 => Does::Reply(spoiled(input, how >> 4, query)),
        2 => Does::Reply(any(input).to_vec()),
        3 => Does::Reply([query.first_chunk::<2>().map_or(&[][..], |id| &id[..]), any(input)].concat()),
        _ => Does::Reply(made(input, how, query)),
    };
    // Up to five seconds: longer than anybody waits.
    (Duration::from_millis(u64::from(delay) * 20), does)
}

/// What an honest server of `nsec.test` says, with so many bytes changed: two bytes for the place, one for the change.
fn spoiled(input: &mut &[u8], changes: u8, query: &[u8]) -> Vec<u8> {
    let mut bytes = HONEST.answer(query, Protocol::Tcp).next().unwrap_or_default();
    for _ in 0..changes {
        let Some((&[high, low, change], rest)) = input.split_first_chunk::<3>() else { break };
        *input = rest;
        let place = usize::from(u16::from_be_bytes([high, low]));
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= change;
        }
    }
    bytes
}

fn any<'i>(input: &mut &'i [u8]) -> &'i [u8] {
    let Some((&length, rest)) = input.split_first() else { return &[] };
    let (bytes, rest) = rest.split_at(usize::from(length).min(rest.len()));
    *input = rest;
    bytes
}

/// A reply to the query: flags, and a number of records of four bytes each.
fn made(input: &mut &[u8], how: u8, query: &[u8]) -> Vec<u8> {
    let Ok(query) = Message::parse(query) else { return Vec::new() };
    let mut reply = Message::response_to(&query);
    let Some((&[flags, count], rest)) = input.split_first_chunk::<2>() else {
        return reply.encode().unwrap_or_default();
    };
    *input = rest;
    (reply.header.aa, reply.header.tc, reply.header.ra) = (how & 8 != 0, how & 16 != 0, how & 32 != 0);
    let codes = [Rcode::NOERROR, Rcode::NXDOMAIN, Rcode::SERVFAIL, Rcode::REFUSED, Rcode::FORMERR];
    reply.header.rcode = codes[usize::from(flags >> 5) % codes.len()];
    if how & 64 != 0 {
        reply.header.id ^= 1;
    }
    if how & 128 != 0 {
        reply.edns = None;
    }
    let asked = query.questions.first().map_or(Name::root(), |question| question.name.clone());
    for _ in 0..count % 32 {
        let Some((record, rest)) = input.split_first_chunk::<4>() else { break };
        *input = rest;
        let Some(made) = one(*record, &asked) else { continue };
        match record[3] & 3 {
            0 | 1 => reply.answers.push(made),
            2 => reply.authorities.push(made),
            _ => reply.additionals.push(made),
        }
    }
    reply.encode().unwrap_or_default()
}

fn one([owner, kind, target, more]: [u8; 4], asked: &Name) -> Option<Record> {
    let name = |number: u8| -> String {
        let below = |labels: usize| asked.ancestors().nth(labels).unwrap_or(Name::root()).to_string();
        match usize::from(number) {
            0..16 => below(usize::from(number & 7)),
            16..32 => format!("n{number}.{}", below(usize::from(number & 7))),
            other => NAMES[other % NAMES.len()].to_owned(),
        }
    };
    let (owner, target) = (name(owner), name(target));
    let ttl = [0, 1, 60, 1_000_000][usize::from(more >> 2 & 3)];
    let dot = |name: String| if name.ends_with('.') { name } else { format!("{name}.") };
    let (owner, target) = (dot(owner), dot(target));
    let data = match kind % 11 {
        0 | 1 => format!("NS {target}"),
        2 => format!("CNAME {target}"),
        3 => format!("DNAME {target}"),
        4 | 5 => format!("A 192.0.2.{}", more >> 4),
        6 => format!("AAAA 2001:db8::{}", more >> 4),
        7 => format!("SOA {target} . 1 1 1 1 {ttl}"),
        8 => format!("DS {kind} 13 2 {:064x}", u64::from(more)),
        9 => format!("NSEC {target} A NS SOA RRSIG NSEC"),
        _ => format!("RRSIG A 13 2 60 20300101000000 20200101000000 {more} {target} AAAA"),
    };
    Record::parse_text(&format!("{owner} {ttl} {data}")).ok()
}
