//! What a lookup learns of the servers, and what the next one makes of it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_dns::exchange::{FORGOTTEN_AFTER, LEAST_WAIT, MAX_SERVERS};
use barewire_dns::stub::{Config, History, Known, Protocol};
use barewire_dns::{Message, Rcode};

use crate::scene::{A, B, SEED, Scene, addr, good, with_rcode};

const C: &str = "192.0.2.55:53";

/// Asks `server` alone, with what is known, and has it answer after so many milliseconds.
fn answers_after(history: &History, now: Instant, server: &str, milliseconds: u64) -> History {
    let mut scene = Scene::knowing(&[server], Config::default(), now, history);
    let sent = scene.sends(server, Protocol::Udp, "");
    scene.now += Duration::from_millis(milliseconds);
    scene.receives(Protocol::Udp, server, &good(&sent));
    scene.answers("203.0.113.80");
    scene.query.history().clone()
}

/// A server that is asked alone, and fails by what `with` does.
fn fails_with(history: &History, now: Instant, server: &str, with: fn(&mut Scene, &Message)) -> History {
    let mut scene = Scene::knowing(&[server], Config::default(), now, history);
    let sent = scene.sends(server, Protocol::Udp, "");
    let reply = with_rcode(&sent, Rcode::REFUSED);
    with(&mut scene, &reply);
    scene.query.history().clone()
}

/// The first wait in milliseconds.
fn first_wait(history: &History, now: Instant, config: Config, server: &str) -> u128 {
    let mut scene = Scene::knowing(&[server], config, now, history);
    (scene.sends(server, Protocol::Udp, "").deadline - now).as_millis()
}

/// RFC 6298 §2: after 200 ms, SRTT + 4 * RTTVAR = 200 + 4 * 100; after another 200 ms RTTVAR is 75.
#[test]
fn the_wait_follows_the_round_trip() {
    let now = Instant::now();
    let new = History::new();
    assert_eq!(first_wait(&new, now, Config::default(), A), 1000, "a server that nobody knows");
    let once = answers_after(&new, now, A, 200);
    assert_eq!(first_wait(&once, now, Config::default(), A), 600);
    let twice = answers_after(&once, now, A, 200);
    assert_eq!(first_wait(&twice, now, Config::default(), A), 500);
    let fast = answers_after(&new, now, A, 2);
    assert_eq!(first_wait(&fast, now, Config::default(), A), LEAST_WAIT.as_millis());
    let short = Config { first_wait: Duration::from_millis(100), ..Config::default() };
    assert_eq!(first_wait(&fast, now, short.clone(), A), 100, "resolv.conf wants less");
    let slow = answers_after(&new, now, A, 900);
    assert_eq!(first_wait(&slow, now, Config::default(), A), 2000, "twice the setting at the most");
    assert_eq!(first_wait(&slow, now + FORGOTTEN_AFTER * 2, Config::default(), A), 1000, "forgotten");
    assert_eq!(first_wait(&slow, now, Config::default(), B), 1000, "it is about one server");
}

/// RFC 6298 §3: nobody knows which of two questions was answered.
#[test]
fn a_question_that_was_repeated_is_not_measured() {
    let now = Instant::now();
    let mut scene = Scene::knowing(&[A], Config::default(), now, &History::new());
    scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    let sent = scene.sends(A, Protocol::Udp, "retransmission 1: no answer after 1.0 s");
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
    assert_eq!(scene.query.history().of(now, addr(A)), Known::default(), "it answered, after some time");
    // Of two servers each was asked once: the late answer of the first one is measured.
    let mut scene = Scene::knowing(&[A, B], Config::default(), now, &History::new());
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.wakes_at(1.0);
    scene.now += Duration::from_millis(100);
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
    let known = scene.query.history().of(now, addr(A));
    assert_eq!(known.round_trip.map(|round_trip| round_trip.smoothed()), Some(Duration::from_millis(1100)));
    assert_eq!(known.failures, 0);
}

fn first(history: &History, now: Instant, config: &Config) -> SocketAddr {
    let mut scene = Scene::knowing(&[A, B, C], config.clone(), now, history);
    scene.query.transmit(now).unwrap().to
}

#[test]
fn the_order_of_the_list_counts_among_good_servers() {
    let (now, config) = (Instant::now(), Config::default());
    let mut history = History::new();
    assert_eq!(first(&history, now, &config), addr(A));
    history = answers_after(&history, now, C, 10);
    assert_eq!(first(&history, now, &config), addr(A), "nobody knows whether it is worse");
    history = answers_after(&history, now, A, 130);
    assert_eq!(first(&history, now, &config), addr(A), "it is slower, but not by much");
    history = answers_after(&history, now, A, 900);
    history = answers_after(&history, now, A, 900);
    assert_eq!(first(&history, now, &config), addr(B), "it is much slower");
}

