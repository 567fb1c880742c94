//! A resolver among servers that this check plays. It asks a server of `example.test`, and its trace says which records
//! of the reply it took. The replies are written byte by byte, so these checks need no other exercise.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Instant, SystemTime};

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_dns::resolver::trace::{Decision, Section};
use barewire_dns::resolver::{Config, Event, Flags, Hints, Resolution, Resolver};
use barewire_dns::{Class, Question, RecordType};

use super::name;
use crate::steps::{Failed, Steps, unexpected};

const ROOT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const EXAMPLE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 3);
const REFUSED: u8 = 5;
const ASKED: &str = "www.sub.example.test";

/// A record: its owner, its type and its data.
pub(super) struct Raw(pub(super) &'static str, pub(super) RecordType, pub(super) Vec<u8>);

pub(super) fn ns(zone: &'static str, server: &str) -> Raw {
    Raw(zone, RecordType::NS, wire(server))
}

pub(super) fn a(host: &'static str, last: u8) -> Raw {
    Raw(host, RecordType::A, vec![192, 0, 2, last])
}

pub(super) fn soa(zone: &'static str) -> Raw {
    Raw(zone, RecordType::SOA, [wire(zone), wire(zone), vec![0; 20]].concat())
}

pub(super) fn ds(zone: &'static str) -> Raw {
    Raw(zone, RecordType::DS, [&[0, 1, 13, 2][..], &[0xdd; 32]].concat())
}

fn wire(text: &str) -> Vec<u8> {
    name(text).as_wire().to_vec()
}

/// A reply to the query, without a pointer in it.
fn reply(query: &[u8], rcode: u8, sections: [&[Raw]; 3]) -> Vec<u8> {
    let labels = query[12..].iter().position(|byte| *byte == 0).unwrap_or_default();
    let question = &query[12..12 + labels + 5];
    let counts = [1, sections[0].len() as u8, sections[1].len() as u8, sections[2].len() as u8];
    let mut out = [&query[..2], &[0x80, rcode]].concat();
    out.extend(counts.into_iter().flat_map(|count| [0, count]));
    out.extend(question);
    for Raw(owner, rtype, data) in sections.into_iter().flatten() {
        out.extend(wire(owner));
        out.extend([&rtype.0.to_be_bytes()[..], &[0, 1, 0, 0, 1, 44, 0, data.len() as u8], data].concat());
    }
    out
}

/// What a server says to a query. The one of `example.test` has the reply that the check is about.
fn said(server: IpAddr, query: &[u8], sections: [&[Raw]; 3]) -> Vec<u8> {
    let priming = query.get(12) == Some(&0);
    match server {
        IpAddr::V4(ROOT) if priming => {
            reply(query, 0, [&[ns(".", "a.root.test")], &[], &[a("a.root.test", 1)]])
        }
        IpAddr::V4(ROOT) => {
            reply(query, 0, [&[], &[ns("example.test", "ns.example.test")], &[a("ns.example.test", 3)]])
        }
        IpAddr::V4(EXAMPLE) => reply(query, 0, sections),
        _ => reply(query, REFUSED, [&[], &[], &[]]),
    }
}

/// Which records of a section the resolver takes, and why it refuses others, when a server of `example.test` is asked
/// for `www.sub.example.test A` and replies this: `sub.example.test NS: taken, bank.test NS: OutOfZone`.
pub(super) fn judged(
    steps: &mut Steps,
    section: Section,
    sections: [&[Raw]; 2],
    rule: &'static str,
) -> Result<String, Failed> {
    let resolution = resolved(steps, [&[], sections[0], sections[1]], rule)?;
    let server = SocketAddr::new(EXAMPLE.into(), 53);
    let is_ours = |decision: &Decision| matches!(decision, Decision::Query(query) if query.server == server);
    let decisions = resolution.trace.steps.iter().map(|step| &step.decision);
    let after = decisions.skip_while(|decision| !is_ours(decision)).skip(1);
    let of_reply = after.take_while(|decision| !matches!(decision, Decision::Query(_)));
    let said = of_reply.filter_map(|decision| match decision {
        Decision::Taken { name, rtype, section: of, .. } if *of == section => {
            Some(format!("{name} {}: taken", rtype.name()))
        }
        Decision::Refused { name, rtype, section: of, why } if *of == section => {
            Some(format!("{name} {}: {why:?}", rtype.name()))
        }
        _ => None,
    });
    Ok(said.collect::<Vec<_>>().join(", "))
}

/// Runs until the question has an answer, or has none. Time is virtual.
fn resolved(steps: &mut Steps, sections: [&[Raw]; 3], rule: &'static str) -> Result<Resolution, Failed> {
    let hints = Hints::parse(b". 3600 NS a.root.test.\na.root.test. 3600 A 192.0.2.1\n");
    let hints = hints.map_err(|error| unexpected("reading the hints", &error, rule))?;
    let config = Config { minimise: false, ipv6: false, ..Config::default() };
    let (mut now, rng) = (Instant::now(), Box::new(steps.rng()));
    let mut resolver = Resolver::new(now, SystemTime::UNIX_EPOCH, config, hints, None, rng);
    let question = Question { name: name(ASKED), rtype: RecordType::A, class: Class::IN };
    resolver.ask(now, question, Flags::default());
    for _ in 0..1000 {
        if let Some(Event::Resolved(_, resolution)) = resolver.event() {
            return Ok(*resolution);
        }
        if let Some(sent) = resolver.transmit(now) {
            let reply = said(sent.to.ip(), &sent.bytes, sections);
            if sent.to.ip() == EXAMPLE {
                steps.datagram(ToServer, &sent.bytes);
                steps.datagram(ToClient, &reply);
            }
            resolver.receive(now, sent.protocol, sent.to, &reply);
        } else if let Some(deadline) = resolver.deadline() {
            now = deadline;
            resolver.on_deadline(now);
        }
    }
    Err(unexpected("the walk", &"it does not end", rule))
}
