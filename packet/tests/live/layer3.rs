//! The layer 3 link: what leaves is what was made, and what comes in is given once.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use barewire_packet::build::{datagram, fragments};
use barewire_packet::icmp::{Icmp, Message, Version, echo_packet};
use barewire_packet::ip::IpPacket;
use barewire_packet::link::Link;
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};

use crate::segment::{ACK, RST, SYN, Segment};
use crate::space::{Pair, Space, without_privilege};

fn open() -> Layer3Link {
    Layer3Link::open(&Layer3Options::default()).unwrap()
}

/// The next packet that `wanted` makes something of, within ten seconds.
fn hear<T>(link: &mut Layer3Link, wanted: impl Fn(&IpPacket<'_>, &[u8]) -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    while let Some(bytes) = link.receive(Some(deadline)).unwrap() {
        if let Some(found) = IpPacket::parse(&bytes).ok().and_then(|packet| wanted(&packet, &bytes)) {
            return found;
        }
    }
    panic!("it did not come in ten seconds");
}

/// All that comes before a datagram to port 9 with this text, and not that one.
fn until(link: &mut Layer3Link, marker: &[u8]) -> Vec<Vec<u8>> {
    let (deadline, mut heard) = (Instant::now() + Duration::from_secs(10), Vec::new());
    while let Some(bytes) = link.receive(Some(deadline)).unwrap() {
        if bytes.ends_with(marker) {
            return heard;
        }
        heard.push(bytes);
    }
    panic!("the marker did not come in ten seconds");
}

#[test]
fn a_handshake_by_hand_with_the_kernel() {
    let Some(space) = Space::raise("a_handshake_by_hand_with_the_kernel", &[]) else { return };
    for here in ["127.0.0.1:0", "[::1]:0"] {
        space.run(move || {
            let listener = TcpListener::bind(here).unwrap();
            let to = listener.local_addr().unwrap();
            let mut link =
                Layer3Link::open(&Layer3Options { guarded: vec![0], ..Layer3Options::default() }).unwrap();
            let from = SocketAddr::new(to.ip(), link.ports()[0]);
            let syn = Segment { from, to, seq: 1000, ack: 0, flags: SYN };
            link.send(&syn.packet(b"")).unwrap();
            let (syn_ack, _) = hear(&mut link, |_, bytes| Segment::read(bytes).filter(|(s, _)| s.from == to));
            assert_eq!((syn_ack.ack, syn_ack.flags), (1001, SYN | ACK));
            let ack = Segment { seq: 1001, ack: syn_ack.seq + 1, flags: ACK, ..syn };
            link.send(&ack.packet(b"hello")).unwrap();
            let (mut stream, peer) = listener.accept().unwrap();
            assert_eq!(peer, from);
            let mut text = [0; 5];
            stream.read_exact(&mut text).unwrap();
            assert_eq!(&text, b"hello");
            // Nobody but us has reset it: it still takes what we send, and that is the reset.
            link.send(&Segment { seq: 1006, flags: RST, ..ack }.packet(b"")).unwrap();
            assert_eq!(stream.read(&mut text).unwrap_err().kind(), ErrorKind::ConnectionReset);
        });
    }
}

/// Without a guard the kernel answers the SYN-ACK, and then the peer takes nothing more from us.
#[test]
fn a_port_without_a_guard_is_reset() {
    let Some(space) = Space::raise("a_port_without_a_guard_is_reset", &[]) else { return };
    space.run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (mut link, to) = (open(), listener.local_addr().unwrap());
        let from = SocketAddr::new(to.ip(), 2000);
        link.send(&Segment { from, to, seq: 1000, ack: 0, flags: SYN }.packet(b"")).unwrap();
        let reset = |_: &IpPacket<'_>, bytes: &[u8]| Segment::read(bytes).filter(|(s, _)| s.flags & RST != 0);
        let (reset, _) = hear(&mut link, reset);
        assert_eq!((reset.from, reset.to, reset.seq), (from, to, 1001));
    });
}

