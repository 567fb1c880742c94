//! Any replies to a lookup with a search list: A and AAAA in flight together. The first byte says whether the case of
//! the question is random, cookies are sent, and a server is known. What follows has the form of the target `stub`.
#![no_main]

mod replies;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_dns::exchange::RoundTrip;
use barewire_dns::stub::{Config, Cookie, History, Known, Lookup, LookupEvent, Protocol, RandomCase};
use barewire_dns::{Name, RecordType};
use libfuzzer_sys::fuzz_target;
use replies::{Zeros, next};

fuzz_target!(|input: &[u8]| {
    let Some((&first, mut input)) = input.split_first() else { return };
    let servers: Vec<SocketAddr> =
        ["192.0.2.1:53", "192.0.2.2:53"].iter().map(|text| text.parse().unwrap()).collect();
    let random_case = [RandomCase::Off, RandomCase::On, RandomCase::Strict][usize::from(first % 3)];
    let config = Config { random_case, cookies: first & 0x40 != 0, ..Config::default() };
    let start = Instant::now();
    let typed = Name::parse_text("www").unwrap();
    let names = vec![Name::parse_text("www.example.test").unwrap(), typed.clone()];
    let records = vec![RecordType::A, RecordType::AAAA];
    let lookup = Lookup::new(start, typed, names, records, servers.clone(), config, &mut Zeros);
    // The first server is known: it gave a cookie, and answers in 0.5 s.
    let mut history = History::new();
    let cookie = Some(Cookie { client: [0; 8], server: vec![0; 8] });
    let round_trip = Some(RoundTrip::of(Duration::from_millis(500)));
    if first & 0x80 != 0 {
        history.remember(start, servers[0], Known { round_trip, cookie, ..Known::default() });
    }
    let mut lookup = lookup.knowing(&history);
    let (mut now, mut sent) = (start, 0);
    while let Some((how, bytes)) = next(&mut input) {
        sent += std::iter::from_fn(|| lookup.transmit(now)).count();
        now += Duration::from_millis(u64::from(how >> 3) * 10);
        let from = servers[usize::from(how & 1)];
        let protocol = if how & 2 == 0 { Protocol::Udp } else { Protocol::Tcp };
        if how & 4 == 0 {
            lookup.receive(now, protocol, from, bytes);
        } else if protocol == Protocol::Tcp {
            // All IDs are 0.
            lookup.closed(now, from, 0, "");
        } else {
            lookup.unreachable(now, protocol, from, "");
        }
        if lookup.deadline().is_some_and(|deadline| deadline <= now) {
            lookup.on_deadline(now);
        }
    }
    while let Some(deadline) = lookup.deadline() {
        sent += std::iter::from_fn(|| lookup.transmit(now)).count();
        now = now.max(lookup.deadline().unwrap_or(deadline));
        lookup.on_deadline(now);
    }
    // Two names, two types, and what the target `stub` has for each question.
    assert!(sent <= 4 * 5 * 16, "{sent} messages");
    let last = std::iter::from_fn(|| lookup.event()).last();
    assert!(matches!(last, Some(LookupEvent::Found(..) | LookupEvent::Failed(_))), "{last:?}");
});
