//! The raw link: what it is given and what not, what is lost, and that the kernel stays quiet.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use barewire_packet::build::fragments;
use barewire_packet::icmp::{self, Icmp, Version, echo_packet, error_packet};
use barewire_packet::ip::IpPacket;
use barewire_packet::link::Link;
use barewire_packet::link::guard::{Guard, GuardKind};
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};
use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_packet::link::tap::{Tap, TapOptions};

use crate::segment::{ACK, RST, SYN, Segment};
use crate::space::{Pair, Space};

/// Both ends of the pair, in each version.
const ENDS: [(&str, &str); 2] = [("10.91.0.1", "10.91.0.2"), ("fd91::1", "fd91::2")];

const KINDS: [GuardKind; 2] = [GuardKind::Filter, GuardKind::MinimumTimeToLive];

fn at(address: &str, port: u16) -> SocketAddr {
    SocketAddr::new(address.parse().unwrap(), port)
}

fn layer3() -> Layer3Link {
    Layer3Link::open(&Layer3Options::default()).unwrap()
}

fn raw(address: &str, options: &RawOptions) -> RawLink {
    RawLink::open(address.parse().unwrap(), &RawOptions { ephemeral: 0, ..options.clone() }).unwrap()
}

fn of_port(port: u16) -> RawOptions {
    RawOptions { ports: vec![port], ..RawOptions::default() }
}

fn next(link: &mut impl Link) -> Vec<u8> {
    link.receive(Some(Instant::now() + Duration::from_secs(10))).unwrap().expect("a packet in ten seconds")
}

/// All that is there now.
fn waiting(link: &mut impl Link) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| link.receive(Some(Instant::now())).unwrap()).collect()
}

/// The next segment that `wanted` likes.
fn segment(link: &mut impl Link, wanted: impl Fn(&Segment) -> bool) -> Segment {
    loop {
        if let Some((segment, _)) = Segment::read(&next(link)).filter(|(segment, _)| wanted(segment)) {
            return segment;
        }
    }
}

/// Asks the kernel at `there` to answer something that it does answer, and gives the segments that came before that.
/// Packets of one sender are worked on in their order.
fn segments_until_now(link: &mut Layer3Link, here: IpAddr, there: IpAddr) -> Vec<Segment> {
    link.send(&echo_packet(here, there, false, (7, 7), b"")).unwrap();
    let mut segments = Vec::new();
    loop {
        let bytes = next(link);
        let packet = IpPacket::parse(&bytes).unwrap();
        let version = Version::of_protocol(packet.header.protocol());
        let icmp = version.and_then(|version| Icmp::parse(version, packet.payload).ok());
        if icmp.is_some_and(|icmp| matches!(icmp.kind, 0 | 129)) {
            return segments;
        }
        segments.extend(Segment::read(&bytes).map(|(segment, _)| segment));
    }
}

/// The guard of each kind, in each version: the kernel answers neither a SYN nor a SYN-ACK nor an ACK.
#[test]
fn with_a_guard_the_kernel_answers_nothing() {
    let Some(pair) = Pair::raise("with_a_guard_the_kernel_answers_nothing", &[]) else { return };
    for (here, there) in ENDS {
        for kind in KINDS {
            let guard = pair.right.run(move || Guard::open_as(kind, there.parse().unwrap(), 0).unwrap());
            assert_eq!(guard.kind(), kind);
            let port = guard.port();
            pair.left.run(move || {
                let mut link = layer3();
                let (from, to) = (at(here, 99), at(there, port));
                for flags in [SYN, SYN | ACK, ACK] {
                    link.send(&Segment { from, to, seq: 5, ack: 5, flags }.packet(b"")).unwrap();
                }
                let answers = segments_until_now(&mut link, from.ip(), to.ip());
                assert_eq!(answers, [], "{kind:?} at {to}");
                // Where nobody is on guard, each of them is answered by a reset.
                let to = at(there, 1);
                for flags in [SYN, SYN | ACK, ACK] {
                    link.send(&Segment { from, to, seq: 5, ack: 5, flags }.packet(b"")).unwrap();
                }
                let answers = segments_until_now(&mut link, from.ip(), to.ip());
                assert!(answers.len() == 3 && answers.iter().all(|answer| answer.flags & RST != 0));
            });
        }
    }
}

