//! What the cache shows of itself.

use barewire_dns::cache::{Credibility, Data, What};
use barewire_dns::dnssec::Security;

use crate::scene::{A, Scene, judged, n, set};

#[test]
fn an_entry_says_from_whom_it_is_and_what_it_is_worth() {
    let mut scene = Scene::new();
    let records = set(&["www.a.test. 60 A 192.0.2.1"]);
    let from = judged("a.test", Security::Secure);
    scene.cache.put(scene.now, &records, &from);
    scene.cache.put_failure(scene.now, &n("fails.test"), A);
    scene.wait(2);
    let listed: Vec<_> = scene.cache.entries(scene.now).collect();
    let [www, failure] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((www.name.to_string(), www.left, www.age), ("www.a.test".into(), 58, 2));
    assert_eq!(www.learned, Some(from));
    assert_eq!(www.learned.as_ref().unwrap().credibility, Credibility::Authoritative);
    let What::Answer(A, Data::Records(shown)) = &www.what else { panic!("{www:?}") };
    assert_eq!(shown.ttl(), 58);
    assert_eq!((failure.learned.clone(), failure.left), (None, 3));
    assert_eq!(www.bytes + failure.bytes, scene.cache.bytes());
    // What is over is not shown.
    scene.wait(3);
    assert_eq!(scene.cache.entries(scene.now).count(), 1);
}
