//! Any replies to a query. Before each stand a byte that says where it comes from and how much time
//! goes by, and its length in two.
#![no_main]

mod replies;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_dns::stub::{Config, Event, Protocol, Query};
use barewire_dns::{Name, RecordType};
use libfuzzer_sys::fuzz_target;
use replies::{Zeros, next};

fuzz_target!(|input: &[u8]| {
    let mut input = input;
    let servers: Vec<SocketAddr> =
        ["192.0.2.1:53", "192.0.2.2:53"].iter().map(|text| text.parse().unwrap()).collect();
    let start = Instant::now();
    let name = Name::parse_text("www.example.test").unwrap();
    let mut query = Query::new(start, name, RecordType::A, servers.clone(), Config::default(), &mut Zeros);
    let mut now = start;
    let mut sent = 0;
    while let Some((how, bytes)) = next(&mut input) {
        while query.transmit(now).is_some() {
            sent += 1;
        }
        now += Duration::from_millis(u64::from(how >> 3) * 10);
        let from = servers[usize::from(how & 1)];
        let protocol = if how & 2 == 0 { Protocol::Udp } else { Protocol::Tcp };
        if how & 4 == 0 {
            query.receive(now, protocol, from, bytes);
        } else {
            query.unreachable(now, protocol, from, String::new());
        }
        if query.deadline().is_some_and(|deadline| deadline <= now) {
            query.on_deadline(now);
        }
    }
    while let Some(deadline) = query.deadline() {
        while query.transmit(now).is_some() {
            sent += 1;
        }
        now = now.max(query.deadline().unwrap_or(deadline));
        query.on_deadline(now);
    }
    // Five names, each with two servers, two changes for each, and silence at growing intervals.
    assert!(sent <= 5 * 16, "{sent} messages");
    let last = std::iter::from_fn(|| query.event()).last();
    assert!(matches!(last, Some(Event::Answer(_) | Event::Failed(_))), "{last:?}");
});