/// A segment from a port that has no guard is refused: the kernel would get its answer, and we would not.
#[test]
fn a_port_without_a_guard_sends_nothing() {
    let Some(pair) = Pair::raise("a_port_without_a_guard_sends_nothing", &[]) else { return };
    for (here, there) in ENDS {
        pair.left.run(move || {
            let mut link = raw(here, &of_port(4000));
            let syn =
                |port| Segment { from: at(here, port), to: at(there, 80), seq: 1000, ack: 0, flags: SYN };
            let refused = link.send(&syn(4001).packet(b"")).unwrap_err();
            let says = "port 4001 has no guard: the kernel would reset the connection. \
                        The ports of this link are [4000]";
            assert!(refused.kind() == ErrorKind::InvalidInput && refused.to_string().starts_with(says));
            link.send(&syn(4000).packet(b"")).unwrap();
            // Nobody listens there.
            let answer = segment(&mut link, |_| true);
            assert_eq!((answer.flags, answer.ack, answer.to), (RST | ACK, 1001, at(here, 4000)));
        });
    }
}

/// The one reset that the peer gets is ours.
#[test]
fn our_own_reset_leaves() {
    let Some(pair) = Pair::raise("our_own_reset_leaves", &[]) else { return };
    for (here, there) in ENDS {
        let mut tap = pair
            .right
            .run(|| Tap::open(&TapOptions { device: Some("eth0".into()), ..TapOptions::default() }).unwrap());
        let listener = pair.right.run(move || TcpListener::bind(at(there, 80)).unwrap());
        pair.left.run(move || {
            let mut link = RawLink::open(here.parse().unwrap(), &RawOptions::default()).unwrap();
            let (from, to) = (at(here, link.ports()[3]), at(there, 80));
            let syn = Segment { from, to, seq: 1000, ack: 0, flags: SYN };
            link.send(&syn.packet(b"")).unwrap();
            let syn_ack = segment(&mut link, |segment| segment.flags == SYN | ACK);
            let ack = Segment { seq: 1001, ack: syn_ack.seq.wrapping_add(1), flags: ACK, ..syn };
            link.send(&ack.packet(b"hello")).unwrap();
            // The kernel has our text when it has acknowledged it.
            segment(&mut link, |segment| segment.ack == 1006);
            link.send(&Segment { seq: 1006, flags: RST | ACK, ..ack }.packet(b"")).unwrap();
        });
        let outcome = pair.right.run(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut text = Vec::new();
            (stream.read_to_end(&mut text).unwrap_err().kind(), text)
        });
        assert_eq!(outcome, (ErrorKind::ConnectionReset, b"hello".to_vec()));
        let mut resets = Vec::new();
        while let Some(heard) = tap.receive(Some(Instant::now())).unwrap() {
            let segment = Segment::read(&heard.bytes[14..]).map(|(segment, _)| segment);
            resets.extend(segment.filter(|segment| segment.flags & RST != 0).map(|segment| segment.seq));
        }
        assert_eq!(resets, [1006], "{here}");
    }
}

/// The same packet with an option of four bytes in its IPv4 header: three that say nothing, and the end.
fn with_options(packet: &[u8]) -> Vec<u8> {
    let mut packet = [&packet[..20], &[1, 1, 1, 0], &packet[20..]].concat();
    packet[0] = 0x46;
    let length = packet.len() as u16;
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    packet
}

/// A queue with room for a few segments does not overflow by those of others.
#[test]
fn segments_of_others_do_not_come_into_the_queue() {
    let test = "segments_of_others_do_not_come_into_the_queue";
    let Some(space) = Space::raise(test, &[]) else { return };
    for here in ["127.0.0.1", "::1"] {
        space.run(move || {
            let mut link = raw(here, &RawOptions { receive_buffer: 4096, ..of_port(80) });
            let mut others = layer3();
            let to_port = |port, seq| {
                Segment { from: at(here, 7), to: at(here, port), seq, ack: 0, flags: RST }.packet(&[7; 900])
            };
            for seq in 0..500 {
                others.send(&to_port(81, seq)).unwrap();
                if here == "127.0.0.1" {
                    others.send(&with_options(&to_port(81, seq))).unwrap();
                }
            }
            let ours = to_port(80, 4711);
            others.send(&if here == "127.0.0.1" { with_options(&ours) } else { ours }).unwrap();
            assert_eq!(segment(&mut link, |_| true).seq, 4711);
            assert_eq!(waiting(&mut link), Vec::<Vec<u8>>::new());
            assert_eq!(link.drops(), Some(0), "{here}");
        });
    }
}

/// What the queue has no room for is counted, to the segment.
#[test]
fn what_is_dropped_is_counted() {
    let Some(space) = Space::raise("raw: what_is_dropped_is_counted", &[]) else { return };
    for here in ["127.0.0.1", "::1"] {
        space.run(move || {
            let mut link = raw(here, &RawOptions { receive_buffer: 16_384, ..of_port(80) });
            let mut peer = layer3();
            for seq in 0..500 {
                let segment = Segment { from: at(here, 7), to: at(here, 80), seq, ack: 0, flags: RST };
                peer.send(&segment.packet(&[7; 900])).unwrap();
            }
            let heard = waiting(&mut link).len() as u64;
            let drops = link.drops().unwrap();
            assert!(heard > 0 && drops > 0, "{heard} heard, {drops} dropped");
            assert_eq!(heard + drops, 500, "{here}");
        });
    }
}

