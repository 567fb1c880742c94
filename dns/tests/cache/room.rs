//! Who goes when there is no more room.

use barewire_dns::cache::{Config, Put};

use crate::scene::{A, Scene, n, server_of, set};

fn keep(scene: &mut Scene, name: &str, ttl: u32) -> Put {
    scene.cache.put(scene.now, &set(&[&format!("{name}. {ttl} A 192.0.2.1")]), &server_of("test"))
}

/// Room for so many entries whose names are as long as `a.test`.
fn room_for(entries: usize) -> Scene {
    let mut scene = Scene::new();
    keep(&mut scene, "a.test", 60);
    let bytes = scene.cache.bytes() * entries;
    Scene::with(Config { bytes, ..Config::default() })
}

fn names(scene: &Scene) -> Vec<String> {
    scene.cache.entries(scene.now).map(|entry| entry.name.to_string()).collect()
}

#[test]
fn the_one_goes_that_was_longest_unused() {
    let mut scene = room_for(3);
    for name in ["a.test", "b.test", "c.test"] {
        assert_eq!(keep(&mut scene, name, 60), Put::Kept);
    }
    assert_eq!(names(&scene), ["a.test", "b.test", "c.test"]);
    scene.get("a.test", A);
    keep(&mut scene, "d.test", 60);
    assert_eq!(names(&scene), ["a.test", "c.test", "d.test"]);
    // The same again, or looking at the list, uses no room and changes nothing.
    keep(&mut scene, "c.test", 60);
    keep(&mut scene, "e.test", 60);
    assert_eq!(names(&scene), ["c.test", "d.test", "e.test"]);
    assert_eq!((scene.cache.evicted(), scene.cache.len()), (2, 3));
}

/// Somebody who fills the cache gives his records long TTLs. What others use stays all the same.
#[test]
fn a_flood_with_long_ttls_does_not_drive_out_what_is_used() {
    let mut scene = room_for(10);
    keep(&mut scene, "used.test", 5);
    for number in 0..10_000 {
        keep(&mut scene, &format!("{number}.flood.test"), 86_400);
        if number % 5 == 0 {
            assert_eq!(scene.get("used.test", A), ["used.test. 5 IN A 192.0.2.1"], "after {number}");
        }
    }
    assert!(scene.cache.evicted() > 9_980, "{}", scene.cache.evicted());
}

#[test]
fn what_is_larger_than_the_room_drives_nobody_out() {
    let mut scene = room_for(3);
    keep(&mut scene, "a.test", 60);
    let records: Vec<String> = (0..200).map(|i| format!("big.test. 60 A 192.0.2.{i}")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    assert_eq!(scene.cache.put(scene.now, &set(&records), &server_of("test")), Put::TooBig);
    assert_eq!(names(&scene), ["a.test"]);
}

#[test]
fn a_cut_that_is_used_stays() {
    let mut scene = room_for(8);
    let from = crate::scene::ranked(".", barewire_dns::cache::Credibility::Additional);
    scene.cache.put_cut(scene.now, &crate::scene::cut("test", 300, "192.0.2.2"), &from);
    for number in 0..100 {
        keep(&mut scene, &format!("{number}.test"), 60);
        assert!(scene.cache.deepest_cut(scene.now, &n("www.test")).is_some(), "after {number}");
    }
}
