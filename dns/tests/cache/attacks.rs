//! Known attacks on caches, each with its bound. Ghost domains are in `ghosts.rs`, floods of names in `room.rs` and
//! `charge.rs`.

use barewire_dns::cache::{Config, Credibility, Put};
use barewire_dns::{Name, Rcode, RecordType};

use crate::held_bytes::held;
use crate::scene::{A, Scene, cut, n, ranked, server_of, set};

/// CVE-2008-1447 and GHSA-83hf-93m4-rgwq: a server says something about names of others. The resolver refuses that
/// first; the cache does not rely on it.
#[test]
fn a_server_has_no_say_outside_its_zone() {
    let mut scene = Scene::new();
    let evil = server_of("evil.test");
    let soa = [set(&["bank.test. 60 SOA ns.test. host.test. 1 2 3 4 60"])];
    assert_eq!(scene.cache.put(scene.now, &set(&["www.bank.test. 60 A 192.0.2.66"]), &evil), Put::NoSay);
    assert_eq!(scene.cache.put(scene.now, &set(&["test. 60 NS ns.evil.test."]), &evil), Put::NoSay);
    assert_eq!(scene.cache.put(scene.now, &set(&["notevil.test. 60 A 192.0.2.66"]), &evil), Put::NoSay);
    let put = scene.cache.put_negative(scene.now, &n("bank.test"), A, Rcode::NXDOMAIN, &soa, &evil);
    assert_eq!(put, Put::NoSay);
    assert_eq!(scene.cache.put_cut(scene.now, &cut("bank.test", 60, "192.0.2.66"), &evil), Put::NoSay);
    assert!(scene.cache.is_empty());
}

/// A referral with a record in it that the server has no say in: nothing of it is kept (glue and DS injection).
#[test]
fn a_referral_that_is_only_partly_in_the_zone_is_not_kept() {
    let mut scene = Scene::new();
    let from = ranked("evil.test", Credibility::Additional);
    let over = ranked("test", Credibility::Additional);
    scene.cache.put_cut(scene.now, &cut("test", 600, "192.0.2.2"), &ranked(".", Credibility::Additional));
    scene.cache.put_cut(scene.now, &cut("evil.test", 600, "192.0.2.66"), &over);
    let mut glue = cut("a.evil.test", 60, "192.0.2.66");
    glue.glue.push(set(&["ns.bank.test. 60 A 192.0.2.66"]));
    assert_eq!(scene.cache.put_cut(scene.now, &glue, &from), Put::NoSay);
    let mut ds = cut("a.evil.test", 60, "192.0.2.66");
    let digest = "00".repeat(32);
    ds.proofs.push(set(&[&format!("bank.test. 60 DS 1 13 2 {digest}")]));
    assert_eq!(scene.cache.put_cut(scene.now, &ds, &from), Put::NoSay);
    assert_eq!(scene.deepest("a.evil.test").unwrap().0, "evil.test");
}

/// Somebody asks each second about a name that fails: a failure is one entry, and does not hold for ever.
#[test]
fn a_failure_that_is_repeated_is_one_entry_and_ends() {
    let mut scene = Scene::with(Config { failure_ttl: u32::MAX, ..Config::default() });
    for second in 0..300 {
        let wanted = if second == 0 { Put::Kept } else { Put::LessCredible };
        assert_eq!(scene.cache.put_failure(scene.now, &n("www.test"), A), wanted);
        scene.wait(1);
    }
    assert_eq!(scene.cache.len(), 1);
    assert_eq!(scene.get("www.test", A), Vec::<String>::new());
}

/// All 65,536 types of a name that does not exist are one entry (RFC 2308 §5).
#[test]
fn types_of_a_name_that_does_not_exist_are_one_entry() {
    let mut scene = Scene::new();
    let soa = [set(&["test. 60 SOA ns.test. host.test. 1 2 3 4 60"])];
    for rtype in (0..=u16::MAX).step_by(64) {
        let put = scene.cache.put_negative(
            scene.now,
            &n("no.test"),
            RecordType(rtype),
            Rcode::NXDOMAIN,
            &soa,
            &server_of("test"),
        );
        assert_eq!(put, Put::Kept);
    }
    assert_eq!(scene.cache.len(), 1);
}

/// A set of 4,000 records is kept whole, and charged. One that takes more than a message can have is not kept.
#[test]
fn a_large_set_is_charged_or_not_kept() {
    for (records, wanted) in [(4_000, Put::Kept), (12_000, Put::TooBig)] {
        let mut scene = Scene::new();
        let texts: Vec<String> =
            (0..records).map(|i| format!("big.test. 60 A 10.{}.{}.1", i / 256, i % 256)).collect();
        let big = set(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let before = held();
        assert_eq!(scene.cache.put(scene.now, &big, &server_of("test")), wanted);
        let taken = held() - before;
        assert!(taken <= scene.cache.bytes() + 2_000, "{taken} bytes taken, {} charged", scene.cache.bytes());
        assert_eq!(scene.get("big.test", A).len(), if wanted == Put::Kept { records } else { 0 });
    }
}

/// The longest name has 127 labels: the deepest cut above it is found.
#[test]
fn the_deepest_cut_of_the_longest_name_is_found() {
    let mut scene = Scene::new();
    let mut name = Name::root();
    while let Some(longer) = name.child(b"a") {
        name = longer;
    }
    assert_eq!(name.labels().count(), 127);
    assert!(scene.cache.deepest_cut(scene.now, &name).is_none());
    scene.cache.put_cut(scene.now, &cut("a", 60, "192.0.2.2"), &ranked(".", Credibility::Additional));
    assert_eq!(scene.cache.deepest_cut(scene.now, &name).unwrap().zone, n("a"));
    assert!(
        scene.cache.put(scene.now, &set(&[&format!("{name}. 60 A 192.0.2.1")]), &server_of("a")) == Put::Kept
    );
    assert!(scene.cache.get(scene.now, &name, RecordType::A).is_some());
}
