//! A wire keeps its word: delays to the nanosecond, a queue to the byte, chances by the thousand.

mod common;

use std::time::{Duration, Instant};

use barewire_internet::{Change, Counters, Loss, Topology, Wire, World};
use barewire_packet::link::Link;

use common::*;

const FROM: &str = "10.0.0.2";
const TO: &str = "10.0.0.80";

fn world(wire: Wire, seed: u64) -> World {
    let mut plan = Topology::new(Instant::now(), seed);
    plan.link("client", "10.0.0.2/24");
    plan.link("server", "10.0.0.80/24");
    plan.wire("client", "server", wire);
    plan.build().unwrap()
}

/// A datagram of `size` bytes altogether that bears a number.
fn numbered(number: u32, size: usize) -> Vec<u8> {
    let mut packet = datagram(FROM, TO, size - 28);
    packet[28..32].copy_from_slice(&number.to_be_bytes());
    packet
}

/// Sends numbered datagrams at once; which arrive, when, and what became of the others.
fn arrivals(wire: Wire, count: u32, size: usize, seed: u64) -> (Vec<(u32, Duration)>, Counters) {
    let world = world(wire, seed);
    let start = world.now();
    let mut client = world.link("client").unwrap();
    (0..count).for_each(|number| client.send(&numbered(number, size)).unwrap());
    let mut server = world.link("server").unwrap();
    let mut arrived = Vec::new();
    while let Some(packet) = server.receive(Some(start + Duration::from_secs(10_000))).unwrap() {
        let number = u32::from_be_bytes(packet[28..32].try_into().unwrap());
        arrived.push((number, world.now() - start));
    }
    let counters = world.counters();
    assert_eq!(counters.under_way(), 0, "{counters}");
    assert_eq!(counters.sent + counters.duplicated, counters.delivered + counters.all_lost(), "{counters:?}");
    (arrived, counters)
}

#[test]
fn delay_to_the_nanosecond() {
    let delay = Duration::from_nanos(4_899_999_999);
    let (arrived, _) = arrivals(Wire::with_delay(delay), 3, 100, 1);
    assert_eq!(arrived, [(0, delay), (1, delay), (2, delay)]);
}

#[test]
fn each_direction_is_on_its_own() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("a", "10.0.0.2/24");
    plan.link("b", "10.0.0.80/24");
    plan.wire_each_way("a", "b", Wire::ms(3), Wire::ms(40).rate(8_000));
    let world = plan.build().unwrap();
    let start = world.now();
    world.link("a").unwrap().send(&numbered(1, 100)).unwrap();
    world.link("b").unwrap().send(&datagram(TO, FROM, 72)).unwrap();
    world.link("b").unwrap().receive(None).unwrap();
    assert_eq!(world.now() - start, Duration::from_millis(3));
    world.link("a").unwrap().receive(None).unwrap();
    // 100 bytes at 8000 bit/s are 100 ms.
    assert_eq!(world.now() - start, Duration::from_millis(140));
}

#[test]
fn a_rate_sends_one_after_the_other() {
    // 1000 bytes at 8 Mbit/s are 1 ms.
    let (arrived, _) = arrivals(Wire::ms(25).rate(8_000_000), 3, 1000, 1);
    let times: Vec<u128> = arrived.iter().map(|(_, time)| time.as_micros()).collect();
    assert_eq!(times, [26_000, 27_000, 28_000]);
    // At 3 Gbit/s a packet of 40 bytes takes 106 2/3 ns. 30,000 of them take 3.2 ms: no rounding adds up.
    let wire = Wire::ms(0).rate(3_000_000_000).queue(usize::MAX);
    let (arrived, _) = arrivals(wire, 30_000, 40, 1);
    assert_eq!(arrived[0].1.as_nanos(), 106);
    assert_eq!(arrived[1].1.as_nanos(), 213);
    assert_eq!(arrived[29_999].1.as_nanos(), 3_200_000);
}

