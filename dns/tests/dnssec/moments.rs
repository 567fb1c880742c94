//! When a signature holds (RFC 4034 §3.1.5), and for how long its records may be kept (RFC 4035 §5.3.3).

use super::signer::Signer;
use super::*;

/// A record signed from one moment to another, looked at in a third.
fn between(inception: u32, expiration: u32, now: SystemTime) -> Result<Verified, Flaw> {
    let keys = Signer::new("z.test", 1).keys_with(&[]);
    let signer = Signer { dates: (inception, expiration), ..Signer::new("z.test", 1) };
    let set = signer.sign(&records("www.z.test. 300 A 192.0.2.1"));
    check(&set, &keys, now).map_err(|broken| broken.reason)
}

#[test]
fn both_ends_belong_to_the_span() {
    let of = |now| between(1000, 2000, at(now)).map(|verified| verified.ttl);
    assert_eq!(of(999), Err(Flaw::NotYetValid { inception: 1000 }));
    assert_eq!(of(1000), Ok(300));
    assert_eq!(of(2000), Ok(0));
    assert_eq!(of(2001), Err(Flaw::Expired { expiration: 2000 }));
}

#[test]
fn the_ring_goes_on_in_2106() {
    let of = |now| between(u32::MAX - 100, 200, at(now)).map(|verified| verified.ttl);
    let ring = 1 << 32;
    assert_eq!(of(ring - 102), Err(Flaw::NotYetValid { inception: u32::MAX - 100 }));
    assert_eq!(of(ring - 101), Ok(300));
    assert_eq!(of(ring), Ok(200));
    assert_eq!(of(ring + 200), Ok(0));
    assert_eq!(of(ring + 201), Err(Flaw::Expired { expiration: 200 }));
}

#[test]
fn a_moment_before_1970() {
    let before = SystemTime::UNIX_EPOCH - Duration::from_secs(50);
    assert_eq!(between(u32::MAX - 100, 200, before).map(|verified| verified.ttl), Ok(250));
}

#[test]
fn no_order_over_half_the_ring() {
    let early = Flaw::ExpiresBeforeValid { inception: 2000, expiration: 1000 };
    assert_eq!(between(2000, 1000, at(1500)), Err(early));
    let half = Flaw::ExpiresBeforeValid { inception: 0, expiration: 1 << 31 };
    assert_eq!(between(0, 1 << 31, at(10)), Err(half));
    assert!(between(0, (1 << 31) - 1, at(10)).is_ok());
    assert_eq!(between(0, 10, at(1 << 31)), Err(Flaw::NotYetValid { inception: 0 }));
}

/// "The minimum of" the RRset's TTL, the signature's, the original TTL, and the time that is left.
#[test]
fn the_ttl_is_the_least_of_four() {
    let signer = Signer::new("z.test", 1);
    let keys = signer.keys_with(&[]);
    let now = at(u64::from(signer.dates.1) - 5000);
    let set = signer.sign(&records("www.z.test. 3600 A 192.0.2.1\nwww.z.test. 3600 A 192.0.2.2"));
    let ttl = |set: &RrSet, now| check(set, &keys, now).unwrap().ttl;
    assert_eq!(ttl(&set, now), 3600);
    assert_eq!(ttl(&set, now + Duration::from_secs(4000)), 1000);
    let with = |record: u32, signature: u32| {
        let mut set = set.clone();
        set.records[1].ttl = record;
        set.signatures[0].ttl = signature;
        set
    };
    assert_eq!(ttl(&with(60, 3600), now), 60);
    assert_eq!(ttl(&with(3600, 30), now), 30);
    // A TTL that somebody on the way has raised: the signature knows the original one.
    let mut raised = with(86_400, 86_400);
    raised.records[0].ttl = 86_400;
    assert_eq!(ttl(&raised, now), 3600);
}
