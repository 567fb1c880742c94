//! Which of two that contradict each other counts (RFC 2181 §5.4.1).

use barewire_dns::cache::{Credibility, Put};
use barewire_dns::dnssec::{Broken, Flaw, Insecure, Security};
use barewire_dns::{Rcode, RecordType};

use crate::scene::{A, Scene, cut, judged, n, ranked, server_of, set};

const RANKS: [Credibility; 4] =
    [Credibility::Additional, Credibility::Answer, Credibility::Authority, Credibility::Authoritative];

pub(crate) fn bogus() -> Security {
    let (zone, owner) = (n("test"), n("www.test"));
    Security::Bogus(Broken { zone, owner, rtype: A, reason: Flaw::NoSignature })
}

#[test]
fn each_rank_replaces_what_is_not_above_it() {
    for (old, first) in RANKS.into_iter().enumerate() {
        for (new, second) in RANKS.into_iter().enumerate() {
            let mut scene = Scene::new();
            scene.cache.put(scene.now, &set(&["www.test. 60 A 192.0.2.1"]), &ranked("test", first));
            let put =
                scene.cache.put(scene.now, &set(&["www.test. 60 A 192.0.2.2"]), &ranked("test", second));
            let (wanted, address) =
                if new >= old { (Put::Kept, "192.0.2.2") } else { (Put::LessCredible, "192.0.2.1") };
            assert_eq!(put, wanted, "{first} then {second}");
            assert_eq!(scene.get("www.test", A), [format!("www.test. 60 IN A {address}")]);
        }
    }
}

/// When its time is over, what was more credible protects nothing any more.
#[test]
fn only_what_is_live_keeps_others_out() {
    let mut scene = Scene::new();
    scene.cache.put(scene.now, &set(&["www.test. 60 A 192.0.2.1"]), &server_of("test"));
    scene.wait(59);
    let other = set(&["www.test. 60 A 192.0.2.2"]);
    let answer = ranked("test", Credibility::Answer);
    assert_eq!(scene.cache.put(scene.now, &other, &answer), Put::LessCredible);
    scene.wait(1);
    assert_eq!(scene.cache.put(scene.now, &other, &answer), Put::Kept);
}

#[test]
fn glue_is_never_an_answer() {
    let mut scene = Scene::new();
    let from = ranked(".", Credibility::Additional);
    assert_eq!(scene.cache.put_cut(scene.now, &cut("test", 300, "192.0.2.2"), &from), Put::Kept);
    assert_eq!(scene.get("ns.test", A), Vec::<String>::new());
    assert_eq!(scene.get("test", RecordType::NS), Vec::<String>::new());
}

/// What a signature proves stays: it can only be replaced by what one proves too.
#[test]
fn what_is_secure_is_replaced_only_by_what_is_secure() {
    let (old, new) = (set(&["www.test. 60 A 192.0.2.1"]), set(&["www.test. 60 A 192.0.2.2"]));
    let insecure = Security::Insecure(Insecure::Unsigned { zone: n("test") });
    let rows = [
        (Some(Security::Secure), Put::Kept),
        (Some(insecure), Put::LessCredible),
        (Some(bogus()), Put::LessCredible),
        (None, Put::LessCredible),
    ];
    for (security, wanted) in rows {
        let mut scene = Scene::new();
        scene.cache.put(scene.now, &old, &judged("test", Security::Secure));
        let mut from = server_of("test");
        from.security = security;
        assert_eq!(scene.cache.put(scene.now, &new, &from), wanted, "{from:?}");
    }
}

#[test]
fn what_is_bogus_replaces_nothing_that_is_not() {
    let mut scene = Scene::new();
    scene.cache.put(scene.now, &set(&["www.test. 60 A 192.0.2.1"]), &ranked("test", Credibility::Answer));
    let forged = set(&["www.test. 60 A 192.0.2.66"]);
    assert_eq!(scene.cache.put(scene.now, &forged, &judged("test", bogus())), Put::LessCredible);
    let soa = [set(&["test. 60 SOA ns.test. host.test. 1 2 3 4 5"])];
    let from = judged("test", bogus());
    for rcode in [Rcode::NOERROR, Rcode::NXDOMAIN] {
        let put = scene.cache.put_negative(scene.now, &n("www.test"), A, rcode, &soa, &from);
        assert_eq!(put, Put::LessCredible);
    }
    assert_eq!(scene.get("www.test", A), ["www.test. 60 IN A 192.0.2.1"]);
}

/// Validation comes after the answer: what is bogus goes soon, and what is secure may hold for less time.
#[test]
fn validation_is_told_later() {
    let mut scene = Scene::new();
    scene.cache.put(scene.now, &set(&["www.test. 600 A 192.0.2.1"]), &server_of("test"));
    assert_eq!(scene.cache.get(scene.now, &n("www.test"), A).unwrap().learned.unwrap().security, None);
    scene.cache.judge(scene.now, &n("www.test"), A, Security::Secure, 200);
    let held = scene.cache.get(scene.now, &n("www.test"), A).unwrap();
    assert_eq!((held.learned.unwrap().security, held.left), (Some(Security::Secure), 200));
    scene.cache.judge(scene.now, &n("www.test"), A, bogus(), u32::MAX);
    let held = scene.cache.get(scene.now, &n("www.test"), A).unwrap();
    assert_eq!((held.learned.unwrap().security, held.left), (Some(bogus()), 60));
}
