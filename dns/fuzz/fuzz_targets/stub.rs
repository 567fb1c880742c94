//! Any replies to a query. Before each stand a byte that says where it comes from and how much time
//! goes by, and its length in two.
#![no_main]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_dns::stub::{Config, Event, Protocol, Query};
use barewire_dns::{Name, RecordType};
use libfuzzer_sys::fuzz_target;

/// IDs and ports that the fuzzer can know.
struct Zeros;

impl rand_core::TryRng for Zeros {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

/// The next reply: how it comes, and its bytes.
fn next<'a>(input: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&[how, high, low], rest) = input.split_first_chunk::<3>()?;
    let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
    let (bytes, rest) = rest.split_at(length);
    *input = rest;
    Some((how, bytes))
}

fuzz_target!(|input: &[u8]| {
    let mut input = input;
    let servers: Vec<SocketAddr> = ["192.0.2.1:53", "192.0.2.2:53"].iter().map(|text| text.parse().unwrap()).collect();
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