#[test]
fn each_packet_of_the_loopback_is_heard_once_and_as_it_was_sent() {
    let test = "each_packet_of_the_loopback_is_heard_once_and_as_it_was_sent";
    let Some(space) = Space::raise(test, &[]) else { return };
    space.run(|| {
        let _here = UdpSocket::bind("127.0.0.1:9").unwrap();
        let _here_too = UdpSocket::bind("[::1]:9").unwrap();
        let mut link = open();
        for (from, to) in [("127.0.0.1:7", "127.0.0.1:9"), ("[::1]:7", "[::1]:9")] {
            let packets: Vec<Vec<u8>> =
                (0..5).map(|count| datagram(from, to, format!("number {count}").as_bytes())).collect();
            packets.iter().for_each(|packet| link.send(packet).unwrap());
            link.send(&datagram(from, to, b"the end")).unwrap();
            let heard = until(&mut link, b"the end");
            // The kernel gives a packet without one an identification, and sums the header anew.
            let heard: Vec<Vec<u8>> = heard.into_iter().map(without_identification).collect();
            let packets: Vec<Vec<u8>> = packets.into_iter().map(without_identification).collect();
            assert_eq!(heard, packets, "{from}");
        }
        assert_eq!((link.drops(), link.unsent()), (Some(0), 0));
    });
}

/// An IPv4 packet with zeros for the identification and the checksum.
fn without_identification(mut packet: Vec<u8>) -> Vec<u8> {
    if packet[0] >> 4 == 4 {
        packet[4..6].fill(0);
        packet[10..12].fill(0);
    }
    packet
}

#[test]
fn the_kernel_at_the_other_end_answers_a_ping() {
    let Some(pair) = Pair::raise("the_kernel_at_the_other_end_answers_a_ping", &[]) else { return };
    for (here, there) in [("10.91.0.1", "10.91.0.2"), ("fd91::1", "fd91::2")] {
        pair.left.run(move || {
            let (here, there) = (here.parse().unwrap(), there.parse().unwrap());
            let mut link = open();
            link.send(&echo_packet(here, there, false, (7, 1), b"is anybody there?")).unwrap();
            let answer = hear(&mut link, |packet, _| {
                let version = Version::of_protocol(packet.header.protocol())?;
                let icmp = Icmp::parse(version, packet.payload).ok()?;
                matches!(icmp.kind, 0 | 129)
                    .then(|| (packet.header.source(), icmp.message, packet.payload[8..].to_vec()))
            });
            let message = Message::Echo { identifier: 7, sequence: 1 };
            assert_eq!(answer, (there, message, b"is anybody there?".to_vec()));
        });
    }
}

/// A source that is not ours leaves as it was written, and so do the pieces of a packet.
#[test]
fn a_forged_source_and_fragments_leave_as_they_are_made() {
    let test = "a_forged_source_and_fragments_leave_as_they_are_made";
    let Some(pair) = Pair::raise(test, &[]) else { return };
    for (from, to) in [("10.91.0.77:7", "10.91.0.2:9"), ("[fd91::77]:7", "[fd91::2]:9")] {
        let heard = pair.right.run(open);
        let whole = datagram(from, to, &[b'x'; 2000]);
        let pieces = fragments(&whole, 4711, 800);
        assert_eq!(pieces.len(), 3);
        let sent = pieces.clone();
        pair.left.run(move || {
            let mut link = open();
            sent.iter().for_each(|piece| link.send(piece).unwrap());
            link.send(&datagram(from, to, b"the end")).unwrap();
        });
        let heard = pair.right.run(move || {
            let mut heard = heard;
            until(&mut heard, b"the end")
        });
        let from_there = |bytes: &Vec<u8>| {
            let source = IpPacket::parse(bytes).unwrap().header.source();
            source == from.parse::<SocketAddr>().unwrap().ip()
        };
        assert_eq!(heard.into_iter().filter(from_there).collect::<Vec<_>>(), pieces, "{from}");
    }
}

