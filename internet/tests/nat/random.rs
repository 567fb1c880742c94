//! Random traffic through the NAT, from a seed: each answer reaches exactly the socket that asked, and nobody else.

use std::collections::BTreeMap;
use std::time::Duration;

use barewire_internet::nat::{Config, Filtering};
use barewire_packet::build::datagram;

use crate::lab::{Lab, Wires};
use crate::packets::{echo, line, tcp, with_hops};
use crate::world::{Ours, lab};

const INSIDE: [(&str, &str); 3] = [("a", "192.168.1.42"), ("b", "192.168.1.43"), ("c", "192.168.2.43")];
const OUTSIDE: [(&str, &str); 2] = [("s", "203.0.113.80"), ("t", "203.0.113.81")];
const PORTS: [u16; 6] = [53, 600, 5000, 5001, 52341, 65535];
const EXTERNAL: &str = "203.0.113.5";

/// xorshift64*: the choices of a run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % most
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Udp,
    Tcp,
    Icmp,
}

/// A packet from one socket to another, with a number as its content. An ICMP question has the inside port for
/// identifier.
fn packet(kind: Kind, from: (&str, u16), to: (&str, u16), number: u32, is_answer: bool) -> Vec<u8> {
    let socket = |(address, port): (&str, u16)| format!("{address}:{port}");
    let (source, destination) = (socket(from), socket(to));
    match kind {
        Kind::Udp => datagram(&source, &destination, &number.to_be_bytes()),
        Kind::Tcp if is_answer => tcp(&source, &destination, "SA", (number, 1), b""),
        Kind::Tcp => tcp(&source, &destination, "S", (number, 0), b""),
        Kind::Icmp => echo(from.0, to.0, is_answer, if is_answer { to.1 } else { from.1 }),
    }
}

/// One run. Says where it went wrong.
fn run(config: &Config, seed: u64) -> Result<(), String> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut lab = lab(Config { seed, ..config.clone() });
    // Which inside socket an external one belongs to, towards which peer: never two at a time.
    let mut owners: BTreeMap<(Kind, u16, &str, u16), (&str, u16)> = BTreeMap::new();
    for step in 0..80_u32 {
        let kind = dice.of(&[Kind::Udp, Kind::Tcp, Kind::Icmp]);
        let ((host, inside), port) = (dice.of(&INSIDE), dice.of(&PORTS));
        let ((server, outside), peer) = (dice.of(&OUTSIDE), dice.of(&PORTS));
        let at = || format!("seed {seed}, step {step}: {kind:?} {inside}:{port} to {outside}:{peer}");
        let asked = packet(kind, (inside, port), (outside, peer), step, false);
        let arrived = one(&mut lab, host, &asked, server).map_err(|told| format!("{}: {told}", at()))?;
        let external = u16::from_be_bytes(if kind == Kind::Icmp {
            [arrived[24], arrived[25]]
        } else {
            [arrived[20], arrived[21]]
        });
        let wanted = with_hops(packet(kind, (EXTERNAL, external), (outside, peer), step, false), 63);
        same(&arrived, &wanted).map_err(|told| format!("{}: {told}", at()))?;
        let peer_port = if kind == Kind::Icmp { 0 } else { peer };
        let owner = owners.insert((kind, external, outside, peer_port), (inside, port));
        if owner.is_some_and(|owner| owner != (inside, port)) {
            return Err(format!("{}: has the external port {external} of {owner:?}", at()));
        }
        // The answer, and a stray packet from another socket.
        let answer = packet(kind, (outside, peer), (EXTERNAL, external), step, true);
        let back =
            one(&mut lab, server, &answer, host).map_err(|told| format!("{}: answer: {told}", at()))?;
        same(&back, &with_hops(packet(kind, (outside, peer), (inside, port), step, true), 63))
            .map_err(|told| format!("{}: answer: {told}", at()))?;
        if config.filtering == Filtering::AddressAndPortDependent && kind == Kind::Udp {
            let stray = packet(kind, (outside, 9999), (EXTERNAL, external), step, true);
            lab.wires_told(server, &stray);
            let inside = lab.last.iter().find(|(at, _)| INSIDE.iter().any(|(host, _)| host == at));
            if let Some((host, _)) = inside {
                return Err(format!("{}: a stray packet reached {host}", at()));
            }
        }
        // Short enough that no mapping expires.
        lab.wait(dice.below(20) as f64 / 200.0);
    }
    Ok(())
}

