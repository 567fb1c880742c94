//! Frames, packets and files as tshark and tcpdump read them. Skipped loudly where these are not installed;
//! `BAREWIRE_REQUIRE_LIVE=1` forbids that.

mod common;

use barewire_packet::build::{FRAMINGS, Framing};
use barewire_packet::frame::{Network, linktype, open};
use barewire_packet::ip::IpPacket;
use barewire_packet::udp::Datagram;
use common::blocks::Blocks;
use common::{capture_of, conversation, hex, judges, rare_frames};

/// What both are asked of a frame: source, destination, and the UDP header.
const FIELDS: [&str; 7] =
    ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.srcport", "udp.dstport", "udp.length"];

/// The conversation in these framings: name, link type and frame.
fn framed(wanted: impl Fn(&Framing) -> bool) -> Vec<(&'static str, u16, Vec<u8>)> {
    let packets = conversation();
    let framings = FRAMINGS.iter().filter(|framing| wanted(framing));
    let frames = framings.flat_map(|framing| {
        let carried = packets.iter().filter(|packet| framing.carries(packet));
        carried.map(|packet| (framing.name, framing.link_type, framing.frame(packet)))
    });
    frames.collect()
}

#[test]
fn every_link_type() {
    if !judges::can_run("every_link_type", &["tshark"]) {
        return;
    }
    let rare = rare_frames().into_iter().map(|(name, link_type, frame, _)| (name, link_type, frame));
    let frames: Vec<_> =
        framed(|framing| framing.link_type != linktype::SLIP).into_iter().chain(rare).collect();
    let file = capture_of(frames.iter().map(|(_, link_type, frame)| (*link_type, &frame[..]))).write();
    let theirs = judges::tshark("every_link_type", &file, &[], &FIELDS);
    assert_eq!(theirs.len(), frames.len());
    for ((name, link_type, frame), theirs) in frames.iter().zip(theirs) {
        assert_eq!(fields_of(*link_type, frame), theirs, "{name}: {frame:02x?}");
    }
}

/// The attributes of NFLOG are in the byte order of the machine that captured. So is the file, and from that tcpdump
/// knows it; tshark 4.0 does not read these.
#[test]
fn nflog_of_a_big_endian_machine() {
    if !judges::can_run("nflog_of_a_big_endian_machine", &["tcpdump"]) {
        return;
    }
    let [packet, ..] = conversation();
    let mut frame = [&hex("02 00 0005 0008 0001 08000000 002a 0009"), &packet[..], &[0, 0]].concat();
    frame[13] = packet.len() as u8 + 4;
    let big = Blocks { big: true };
    let file =
        [big.section(), big.interface(linktype::NFLOG, 0, &[]), big.enhanced(0, 0, &frame, &[])].concat();
    let theirs = judges::tcpdump("nflog_big", &file).concat();
    assert!(theirs.contains("10.0.0.2.40000 > 10.0.0.53.4053: UDP, length 10"), "{theirs}");
    assert_eq!(fields_of(linktype::NFLOG, &frame)[4..], ["40000", "4053", "18"]);
}

/// tshark 4.0 has no reader for SLIP; tcpdump has.
#[test]
fn slip() {
    if !judges::can_run("slip", &["tcpdump"]) {
        return;
    }
    let frames = framed(|framing| framing.link_type == linktype::SLIP);
    let file = capture_of(frames.iter().map(|(_, link_type, frame)| (*link_type, &frame[..]))).write();
    let theirs = judges::tcpdump("slip", &file);
    assert_eq!(theirs.len(), frames.len());
    for ((_, link_type, frame), theirs) in frames.iter().zip(theirs) {
        let [a4, b4, a6, b6, from, to, length] = fields_of(*link_type, frame).try_into().unwrap();
        let payload = length.parse::<usize>().unwrap() - 8;
        let ours = format!("{a4}{a6}.{from} > {b4}{b6}.{to}: UDP, length {payload}");
        assert!(theirs.contains(&ours), "{ours:?} is not in {theirs:?}");
    }
}

fn fields_of(link_type: u16, frame: &[u8]) -> Vec<String> {
    let Network::Ip(bytes) = open(link_type, frame, frame.len() as u32).network else {
        return vec![String::new(); FIELDS.len()];
    };
    let packet = IpPacket::parse(bytes).unwrap();
    let udp = Datagram::parse(packet.payload).unwrap();
    let ends = [packet.header.source(), packet.header.destination()].map(|address| address.to_string());
    let none = [String::new(), String::new()];
    let ends = if bytes[0] >> 4 == 4 { [ends, none] } else { [none, ends] };
    let udp = [udp.source_port, udp.destination_port, udp.length].map(|number| number.to_string());
    [ends.concat(), udp.to_vec()].concat()
}