/// A TCP finds the MTU of its path by errors of ICMP. Those about the segments of other programs are not given.
#[test]
fn icmp_errors_about_our_segments_come_and_no_others() {
    let test = "icmp_errors_about_our_segments_come_and_no_others";
    let Some(pair) = Pair::raise(test, &[]) else { return };
    for (here, there) in ENDS {
        let mut link = pair.left.run(move || raw(here, &of_port(80)));
        let about = move |port: u16, word| {
            let (kind, code) = if here.contains(':') { (2, 0) } else { (3, 4) };
            let ours = Segment { from: at(here, port), to: at(there, 9), seq: 5, ack: 5, flags: ACK };
            let mut quoted = ours.packet(&[7; 600]);
            if port == 80 && !here.contains(':') {
                quoted = with_options(&quoted);
            }
            let (here, there) = (here.parse().unwrap(), there.parse().unwrap());
            error_packet(there, here, icmp::ErrorKind { kind, code, word }, &quoted)
        };
        pair.right.run(move || {
            let mut link = layer3();
            let [here, there] = [here, there].map(|address| address.parse().unwrap());
            link.send(&about(81, 1300)).unwrap();
            link.send(&echo_packet(there, here, false, (80, 80), &[80; 100])).unwrap();
            link.send(&about(80, 1280)).unwrap();
            link.send(&about(82, 1400)).unwrap();
        });
        let packet = next(&mut link);
        let packet = IpPacket::parse(&packet).unwrap();
        let version = Version::of_protocol(packet.header.protocol()).unwrap();
        let icmp = Icmp::parse(version, packet.payload).unwrap();
        let icmp::Message::Error { mtu, quoted: Some(quoted) } = icmp.message else { panic!("{icmp}") };
        assert_eq!((mtu, quoted.ports, quoted.seq), (Some(1280), Some((80, 9)), Some(5)));
        let verdict = icmp.verify(packet.header.source(), packet.header.destination(), packet.payload);
        assert_eq!(verdict, barewire_packet::checksum::Verdict::Correct);
        // The last one was on its way before this question, so it has come when there is an answer.
        pair.left.run(move || {
            let mut link = layer3();
            segments_until_now(&mut link, here.parse().unwrap(), there.parse().unwrap());
        });
        assert_eq!(waiting(&mut link), Vec::<Vec<u8>>::new(), "{here}");
    }
}

/// The kernel puts fragments together before it gives them to a raw socket. Marks on the way survive.
#[test]
fn a_segment_in_fragments_comes_whole() {
    let Some(pair) = Pair::raise("a_segment_in_fragments_comes_whole", &[]) else { return };
    for (here, there) in ENDS {
        let mut link = pair.left.run(move || raw(here, &of_port(80)));
        let sent = Segment { from: at(there, 9), to: at(here, 80), seq: 5, ack: 0, flags: ACK };
        let text: Vec<u8> = (0..3000).map(|count| count as u8).collect();
        let packet = sent.packet(&text);
        pair.right.run(move || {
            let mut link = layer3();
            fragments(&packet, 4711, 1000).iter().for_each(|piece| link.send(piece).unwrap());
        });
        assert_eq!(Segment::read(&next(&mut link)), Some((sent, text)));
    }
}

/// What routers wrote into the header is in the packet that we get, also where the system gives it beside the bytes.
#[test]
fn marks_and_hops_are_in_the_packet() {
    let Some(pair) = Pair::raise("marks_and_hops_are_in_the_packet", &[]) else { return };
    for (here, there) in ENDS {
        let mut link = pair.left.run(move || raw(here, &of_port(80)));
        let sent = Segment { from: at(there, 9), to: at(here, 80), seq: 5, ack: 0, flags: ACK };
        let mut packet = sent.packet(b"marked");
        // Congestion experienced, and a service of 46; 33 hops left.
        let mark = 46 << 2 | 3;
        if there.contains(':') {
            packet[0] |= mark >> 4;
            packet[1] |= mark << 4;
            packet[7] = 33;
        } else {
            packet[1] = mark;
            packet[8] = 33;
        }
        let wanted = packet.clone();
        pair.right.run(move || layer3().send(&packet).unwrap());
        let mut came = next(&mut link);
        if !there.contains(':') {
            // The kernel of the sender gives it an identification, and sums the header.
            came[4..6].fill(0);
            came[10..12].copy_from_slice(&wanted[10..12]);
        }
        assert_eq!(came, wanted);
    }
}

