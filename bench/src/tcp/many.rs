//! What ten thousand connections cost a host, beside ten.
//!
//! No peer is in these lines. "Ours" is a pair of hosts with ten thousand connections between them, "theirs" a pair
//! with ten:
//!
//! * a packet: ten connections talk in turns, 100 bytes there and 100 back. The others are idle. After each packet the
//!   host is asked for its deadline, as a driver has to;
//! * setup: what the last thousand of ten thousand connections take each, and what the first thousand take. Both
//!   hosts are on the clock, with their three packets. A client that has 9,000 connections to one port also looks
//!   longer for a free port of its own: half of them are taken.
//!
//! The memory is that of the process, before ten thousand connections were opened and after: both ends of each, idle,
//! having carried nothing. Linux only.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_tcp::{Config, Handle, Host};

use super::PORT;
use super::ours::{address, host, newly_accepted};
use crate::measure::{Comparison, Stopwatch, Unit};

const FEW: usize = 10;
const MANY: usize = 10_000;
/// How many setups are measured.
const SETUPS: usize = 1000;
/// How many packets are.
const PACKETS: usize = 100_000;
/// How far the clock moves with each packet.
const TURN: Duration = Duration::from_micros(1);

pub(super) fn compare(rounds: usize) -> Vec<Comparison> {
    let memory = memory().map_or(String::new(), |bytes| format!(" (both ends: {bytes} bytes each)"));
    let (mut many, mut few) = (Pair::with(MANY), Pair::with(FEW));
    let packets = Comparison::run(
        format!("TCP, a packet, {MANY} connections{memory}"),
        format!("ours, {FEW} connections"),
        Unit::Nanoseconds,
        rounds,
        || many.a_packet(),
        || few.a_packet(),
    );
    let setup = Comparison::run(
        format!("TCP, setup of connections {} to {MANY}", MANY - SETUPS + 1),
        format!("ours, 1 to {SETUPS}"),
        Unit::Nanoseconds,
        rounds,
        || Pair::with(MANY - SETUPS).a_setup(),
        || {
            // As much memory is in use as in the other case: what is taken now, is fresh.
            let others = Pair::with(MANY - SETUPS);
            let result = Pair::with(0).a_setup();
            drop(others);
            result
        },
    );
    vec![packets, setup]
}

/// A client and a server.
struct Pair {
    now: Instant,
    client: Host,
    server: Host,
    /// Both ends of each connection.
    connections: Vec<[Handle; 2]>,
}

impl Pair {
    /// Two hosts with so many connections between them.
    fn with(connections: usize) -> Pair {
        let config = Config { max_connections: MANY, ..Config::default() };
        let (client, mut server) = (host(1, config), host(2, config));
        server.listen(PORT, 1).expect("a free port");
        let mut pair = Pair { now: Instant::now(), client, server, connections: Vec::new() };
        (0..connections).for_each(|_| pair.connect());
        pair
    }

    fn connect(&mut self) {
        let to = SocketAddr::new(address(2), PORT);
        let ours = self.client.connect(self.now, to).expect("a connection");
        self.exchange();
        let theirs = newly_accepted(&mut self.server).expect("a connection");
        while self.client.event().is_some() {}
        self.connections.push([ours, theirs]);
    }

    /// Carries packets until no host has one. Gives how many there were.
    fn exchange(&mut self) -> usize {
        let mut count = 0;
        loop {
            let there = carry(&mut self.now, &mut self.client, &mut self.server);
            let back = carry(&mut self.now, &mut self.server, &mut self.client);
            count += there + back;
            if there + back == 0 {
                return count;
            }
        }
    }

    /// Nanoseconds a packet.
    fn a_packet(&mut self) -> f64 {
        let (mut packets, mut watch) = (0, Stopwatch::default());
        watch.run(|| {
            while packets < PACKETS {
                // The connections that talk stand apart, as far as possible.
                let step = self.connections.len() / FEW;
                for turn in 0..FEW {
                    packets += self.ping(self.connections[turn * step]);
                }
            }
        });
        watch.per(packets as u64)
    }

    /// A hundred bytes there, and a hundred back.
    fn ping(&mut self, [ours, theirs]: [Handle; 2]) -> usize {
        let mut buffer = [0; 200];
        self.client.write(ours, &[1; 100]).expect("an open connection");
        let mut packets = self.exchange();
        let there = self.server.read(theirs, &mut buffer).expect("an open connection");
        self.server.write(theirs, &buffer[..there]).expect("an open connection");
        packets += self.exchange();
        let back = self.client.read(ours, &mut buffer).expect("an open connection");
        assert_eq!((there, back), (100, 100));
        packets
    }

    /// Nanoseconds that each of the next connections takes.
    fn a_setup(mut self) -> f64 {
        let mut watch = Stopwatch::default();
        watch.run(|| (0..SETUPS).for_each(|_| self.connect()));
        watch.per(SETUPS as u64)
    }
}

/// Carries all packets that one host has for the other, and asks both for their deadlines after each.
fn carry(now: &mut Instant, from: &mut Host, to: &mut Host) -> usize {
    let mut count = 0;
    while let Some(transmit) = from.transmit(*now) {
        *now += TURN;
        assert!(to.receive(*now, &transmit.packet).is_none(), "a good packet");
        for host in [&mut *from, &mut *to] {
            if host.deadline().is_some_and(|deadline| deadline <= *now) {
                host.on_deadline(*now);
            }
        }
        count += 1;
    }
    count
}

/// How much memory each connection takes, both ends together, in bytes.
fn memory() -> Option<usize> {
    let before = resident()?;
    let pair = Pair::with(MANY);
    let after = resident()?;
    Some(after.checked_sub(before)? / pair.connections.len())
}

/// The memory of this process, in bytes.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ends of an idle connection, buffers, tables and all.
    #[test]
    fn a_connection_takes_3_kilobytes() {
        let memory = |connections| {
            allocation_counter::measure(|| std::mem::forget(Pair::with(connections))).bytes_current
        };
        let each = (memory(MANY) - memory(FEW)) / (MANY - FEW) as i64;
        assert!((500..2 * 3000).contains(&each), "{each} bytes for both ends");
    }

    #[test]
    fn ten_thousand_talk() {
        let mut pair = Pair::with(MANY);
        for connection in 0..MANY {
            let packets = pair.ping(pair.connections[connection]);
            assert_eq!(packets, 2, "the ACK rides on the answer");
        }
    }
}
