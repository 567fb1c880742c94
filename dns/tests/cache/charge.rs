//! The charge of the entries, beside the memory that they really take, as the allocator counts it.

use std::time::Instant;

use barewire_dns::cache::{Cache, Config, Learned};
use barewire_dns::dnssec::{Insecure, Security};
use barewire_dns::{Name, RData, Rcode, Record, RecordType, RrSet};

use crate::held_bytes::held;
use crate::scene::{cut, n, ranked, server_of, set};

fn random(seed: &mut u64) -> u64 {
    // xorshift64: no two numbers are the same in a run.
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

fn name(seed: &mut u64) -> Name {
    n("test").child(format!("{:x}", random(seed)).as_bytes()).unwrap()
}

fn address(name: &Name) -> RrSet {
    let data = RData::A([192, 0, 2, 1].into());
    RrSet { records: vec![Record::new(name.clone(), 300, data)], signatures: vec![] }
}

/// Puts entries into a cache and compares: the charge is the truth, or at most a quarter more.
fn compare(what: &str, entries: usize, put: impl Fn(&mut Cache, Instant, &mut u64)) {
    let (before, now, mut seed) = (held(), Instant::now(), 1);
    let mut cache = Cache::new(Config { bytes: usize::MAX, ..Config::default() });
    (0..entries).for_each(|_| put(&mut cache, now, &mut seed));
    let (taken, charged) = (held() - before, cache.bytes());
    let percent = charged * 100 / taken;
    println!("{what}: {entries} entries take {taken} bytes and are charged {charged}: {percent} %");
    assert!((100..=125).contains(&percent), "{what}: {charged} bytes charged, {taken} taken");
}

#[test]
fn the_charge_is_near_the_truth() {
    let from = server_of("test");
    let insecure = Security::Insecure(Insecure::Unsigned { zone: n("test") });
    let judged = Learned { security: Some(insecure), ..server_of("test") };
    let soa = [set(&["test. 300 SOA ns.test. host.test. 1 2 3 4 300"])];
    compare("addresses", 20_000, |cache, now, seed| {
        cache.put(now, &address(&name(seed)), &from);
    });
    compare("insecure addresses", 20_000, |cache, now, seed| {
        cache.put(now, &address(&name(seed)), &judged);
    });
    compare("names that do not exist", 20_000, |cache, now, seed| {
        cache.put_negative(now, &name(seed), RecordType::A, Rcode::NXDOMAIN, &soa, &from);
    });
    compare("failures", 20_000, |cache, now, seed| {
        cache.put_failure(now, &name(seed), RecordType::A);
    });
    compare("zone cuts", 5_000, |cache, now, seed| {
        let from = ranked(".", barewire_dns::cache::Credibility::Additional);
        cache.put_cut(now, &cut(&format!("{:x}", random(seed)), 300, "192.0.2.2"), &from);
    });
    compare("long texts", 200, |cache, now, seed| {
        let text = format!("{}. 300 TXT {}", name(seed), "\"0123456789012345678901234567890\" ".repeat(40));
        cache.put(now, &set(&[&text]), &from);
    });
}

/// A million names under the bound, of which a tenth is asked for again and again.
#[test]
fn a_million_names_stay_under_the_bound() {
    const BOUND: usize = 2 << 20;
    let (before, now, mut seed) = (held(), Instant::now(), 1);
    let mut cache = Cache::new(Config { bytes: BOUND, ..Config::default() });
    let from = server_of("test");
    let mut most = 0;
    for round in 0..1_000_000 {
        let name = name(&mut seed);
        cache.put(now, &address(&name), &from);
        if round % 10 == 0 {
            assert!(cache.get(now, &name, RecordType::A).is_some(), "round {round}");
        }
        most = most.max(held() - before);
    }
    let (entries, charged) = (cache.len(), cache.bytes());
    println!("1,000,000 names: {entries} kept, {charged} bytes charged, at most {most} taken, bound {BOUND}");
    assert!(charged <= BOUND && charged > BOUND * 99 / 100, "{charged}");
    assert!(most <= BOUND, "{most} bytes taken at the most");
    assert_eq!(cache.evicted() + entries as u64, 1_000_000);
}