#[test]
fn a_queue_holds_its_bytes_and_no_more() {
    // 3000 bytes hold three packets of 1000, but not of 1001.
    for (size, taken) in [(1000, 3), (1001, 2), (999, 3), (750, 4), (751, 3), (3001, 1)] {
        let wire = Wire::ms(1).rate(8_000).queue(3000).mtu(9000);
        let (arrived, counters) = arrivals(wire, 6, size, 1);
        assert_eq!(arrived.len(), taken, "packets of {size} bytes");
        assert_eq!(counters.queue_full as usize, 6 - taken, "packets of {size} bytes");
    }
    // As bytes leave, there is room for others: at 8000 bit/s one each millisecond.
    let world = world(Wire::ms(0).rate(8_000).queue(3000), 1);
    let mut client = world.link("client").unwrap();
    let mut lost_after = |wait: u64, size| {
        world.run_for(Duration::from_nanos(wait));
        client.send(&numbered(0, size)).unwrap();
        world.counters().queue_full
    };
    assert_eq!([lost_after(0, 1500), lost_after(0, 1500), lost_after(0, 100)], [0, 0, 1]);
    assert_eq!(lost_after(99_999_999, 100), 2, "99.999999 bytes have left");
    assert_eq!(lost_after(1, 100), 2);
    assert_eq!(lost_after(0, 32), 3);
}

#[test]
fn loss_is_as_likely_as_it_says() {
    let (arrived, counters) = arrivals(Wire::ms(1).loss(0.2), 20_000, 40, 3);
    // The standard deviation is 57.
    assert!((3800..4200).contains(&counters.lost), "{counters}");
    assert_eq!(arrived.len() as u64 + counters.lost, 20_000);
    for (probability, lost) in [(0.0, 0), (1.0, 100)] {
        assert_eq!(arrivals(Wire::ms(1).loss(probability), 100, 40, 3).1.lost, lost);
    }
}

/// The model of Gilbert and Elliott: bursts of 1/leave on average, one after each 1/enter packets that arrive.
#[test]
fn bursts_are_as_long_as_they_say() {
    let loss = Loss::Bursts { enter: 0.02, leave: 0.25, lost: 1.0 };
    let (arrived, counters) = arrivals(Wire { loss, ..Wire::ms(1) }, 60_000, 40, 7);
    let mut bursts: Vec<u32> = Vec::new();
    let mut next = 0;
    for (number, _) in arrived {
        bursts.extend((number > next).then_some(number - next));
        next = number + 1;
    }
    let mean = f64::from(bursts.iter().sum::<u32>()) / bursts.len() as f64;
    assert!((3.7..4.3).contains(&mean), "{mean} packets a burst, {} bursts", bursts.len());
    // In the long run it is bad for enter / (enter + leave) = 7.4 % of the packets.
    assert!((3900..5000).contains(&counters.lost), "{counters}");
    // A bad state that loses half: half of that.
    let loss = Loss::Bursts { enter: 0.02, leave: 0.25, lost: 0.5 };
    let (_, counters) = arrivals(Wire { loss, ..Wire::ms(1) }, 60_000, 40, 7);
    assert!((1900..2550).contains(&counters.lost), "{counters}");
}

#[test]
fn jitter_keeps_the_order() {
    let wire = Wire { jitter: Duration::from_millis(9), ..Wire::ms(10).rate(8_000_000) };
    let (arrived, counters) = arrivals(wire, 500, 400, 3);
    assert_eq!((arrived.len(), counters.reordered), (500, 0));
    assert!(arrived.is_sorted(), "{arrived:?}");
    let extra =
        |(number, time): &(u32, Duration)| time.as_micros() as i64 - 10_000 - 400 * (i64::from(*number) + 1);
    let extra: Vec<i64> = arrived.iter().map(extra).collect();
    assert!(extra.iter().all(|extra| (0..9_000).contains(extra)), "{extra:?}");
    assert!(extra.iter().any(|extra| *extra > 8_500), "{extra:?}");
}