/// A sender that leaves cutting to its network card sends more than an MTU at once, with an unfinished checksum.
#[test]
fn a_large_packet_of_the_kernel_is_whole() {
    let Some(pair) = Pair::raise("a_large_packet_of_the_kernel_is_whole", &[]) else { return };
    let mut listening = pair.right.run(open);
    let listener = pair.right.run(|| TcpListener::bind("10.91.0.2:80").unwrap());
    pair.left.run(|| {
        let mut stream = TcpStream::connect("10.91.0.2:80").unwrap();
        stream.write_all(&[b'x'; 200_000]).unwrap_or_default();
    });
    drop(listener);
    let largest = pair
        .right
        .run(move || hear(&mut listening, |_, bytes| (bytes.len() > 1500).then_some(bytes.to_vec())));
    let (_, text) = Segment::read(&largest).unwrap();
    assert!(text.iter().all(|byte| *byte == b'x') && text.len() > 1460, "{}", text.len());
}

#[test]
fn what_cannot_be_sent_is_an_error_that_says_so() {
    let Some(pair) = Pair::raise("what_cannot_be_sent_is_an_error_that_says_so", &[]) else { return };
    pair.left.run(|| {
        let mut link = open();
        let ends = [("10.91.0.1:7", "10.91.0.2:9", "1,528"), ("[fd91::1]:7", "[fd91::2]:9", "1,548")];
        for (from, to, bytes) in ends {
            let error = link.send(&datagram(from, to, &[0; 1500])).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(
                error.to_string(),
                format!("a packet of {bytes} bytes is too large for the interface")
            );
        }
        for bytes in [&[][..], &[0x45; 19], &[0x60; 39], &[0x75; 60]] {
            let error = link.send(bytes).unwrap_err();
            assert!(error.to_string().contains("no destination"), "{error}");
        }
        let nowhere = link.send(&datagram("10.91.0.1:7", "192.0.2.1:9", b"")).unwrap_err();
        assert_eq!(nowhere.kind(), ErrorKind::NetworkUnreachable);
        let no_device = Layer3Options { device: Some("eth7".into()), ..Layer3Options::default() };
        let error = Layer3Link::open(&no_device).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("eth7"), "{error}");
    });
}

#[test]
fn without_the_privilege_the_ways_out_are_named() {
    let Some(space) = Space::raise("without_the_privilege_the_ways_out_are_named", &[]) else { return };
    space.run(|| {
        without_privilege();
        let error = Layer3Link::open(&Layer3Options::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        for way in ["CAP_NET_RAW", "sudo", "setcap cap_net_raw+ep", "barewire lab"] {
            assert!(error.to_string().contains(way), "{error}");
        }
    });
}

/// One device of two is heard, and packets leave through it.
#[test]
fn a_link_of_one_device() {
    let Some(pair) = Pair::raise("a_link_of_one_device", &[]) else { return };
    pair.left.run(|| {
        let options = Layer3Options { device: Some("eth0".into()), ..Layer3Options::default() };
        let (mut of_device, mut of_all) = (Layer3Link::open(&options).unwrap(), open());
        let (local, wire) = (("127.0.0.1:7", "127.0.0.1:9"), ("10.91.0.1", "10.91.0.2"));
        of_all.send(&datagram(local.0, local.1, b"only here")).unwrap();
        let [here, there] = [wire.0, wire.1].map(|address| address.parse().unwrap());
        of_device.send(&echo_packet(here, there, false, (7, 1), b"")).unwrap();
        let first = |packet: &IpPacket<'_>, _: &[u8]| {
            packet.header.source().is_ipv4().then(|| packet.header.source())
        };
        assert_eq!(hear(&mut of_device, first), there);
        assert_eq!(hear(&mut of_all, first).to_string(), "127.0.0.1");
        // A neighbour's address is known on one link only: the device says on which.
        let multicast = ["fe80::1", "ff02::1"].map(|address| address.parse().unwrap());
        of_device.send(&echo_packet(multicast[0], multicast[1], false, (7, 1), b"")).unwrap();
    });
}
