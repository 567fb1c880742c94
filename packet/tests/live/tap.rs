//! The tap, beside tcpdump: the same bytes, the same times.

use std::io::ErrorKind;
use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use barewire_packet::capture::Capture;
use barewire_packet::checksum::Verdict;
use barewire_packet::frame::{Network, linktype, open};
use barewire_packet::ip::IpPacket;
use barewire_packet::link::Link;
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};
use barewire_packet::link::tap::{Heard, PacketType, Tap, TapOptions};
use barewire_packet::link::tun::{Tun, TunOptions};
use barewire_packet::udp::{self, Datagram};

use crate::space::{Pair, Space, without_privilege};

/// The port that the datagrams of these tests are for.
const PORT: u16 = 4711;

fn on(device: &str) -> TapOptions {
    TapOptions { device: Some(device.to_owned()), ..TapOptions::default() }
}

/// The datagram in a frame of these tests.
fn datagram(heard: &Heard) -> Option<(IpPacket<'_>, Datagram<'_>)> {
    let Network::Ip(bytes) = open(heard.link_type, &heard.bytes, heard.original_len as u32).network else {
        return None;
    };
    let packet = IpPacket::parse(bytes).ok().filter(|packet| packet.header.protocol() == udp::PROTOCOL)?;
    let datagram = Datagram::parse(packet.payload).ok()?;
    (datagram.destination_port == PORT).then_some((packet, datagram))
}

/// The next so many frames with such datagrams.
fn hear(tap: &mut Tap, count: usize) -> Vec<Heard> {
    let (deadline, mut heard) = (Instant::now() + Duration::from_secs(10), Vec::new());
    while heard.len() < count {
        let frame = tap.receive(Some(deadline)).unwrap().expect("a frame in ten seconds");
        if datagram(&frame).is_some() {
            heard.push(frame);
        }
    }
    heard
}

/// A tagged frame, priority 5, VLAN 100, for everybody.
fn tagged() -> Vec<u8> {
    let packet = barewire_packet::build::datagram("10.91.0.2:1", "10.91.0.1:4711", b"in VLAN 100");
    [&[0xff; 6][..], &[2, 0, 0, 0, 0, 9], &[0x81, 0x00, 0xa0, 100, 0x08, 0x00], &packet].concat()
}

#[test]
fn a_tap_hears_what_tcpdump_records() {
    let Some(pair) = Pair::raise("a_tap_hears_what_tcpdump_records", &["tcpdump", "python3"]) else { return };
    let file = std::env::temp_dir().join(format!("bwtap-{}.pcap", std::process::id()));
    let path = file.clone();
    let mut tcpdump = pair.left.run(move || {
        let filter = format!("udp port {PORT} or (vlan and udp port {PORT})");
        let mut command = Command::new("tcpdump");
        command.args(["-Z", "root", "-i", "eth0", "-n", "--immediate-mode", "-c", "7"]);
        command.args(["--time-stamp-precision=nano", "-w"]).arg(path).arg(filter);
        command.stderr(Stdio::piped()).spawn().unwrap()
    });
    wait_for_words(&mut tcpdump, "listening on");
    let mut tap = pair.left.run(|| Tap::open(&on("eth0")).unwrap());
    // Out, and in: from a kernel that leaves the checksum to its network card.
    for (here, there) in [("10.91.0.1:4711", "10.91.0.2:4711"), ("[fd91::1]:4711", "[fd91::2]:4711")] {
        let theirs = pair.right.run(move || UdpSocket::bind(there).unwrap());
        pair.left.run(move || {
            let ours = UdpSocket::bind(here).unwrap();
            ours.send_to(b"out", there).unwrap();
            let (count, from) = theirs.recv_from(&mut [0; 100]).unwrap();
            assert_eq!(count, 3);
            theirs.send_to(b"in", from).unwrap();
            theirs.send_to(&[b'x'; 1300], from).unwrap();
        });
    }
    // Python sends a frame as it is.
    let hex: String = tagged().iter().map(|byte| format!("{byte:02x}")).collect();
    let script = "import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('eth0', 0))";
    pair.right.run(move || {
        let script = format!("{script}; s.send(bytes.fromhex('{hex}'))");
        assert!(Command::new("python3").args(["-c", &script]).status().unwrap().success());
    });

    let heard = hear(&mut tap, 7);
    assert!(tcpdump.wait().unwrap().success());
    let capture = Capture::read(&std::fs::read(&file).unwrap()).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(capture.interfaces[0].link_type, linktype::ETHERNET);
    for (frame, heard) in capture.frames.iter().zip(&heard) {
        assert_eq!(heard.bytes, frame.bytes);
        assert_eq!((heard.original_len as u32, heard.time), (frame.original_len, frame.time));
        assert_eq!((heard.link_type, &*heard.device), (linktype::ETHERNET, "eth0"));
    }
    assert_eq!(capture.frames.len(), 7);
    assert_eq!(heard[6].bytes, tagged(), "the tag is back in its place");
    let (out, host, all) = (PacketType::Outgoing, PacketType::Host, PacketType::Broadcast);
    let types: Vec<PacketType> = heard.iter().map(|heard| heard.packet_type).collect();
    assert_eq!(types, [out, host, host, out, host, host, all]);
    for heard in &heard[..6] {
        let (packet, datagram) = datagram(heard).unwrap();
        let header = packet.header;
        let verdict = datagram.verify(header.source(), header.destination(), packet.payload);
        assert_eq!((verdict, heard.checksum_unfinished), (Verdict::Unfinished, true));
    }
    assert!(!heard[6].checksum_unfinished);
    assert_eq!(tap.drops(), Some(0));
}