/// Sends a packet that must arrive at one host, once.
fn one(lab: &mut Lab<Ours>, from: &str, packet: &[u8], to: &str) -> Result<Vec<u8>, String> {
    lab.wires_told(from, packet);
    match &lab.last[..] {
        [(host, arrived)] if host == to => Ok(arrived.clone()),
        all => {
            let told: Vec<String> =
                all.iter().map(|(host, packet)| format!("{host}: {}", line(packet))).collect();
            Err(format!("should have arrived at {to}, but {told:?}"))
        }
    }
}

fn same(got: &[u8], wanted: &[u8]) -> Result<(), String> {
    if got == wanted {
        return Ok(());
    }
    Err(format!("wanted {}, {wanted:02x?}\n got {}, {got:02x?}", line(wanted), line(got)))
}

fn seeds(config: &Config) {
    let failures: Vec<String> = (1..=200).filter_map(|seed| run(config, seed).err()).collect();
    assert!(failures.is_empty(), "{} of 200 runs failed; the first: {}", failures.len(), failures[0]);
}

#[test]
fn answers_reach_who_asked_with_the_preset_rfc() {
    seeds(&Config::rfc());
}

#[test]
fn answers_reach_who_asked_with_the_preset_linux() {
    seeds(&Config::linux());
}

#[test]
fn answers_reach_who_asked_with_the_strictest_filter() {
    seeds(&Config { filtering: Filtering::AddressAndPortDependent, ..Config::rfc() });
}

#[test]
fn noise_neither_panics_nor_grows_the_table_over_its_bound() {
    let mut dice = Dice(7);
    for seed in 1..=100 {
        let mut lab = lab(Config {
            most_sessions: 20,
            seed,
            ..if seed % 2 == 0 { Config::rfc() } else { Config::linux() }
        });
        for step in 0..200 {
            let (host, from) = dice.of(&[INSIDE[0], INSIDE[1], OUTSIDE[0], OUTSIDE[1]]);
            let is_inside = from.starts_with("192");
            let to = if is_inside { dice.of(&["203.0.113.80", "203.0.113.5"]) } else { EXTERNAL };
            let kind = dice.of(&[Kind::Udp, Kind::Tcp, Kind::Icmp]);
            let mut packet =
                packet(kind, (from, dice.of(&PORTS)), (to, dice.of(&PORTS)), step, dice.below(2) == 0);
            // Some bytes after the addresses are anything; the header still sums up.
            for _ in 0..dice.below(4) {
                let at = 20 + dice.below(packet.len() as u64 - 20) as usize;
                packet[at] = dice.below(256) as u8;
            }
            let cut = packet.len() - dice.below(30).min(packet.len() as u64 - 20) as usize;
            packet.truncate(cut);
            packet[2..4].copy_from_slice(&(cut as u16).to_be_bytes());
            packet[6] = dice.of(&[0x40, 0x40, 0x40, 0x20, 0]);
            packet[9] = dice.of(&[packet[9], packet[9], packet[9], 1, 6, 17, 47]);
            let hops = 1 + dice.below(3) as u8;
            lab.wires_told(host, &with_hops(packet, hops));
            assert!(lab.sessions().len() <= 20);
        }
        lab.wires.wait(Duration::from_secs(500_000));
        assert_eq!(lab.sessions(), [""; 0], "seed {seed}");
    }
}
