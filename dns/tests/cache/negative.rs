//! What does not exist (RFC 2308), and what failed (RFC 9520).

use barewire_dns::cache::{Config, Credibility, Data, Put};
use barewire_dns::{Rcode, RecordType, RrSet};

use crate::scene::{A, Scene, n, ranked, server_of, set};

fn soa(ttl: u32, minimum: u32) -> [RrSet; 1] {
    [set(&[&format!("test. {ttl} SOA ns.test. host.test. 1 2 3 4 {minimum}")])]
}

fn say(scene: &mut Scene, name: &str, rcode: Rcode, proof: &[RrSet]) -> Put {
    let from = ranked("test", Credibility::Authority);
    scene.cache.put_negative(scene.now, &n(name), A, rcode, proof, &from)
}

/// RFC 2308 §5: the lower of SOA's MINIMUM and its TTL, and three hours at most.
#[test]
fn the_time_is_the_lower_of_two_and_at_most_three_hours() {
    for (ttl, minimum, wanted) in [(300, 60, 60), (60, 300, 60), (86_400, 86_400, 10_800)] {
        let mut scene = Scene::with(Config { min_ttl: 1_000, ..Config::default() });
        assert_eq!(say(&mut scene, "no.test", Rcode::NXDOMAIN, &soa(ttl, minimum)), Put::Kept);
        assert_eq!(scene.get("no.test", A), [format!("no name {wanted}")]);
    }
}

#[test]
fn without_soa_or_time_nothing_is_kept() {
    let mut scene = Scene::new();
    assert_eq!(say(&mut scene, "no.test", Rcode::NXDOMAIN, &[]), Put::Empty);
    assert_eq!(say(&mut scene, "no.test", Rcode::NXDOMAIN, &soa(60, 0)), Put::NoTime);
    assert!(scene.cache.is_empty());
}

#[test]
fn no_such_name_holds_for_all_types_and_no_data_for_one() {
    let mut scene = Scene::new();
    say(&mut scene, "no.test", Rcode::NXDOMAIN, &soa(60, 60));
    say(&mut scene, "yes.test", Rcode::NOERROR, &soa(60, 60));
    for rtype in [A, RecordType::AAAA, RecordType::TXT] {
        assert_eq!(scene.get("no.test", rtype), ["no name 60"]);
    }
    assert_eq!(scene.get("yes.test", A), ["no data 60"]);
    assert_eq!(scene.get("yes.test", RecordType::AAAA), Vec::<String>::new());
    assert_eq!(scene.cache.len(), 2);
}

/// The SOA record comes back with the time that is left, so that others keep the answer no longer (RFC 2308 §5).
#[test]
fn the_proof_counts_down() {
    let mut scene = Scene::new();
    say(&mut scene, "no.test", Rcode::NXDOMAIN, &soa(300, 60));
    scene.wait(20);
    let held = scene.cache.get(scene.now, &n("no.test"), A).unwrap();
    let Data::NxDomain(proof) = held.data else { panic!("{held:?}") };
    assert_eq!(proof[0].ttl(), 40);
}

#[test]
fn a_record_proves_that_the_name_exists() {
    let mut scene = Scene::new();
    say(&mut scene, "www.test", Rcode::NXDOMAIN, &soa(60, 60));
    assert_eq!(
        scene.cache.put(scene.now, &set(&["www.test. 60 A 192.0.2.1"]), &server_of("test")),
        Put::Kept
    );
    assert_eq!(scene.get("www.test", RecordType::AAAA), Vec::<String>::new());
}

/// A record from the cache of somebody else does not refute what the zone itself says, and the other way round.
#[test]
fn credibility_counts_between_a_record_and_its_absence() {
    let mut scene = Scene::new();
    say(&mut scene, "www.test", Rcode::NXDOMAIN, &soa(60, 60));
    let (record, answer) = (set(&["www.test. 60 A 192.0.2.1"]), ranked("test", Credibility::Answer));
    assert_eq!(scene.cache.put(scene.now, &record, &answer), Put::LessCredible);
    assert_eq!(scene.get("www.test", A), ["no name 60"]);
    let mut scene = Scene::new();
    scene.cache.put(scene.now, &record, &answer);
    assert_eq!(say(&mut scene, "www.test", Rcode::NXDOMAIN, &soa(60, 60)), Put::Kept);
    assert_eq!(scene.get("www.test", A), ["no name 60"]);
}

/// RFC 9520 §3.2: at least a second, at most five minutes.
#[test]
fn a_failure_is_kept_for_a_short_time() {
    for (setting, wanted) in [(0, 1), (5, 5), (300, 300), (301, 300)] {
        let mut scene = Scene::with(Config { failure_ttl: setting, ..Config::default() });
        assert_eq!(scene.cache.put_failure(scene.now, &n("www.test"), A), Put::Kept);
        assert_eq!(scene.get("www.test", A), [format!("failed {wanted}")]);
        assert_eq!(scene.get("www.test", RecordType::AAAA), Vec::<String>::new());
        scene.wait(wanted);
        assert_eq!(scene.get("www.test", A), Vec::<String>::new());
    }
}

#[test]
fn a_failure_never_replaces_an_answer_and_any_answer_replaces_it() {
    let mut scene = Scene::new();
    let (www, record) = (n("www.test"), set(&["www.test. 60 A 192.0.2.1"]));
    scene.cache.put_failure(scene.now, &www, A);
    assert_eq!(scene.cache.put(scene.now, &record, &ranked("test", Credibility::Additional)), Put::Kept);
    assert_eq!(scene.cache.put_failure(scene.now, &www, A), Put::LessCredible);
    assert_eq!(scene.get("www.test", A), ["www.test. 60 IN A 192.0.2.1"]);
    say(&mut scene, "no.test", Rcode::NXDOMAIN, &soa(60, 60));
    assert_eq!(scene.cache.put_failure(scene.now, &n("no.test"), A), Put::LessCredible);
    assert_eq!(scene.get("no.test", A), ["no name 60"]);
    // A failure about another type was there before.
    let mut scene = Scene::new();
    scene.cache.put_failure(scene.now, &n("no.test"), RecordType::AAAA);
    say(&mut scene, "no.test", Rcode::NXDOMAIN, &soa(60, 60));
    assert_eq!(scene.get("no.test", RecordType::AAAA), ["no name 60"]);
}
