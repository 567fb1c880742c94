//! What the NAT says beside a packet, as it stands in a capture.

use std::time::Duration;

use barewire_internet::capture::Recording;
use barewire_internet::nat::{Config, Nat, Protocol, Unsolicited};
use barewire_packet::build::{datagram, fragments};

use crate::lab::Lab;
use crate::packets::{error, tcp, udp};
use crate::world::{Ours, lab, lab_with};

const A: &str = "192.168.1.42:52341";
const B: &str = "192.168.1.43:52341";
const S: &str = "203.0.113.80:53";
const WEB: &str = "203.0.113.80:80";
const KEPT: &str = "203.0.113.5:52341";

/// What is said while `what` happens in a lab.
fn said(mut lab: Lab<Ours>, what: impl FnOnce(&mut Lab<Ours>)) -> Vec<String> {
    let world = lab.wires.world.clone();
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap("nat", recording.point()).unwrap();
    what(&mut lab);
    recording.take(world.now()).frames.into_iter().filter_map(|frame| frame.comment).collect()
}

fn kept() -> Config {
    Config { keep_port: true, ..Config::rfc() }
}

#[test]
fn a_mapping_is_said_once() {
    let notes = said(lab(kept()), |lab| {
        lab.send("a", udp(A, S));
        lab.send("a", udp(A, S));
        lab.send("s", udp(S, KEPT));
    });
    assert_eq!(notes, ["mapped 192.168.1.42:52341 to 203.0.113.5:52341"]);
}

#[test]
fn a_mapping_that_is_gone_is_remembered() {
    let notes = said(lab(kept()), |lab| {
        lab.send("a", udp(A, S));
        lab.wait(312.0);
        lab.send("s", udp(S, KEPT));
        lab.send("s", udp(S, "203.0.113.5:9"));
        lab.send("a", tcp(A, WEB, "A", (1, 1), b""));
        lab.send("a", tcp(A, WEB, "S", (1, 0), b""));
        lab.wait(250.0);
        lab.send("a", tcp(A, WEB, "A", (2, 1), b""));
    });
    assert_eq!(
        notes[1..],
        [
            "mapping expired after 300 s idle, 12 s ago: dropped",
            "no mapping: dropped",
            "no mapping: dropped",
            "mapped 192.168.1.42:52341 to 203.0.113.5:52341",
            "mapping expired after 240 s idle, 10 s ago: dropped",
        ]
    );
}

#[test]
fn linux_leaves_packets_to_itself_or_as_they_are() {
    let notes = said(lab(Config::linux()), |lab| {
        lab.send("s", udp(S, KEPT));
        lab.send("a", tcp(A, WEB, "FA", (1, 1), b""));
        lab.send("a", tcp(A, WEB, "A", (1, 1), b""));
        lab.send("a", tcp(A, WEB, "SA", (1, 1), b""));
    });
    assert_eq!(
        notes[1..],
        [
            "no mapping: it leaves with its private address",
            "mapped 192.168.1.42:52341 to 203.0.113.5:52341, in the middle of a connection",
            "not a packet of this connection: it leaves with its private address",
        ]
    );
}

#[test]
fn hairpins_forwards_and_held_syns_are_said() {
    let nat =
        Nat::new(kept(), &["nat-net"]).forward_port(Protocol::Tcp, 8080, "192.168.1.43:80".parse().unwrap());
    let notes = said(lab_with(nat), |lab| {
        lab.send("s", tcp(WEB, "203.0.113.5:8080", "S", (9, 0), b""));
        lab.send("s", tcp(WEB, KEPT, "S", (9, 0), b""));
        lab.send("a", tcp(A, "203.0.113.5:8080", "S", (9, 0), b""));
    });
    assert_eq!(
        notes,
        [
            "let in: 203.0.113.5:8080 leads to 192.168.1.43:80",
            "no mapping: held back; its sender is told in 6 s, unless a SYN from inside crosses it",
            "hairpin: to 192.168.1.43:80, which sees 203.0.113.5:52341",
        ]
    );
}

#[test]
fn what_is_dropped_is_said() {
    let config = Config { most_sessions: 1, unsolicited: Unsolicited::Drop, tell_when_full: false, ..kept() };
    let notes = said(lab(config), |lab| {
        lab.send("a", udp(A, S));
        let sent = lab.last[0].1.clone();
        lab.send("b", udp(B, S));
        let mut other_protocol = udp(A, S);
        other_protocol[9] = 47;
        lab.wires_told("a", &crate::packets::with_hops(other_protocol, 64));
        lab.send("a", fragments(&datagram(A, S, &[1; 100]), 5, 64)[1].clone());
        let mut broken = error("203.0.113.80", "203.0.113.5", 3, 3, &sent);
        *broken.last_mut().unwrap() ^= 1;
        lab.wires_told("s", &broken);
    });
    assert_eq!(
        notes[1..],
        [
            "table full (1 sessions): dropped",
            "IP protocol 47 is not translated: dropped",
            "fragment before the first of its packet: held back until that comes",
            "ICMP error with a wrong checksum: dropped",
        ]
    );
}

#[test]
fn a_nat_without_an_outside_says_so() {
    let mut lab = lab_with(Nat::new(Config::rfc(), &["no-such-wire"]));
    assert_eq!(lab.send("a", udp(A, S)), format!("s: UDP {A} > {S}"));
    let tables = lab.wires.world.tables("nat").unwrap();
    assert!(tables.iter().any(|table| table.title == "sessions of a NAT without an outside"));
}
