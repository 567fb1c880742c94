//! Secure NSEC records, and what they may be used for (RFC 8198).

use barewire_dns::cache::{Config, Learned, Put};
use barewire_dns::dnssec::Security;
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Name, RecordType, RrSet};

use crate::scene::{Scene, judged, n, server_of};

/// The sets of a zone that ldns-signzone has signed.
fn sets(rtype: RecordType) -> Vec<RrSet> {
    let text = include_str!("../zones/nsec.zone");
    let file = ZoneFile::parse(text.as_bytes(), &Name::root());
    RrSet::group(&file.records).into_iter().filter(|set| set.rtype() == Some(rtype)).collect()
}

fn secure() -> Learned {
    judged("nsec.test", Security::Secure)
}

fn filled(config: Config) -> Scene {
    let mut scene = Scene::with(config);
    for set in sets(RecordType::SOA).iter().chain(&sets(RecordType::NSEC)) {
        scene.cache.put_denial(scene.now, set, &secure());
    }
    scene
}

/// The owners of the NSEC records for a name.
fn spans(scene: &mut Scene, name: &str) -> Vec<String> {
    let spans = scene.cache.spans(scene.now, &n(name)).map(|spans| spans.spans).unwrap_or_default();
    spans.iter().map(|set| set.name().unwrap().to_string()).collect()
}

/// Nobody checks these records again: so what is not proven does not come in.
#[test]
fn only_what_is_secure_and_of_the_zone_itself_is_kept() {
    let mut scene = Scene::new();
    let nsec = sets(RecordType::NSEC).remove(1);
    let mut without = nsec.clone();
    without.signatures.clear();
    let mut expanded = nsec.clone();
    for set in expanded.records.iter_mut().chain(&mut expanded.signatures) {
        set.name = n("x.y.z.nsec.test");
    }
    let rows = [
        (&nsec, server_of("nsec.test"), Put::NoSay),
        (&nsec, judged("nsec.test", crate::credibility::bogus()), Put::NoSay),
        (&nsec, judged("other.test", Security::Secure), Put::NoSay),
        (&nsec, judged("test", Security::Secure), Put::NoSay),
        (&without, secure(), Put::NoSay),
        (&expanded, secure(), Put::NoSay),
        (&sets(RecordType::A)[0], secure(), Put::NoSay),
        (&nsec, secure(), Put::Kept),
    ];
    for (set, from, wanted) in rows {
        assert_eq!(scene.cache.put_denial(scene.now, set, &from), wanted, "{from:?}");
    }
    // It is not an answer.
    assert!(scene.cache.get(scene.now, nsec.name().unwrap(), RecordType::NSEC).is_none());
    assert_eq!(
        scene.cache.entries(scene.now).map(|entry| entry.what.to_string()).collect::<Vec<_>>(),
        ["NSEC, secure"]
    );
}

/// The record at the name, or the nearest before it, and the one for the wildcard.
#[test]
fn the_records_for_a_name() {
    let mut scene = filled(Config::default());
    assert_eq!(spans(&mut scene, "www.nsec.test"), ["www.nsec.test"]);
    assert_eq!(spans(&mut scene, "zz.nsec.test"), ["zero.nsec.test", "nsec.test"]);
    assert_eq!(spans(&mut scene, "x.wild.nsec.test"), ["host.wild.nsec.test", "*.wild.nsec.test"]);
    // Names of other zones, and of the zone above.
    assert_eq!(spans(&mut scene, "other.test"), Vec::<String>::new());
    assert_eq!(spans(&mut scene, "test"), Vec::<String>::new());
}

/// RFC 8198 §5.4: no longer than each of the records, and SOA's MINIMUM, which is 300 s here.
#[test]
fn it_holds_until_the_first_of_the_records_is_over() {
    let mut scene = filled(Config::default());
    scene.wait(299);
    assert_eq!(scene.cache.spans(scene.now, &n("zz.nsec.test")).unwrap().left, 1);
    scene.wait(1);
    assert_eq!(spans(&mut scene, "zz.nsec.test"), Vec::<String>::new());
}

/// Records whose time is over may stand between: a few are passed over, and no more.
#[test]
fn a_search_looks_at_few_entries() {
    let last =
        || sets(RecordType::NSEC).into_iter().find(|set| set.name() == Some(&n("zero.nsec.test"))).unwrap();
    for (over, found) in [(3, 1), (4, 0)] {
        let mut scene = filled(Config::default());
        for number in 0..over {
            // As if the zone had had more names once. Only the owner is changed, with as many labels as before.
            let mut old = last().with_ttl_up_to(10);
            let owner = n(&format!("zero{number}.nsec.test"));
            old.records.iter_mut().chain(&mut old.signatures).for_each(|record| record.name = owner.clone());
            assert_eq!(scene.cache.put_denial(scene.now, &old, &secure()), Put::Kept);
        }
        scene.wait(10);
        let first = spans(&mut scene, "zz.nsec.test").iter().filter(|name| *name == "zero.nsec.test").count();
        assert_eq!(first, found, "{over} entries are over");
    }
}

/// They stand under the same bound as all others.
#[test]
fn a_zone_without_end_stays_under_the_bound() {
    let mut scene = filled(Config { bytes: 8 << 10, ..Config::default() });
    assert!(scene.cache.bytes() <= 8 << 10 && scene.cache.evicted() > 0);
    for number in 0..2_000 {
        let mut nsec = sets_once();
        let owner = n(&format!("{number}.nsec.test"));
        nsec.records.iter_mut().chain(&mut nsec.signatures).for_each(|record| record.name = owner.clone());
        assert_eq!(scene.cache.put_denial(scene.now, &nsec, &secure()), Put::Kept);
        assert!(scene.cache.bytes() <= 8 << 10);
    }
}

/// One record of the zone, read once.
fn sets_once() -> RrSet {
    static SET: std::sync::OnceLock<RrSet> = std::sync::OnceLock::new();
    let last =
        || sets(RecordType::NSEC).into_iter().find(|set| set.name() == Some(&n("zero.nsec.test"))).unwrap();
    SET.get_or_init(last).clone()
}