fn wait_for_words(child: &mut std::process::Child, words: &str) {
    use std::io::{BufRead, BufReader};
    let mut output = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 && !line.contains(words) {
        line.clear();
    }
    assert!(line.contains(words), "it did not say {words:?}");
    // It goes on writing there.
    std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
}

/// On all devices, each frame says where it was: the loopback, where it is heard once, Ethernet, and a TUN device.
#[test]
fn a_tap_on_all_devices() {
    let Some(pair) = Pair::raise("a_tap_on_all_devices", &[]) else { return };
    pair.left.run(|| {
        let tun = Tun::open(&TunOptions {
            addresses: vec![("10.94.0.1".parse().unwrap(), 24)],
            ..TunOptions::default()
        });
        let mut tun = tun.unwrap();
        let mut tap = Tap::open(&TapOptions::default()).unwrap();
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        for to in ["127.0.0.1", "10.91.0.2", "10.94.0.2"] {
            socket.send_to(b"hello", (to, PORT)).unwrap();
        }
        tun.send(&barewire_packet::build::datagram("10.94.0.2:1", "10.94.0.1:4711", b"hello")).unwrap();
        let mut heard: Vec<_> = hear(&mut tap, 4)
            .into_iter()
            .map(|heard| (heard.device.to_string(), heard.link_type, heard.packet_type))
            .collect();
        // The one on the wire waits for the answer to "who has this address?".
        heard.sort_by_key(|(device, ..)| device.clone());
        let (out, host) = (PacketType::Outgoing, PacketType::Host);
        let wanted = [
            ("eth0".into(), linktype::ETHERNET, out),
            ("lo".into(), linktype::ETHERNET, host),
            (tun.name().to_owned(), linktype::RAW, out),
            (tun.name().to_owned(), linktype::RAW, host),
        ];
        assert_eq!(heard, wanted);
    });
}

/// What the queue has no room for is counted, to the frame.
#[test]
fn what_is_dropped_is_counted() {
    let Some(space) = Space::raise("what_is_dropped_is_counted", &[]) else { return };
    space.run(|| {
        let mut tap = Tap::open(&TapOptions { receive_buffer: 8192, ..on("lo") }).unwrap();
        let listener = UdpSocket::bind(("127.0.0.1", PORT)).unwrap();
        for _ in 0..1000 {
            listener.send_to(&[7; 500], ("127.0.0.1", PORT)).unwrap();
        }
        let mut heard = 0;
        while tap.receive(Some(Instant::now())).unwrap().is_some() {
            heard += 1;
        }
        let drops = tap.drops().unwrap();
        assert!(heard > 0 && drops > 0, "{heard} heard, {drops} dropped");
        assert_eq!(heard + drops, 1000);
        assert_eq!(tap.drops(), Some(drops), "asked again, it says the same");
    });
}

#[test]
fn of_a_long_frame_only_so_much_is_kept() {
    let Some(space) = Space::raise("of_a_long_frame_only_so_much_is_kept", &[]) else { return };
    space.run(|| {
        let mut tap = Tap::open(&TapOptions { snap_length: 60, ..on("lo") }).unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(&[7; 40_000], ("127.0.0.1", PORT)).unwrap();
        let heard = tap.receive(Some(Instant::now() + Duration::from_secs(10))).unwrap().unwrap();
        // 14 bytes of Ethernet, 20 of IP, 8 of UDP.
        assert_eq!((heard.bytes.len(), heard.original_len), (60, 40_042));
    });
}

/// The kernel says how many ask a device to be promiscuous; only those who want it do, and only while they live.
#[test]
fn promiscuous_is_off_unless_asked_for() {
    let Some(pair) = Pair::raise("promiscuous_is_off_unless_asked_for", &[]) else { return };
    pair.left.run(|| {
        let is = |wanted: &str| {
            let answer = Command::new("ip").args(["-d", "link", "show", "eth0"]).output().unwrap();
            let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
            assert!(answer.contains(wanted), "{wanted} is not in {answer}");
        };
        let _quiet = Tap::open(&on("eth0")).unwrap();
        is("promiscuity 0");
        let asking = Tap::open(&TapOptions { promiscuous: true, ..on("eth0") }).unwrap();
        is("promiscuity 1");
        drop(asking);
        is("promiscuity 0");
        let error = Tap::open(&TapOptions { promiscuous: true, ..TapOptions::default() }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn a_tap_that_cannot_be_opened_says_why() {
    let Some(space) = Space::raise("a_tap_that_cannot_be_opened_says_why", &[]) else { return };
    space.run(|| {
        let error = Tap::open(&on("eth7")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("eth7"), "{error}");
        without_privilege();
        let error = Tap::open(&on("lo")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        let of_the_link = Layer3Link::open(&Layer3Options::default()).unwrap_err();
        let lesson = |error: &str| error.split_once("needs").map(|(_, lesson)| lesson.to_owned());
        assert_eq!(lesson(&error.to_string()), lesson(&of_the_link.to_string()));
    });
}
