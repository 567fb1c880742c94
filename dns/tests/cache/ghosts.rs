//! Ghost domains: a zone that the zone above has taken away does not live on in the cache.

use barewire_dns::cache::{Config, Credibility, Put};

use crate::scene::{Scene, cut, n, ranked, server_of, set};

fn referral(zone: &str) -> barewire_dns::cache::Learned {
    ranked(zone, Credibility::Additional)
}

/// CVE-2012-1033: the attack asks for the NS records of the zone itself, again and again.
#[test]
fn what_a_zone_says_of_its_own_servers_does_not_change_the_cut() {
    let mut scene = Scene::new();
    assert_eq!(
        scene.cache.put_cut(scene.now, &cut("evil.test", 300, "192.0.2.66"), &referral("test")),
        Put::NoTime
    );
    assert_eq!(scene.cache.put_cut(scene.now, &cut("test", 3600, "192.0.2.2"), &referral(".")), Put::Kept);
    assert_eq!(
        scene.cache.put_cut(scene.now, &cut("evil.test", 300, "192.0.2.66"), &referral("test")),
        Put::Kept
    );
    for _ in 0..3 {
        scene.wait(99);
        let own = cut("evil.test", 86_400, "192.0.2.67");
        assert_eq!(scene.cache.put_cut(scene.now, &own, &server_of("evil.test")), Put::NoSay);
        // As an answer it is kept; it is on another shelf.
        assert_eq!(scene.cache.put(scene.now, &own.ns, &server_of("evil.test")), Put::Kept);
    }
    let glue = vec!["ns.evil.test. 3 IN A 192.0.2.66".to_owned()];
    assert_eq!(scene.deepest("www.evil.test"), Some(("evil.test".into(), 3, glue)));
    scene.wait(3);
    assert_eq!(scene.deepest("www.evil.test").unwrap().0, "test");
}

#[test]
fn the_same_referral_again_does_not_prolong_the_first_expiry() {
    let mut scene = Scene::new();
    scene.cache.put_cut(scene.now, &cut("test", 300, "192.0.2.2"), &referral("."));
    for _ in 0..2 {
        scene.wait(100);
        assert_eq!(scene.cache.put_cut(scene.now, &cut("test", 300, "192.0.2.2"), &referral(".")), Put::Kept);
    }
    assert_eq!(scene.deepest("test").unwrap().1, 100);
    // A shorter one counts, and so do other servers.
    scene.cache.put_cut(scene.now, &cut("test", 50, "192.0.2.9"), &referral("."));
    let glue = vec!["ns.test. 50 IN A 192.0.2.9".to_owned()];
    assert_eq!(scene.deepest("test"), Some(("test".into(), 50, glue)));
    // Once it is over, the zone above can name it anew.
    scene.wait(50);
    assert_eq!(scene.deepest("test"), None);
    scene.cache.put_cut(scene.now, &cut("test", 300, "192.0.2.2"), &referral("."));
    assert_eq!(scene.deepest("test").unwrap().1, 300);
}

/// CVE-2022-30698: the zone names zones below itself, one after another, that hold for long.
#[test]
fn a_cut_holds_no_longer_than_the_one_above_it() {
    let mut scene = Scene::new();
    scene.cache.put_cut(scene.now, &cut("test", 3600, "192.0.2.2"), &referral("."));
    scene.cache.put_cut(scene.now, &cut("evil.test", 300, "192.0.2.66"), &referral("test"));
    scene.wait(200);
    scene.cache.put_cut(scene.now, &cut("a.evil.test", 86_400, "192.0.2.66"), &referral("evil.test"));
    scene.cache.put_cut(scene.now, &cut("b.a.evil.test", 86_400, "192.0.2.66"), &referral("a.evil.test"));
    assert_eq!(
        scene.deepest("www.b.a.evil.test").map(|held| (held.0, held.1)),
        Some(("b.a.evil.test".into(), 100))
    );
    scene.wait(100);
    assert_eq!(scene.deepest("www.b.a.evil.test").unwrap().0, "test");
    // And nobody believes a zone that is not there any more.
    let later = cut("c.evil.test", 86_400, "192.0.2.66");
    assert_eq!(scene.cache.put_cut(scene.now, &later, &referral("evil.test")), Put::NoTime);
}

#[test]
fn a_minimum_ttl_does_not_help_a_ghost() {
    let mut scene = Scene::with(Config { min_ttl: 600, ..Config::default() });
    scene.cache.put_cut(scene.now, &cut("test", 30, "192.0.2.2"), &referral("."));
    scene.wait(500);
    scene.cache.put_cut(scene.now, &cut("test", 30, "192.0.2.2"), &referral("."));
    scene.cache.put_cut(scene.now, &cut("evil.test", 30, "192.0.2.66"), &referral("test"));
    assert_eq!(scene.deepest("evil.test").map(|held| held.1), Some(100));
}

/// The root has nobody above it: it names its own servers, when a resolver asks for them.
#[test]
fn only_the_root_names_its_own_servers() {
    let mut scene = Scene::new();
    let mut root = cut("a", 300, "192.0.2.1");
    root.ns = set(&[". 300 NS ns.a."]);
    assert_eq!(scene.cache.put_cut(scene.now, &root, &server_of(".")), Put::Kept);
    assert_eq!(scene.deepest("example.test").unwrap().0, ".");
    assert_eq!(
        scene.cache.put_cut(scene.now, &cut("test", 300, "192.0.2.2"), &server_of("test")),
        Put::NoSay
    );
}

/// Glue has its own TTL. When it is over, the cut has no address any more, and the resolver asks the zone above again.
#[test]
fn glue_leaves_before_its_cut() {
    let mut scene = Scene::new();
    let mut referred = cut("test", 300, "192.0.2.2");
    referred.glue = vec![set(&["ns.test. 60 A 192.0.2.2"])];
    scene.cache.put_cut(scene.now, &referred, &referral("."));
    scene.wait(59);
    assert_eq!(scene.deepest("test").unwrap().2, ["ns.test. 1 IN A 192.0.2.2"]);
    scene.wait(1);
    assert_eq!(scene.deepest("test"), Some(("test".into(), 240, vec![])));
    assert!(scene.cache.get(scene.now, &n("ns.test"), crate::scene::A).is_none());
}
