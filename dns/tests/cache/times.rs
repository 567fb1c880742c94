//! For how long records are kept.

use std::time::Duration;

use barewire_dns::cache::{Config, Put};

use crate::credibility::bogus;
use crate::scene::{A, Scene, judged, server_of, set};

fn left(config: Config, ttl: u32) -> Option<u32> {
    let mut scene = Scene::with(config);
    scene.cache.put(scene.now, &set(&[&format!("www.test. {ttl} A 192.0.2.1")]), &server_of("test"));
    scene.cache.get(scene.now, &crate::scene::n("www.test"), A).map(|held| held.left)
}

#[test]
fn the_settings_are_bounds_on_the_ttl() {
    let config = |min_ttl, max_ttl| Config { min_ttl, max_ttl, ..Config::default() };
    let rows = [
        (config(0, 86_400), 0, None),
        (config(0, 86_400), 1, Some(1)),
        (config(0, 86_400), 604_800, Some(86_400)),
        // A TTL with its top bit set counts as 0 (RFC 2181 §8).
        (config(0, 86_400), 0x8000_0000, None),
        (config(30, 86_400), 0, Some(30)),
        (config(30, 86_400), 60, Some(60)),
        (config(0, 10), 60, Some(10)),
        (config(0, 0), 60, None),
        // If they contradict each other, the maximum counts.
        (config(60, 10), 30, Some(10)),
    ];
    for (config, ttl, wanted) in rows {
        assert_eq!(left(config.clone(), ttl), wanted, "TTL {ttl}, {config:?}");
    }
}

#[test]
fn the_ttl_counts_down_to_the_last_second() {
    let mut scene = Scene::new();
    scene.cache.put(scene.now, &set(&["www.test. 2 A 192.0.2.1"]), &server_of("test"));
    for (millis, wanted) in [(0, "2"), (1, "1"), (999, "1"), (1, "0"), (998, "0")] {
        scene.now += Duration::from_millis(millis);
        assert_eq!(scene.get("www.test", A), [format!("www.test. {wanted} IN A 192.0.2.1")]);
    }
    scene.now += Duration::from_millis(1);
    assert_eq!(scene.get("www.test", A), Vec::<String>::new());
}

/// RFC 2181 §5.2: the records of a set have one TTL; if not, the lowest counts for all.
#[test]
fn a_set_has_one_ttl() {
    let mut scene = Scene::new();
    let mixed = set(&["www.test. 60 A 192.0.2.1", "www.test. 30 A 192.0.2.2"]);
    scene.cache.put(scene.now, &mixed, &server_of("test"));
    assert_eq!(scene.get("www.test", A), ["www.test. 30 IN A 192.0.2.1", "www.test. 30 IN A 192.0.2.2"]);
}

#[test]
fn a_newer_answer_of_the_zone_counts_also_with_a_lower_ttl() {
    let mut scene = Scene::new();
    scene.cache.put(scene.now, &set(&["www.test. 600 A 192.0.2.1"]), &server_of("test"));
    scene.cache.put(scene.now, &set(&["www.test. 60 A 192.0.2.2"]), &server_of("test"));
    assert_eq!(scene.get("www.test", A), ["www.test. 60 IN A 192.0.2.2"]);
    // TTL 0 is for this one answer: what is there stays.
    let put = scene.cache.put(scene.now, &set(&["www.test. 0 A 192.0.2.3"]), &server_of("test"));
    assert_eq!(put, Put::NoTime);
    assert_eq!(scene.get("www.test", A), ["www.test. 60 IN A 192.0.2.2"]);
}

#[test]
fn what_is_bogus_is_kept_for_a_minute() {
    let mut scene = Scene::new();
    scene.cache.put(scene.now, &set(&["www.test. 600 A 192.0.2.1"]), &judged("test", bogus()));
    assert_eq!(scene.get("www.test", A), ["www.test. 60 IN A 192.0.2.1"]);
}
