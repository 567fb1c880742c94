//! The simulated wire keeps its word: delays to the nanosecond, chances by the thousand, the same seed the same run.

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use barewire_packet::link::Link;
use barewire_packet::udp;
use barewire_tcp::link::sim::{Path, SimLink, Simulation};
use barewire_tcp::{Config, TcpStream};

use common::*;

/// Sends numbered datagrams at once from one end to the other, and gives when each arrived.
fn arrivals(path: Path, count: u32, size: usize, seed: u64) -> (Vec<(u32, Duration)>, Simulation) {
    let start = Instant::now();
    let simulation = Simulation::new(start, seed);
    let mut client = simulation.link(vec![CLIENT.into()], path);
    let mut server: SimLink = simulation.link(vec![SERVER.into()], Path::default());
    for number in 0..count {
        let mut payload = vec![0; size - 28];
        payload[..4].copy_from_slice(&number.to_be_bytes());
        client.send(&udp::ip_packet((CLIENT, 1).into(), server_address(), &payload)).unwrap();
    }
    let mut arrived = Vec::new();
    while let Some(packet) = server.receive(Some(start + Duration::from_secs(100))).unwrap() {
        let number = u32::from_be_bytes(packet[28..32].try_into().unwrap());
        arrived.push((number, server.now() - start));
    }
    (arrived, simulation)
}

#[test]
fn delay_and_rate() {
    let delay = Duration::from_millis(25);
    let (arrived, _) = arrivals(Path::with_delay(delay), 3, 100, 1);
    assert_eq!(arrived, [(0, delay), (1, delay), (2, delay)]);
    // 1000 bytes at 8 Mbit/s are 1 ms; one after another.
    let path = Path { rate: Some(8_000_000), queue: 3000, ..Path::with_delay(delay) };
    let (arrived, simulation) = arrivals(path, 5, 1000, 1);
    let times: Vec<u128> = arrived.iter().map(|(_, time)| time.as_micros()).collect();
    assert_eq!(times, [26_000, 27_000, 28_000], "the queue holds 3000 bytes");
    assert_eq!(simulation.counters().queue_full, 2);
}

#[test]
fn chances() {
    let path =
        Path { loss: 0.2, duplicate: 0.1, reorder: 0.05, ..Path::with_delay(Duration::from_millis(10)) };
    let (arrived, simulation) = arrivals(path, 5000, 40, 3);
    let counters = simulation.counters();
    assert!((900..1100).contains(&counters.lost), "{counters:?}");
    assert!((330..470).contains(&counters.duplicated), "{counters:?}");
    assert!((150..270).contains(&counters.reordered), "{counters:?}");
    assert_eq!(arrived.len() as u64, 5000 - counters.lost + counters.duplicated);
    let swapped = arrived.windows(2).filter(|pair| pair[0].0 > pair[1].0).count();
    assert!(swapped > 50, "{swapped} came after a later one");
    // Jitter alone does not change the order.
    let path = Path { jitter: Duration::from_millis(9), ..Path::with_delay(Duration::from_millis(10)) };
    let (arrived, _) = arrivals(path, 200, 40, 3);
    assert!(arrived.is_sorted());
    assert!(arrived.iter().all(|(_, time)| (10..=19).contains(&time.as_millis())), "{arrived:?}");
}

#[test]
fn the_same_seed_is_the_same_run() {
    let run = |seed| {
        let path = Path {
            loss: 0.1,
            duplicate: 0.1,
            reorder: 0.1,
            jitter: Duration::from_millis(3),
            ..Path::with_delay(Duration::from_millis(20))
        };
        let (simulation, stack) = echo_internet(Config::default(), path, seed);
        let start = simulation.now();
        let stream = TcpStream::connect(&stack, server_address()).unwrap();
        (&stream).write_all(&pattern(50_000)).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut back = Vec::new();
        (&stream).read_to_end(&mut back).unwrap();
        assert!(back == pattern(50_000));
        (simulation.now() - start, simulation.counters())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn a_packet_too_large_does_not_leave() {
    let simulation = Simulation::new(Instant::now(), 1);
    let mut link = simulation.link(vec![CLIENT.into()], Path::default());
    let error = link.send(&udp::ip_packet((CLIENT, 1).into(), server_address(), &[0; 1473])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    let smaller = Path { mtu: 1000, ..Path::default() };
    let mut server = simulation.link(vec![SERVER.into()], smaller);
    link.send(&udp::ip_packet((CLIENT, 1).into(), server_address(), &[0; 1400])).unwrap();
    assert_eq!(server.receive(Some(server.now() + Duration::from_secs(1))).unwrap(), None);
    assert_eq!(simulation.counters().too_big, 1);
}

#[test]
fn where_nothing_will_ever_happen_nobody_waits() {
    let simulation = Simulation::new(Instant::now(), 1);
    let mut link = simulation.link(vec![CLIENT.into()], Path::default());
    let error = link.receive(None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadlock, "{error}");
    link.send(&udp::ip_packet((CLIENT, 1).into(), server_address(), b"to nobody")).unwrap();
    assert!(link.receive(None).is_err());
    assert_eq!(simulation.counters().no_such_host, 1);
}
