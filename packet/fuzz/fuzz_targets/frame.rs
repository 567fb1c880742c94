//! Any frames of any link type: opened, drawn, their packets read and written again, their pieces put together, ICMP
//! read.
//!
//! The input is a row of frames: which link type (one byte, by place in the table), how many bytes are missing, a
//! length, bytes.
#![no_main]

use std::time::Duration;

use barewire_dissect::record;
use barewire_packet::frame::linktype::TABLE;
use barewire_packet::frame::{Network, dissect, open};
use barewire_packet::icmp::{self, Icmp, Version};
use barewire_packet::ip::{Defragmenter, Fragments, IpHeader, IpPacket, captured_packet};
use barewire_packet::udp::{self, Datagram};
use libfuzzer_sys::fuzz_target;

/// The bound that the defragmenter promises.
const MOST_HELD: usize = 4 << 20;

fuzz_target!(|input: &[u8]| {
    let mut defragmenter = Defragmenter::new();
    let mut rest = input;
    let mut time = Duration::from_secs(1_700_000_000);
    while let [link_type, missing, length, after @ ..] = rest {
        let link_type = TABLE.get(usize::from(*link_type)).map_or(u16::from(*link_type) << 8, |l| l.number);
        // A length of 255 takes all that is left.
        let length = if *length == 255 { after.len() } else { after.len().min(usize::from(*length)) };
        let (frame, next) = after.split_at(length);
        time += Duration::from_secs(u64::from(*missing) / 16);
        see(&mut defragmenter, time, link_type, frame, usize::from(missing % 4));
        rest = next;
    }
});

fn see(defragmenter: &mut Defragmenter, time: Duration, link_type: u16, frame: &[u8], missing: usize) {
    let opened = open(link_type, frame, (frame.len() + missing) as u32);
    let (named, tree) = dissect(link_type, frame);
    assert_eq!((&opened.network, opened.offset, opened.missing), (&named.network, named.offset, missing));
    assert_eq!((tree.len, tree.check_coverage()), (opened.offset, Ok(())));
    match opened.network {
        Network::Ip(packet) => {
            assert_eq!(packet, &frame[opened.offset..]);
            see_packet(defragmenter, time, packet, missing, 0);
        }
        Network::Arp(arp) => assert!(!arp.to_string().is_empty()),
        Network::Other(other) => assert!(!other.to_string().is_empty()),
    }
}

fn see_packet(defragmenter: &mut Defragmenter, time: Duration, bytes: &[u8], missing: usize, depth: usize) {
    let Ok(packet) = IpPacket::parse_captured(bytes, missing) else {
        assert!(IpPacket::parse(bytes).is_err());
        return;
    };
    let mut again = Vec::new();
    packet.write(&mut again);
    assert_eq!(again, bytes, "written as it was read");
    let (read, mut tree) = record(bytes, || captured_packet(bytes, missing).map(|(_, packet)| packet));
    assert_eq!(read.as_ref(), Ok(&packet));
    tree.len -= packet.payload.len() + packet.trailer.len();
    assert_eq!(tree.check_coverage(), Ok(()));
    if let IpHeader::V6(header) = &packet.header {
        let walked: usize = header.extension_headers().map(|header| header.bytes.len()).sum();
        assert_eq!(walked, header.extensions.len());
    }
    match defragmenter.receive(time, &packet) {
        Fragments::NotAFragment => see_payload(&packet),
        Fragments::Whole { packet } => {
            assert!(packet.len() <= 65_535 + 40);
            // Fragments of fragments are a packet again, 8 bytes shorter each time.
            if depth < 4 {
                see_packet(defragmenter, time, &packet, 0, depth + 1);
            }
        }
        _ => {}
    }
    assert!(defragmenter.held() <= MOST_HELD);
}

fn see_payload(packet: &IpPacket<'_>) {
    let (source, destination) = (packet.header.source(), packet.header.final_destination());
    let protocol = packet.header.protocol();
    if let Some(version) = Version::of_protocol(protocol) {
        let (icmp, tree) = icmp::dissect(version, packet.payload);
        if let Ok(icmp) = icmp {
            assert_eq!(tree.check_coverage(), Ok(()));
            assert!(!icmp.to_string().is_empty());
            let _ = icmp.verify(source, destination, packet.payload);
            assert_eq!(Icmp::parse(version, packet.payload), Ok(icmp));
        }
    }
    if protocol == udp::PROTOCOL
        && let Ok(datagram) = Datagram::parse(packet.payload)
    {
        let _ = datagram.verify(source, destination, packet.payload);
        let mut again = Vec::new();
        datagram.write(&mut again);
        assert_eq!(again, packet.payload);
    }
}
