//! The pool of connections: its rules, one by one, and then over thousands of random lives.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use barewire::fetch::pool::retry::{self, is_idempotent, verdict};
use barewire::fetch::pool::{
    Backoff, Budget, Config, ConnectionId, Event, Lease, Origin, Pool, Reached, Verdict, Why,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

fn origin(host: &str) -> Origin {
    Origin { https: true, host: host.to_owned(), port: 443, proxy: None }
}

fn leased(lease: Lease) -> ConnectionId {
    match lease {
        Lease::Kept(id) | Lease::New(id) => id,
        Lease::Wait => panic!("wanted a connection, got {lease:?}"),
    }
}

#[test]
fn what_was_used_last_is_used_next() {
    let (mut pool, mut now) = (Pool::new(Config::default()), Instant::now());
    let ids: Vec<_> = (0..3).map(|_| leased(pool.lease(now, &origin("a")))).collect();
    for id in [ids[1], ids[2], ids[0]] {
        now += Duration::from_secs(1);
        pool.give_back(now, id, true);
    }
    for wanted in [ids[0], ids[2], ids[1]] {
        assert_eq!(pool.lease(now, &origin("a")), Lease::Kept(wanted));
    }
}

#[test]
fn an_origin_is_scheme_host_port_and_the_proxy() {
    let (mut pool, now) = (Pool::new(Config::default()), Instant::now());
    let id = leased(pool.lease(now, &origin("a")));
    pool.give_back(now, id, true);
    for other in [
        Origin { https: false, ..origin("a") },
        Origin { port: 444, ..origin("a") },
        Origin { proxy: Some("p:1".into()), ..origin("a") },
        origin("b"),
    ] {
        assert!(matches!(pool.lease(now, &other), Lease::New(_)), "{other:?}");
    }
    assert_eq!(pool.lease(now, &origin("a")), Lease::Kept(id));
}

#[test]
fn the_seventh_waits_for_a_place() {
    let (mut pool, now) = (Pool::new(Config::default()), Instant::now());
    let ids: Vec<_> = (0..6).map(|_| leased(pool.lease(now, &origin("a")))).collect();
    assert_eq!(pool.lease(now, &origin("a")), Lease::Wait);
    assert_eq!(pool.lease_new(now, &origin("a")), Lease::Wait, "no idle one can make room");
    assert!(matches!(pool.lease(now, &origin("b")), Lease::New(_)), "another origin has its own six");
    pool.give_back(now, ids[3], false);
    assert!(matches!(pool.lease(now, &origin("a")), Lease::New(_)));
    pool.lost(ids[4]);
    assert!(matches!(pool.lease(now, &origin("a")), Lease::New(_)));
    pool.give_back(now, ids[5], true);
    assert!(matches!(pool.lease_new(now, &origin("a")), Lease::New(_)));
    assert_eq!(pool.event(), Some(Event::Close(ids[5], Why::MakesRoom)));
}

#[test]
fn an_idle_connection_ends_after_its_time() {
    let (mut pool, now) = (Pool::new(Config::default()), Instant::now());
    let id = leased(pool.lease(now, &origin("a")));
    assert_eq!(pool.deadline(), None, "a leased one has no end");
    pool.give_back(now, id, true);
    let end = now + Duration::from_secs(90);
    assert_eq!(pool.deadline(), Some(end));
    pool.on_deadline(end - Duration::from_millis(1));
    assert_eq!(pool.event(), None);
    // Nobody has woken the pool in time, and a request comes: it is not given what has expired.
    assert!(matches!(pool.lease(end, &origin("a")), Lease::New(_)));
    assert_eq!(pool.event(), Some(Event::Close(id, Why::Idle)));
}

#[test]
fn the_oldest_of_too_many_idle_ones_is_closed() {
    let mut pool = Pool::new(Config { idle: 2, ..Config::default() });
    let now = Instant::now();
    let ids: Vec<_> = ["a", "b", "c"].map(|host| leased(pool.lease(now, &origin(host)))).into();
    for (id, second) in ids.iter().zip(0..) {
        pool.give_back(now + Duration::from_secs(second), *id, true);
    }
    assert_eq!(pool.event(), Some(Event::Close(ids[0], Why::TooMany)));
    assert_eq!((pool.event(), pool.len()), (None, 2));
}

/// What the holder knows of a connection.
#[derive(Debug, Clone, PartialEq)]
enum Life {
    Leased(Origin),
    Idle(Origin, Instant),
}

/// Leases, returns, losses and time, in a random order, beside the simplest model of a pool.
#[test]
fn thousands_of_lives() {
    for seed in 0..4000 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut pick = |below: u32| rng.next_u32() % below;
        let config = Config {
            per_origin: 1 + pick(6) as usize,
            idle: 1 + pick(8) as usize,
            idle_time: Duration::from_secs(u64::from(1 + pick(20))),
        };
        let mut pool = Pool::new(config.clone());
        let mut now = Instant::now();
        let mut model: BTreeMap<ConnectionId, Life> = BTreeMap::new();
        let mut seen = 0;
        for step in 0..200 {
            let told = format!("seed {seed}, step {step}, {config:?}");
            let origin = origin(["a", "b", "c"][pick(3) as usize]);
            let of_origin = |model: &BTreeMap<ConnectionId, Life>| {
                let is = |life: &&Life| matches!(life, Life::Leased(of) | Life::Idle(of, _) if *of == origin);
                model.values().filter(is).count()
            };
            let leased_ones: Vec<_> =
                model.iter().filter(|(_, life)| matches!(life, Life::Leased(_))).map(|(id, _)| *id).collect();
            let any = (!leased_ones.is_empty()).then(|| leased_ones[pick(leased_ones.len() as u32) as usize]);
            let what = pick(6);
            let lease = match (what, any) {
                (0 | 1, _) => Some(pool.lease(now, &origin)),
                (2, _) => Some(pool.lease_new(now, &origin)),
                (3, Some(id)) => {
                    let Some(Life::Leased(of)) = model.get(&id).cloned() else { unreachable!() };
                    let stays = pick(4) > 0;
                    pool.give_back(now, id, stays);
                    if stays {
                        model.insert(id, Life::Idle(of, now))
                    } else {
                        model.remove(&id)
                    };
                    None
                }
                (4, Some(id)) => {
                    pool.lost(id);
                    model.remove(&id);
                    None
                }
                _ => {
                    now += Duration::from_millis(u64::from(pick(9000)));
                    pool.on_deadline(now);
                    None
                }
            };
            while let Some(Event::Close(id, why)) = pool.event() {
                match model.remove(&id) {
                    Some(Life::Idle(_, since)) if why == Why::Idle => {
                        assert!(since + config.idle_time <= now, "closed early: {told}");
                    }
                    Some(Life::Idle(..)) => {}
                    other => panic!("closed {other:?}: {told}"),
                }
            }
            match lease {
                Some(Lease::New(id)) => {
                    assert!(id.0 >= seen, "a number is used twice: {told}");
                    seen = id.0 + 1;
                    assert!(of_origin(&model) < config.per_origin, "one too many: {told}");
                    model.insert(id, Life::Leased(origin.clone()));
                }
                Some(Lease::Kept(id)) => match model.insert(id, Life::Leased(origin.clone())) {
                    Some(Life::Idle(of, since)) => {
                        assert_eq!(of, origin, "{told}");
                        assert!(since + config.idle_time > now, "too old: {told}");
                        assert!(what != 2, "a new one was asked for: {told}");
                    }
                    other => panic!("leased {other:?}: {told}"),
                },
                Some(Lease::Wait) => {
                    assert_eq!(of_origin(&model), config.per_origin, "waits for nothing: {told}");
                    let idle =
                        model.values().filter(|life| matches!(life, Life::Idle(of, _) if *of == origin));
                    assert_eq!(idle.count(), 0, "waits beside an idle one: {told}");
                }
                None => {}
            }
            let idle = model.values().filter_map(|life| match life {
                Life::Idle(_, since) => Some(*since + config.idle_time),
                Life::Leased(_) => None,
            });
            assert_eq!(pool.deadline(), idle.clone().min(), "{told}");
            assert!(idle.count() <= config.idle, "too many idle: {told}");
            assert_eq!(pool.len(), model.len(), "{told}");
        }
    }
}