#[test]
fn a_server_that_failed_is_asked_last() {
    let (now, config) = (Instant::now(), Config::default());
    let silent: fn(&mut Scene, &Message) = |scene, _| {
        scene.wakes_at(1.0);
        scene.events();
    };
    let refused: fn(&mut Scene, &Message) = |scene, reply| scene.receives(Protocol::Udp, A, reply);
    let gone: fn(&mut Scene, &Message) = |scene, _| {
        scene.query.unreachable(scene.now, Protocol::Udp, addr(A), "refused".into());
    };
    for fault in [silent, refused, gone] {
        let history = fails_with(&History::new(), now, A, fault);
        assert!(history.of(now, addr(A)).failures > 0);
        assert_eq!(first(&history, now, &config), addr(B));
        assert_eq!(first(&history, now + FORGOTTEN_AFTER * 2, &config), addr(A), "it has another chance");
        // Its wait is as long as before: another lookup should not be slower for it.
        assert!(first_wait(&history, now, Config::default(), A) <= 1000);
    }
    let servfail: fn(&mut Scene, &Message) = |scene, reply| {
        let mut reply = reply.clone();
        reply.header.rcode = Rcode::SERVFAIL;
        scene.receives(Protocol::Udp, A, &reply);
    };
    let history = fails_with(&History::new(), now, A, servfail);
    assert_eq!(first(&history, now, &config), addr(A), "SERVFAIL is about one name");
    assert_eq!(fails_with(&history, now, A, refused).of(now, addr(A)).failures, 1);
    let history = answers_after(&fails_with(&History::new(), now, A, refused), now, A, 10);
    assert_eq!(history.of(now, addr(A)).failures, 0, "an answer makes up for it");
}

/// resolv.conf(5), "rotate": all share the questions, but not the one that is dead.
#[test]
fn rotation_leaves_out_a_dead_server() {
    let now = Instant::now();
    let config = Config { rotate: true, ..Config::default() };
    let history = fails_with(&History::new(), now, B, |scene, _| {
        scene.query.unreachable(scene.now, Protocol::Udp, addr(B), "refused".into());
    });
    let mut begun = std::collections::BTreeSet::new();
    for seed in 0..40 {
        let mut scene = Scene::seeded(&[A, B, C], config.clone(), now, &history, seed);
        let order: Vec<SocketAddr> = std::iter::from_fn(|| {
            let sent = scene.query.transmit(scene.now)?;
            scene.query.unreachable(scene.now, Protocol::Udp, sent.to, String::new());
            Some(sent.to)
        })
        .collect();
        assert_eq!((order.len(), order[2]), (3, addr(B)), "seed {seed}: {order:?}");
        begun.insert(order[0]);
    }
    assert_eq!(begun.into_iter().collect::<Vec<_>>(), [addr(A), addr(C)]);
}

#[test]
fn a_history_is_bounded_and_merges() {
    let now = Instant::now();
    let second = |count: usize| now + Duration::from_secs(count as u64);
    let server = |count: usize| SocketAddr::from(([192, 0, 2, count as u8], 53));
    let known = |failures| Known { failures, ..Known::default() };
    let mut history = History::new();
    assert!(history.is_empty());
    for count in 0..MAX_SERVERS + 10 {
        history.remember(second(count), server(count), known(1));
    }
    assert_eq!(history.len(), MAX_SERVERS);
    let at = second(MAX_SERVERS + 10);
    assert_eq!(history.of(at, server(9)).failures, 0, "without news for longest");
    assert_eq!(history.of(at, server(10)).failures, 1);
    let mut other = History::new();
    other.remember(second(5), server(70), known(7));
    other.remember(second(100), server(71), known(8));
    history.merge(&other);
    assert_eq!(history.len(), MAX_SERVERS);
    assert_eq!([70, 71].map(|count| history.of(at, server(count)).failures), [1, 8], "the later news counts");
    let before = history.clone();
    history.remember(second(3), server(200), known(9));
    assert_eq!(history, before, "no room for what is older than all the rest");
}

/// A and AAAA learn of the same servers, and the next name of the search list profits.
#[test]
fn a_lookup_hands_on_what_it_learns() {
    use barewire_dns::stub::Lookup;
    use barewire_dns::system::ResolvConf;
    use barewire_dns::{Name, RecordType};
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    let conf = ResolvConf::parse("nameserver 192.0.2.53\nnameserver 192.0.2.54\nsearch office.test\n");
    let now = Instant::now();
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let (typed, names) = (Name::parse_text("www").unwrap(), conf.candidates("www").unwrap());
    let both = vec![RecordType::A, RecordType::AAAA];
    let servers = conf.servers.clone();
    let mut lookup = Lookup::new(now, typed, names, both, servers, conf.config(), &mut rng);
    let sent: Vec<_> = std::iter::from_fn(|| lookup.transmit(now)).collect();
    assert!(sent.len() == 2 && sent.iter().all(|sent| sent.to == addr(A)), "{sent:?}");
    lookup.unreachable(now, Protocol::Udp, addr(A), "gone");
    let sent: Vec<_> = std::iter::from_fn(|| lookup.transmit(now)).collect();
    for sent in &sent {
        let nxdomain = with_rcode(sent, Rcode::NXDOMAIN).encode().unwrap();
        lookup.receive(now, Protocol::Udp, sent.to, &nxdomain);
    }
    let next: Vec<_> = std::iter::from_fn(|| lookup.transmit(now)).collect();
    assert!(next.len() == 2 && next.iter().all(|sent| sent.to == addr(B)), "{next:?}");
    assert_eq!(lookup.history().of(now, addr(A)).failures, 1);
    assert!(lookup.history().of(now, addr(B)).round_trip.is_some());
}
