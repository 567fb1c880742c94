//! The order of entries is the order of names (RFC 4034 §6.1), whatever bytes stand in labels.

use std::time::Instant;

use barewire_dns::cache::{Cache, Config, What};
use barewire_dns::{Name, Rcode, RecordType};

use crate::scene::{Scene, cut, n, ranked, server_of, set};

/// The example of RFC 4034 §6.1, and labels that are made of the bytes which the order is built with.
const ORDERED: [&str; 14] = [
    "example",
    "a.example",
    "yljkjljk.a.example",
    "Z.a.example",
    "zABC.a.EXAMPLE",
    "z.example",
    r"\000.z.example",
    r"\000\000.z.example",
    r"\000\001.z.example",
    r"\001.z.example",
    r"a.\001.z.example",
    r"\002.z.example",
    "*.z.example",
    r"\200.z.example",
];

#[test]
fn entries_stand_in_the_order_of_names() {
    let (mut cache, now) = (Cache::new(Config::default()), Instant::now());
    for name in ORDERED.iter().rev() {
        cache.put(now, &set(&[&format!("{name}. 60 A 192.0.2.1")]), &server_of("."));
    }
    let listed: Vec<Name> = cache.entries(now).map(|entry| entry.name).collect();
    assert_eq!(listed, ORDERED.map(n));
    assert!(listed.is_sorted());
    // Case does not count for looking up, and is kept.
    assert!(cache.get(now, &n("ZaBc.A.example"), RecordType::A).is_some());
    assert_eq!(listed[4].to_string(), "zABC.a.EXAMPLE");
}

#[test]
fn the_shelves_stand_one_after_the_other() {
    let mut scene = Scene::new();
    let soa = [set(&["test. 60 SOA ns.test. host.test. 1 2 3 4 60"])];
    scene.cache.put_negative(
        scene.now,
        &n("a.test"),
        RecordType::A,
        Rcode::NXDOMAIN,
        &soa,
        &server_of("test"),
    );
    scene.cache.put(scene.now, &set(&["b.test. 60 A 192.0.2.1"]), &server_of("test"));
    scene.cache.put_failure(scene.now, &n("b.test"), RecordType::TXT);
    let from = ranked(".", barewire_dns::cache::Credibility::Additional);
    scene.cache.put_cut(scene.now, &cut("test", 60, "192.0.2.2"), &from);
    let what = |what: &What| what.to_string();
    let listed: Vec<String> = scene.cache.entries(scene.now).map(|entry| what(&entry.what)).collect();
    assert_eq!(listed, ["zone cut", "A", "TXT failed", "NXDOMAIN"]);
}