/// RFC 9110 §9.2.2 lists PUT, DELETE and the safe methods; §18.2 has the table of all that are registered there.
#[test]
fn which_requests_are_sent_again() {
    for (method, wanted) in [
        ("CONNECT", false),
        ("DELETE", true),
        ("GET", true),
        ("HEAD", true),
        ("OPTIONS", true),
        ("POST", false),
        ("PUT", true),
        ("TRACE", true),
        ("PATCH", false),
        ("get", false),
    ] {
        assert_eq!(is_idempotent(method), wanted, "{method}");
    }
    for (method, reached, kept, wanted) in [
        ("POST", Reached::NotSent, true, Verdict::NotSent),
        ("POST", Reached::NotSent, false, Verdict::NotSent),
        ("GET", Reached::Unanswered, true, Verdict::Idempotent),
        ("POST", Reached::Unanswered, true, Verdict::MayBeDone),
        ("GET", Reached::Unanswered, false, Verdict::NotTheConnection),
        ("GET", Reached::Answered, true, Verdict::Answered),
    ] {
        let got = verdict(method, reached, kept);
        assert_eq!(got, wanted, "{method} {reached:?} kept {kept}");
        assert_eq!(got.again(), matches!(wanted, Verdict::NotSent | Verdict::Idempotent));
    }
}

