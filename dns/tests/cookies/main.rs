//! DNS cookies against servers that others wrote: nsd gives cookies, and named insists on its own.
//!
//! Without these programs the tests say loudly that they skipped; under `BAREWIRE_REQUIRE_LIVE=1`, as in `.ci/run`,
//! skipping is failing.
#![cfg(target_os = "linux")]

#[path = "../need/mod.rs"]
mod need;
#[path = "../../../examples/tests/live/port.rs"]
mod port;
mod server;

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dns::driver::{Sockets, lookup_observed};
use barewire_dns::stub::{Config, Cookie, Event, History, Known, Query};
use barewire_dns::{Name, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use server::Server;

/// Looks `www.example.test` up with cookies, and says what happened on the way to the right answer.
fn looks_up(server: SocketAddr, history: &mut History) -> Vec<String> {
    // The time stands in for a seed: ports of tests that run side by side should differ.
    let seed = std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_nanos() as u64);
    let (name, mut rng) = (Name::parse_text("www.example.test").unwrap(), ChaCha8Rng::seed_from_u64(seed));
    let config = Config { cookies: true, recursion_desired: false, ..Config::default() };
    let query = Query::new(Instant::now(), name, RecordType::A, vec![server], config, &mut rng);
    let (mut query, mut events) = (query.knowing(history), Vec::new());
    let mut observe = |event: &Event| events.push(event.to_string());
    let answer = lookup_observed(&mut query, &mut Sockets::new(), &mut observe)
        .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert_eq!(answer.addresses()[0].to_string(), "203.0.113.80");
    *history = query.history().clone();
    assert_eq!(events.pop().as_deref(), Some("answer: A 203.0.113.80, ttl 300"));
    events
}

fn cookie(history: &History, server: SocketAddr) -> Option<Cookie> {
    history.of(Instant::now(), server).cookie
}

const NEW_COOKIE: &str = "with the server's new cookie: it answered BADCOOKIE (RFC 7873 §5.3)";

#[test]
fn named_insists_on_its_cookie() {
    if !need::can_run("named_insists_on_its_cookie", &["named", "dig"]) {
        return;
    }
    let (server, mut history) = (Server::named(), History::new());
    assert_eq!(looks_up(server.address, &mut history), [NEW_COOKIE]);
    // RFC 9018 §4: version 1, and 16 bytes in all.
    let learned = cookie(&history, server.address).expect("a cookie");
    assert_eq!((learned.server.len(), learned.server[0]), (16, 1), "{learned:?}");
    assert_eq!(looks_up(server.address, &mut history), [] as [&str; 0], "it knows its cookie");
    // Another client's cookie, and another hash.
    for spoil in [|cookie: &mut Cookie| cookie.client[0] ^= 1, |cookie: &mut Cookie| cookie.server[15] ^= 1] {
        let mut wrong = cookie(&history, server.address).expect("a cookie");
        spoil(&mut wrong);
        let known = Known { cookie: Some(wrong), ..Known::default() };
        history.remember(Instant::now(), server.address, known);
        assert_eq!(looks_up(server.address, &mut history), [NEW_COOKIE]);
    }
}

#[test]
fn nsd_gives_a_cookie() {
    if !need::can_run("nsd_gives_a_cookie", &["nsd", "dig"]) {
        return;
    }
    let secret = "answer-cookie: yes\n  cookie-secret: e5e973e5a6b2a43f48e7dc849e37bfcf";
    let (server, mut history) = (Server::nsd(secret), History::new());
    for _ in 0..2 {
        assert_eq!(looks_up(server.address, &mut history), [] as [&str; 0]);
        let learned = cookie(&history, server.address).expect("a cookie");
        assert_eq!((learned.server.len(), learned.server[0]), (16, 1), "{learned:?}");
    }
    // The same history with a server that has none: its replies may be forged, until TCP says that they are not.
    let without = Server::nsd("answer-cookie: no");
    let known = history.of(Instant::now(), server.address);
    history.remember(Instant::now(), without.address, known);
    let events = looks_up(without.address, &mut history);
    assert!(events[0].contains("it has no cookie, and this server sends one"), "{events:?}");
    assert_eq!(events[1], "over TCP: the replies have no cookie, so they may be forged", "{events:?}");
    assert_eq!(cookie(&history, without.address), None);
    assert_eq!(looks_up(without.address, &mut history), [] as [&str; 0]);
}
