//! Replies that are made to keep a validator busy, through the resolver. How many operations each costs is counted in
//! `tests/dnssec/effort.rs`; here the question has to end, after few messages.

use std::time::{Duration, Instant, SystemTime};

use barewire_dns::authority::{self, Authority};
use barewire_dns::dnssec::{Anchors, Flaw, Security};
use barewire_dns::resolver::{Config, Hints, Resolver};
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Message, Name, RData, Rcode, Record, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::net::{Net, ROOT, answer, n, r};
use crate::served::zone;

/// A net with a signed zone below the root, which has an anchor of its own. `change` does something to each reply of
/// its server.
fn signed(name: &str, text: &'static str, change: impl Fn(&mut Message) + 'static) -> Net {
    let mut anchors = Anchors::default();
    let records = ZoneFile::parse(text.as_bytes(), &Name::root()).records;
    let keys =
        records.into_iter().filter(|record| record.rtype() == RecordType::DNSKEY && record.name == n(name));
    keys.filter(|key| matches!(&key.data, RData::Dnskey(key) if key.flags & 1 == 1))
        .for_each(|key| anchors.add(key).unwrap());
    let mut net = Net::new(Config::default());
    let hints = Hints::parse(b". 3600000 NS a.root.test.\na.root.test. 3600000 A 192.0.2.1\n").unwrap();
    let (today, rng) = (Duration::from_secs(1_795_780_800), Box::new(ChaCha8Rng::seed_from_u64(1)));
    let wall = SystemTime::UNIX_EPOCH + today;
    net.now = Instant::now();
    net.resolver = Resolver::new(net.now, wall, Config::default(), hints, Some(anchors), rng);
    net.serve(
        "192.0.2.1",
        &[&ROOT
            .replace("test. NS ns.nic.test.", &format!("{name}. NS ns.nic.{name}."))
            .replace("\nns.nic.test. A 192.0.2.2", &format!("\nns.nic.{name}. A 192.0.2.3"))],
    );
    let mut server = Authority::new(authority::Config::default());
    assert!(server.add(zone(text)).is_none());
    net.place(
        "192.0.2.3",
        Box::new(move |query, _| {
            let bytes =
                server.answer(&query.encode().unwrap(), barewire_dns::exchange::Protocol::Tcp).next()?;
            let mut reply = Message::parse(&bytes).unwrap();
            change(&mut reply);
            reply.encode().ok()
        }),
    );
    net
}

const NSEC: &str = include_str!("../zones/nsec.zone");
const NSEC3: &str = include_str!("../zones/nsec3.zone");

#[test]
fn an_honest_zone_is_secure() {
    for (name, text) in [("nsec.test", NSEC), ("nsec3.test", NSEC3)] {
        let mut net = signed(name, text, |_| {});
        let resolution = net.ask(&format!("nope.{name}"), RecordType::A);
        assert_eq!(resolution.security, Some(Security::Secure), "{}", resolution.trace);
        assert_eq!(answer(&resolution).0, Rcode::NXDOMAIN);
    }
}

#[test]
fn a_hundred_false_signatures_are_fetched_twice() {
    // KeyTrap, CVE-2023-50387. Eight of them are tried (`tests/dnssec/effort.rs`), and the answer is asked for again.
    let mut net =
        signed("nsec.test", NSEC, |reply| {
            let Some(place) = reply.answers.iter().position(
                |record| matches!(&record.data, RData::Rrsig(rrsig) if rrsig.covered == RecordType::A),
            ) else {
                return;
            };
            let right = reply.answers.remove(place);
            for number in 1..=100 {
                let RData::Rrsig(mut rrsig) = right.data.clone() else { return };
                rrsig.signature[0] ^= number;
                reply.answers.push(Record { data: RData::Rrsig(rrsig), ..right.clone() });
            }
        });
    let resolution = net.ask("www.nsec.test", RecordType::A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    let Some(Security::Bogus(broken)) = &resolution.security else { panic!("{}", resolution.trace) };
    assert_eq!(broken.reason, Flaw::Mismatch { key_tag: 26670 }, "{}", resolution.trace);
    let asked = net.log().iter().filter(|asked| asked.ends_with("A? www.nsec.test")).count();
    assert_eq!(asked, 2, "{}", resolution.trace);
}

#[test]
fn a_flood_of_hashes_ends() {
    // CVE-2023-50868: NSEC3 records before the right ones, so many that the right ones are not looked at.
    let mut net = signed("nsec3.test", NSEC3, |reply| {
        let proofs = std::mem::take(&mut reply.authorities);
        for number in 0..400 {
            let owner = format!("{number:0>32}.nsec3.test.");
            reply
                .authorities
                .push(r(&format!("{owner} 60 NSEC3 1 0 150 AABB 00000000000000000000000000000000 A")));
        }
        reply.authorities.extend(proofs);
    });
    let resolution = net.ask("a.b.c.d.e.f.nope.nsec3.test", RecordType::A);
    assert_ne!(resolution.security, Some(Security::Secure), "{}", resolution.trace);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL, "{}", resolution.trace);
    assert!(net.log().len() <= 20, "{} {}", net.log.len(), resolution.trace);
    assert!(resolution.trace.steps.len() <= 1_500, "{}", resolution.trace.steps.len());
}