/// However many fail, no more are repeated than the budget holds and the good ones earned.
#[test]
fn a_budget_bounds_repetitions() {
    for seed in 0..2000 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let config = retry::Config { most: rng.next_u32() % 12, earned_by: rng.next_u32() % 12 };
        let mut budget = Budget::new(config);
        let (mut well, mut drawn, mut since_last) = (0_u32, 0_u32, 0_u32);
        for _ in 0..300 {
            if rng.next_u32().is_multiple_of(2) {
                budget.went_well();
                well += 1;
            } else if budget.draw() {
                drawn += 1;
                since_last += 1;
                assert!(
                    since_last <= config.most + well / config.earned_by.max(1),
                    "seed {seed}, {config:?}"
                );
            }
        }
        assert!(drawn <= config.most + well / config.earned_by.max(1), "seed {seed}, {config:?}: {drawn}");
        let left = (0..=config.most).filter(|_| budget.draw()).count();
        assert!(left <= config.most as usize, "seed {seed}: {left} were saved up, {config:?}");
    }
}

/// curl 7.88.1, `--retry`: 1 s, twice as long each time, at most ten minutes. Ours is never longer, and by at most a
/// quarter shorter.
#[test]
fn waits_double_and_differ() {
    let backoff = Backoff::default();
    let mut lengths = BTreeMap::new();
    for seed in 0..3000 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for (number, most) in
            [(1, 1), (2, 2), (3, 4), (4, 8), (10, 512), (11, 600), (40, 600), (u32::MAX, 600)]
        {
            let wait = backoff.wait(number, &mut rng);
            let most = Duration::from_secs(most);
            assert!(wait <= most && wait >= most * 3 / 4, "seed {seed}: {wait:?} before repetition {number}");
            *lengths.entry(wait.as_millis()).or_insert(0) += 1;
        }
    }
    assert!(lengths.len() > 2000, "they come together: {} different waits", lengths.len());
    let exact = Backoff { jitter: 0, ..backoff };
    assert_eq!(exact.wait(3, &mut ChaCha8Rng::seed_from_u64(1)), Duration::from_secs(4));
}
