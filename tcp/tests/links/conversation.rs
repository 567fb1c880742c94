//! What is asked of each link, over IPv4 and over IPv6.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::bytes::hash_of;
use crate::peer::{EXCHANGES, FLOODS, IS_RESET, OURS, REFUSES, RESETS, THEIRS};
use crate::process::Process;
use crate::room::{Ends, Room, VLAN, Wires, tshark};

const LIMIT: Duration = Duration::from_secs(120);

/// How many bytes go each way.
pub(crate) fn bytes() -> u64 {
    if std::env::var_os("BAREWIRE_LONG").is_some() { 10_000_000 } else { 1_000_000 }
}

#[test]
fn the_raw_link() {
    both_versions("the_raw_link", "raw");
}

#[test]
fn the_layer_3_link() {
    both_versions("the_layer_3_link", "layer3");
}

#[test]
fn the_tun_device() {
    both_versions("the_tun_device", "tun");
}

#[test]
fn the_data_link() {
    both_versions("the_data_link", "datalink");
}

#[test]
fn the_data_link_in_a_vlan() {
    both_versions("the_data_link_in_a_vlan", "vlan");
}

fn both_versions(test: &str, link: &str) {
    for version in [4, 6] {
        let Some(room) = Room::raise(test, link, Wires::default()) else { return };
        converse(&room, link, version, bytes());
        a_full_queue(&room, link, version);
    }
}

/// The whole conversation; the longest wait for bytes is less than a second.
pub(crate) fn converse(room: &Room, link: &str, version: u8, bytes: u64) {
    let (mut peer, mut ours, recorder) = begin(room, link, version, bytes, 0);
    let what = format!("{link}, IPv{version}");
    let hashes = [OURS, THEIRS].map(|seed| hash_of(seed, bytes));
    ours.wait_for(&format!("ours sent {bytes} bytes {}", hashes[0]), LIMIT);
    ours.wait_for(&format!("ours received {bytes} bytes {}", hashes[1]), LIMIT);
    peer.wait_for(&format!("peer {EXCHANGES}: received {bytes} bytes {}", hashes[0]), LIMIT);
    let took = ours.wait_for("ours took", LIMIT);
    let longest: u64 = took.rsplit(' ').nth(1).and_then(|text| text.parse().ok()).expect("milliseconds");
    println!("{what}, {bytes} bytes each way: {took}");
    assert!(longest < 1000, "{what}: {took}");
    ours.wait_for("ours is reset: Err(ConnectionReset)", LIMIT);
    ours.wait_for("ours resets", LIMIT);
    peer.wait_for(&format!("peer {IS_RESET}: read gave Err(ConnectionReset)"), LIMIT);
    ours.wait_for("ours refused: Err(ConnectionRefused)", LIMIT);
    ours.wait_for("ours drops: 0", LIMIT);
    ours.finish(LIMIT);
    if let Some((space, recorder)) = recorder {
        room.stop(recorder, space);
        judge(room, space, Ends::of(link, version), &what);
    }
    peer.finish(Duration::from_millis(1));
}

/// Starts both ends, and a recorder where there is a device to record.
fn begin(
    room: &Room,
    link: &str,
    version: u8,
    bytes: u64,
    queue: usize,
) -> (Process, Process, Option<(&'static str, Process)>) {
    let ends = Ends::of(link, version);
    let role = format!("end {link} {version} {bytes} {queue}");
    let peer = format!("peer {} {bytes}", ends.theirs);
    room.make_tun(version);
    let recorder = (queue == 0).then(|| ("far.pcap", room.record(room.far(), room.device(), "far.pcap")));
    let mut peer = room.process(room.far(), &peer);
    peer.wait_for("listening", Duration::from_secs(20));
    let mut ours = room.process("near", &role);
    ours.wait_for("open", Duration::from_secs(20));
    (peer, ours, recorder)
}

/// What tshark says of the capture at the kernel's end.
fn judge(room: &Room, name: &str, ends: Ends, what: &str) {
    let file = room.path(name);
    assert_eq!(tshark(&file, "_ws.malformed", &["frame.number"]), Vec::<String>::new(), "{what}: malformed");
    let source = if ends.ours.is_ipv4() { "ip.src" } else { "ipv6.src" };
    let ending = tshark(
        &file,
        "tcp.flags.reset == 1 || tcp.flags.fin == 1",
        &[source, "tcp.flags.reset", "tcp.srcport", "tcp.dstport"],
    );
    let (mut closed, mut resets) = (BTreeSet::new(), 0);
    for segment in &ending {
        let fields: Vec<&str> = segment.split('\t').collect();
        let &[from, is_reset, from_port, to_port] = &fields[..] else { panic!("{segment}") };
        let is_from_us = from == ends.ours.to_string();
        let port: u16 = if is_from_us { to_port } else { from_port }.parse().expect("a port");
        if !matches!(is_reset, "1" | "True") {
            closed.insert((is_from_us, port));
            continue;
        }
        // The kernel forgets a connection with the ACK of its FIN. If that FIN came twice, our second ACK finds none.
        let is_over = closed.contains(&(true, port)) && closed.contains(&(false, port));
        let allowed = if is_from_us { port == IS_RESET } else { matches!(port, RESETS | REFUSES) || is_over };
        assert!(allowed, "{what}: a reset that nobody sent: {segment}, of {ending:?}");
        resets += 1;
    }
    assert!(resets >= 3, "{what}: {ending:?}");
    if ends.ours.is_ipv4() {
        let ours = format!("ip.src == {} && tcp", ends.ours);
        let fragmentable = tshark(&file, &format!("{ours} && ip.flags.df == 0"), &["frame.number"]);
        assert_eq!(fragmentable, Vec::<String>::new(), "{what}: ours may not be cut on the way");
    }
}

/// The queue before us has room for a few packets (a TUN device counts packets, sockets count bytes), and the reader is
/// slow. Packets are lost, and counted; what arrives
/// is right.
fn a_full_queue(room: &Room, link: &str, version: u8) {
    let bytes = 1_000_000;
    if link == "tun" {
        room.within("near", &["ip", "link", "del", "tun0"]);
    }
    let (mut peer, mut ours, _) = begin(room, link, version, bytes, 4096);
    ours.wait_for(&format!("ours received {bytes} bytes {}", hash_of(THEIRS, bytes)), LIMIT);
    let drops = ours.wait_for("ours drops:", LIMIT);
    let count: u64 = drops.rsplit(' ').next().and_then(|text| text.parse().ok()).expect("a number");
    println!("{link}, IPv{version}, a queue of 4096 bytes: {drops}");
    assert!(count > 0, "{link}, IPv{version}: nothing was lost");
    peer.wait_for(&format!("peer {FLOODS}: received {bytes} bytes {}", hash_of(OURS, bytes)), LIMIT);
    peer.finish(Duration::from_millis(1));
    ours.finish(LIMIT);
}

/// The judge of the tags: what is on the tagged wire, both ways.
#[test]
fn the_tag_is_on_the_wire() {
    let Some(room) = Room::raise("the_tag_is_on_the_wire", "vlan", Wires::default()) else { return };
    let recorder = room.record("near", "eth0", "near.pcap");
    converse(&room, "vlan", 4, 100_000);
    room.stop(recorder, "near.pcap");
    let tags = tshark(&room.path("near.pcap"), "ip || arp", &["vlan.id", "eth.src"]);
    assert!(tags.len() > 50, "{tags:?}");
    let strays = tags.iter().filter(|line| line.split('\t').next() != Some(&VLAN.to_string())).count();
    assert_eq!(strays, 0, "{tags:?}");
}