#[test]
fn some_are_held_back_and_some_come_twice() {
    let wire = Wire { duplicate: 0.1, reorder: 0.05, ..Wire::ms(10).rate(80_000_000).queue(usize::MAX) };
    let (arrived, counters) = arrivals(wire, 10_000, 1000, 3);
    assert!((900..1100).contains(&counters.duplicated), "{counters:?}");
    assert_eq!(arrived.len() as u64, 10_000 + counters.duplicated);
    assert!((430..570).contains(&counters.reordered), "{counters:?}");
    let mut seen = vec![0; 10_000];
    arrived.iter().for_each(|(number, _)| seen[*number as usize] += 1);
    assert!(seen.iter().all(|times| (1..=2).contains(times)));
    let mut highest = 0;
    let late = arrived.iter().filter(|(number, _)| {
        highest = highest.max(*number);
        *number < highest
    });
    // Those that were held back, less some that were held back by less than a packet takes.
    assert!((400..=570).contains(&late.count()));
    let longest =
        arrived.iter().map(|(number, time)| time.as_micros() as i64 - 100 * i64::from(*number + 1)).max();
    assert!((45_000..=50_000).contains(&longest.unwrap()), "at most four delays more: {longest:?}");
}

#[test]
fn one_bit_is_inverted() {
    let world = world(Wire { corrupt: 0.5, ..Wire::ms(1) }, 5);
    let (mut client, mut server) = (world.link("client").unwrap(), world.link("server").unwrap());
    let packet = numbered(0, 100);
    let (mut corrupted, mut bytes) = (0, [false; 100]);
    for _ in 0..2000 {
        client.send(&packet).unwrap();
        let arrived = server.receive(None).unwrap().unwrap();
        let bits: u32 = arrived.iter().zip(&packet).map(|(a, b)| (a ^ b).count_ones()).sum();
        assert!(bits <= 1);
        corrupted += u64::from(bits);
        arrived.iter().zip(&packet).zip(&mut bytes).for_each(|((a, b), byte)| *byte |= a != b);
    }
    assert!((900..1100).contains(&corrupted), "{corrupted} of 2000");
    assert_eq!(world.counters().corrupted, corrupted);
    assert!(bytes.iter().all(|byte| *byte), "any byte can be hit");
}

#[test]
fn a_packet_too_large_is_refused_or_lost() {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2/24");
    plan.switch("switch", "10.0.0.0/24");
    plan.link("server", "10.0.0.80/24");
    plan.wire("client", "switch", Wire::ms(1));
    plan.wire("switch", "server", Wire::ms(1).mtu(1000));
    let world = plan.build().unwrap();
    let mut client = world.link("client").unwrap();
    let error = client.send(&numbered(0, 1501)).unwrap_err();
    assert_eq!(error.to_string(), "a packet of 1501 bytes does not fit the MTU of 1500");
    client.send(&numbered(0, 1001)).unwrap();
    client.send(&numbered(0, 1000)).unwrap();
    assert_eq!(received(&world, "server", Duration::from_secs(1)).len(), 1);
    assert_eq!((world.counters().too_big, world.counters().sent), (1, 4));
}

#[test]
fn what_is_under_way_when_a_wire_goes_down_is_lost() {
    let world = world(Wire::ms(10).rate(8_000_000), 1);
    let mut client = world.link("client").unwrap();
    let start = world.now();
    let ms = Duration::from_millis;
    world.change_at(start + ms(5), Change::Down("client-server".into())).unwrap();
    world.change_at(start + ms(7), Change::Up("client-server".into())).unwrap();
    // 20 ms of packets are under way or wait, one is sent while it is down, one when it is up again.
    (0..20).for_each(|number| client.send(&numbered(number, 1000)).unwrap());
    world.run_for(ms(6));
    client.send(&numbered(20, 1000)).unwrap();
    assert_eq!((world.counters().down, world.counters().under_way()), (1, 20));
    world.run_for(ms(1));
    client.send(&numbered(21, 1000)).unwrap();
    let arrived = world.link("server").unwrap().receive(None).unwrap();
    assert_eq!(arrived, Some(numbered(21, 1000)));
    // 1 ms for its bytes, and 10 ms: nothing waits before it any more.
    assert_eq!(world.now() - start, ms(7 + 11));
    assert_eq!(received(&world, "server", ms(100)), Vec::<Vec<u8>>::new());
    assert_eq!(world.counters().down, 21);
}

#[test]
fn the_same_seed_is_the_same_run() {
    let wire = || Wire {
        jitter: Duration::from_millis(3),
        duplicate: 0.1,
        reorder: 0.1,
        ..Wire::ms(20).loss(0.1).rate(80_000_000)
    };
    let run = |seed| arrivals(wire(), 300, 100, seed);
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}
