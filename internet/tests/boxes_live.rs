//! nftables as the firewall and as the balancer, in namespaces: the same packets meet the same rules there and in our
//! world, and what becomes of them is compared.
//!
//! ```text
//!   cargo test -p barewire-internet --test boxes_live -- --nocapture     prints what each of the two did
//! ```
//!
//! Where the two differ is said with the step; a difference that is not there fails the test as well. The docs of
//! `firewall` and `balancer` have the table.
#![cfg(target_os = "linux")]

#[path = "boxes_live/balancer.rs"]
mod balancer;
#[path = "boxes_live/firewall.rs"]
mod firewall;
#[path = "boxes_live/lab.rs"]
mod lab;
mod segments;
mod station;

use std::time::Duration;

use barewire_internet::World;
use barewire_packet::link::Link;
use lab::Lab;
use segments::words;

/// One packet, and in what Linux and we differ about it, if they do.
struct Step {
    name: String,
    at: &'static str,
    packet: Vec<u8>,
    differs: bool,
}

fn step(name: &str, at: &'static str, packet: Vec<u8>) -> Step {
    Step { name: name.to_owned(), at, packet, differs: false }
}

impl Step {
    /// Linux and we differ here.
    fn differs(self) -> Step {
        Step { differs: true, ..self }
    }
}

/// Who gets what, in words.
type Fate = Vec<String>;

fn gets(name: &str, packet: &[u8]) -> String {
    format!("{name} gets {}", words(packet))
}

/// Sends a packet through Linux, then one marker to each end. What arrives before the markers is its fate.
///
/// The markers are answers of the box itself to pings from an address that stands at that end.
fn through_linux(lab: &mut Lab, markers: &[(&'static str, Vec<u8>)], step: &Step) -> Fate {
    lab.at(step.at).send(&step.packet);
    // What Linux hands to another queue (an ICMP error, a reset) is on its way meanwhile.
    std::thread::sleep(Duration::from_millis(20));
    // Where the packet was sent first: when that marker is back, the packet has been handled.
    let (here, there): (Vec<_>, Vec<_>) = markers.iter().partition(|(name, _)| *name == step.at);
    let mut fate = Vec::new();
    for (name, ping) in here.into_iter().chain(there) {
        lab.at(name).send(ping);
        loop {
            let packet = lab.at(name).receive(Duration::from_secs(10));
            let packet = packet.unwrap_or_else(|| panic!("{}: no marker comes back to {name}", step.name));
            if is_marker(&packet) {
                break;
            }
            fate.push(gets(name, &packet));
        }
    }
    fate.sort();
    fate
}

/// An echo reply with the identifier of the markers.
fn is_marker(packet: &[u8]) -> bool {
    let start = if packet[0] >> 4 == 4 { 20 } else { 40 };
    packet.get(start).is_some_and(|kind| matches!(kind, 0 | 129))
        && packet.get(start + 4..start + 6) == Some(&[0xbe, 0xef])
}

fn through_ours(world: &World, ends: &[&str], step: &Step) -> Fate {
    world.link(step.at).unwrap().send(&step.packet).unwrap();
    let now = Some(world.now());
    let received =
        |name: &&str| world.link(name).unwrap().receive(now).unwrap().map(|packet| gets(name, &packet));
    ends.iter().filter_map(received).collect()
}

/// Runs all steps through both, and compares.
fn compare(lab: &mut Lab, markers: &[(&'static str, Vec<u8>)], world: &World, steps: &[Step]) {
    let ends: Vec<&str> = markers.iter().map(|(name, _)| *name).collect();
    let mut wrong = Vec::new();
    for step in steps {
        let (linux, ours) = (through_linux(lab, markers, step), through_ours(world, &ends, step));
        let said = format!("{}\n  Linux {}\n  ours  {}", step.name, linux.join(", "), ours.join(", "));
        println!("{said}");
        if (linux != ours) != step.differs {
            wrong.push(said);
        }
    }
    assert!(wrong.is_empty(), "{} steps:\n{}", wrong.len(), wrong.join("\n"));
}
