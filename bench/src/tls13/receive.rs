//! What a client receives when the handshake is done: warm and cold, with each suite.
//!
//! Warm: one connection, 256 MiB. The server writes a quarter of a mebibyte at a time, which stays in the second-level
//! cache, and the client has long had the memory it needs. Cold: 256 connections, a quarter of a mebibyte each. All
//! records are made before the first of them is received. So they have left the caches by then (64 MiB; the third
//! level has 32), as has what a client keeps of its handshake, and each client is new and asks for its memory.

use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use barewire_tls13::{Client, Suite};
use rustls::client::ClientConnection;

use super::ring_alone::RingAlone;
use super::server::Server;
use super::unbuffered::Unbuffered;
use super::{Contestants, PEER};
use crate::measure::{Comparison, Stopwatch, Unit};

/// How much a client receives in a round, in bytes, when it is warm.
const TOTAL: usize = 256 << 20;
/// How many clients receive in a round when they are cold, each one [`WRITTEN`] bytes.
const COLD: usize = 256;
/// How much the server writes at once.
const WRITTEN: usize = 256 << 10;
/// How much a client is given at once, and reads at once: a record with its header and its tag fits.
const PIECE: usize = 17 << 10;

const UNBUFFERED: &str = "rustls, unbuffered API";
const RING: &str = "ring alone, in place";

/// Somebody who receives.
pub(super) trait Receiver {
    /// Opens `records`, puts what they hold into `out`, and says how much that was.
    fn receive(&mut self, records: &mut [u8], out: &mut [u8], watch: &mut Stopwatch) -> usize;
}

pub(super) fn compare(contestants: &Contestants, rounds: usize) -> Vec<Comparison> {
    Suite::ALL.into_iter().flat_map(|suite| compare_suite(contestants, suite, rounds)).collect()
}

fn compare_suite(contestants: &Contestants, suite: Suite, rounds: usize) -> Vec<Comparison> {
    let config = Arc::new(contestants.their_config(suite));
    let ours = || contestants.our_connection(suite);
    let theirs = || contestants.their_connection(&config);
    let unbuffered = || Unbuffered::connect(&config, contestants.identity.server());
    let ring = || RingAlone::connect(contestants, suite);
    let what = |how| format!("TLS 1.3 receive, {}, {how}", suite.cipher());
    let run = |how, peer, ours: &dyn Fn() -> f64, theirs: &dyn Fn() -> f64| {
        Comparison::run(what(how), peer, Unit::MegabytesPerSecond, rounds, ours, theirs)
    };
    vec![
        run("warm", PEER, &|| warm(ours, TOTAL), &|| warm(theirs, TOTAL)),
        run("warm", UNBUFFERED, &|| warm(ours, TOTAL), &|| warm(unbuffered, TOTAL)),
        run("warm", RING, &|| warm(ours, TOTAL), &|| warm(ring, TOTAL)),
        run("cold", UNBUFFERED, &|| cold(ours, COLD), &|| cold(unbuffered, COLD)),
        run("cold", RING, &|| cold(ours, COLD), &|| cold(ring, COLD)),
    ]
}

/// What the server writes, again and again: bytes that are not the same everywhere.
fn content() -> Vec<u8> {
    (0..WRITTEN as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// Room for what the server sends, and for one byte more: a read that does not fill it has got all.
fn room() -> Vec<u8> {
    vec![0; WRITTEN + 1]
}

/// Nanoseconds a byte, of `total` bytes in one connection.
fn warm<R: Receiver>(connect: impl Fn() -> (R, Server), total: usize) -> f64 {
    let (content, mut out, mut watch) = (content(), room(), Stopwatch::default());
    let (mut client, mut server) = connect();
    for _ in 0..total / WRITTEN {
        let filled = client.receive(server.seal(&content), &mut out, &mut watch);
        assert!(out[..filled] == content[..], "the client reads what the server wrote");
    }
    watch.per(total as u64)
}

/// Nanoseconds a byte, in so many connections that are new.
fn cold<R: Receiver>(connect: impl Fn() -> (R, Server), connections: usize) -> f64 {
    let (content, mut out, mut watch) = (content(), room(), Stopwatch::default());
    let connected = || {
        let (client, mut server) = connect();
        (client, server.seal(&content).to_vec())
    };
    let connections: Vec<(R, Vec<u8>)> = std::iter::repeat_with(connected).take(connections).collect();
    let bytes = connections.len() * WRITTEN;
    for (mut client, mut records) in connections {
        let filled = client.receive(&mut records, &mut out, &mut watch);
        assert!(out[..filled] == content[..], "the client reads what the server wrote");
    }
    watch.per(bytes as u64)
}

impl Receiver for Client {
    fn receive(&mut self, records: &mut [u8], out: &mut [u8], watch: &mut Stopwatch) -> usize {
        let now = Instant::now();
        watch.run(|| {
            records.chunks(PIECE).fold(0, |filled, piece| {
                Client::receive(self, now, piece).expect("good records");
                filled + self.read(&mut out[filled..])
            })
        })
    }
}

impl Receiver for ClientConnection {
    fn receive(&mut self, records: &mut [u8], out: &mut [u8], watch: &mut Stopwatch) -> usize {
        watch.run(|| {
            let (mut records, mut filled) = (&records[..], 0);
            while !records.is_empty() {
                // It decides itself how much it takes at once.
                self.read_tls(&mut records).expect("room");
                self.process_new_packets().expect("good records");
                while let Ok(count @ 1..) = self.reader().read(&mut out[filled..]) {
                    filled += count;
                }
            }
            filled
        })
    }
}

impl Receiver for Unbuffered {
    fn receive(&mut self, records: &mut [u8], out: &mut [u8], watch: &mut Stopwatch) -> usize {
        watch.run(|| {
            records.chunks(PIECE).fold(0, |filled, piece| filled + self.take(piece, &mut out[filled..]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What arrives is compared on the way.
    #[test]
    fn all_receive_what_was_sent() {
        let contestants = Contestants::new();
        for suite in Suite::ALL {
            let config = Arc::new(contestants.their_config(suite));
            let (client, _server) = contestants.their_connection(&config);
            let agreed = client.negotiated_cipher_suite().map(|agreed| u16::from(agreed.suite()));
            assert_eq!(agreed, Some(suite.id()));
            let total = 1 << 20;
            warm(|| contestants.our_connection(suite), total);
            warm(|| contestants.their_connection(&config), total);
            warm(|| Unbuffered::connect(&config, contestants.identity.server()), total);
            warm(|| RingAlone::connect(&contestants, suite), total);
            cold(|| contestants.our_connection(suite), 2);
            cold(|| Unbuffered::connect(&config, contestants.identity.server()), 2);
            cold(|| RingAlone::connect(&contestants, suite), 2);
        }
    }
}
