//! A receive buffer that grows with the path (`receiver/growth.rs`): over a long path with room it does, and where the
//! window is not what holds the sender back, it does not.

mod common;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_tcp::{Config, Event, Handle, Host};
use common::*;

const KIB: usize = 1024;

/// A path of a fixed delay each way that loses nothing.
struct Path {
    now: Instant,
    hosts: [Host; 2],
    under_way: [VecDeque<(Instant, Vec<u8>)>; 2],
    one_way: Duration,
}

impl Path {
    /// Sends what there is, and moves to the next moment at which something happens: to `latest` at the latest.
    fn step(&mut self, latest: Instant) {
        for end in 0..2 {
            while let Some(transmit) = self.hosts[end].transmit(self.now) {
                self.under_way[1 - end].push_back((self.now + self.one_way, transmit.packet));
            }
        }
        let arrivals = self.under_way.iter().filter_map(|queue| queue.front().map(|(at, _)| *at));
        let next = arrivals.chain(self.hosts.iter().filter_map(Host::deadline)).fold(latest, Instant::min);
        self.now = self.now.max(next);
        for end in 0..2 {
            while self.under_way[end].front().is_some_and(|(at, _)| *at <= self.now) {
                let (_, packet) = self.under_way[end].pop_front().expect("it is there");
                self.hosts[end].receive(self.now, &packet);
            }
            self.hosts[end].on_deadline(self.now);
        }
    }
}

/// The client sends `length` bytes over 100 ms there and back. Gives how long it took, and the widest window that the
/// server offered. The client writes up to `pace` bytes each 10 ms, and the server reads up to `appetite`.
fn transfer(config: Config, length: usize, pace: usize, appetite: usize) -> (Duration, u32) {
    let start = Instant::now();
    let client = host(IpAddr::from(CLIENT), Config { send_buffer: 4096 * KIB, ..Config::default() }, 1);
    let mut server = host(IpAddr::from(SERVER), config, 2);
    server.listen(PORT, 1).unwrap();
    let mut path = Path {
        now: start,
        hosts: [client, server],
        under_way: Default::default(),
        one_way: Duration::from_millis(50),
    };
    let ours = path.hosts[0].connect(start, server_address()).unwrap();
    let (mut there, mut left, mut heard, mut widest): (Option<Handle>, _, _, _) = (None, length, 0, 0);
    let (data, mut next_turn, mut may_write) = (pattern(64 * KIB), start, pace);
    while heard < length {
        path.step(path.now.max(next_turn) + Duration::from_millis(1));
        while let Some(event) = path.hosts[1].event() {
            if let Event::Accepted { handle, .. } = event {
                there = Some(handle);
            }
        }
        while let Ok(count @ 1..) = path.hosts[0].write(ours, &data[..left.min(may_write).min(64 * KIB)]) {
            left -= count;
            may_write -= count;
        }
        let Some(there) = there.filter(|_| path.now >= next_turn) else { continue };
        next_turn = path.now + Duration::from_millis(10);
        may_write = pace;
        let mut buffer = vec![0; appetite];
        heard += path.hosts[1].read(there, &mut buffer).unwrap();
        widest = widest.max(path.hosts[1].variables(there).map_or(0, |variables| variables.rcv.wnd));
    }
    (path.now - start, widest)
}

fn growing(receive_buffer_max: usize) -> Config {
    Config { receive_buffer: 64 * KIB, receive_buffer_max, ..Config::default() }
}

#[test]
fn a_long_path_with_room() {
    let (fixed, narrow) = transfer(growing(0), 8000 * KIB, usize::MAX, 1024 * KIB);
    let (grown, wide) = transfer(growing(1024 * KIB), 8000 * KIB, usize::MAX, 1024 * KIB);
    assert_eq!(narrow, 64 * KIB as u32);
    assert!(wide >= 900 * KIB as u32, "{wide}");
    assert!(fixed > Duration::from_secs(12), "125 windows of 64 KiB, one a round trip: {fixed:?}");
    assert!(grown < fixed / 4, "{grown:?} and {fixed:?}");
}

/// A user that reads slowly: a wider window would only fill up.
#[test]
fn a_slow_reader() {
    let (_, wide) = transfer(growing(1024 * KIB), 500 * KIB, usize::MAX, KIB);
    assert!(wide <= 64 * KIB as u32, "{wide}");
}

/// A user that writes slowly, 10 KB a round trip: the window does not hold it back.
#[test]
fn a_slow_writer() {
    let (_, wide) = transfer(growing(1024 * KIB), 500 * KIB, KIB, 1024 * KIB);
    assert!(wide <= 64 * KIB as u32, "{wide}");
}