/// Where the send queue stays full, packets are lost, and counted: nothing waits for ever, and nothing fails.
#[test]
fn a_full_send_queue() {
    let Some(pair) = Pair::raise("a_full_send_queue", &["tc"]) else { return };
    // Packets that wait for the neighbor's MAC address would not fill the queue.
    pair.left.run(|| {
        let mut link = layer3();
        for (here, there) in ENDS {
            segments_until_now(&mut link, here.parse().unwrap(), there.parse().unwrap());
        }
    });
    pair.left.must("tc qdisc add dev eth0 root tbf rate 8kbit burst 2000 limit 10000000");
    for (here, there) in ENDS {
        let (unsent, sent, after) = pair.left.run(move || {
            let mut link = raw(here, &of_port(80));
            let segment = Segment { from: at(here, 80), to: at(there, 9), seq: 5, ack: 0, flags: ACK };
            let sent = (1..2000).find(|_| {
                link.send(&segment.packet(&[7; 1400])).unwrap();
                link.unsent() > 0
            });
            let unsent = link.unsent();
            (0..300).for_each(|_| link.send(&segment.packet(&[7; 1400])).unwrap());
            (unsent, sent, link.unsent() - unsent)
        });
        assert_eq!(unsent, 1);
        // The device sends one in 1.4 s. If each of the 300 waited its 100 ms for room, twenty would find it.
        assert!(after > 290, "{after} of 300 found no room");
        assert!(sent.is_some_and(|sent| sent > 10), "{sent:?} segments filled the queue");
    }
}

/// A connection of the kernel waits there in TIME-WAIT. The link has the port all the same, also for the peer's port of
/// that connection.
#[test]
fn a_port_in_the_kernels_time_wait() {
    let Some(pair) = Pair::raise("a_port_in_the_kernels_time_wait", &["python3", "ss"]) else { return };
    for (here, there) in ENDS {
        let listener = pair.left.run(move || TcpListener::bind(at(here, 80)).unwrap());
        let mut client = pair.right.run(move || TcpStream::connect(at(here, 80)).unwrap());
        let peer = client.local_addr().unwrap();
        // The side that closes first is the one that waits.
        pair.left.run(move || drop((listener.accept().unwrap(), listener)));
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        drop(client);
        let waits = move || {
            let answer = std::process::Command::new("ss").args(["-Htan", "state", "time-wait"]).output();
            String::from_utf8_lossy(&answer.unwrap().stdout).contains(&format!(":{}", peer.port()))
        };
        while !pair.left.run(waits) {
            std::thread::yield_now();
        }

        let mut link = pair.left.run(move || raw(here, &of_port(80)));
        for from in [peer, SocketAddr::new(peer.ip(), 0)] {
            let script = format!(
                "import socket; s = socket.socket(socket.{}); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); \
                 s.bind(('{there}', {})); s.settimeout(10); s.connect(('{here}', 80)); s.sendall(b'hello'); s.recv(1)",
                if here.contains(':') { "AF_INET6" } else { "AF_INET" },
                from.port()
            );
            let mut python = pair
                .right
                .run(move || std::process::Command::new("python3").args(["-c", &script]).spawn().unwrap());
            let syn = segment(&mut link, |segment| segment.flags & SYN != 0);
            let answer = Segment {
                from: syn.to,
                to: syn.from,
                seq: 1000,
                ack: syn.seq.wrapping_add(1),
                flags: SYN | ACK,
            };
            link.send(&answer.packet(b"")).unwrap();
            let hello = loop {
                let packet = next(&mut link);
                let (segment, text) = Segment::read(&packet).unwrap();
                assert_eq!(segment.flags & RST, 0, "{segment:?}");
                if !text.is_empty() {
                    break text;
                }
            };
            assert_eq!(hello, b"hello");
            let text = Segment { seq: 1001, ack: answer.ack.wrapping_add(5), flags: ACK, ..answer };
            link.send(&text.packet(b"!")).unwrap();
            assert!(python.wait().unwrap().success());
        }
    }
}

/// A TCP connection of the kernel is not disturbed by a link on the same machine.
#[test]
fn connections_of_the_kernel_go_on() {
    let Some(pair) = Pair::raise("connections_of_the_kernel_go_on", &[]) else { return };
    let listener = pair.left.run(|| TcpListener::bind("10.91.0.1:8080").unwrap());
    let mut link = pair.left.run(|| raw("10.91.0.1", &of_port(80)));
    let mut client = pair.right.run(|| TcpStream::connect("10.91.0.1:8080").unwrap());
    let (mut server, _) = listener.accept().unwrap();
    client.write_all(b"hello").unwrap();
    let mut text = [0; 5];
    server.read_exact(&mut text).unwrap();
    assert_eq!((&text, waiting(&mut link).len()), (b"hello", 0));
}
