//! ICMP messages of both versions, by hand from their RFCs, in words and as tshark reads them.

mod common;

use std::net::IpAddr;

use barewire_packet::Reason;
use barewire_packet::build::datagram;
use barewire_packet::checksum::{Verdict, checksum, pseudo_header};
use barewire_packet::frame::MacAddress;
use barewire_packet::icmp::Version::V6;
use barewire_packet::icmp::{
    self, ADVERTISEMENT, Icmp, Message, Neighbor, SOLICITATION, Version, neighbor_packet,
};
use barewire_packet::ip::{IpPacket, write_header};
use common::{capture_of, hex, judges};
use proptest::prelude::*;

fn ends(version: Version) -> [IpAddr; 2] {
    let texts =
        if version == Version::V4 { ["10.0.0.1", "10.0.0.2"] } else { ["2001:db8::1", "2001:db8::2"] };
    texts.map(|text| text.parse().unwrap())
}

/// A message with the right checksum.
fn message(version: Version, kind: u8, code: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = [&[kind, code, 0, 0], rest].concat();
    let sum = match version {
        Version::V4 => checksum(&bytes),
        Version::V6 => {
            let [source, destination] = ends(version);
            let mut sum = pseudo_header(source, destination, 58, bytes.len());
            sum.add(&bytes);
            sum.checksum()
        }
    };
    bytes[2..4].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn in_ip(version: Version, message: &[u8]) -> Vec<u8> {
    let [source, destination] = ends(version);
    let mut packet = Vec::new();
    let protocol = if version == Version::V4 { icmp::PROTOCOL } else { icmp::PROTOCOL_V6 };
    write_header(source, destination, protocol, message.len(), &mut packet);
    packet.extend(message);
    packet
}

/// Version, message, and what it says.
fn cases() -> Vec<(Version, Vec<u8>, &'static str)> {
    use Version::{V4, V6};
    let echo = [0, 1, 0, 2, b'x'];
    let udp = datagram("10.0.0.2:40000", "1.2.3.4:33434", &[0; 40]);
    let mut tcp = udp.clone();
    tcp[9] = 6;
    let mut esp = udp.clone();
    esp[9] = 50;
    let mut later_piece = udp.clone();
    later_piece[6..8].copy_from_slice(&[0, 9]);
    let udp6 = datagram("[2001:db8::2]:40000", "[2001:db8:1::1]:33434", &[0; 40]);
    // RFC 792: a header and 8 bytes.
    let about = |word: &str, packet: &[u8]| [&hex(word)[..], &packet[..28]].concat();
    let about6 = |word: &str| [&hex(word)[..], &udp6].concat();
    let neighbor = hex("00000000 20010db8 00000000 00000000 00000001 01 01 020000000001");
    vec![
        (V4, message(V4, 8, 0, &echo), "echo request id 1 seq 2"),
        (V4, message(V4, 0, 0, &echo), "echo reply id 1 seq 2"),
        (
            V4,
            message(V4, 11, 0, &about("00000000", &udp)),
            "time exceeded in transit, for UDP 10.0.0.2:40000 → 1.2.3.4:33434",
        ),
        (
            V4,
            message(V4, 3, 3, &about("00000000", &udp)),
            "port unreachable, for UDP 10.0.0.2:40000 → 1.2.3.4:33434",
        ),
        (
            V4,
            message(V4, 3, 4, &about("00000578", &tcp)),
            "fragmentation needed, MTU 1400, for TCP 10.0.0.2:40000 → 1.2.3.4:33434",
        ),
        (
            V4,
            message(V4, 3, 4, &about("00000000", &tcp)),
            "fragmentation needed, for TCP 10.0.0.2:40000 → 1.2.3.4:33434",
        ),
        (V4, message(V4, 3, 1, &about("00000000", &esp)), "host unreachable, for ESP 10.0.0.2 → 1.2.3.4"),
        (
            V4,
            message(V4, 11, 0, &about("00000000", &later_piece)),
            "time exceeded in transit, for UDP 10.0.0.2 → 1.2.3.4",
        ),
        (
            V4,
            message(V4, 3, 77, &about("00000000", &udp)),
            "destination unreachable, code 77, for UDP 10.0.0.2:40000 → 1.2.3.4:33434",
        ),
        (
            V4,
            message(V4, 5, 1, &about("0a0000fe", &udp)),
            "redirect for the host to 10.0.0.254, for UDP 10.0.0.2:40000 → 1.2.3.4:33434",
        ),
        (V4, message(V4, 3, 3, &hex("00000000 ff")), "port unreachable"),
        (V4, message(V4, 13, 0, &[0; 16]), "timestamp request id 0 seq 0"),
        (V4, message(V4, 200, 3, &[0; 4]), "type 200 code 3"),
        (V6, message(V6, 128, 0, &echo), "echo request id 1 seq 2"),
        (V6, message(V6, 129, 0, &echo), "echo reply id 1 seq 2"),
        (
            V6,
            message(V6, 2, 0, &about6("00000500")),
            "packet too big, MTU 1280, for UDP [2001:db8::2]:40000 → [2001:db8:1::1]:33434",
        ),
        (
            V6,
            message(V6, 3, 0, &about6("00000000")),
            "time exceeded in transit, for UDP [2001:db8::2]:40000 → [2001:db8:1::1]:33434",
        ),
        (
            V6,
            message(V6, 1, 4, &about6("00000000")),
            "port unreachable, for UDP [2001:db8::2]:40000 → [2001:db8:1::1]:33434",
        ),
        (V6, message(V6, 135, 0, &neighbor), "neighbor solicitation for 2001:db8::1"),
        (V6, message(V6, 136, 0, &neighbor), "neighbor advertisement for 2001:db8::1"),
        (
            V6,
            message(V6, 137, 0, &[&[0; 4][..], &[0xfe; 16], &[0x20; 16]].concat()),
            "redirect to fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe",
        ),
        (V6, message(V6, 134, 0, &[64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0]), "router advertisement"),
    ]
}

#[test]
fn messages_in_words() {
    for (version, bytes, wanted) in cases() {
        let (icmp, tree) = icmp::dissect(version, &bytes);
        let icmp = icmp.unwrap();
        assert_eq!(icmp.to_string(), wanted);
        assert_eq!(tree.check_coverage(), Ok(()), "{wanted}");
        let [source, destination] = ends(version);
        assert_eq!(icmp.verify(source, destination, &bytes), Verdict::Correct, "{wanted}");
        let mut damaged = bytes.clone();
        damaged[1] ^= 0x40;
        let damaged_icmp = Icmp::parse(version, &damaged).unwrap();
        assert!(
            matches!(damaged_icmp.verify(source, destination, &damaged), Verdict::Wrong { .. }),
            "{wanted}"
        );
    }
}

/// Cut anywhere it is read as far as it is there, or refused; and every byte has a name.
#[test]
fn every_cut() {
    for (version, bytes, wanted) in cases() {
        for length in 0..bytes.len() {
            let (icmp, tree) = icmp::dissect(version, &bytes[..length]);
            match icmp {
                Ok(_) => assert_eq!(tree.check_coverage(), Ok(()), "{wanted}, cut at {length}"),
                Err(refused) => {
                    assert_eq!((refused.reason, refused.offset <= length), (Reason::EndsEarly, true))
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(
        six: bool, kind in prop_oneof![0u8..20, 125u8..150, any::<u8>()], inner: Option<bool>,
        mut bytes in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        if let Some(first) = bytes.first_mut() {
            *first = kind;
        }
        if let (Some(four), Some(first)) = (inner, bytes.get_mut(8)) {
            *first = if four { 0x45 } else { 0x60 };
        }
        let version = if six { Version::V6 } else { Version::V4 };
        let (icmp, tree) = icmp::dissect(version, &bytes);
        if let Ok(icmp) = icmp {
            prop_assert_eq!(tree.check_coverage(), Ok(()), "{}", icmp);
            prop_assert!(!icmp.to_string().is_empty());
        }
    }
}

#[test]
fn which_version_a_protocol_means() {
    assert_eq!([1, 58, 6].map(Version::of_protocol), [Some(Version::V4), Some(Version::V6), None]);
}

#[test]
fn tshark_reads_the_same() {
    if !judges::can_run("icmp_tshark_reads_the_same", &["tshark"]) {
        return;
    }
    let packets: Vec<Vec<u8>> = cases().iter().map(|(version, bytes, _)| in_ip(*version, bytes)).collect();
    let file = capture_of(packets.iter().map(|packet| (101, &packet[..]))).write();
    let fields = [
        "icmp.type",
        "icmp.code",
        "icmp.ident",
        "icmp.seq",
        "icmp.mtu",
        "icmpv6.type",
        "icmpv6.code",
        "icmpv6.echo.identifier",
        "icmpv6.echo.sequence_number",
        "icmpv6.mtu",
        "udp.srcport",
        "udp.dstport",
    ];
    let theirs = judges::tshark("icmp", &file, &[], &fields);
    for ((packet, (version, ..)), theirs) in packets.iter().zip(cases()).zip(theirs) {
        let icmp = Icmp::parse(version, IpPacket::parse(packet).unwrap().payload).unwrap();
        assert_eq!(fields_of(&icmp), theirs, "{icmp}");
    }
}

/// The same fields as tshark shows them.
fn fields_of(icmp: &Icmp) -> Vec<String> {
    let mut own =
        vec![icmp.kind.to_string(), icmp.code.to_string(), String::new(), String::new(), String::new()];
    let mut ports = vec![String::new(), String::new()];
    match icmp.message {
        Message::Echo { identifier, sequence } => {
            (own[2], own[3]) = if icmp.version == Version::V4 {
                (identifier.to_string(), sequence.to_string())
            } else {
                (format!("0x{identifier:04x}"), sequence.to_string())
            };
        }
        Message::Error { mtu, quoted } => {
            own[4] = mtu.map_or(String::new(), |mtu| mtu.to_string());
            // A router of before RFC 1191: tshark shows the zero.
            if (icmp.kind, icmp.code, icmp.version) == (3, 4, Version::V4) && mtu.is_none() {
                own[4] = "0".into();
            }
            if let Some((from, to)) =
                quoted.filter(|quoted| quoted.protocol == 17).and_then(|quoted| quoted.ports)
            {
                ports = vec![from.to_string(), to.to_string()];
            }
        }
        Message::Redirect { quoted: Some(quoted), .. } => {
            if let Some((from, to)) = quoted.ports {
                ports = vec![from.to_string(), to.to_string()];
            }
        }
        _ => {}
    }
    let none = vec![String::new(); 5];
    let both = if icmp.version == Version::V4 { [own, none] } else { [none, own] };
    [both.concat(), ports].concat()
}

/// A solicitation that the Linux kernel sent (2001:db8::1 asks for 2001:db8::99), and the answer to it.
#[test]
fn neighbors_say_where_they_are() {
    let solicitation =
        hex("60000000 0020 3a ff 20010db8000000000000000000000001 ff0200000000000000000001ff000099
         8700 1af9 00000000 20010db8000000000000000000000099 0101 020000000001");
    let said = |kind: u8, bytes: &[u8]| match Icmp::parse(V6, &bytes[40..]).unwrap() {
        Icmp { kind: found, message: Message::Neighbor(said), .. } if found == kind => said,
        other => panic!("{other:?}"),
    };
    let asked = said(SOLICITATION, &solicitation);
    assert_eq!(asked.target.to_string(), "2001:db8::99");
    assert_eq!(asked.link_layer, Some(MacAddress([2, 0, 0, 0, 0, 1])));
    assert!(asked.whole && !(asked.router || asked.solicited || asked.overrides));
    let [from, to] = ["2001:db8::1", "ff02::1:ff00:99"].map(|address| address.parse().unwrap());
    let made = neighbor_packet(from, to, SOLICITATION, &asked);
    assert_eq!(made, solicitation);

    // RFC 4861 §4.4: R, S and O are the first three bits; the option of an answer is of type 2.
    let answer = Neighbor { solicited: true, overrides: true, ..asked };
    let made = neighbor_packet(to, from, ADVERTISEMENT, &answer);
    assert_eq!((made[40], made[44], &made[64..66]), (136, 0x60, &[2, 1][..]));
    assert_eq!(said(ADVERTISEMENT, &made), answer);
}

/// RFC 4861 §4.6: a length of zero, or of more than there is. A host drops such a message, a sniffer shows it.
#[test]
fn options_that_cannot_be_read() {
    for options in ["0100 020000000001", "0102 020000000001", "01", "0e01 000000000000 0101 0200"] {
        let body = hex(&format!("00000000 20010db8000000000000000000000099 {options}"));
        let (icmp, tree) = icmp::dissect(V6, &message(V6, 135, 0, &body));
        let Message::Neighbor(said) = icmp.unwrap().message else { panic!("{options}") };
        assert_eq!((said.whole, said.link_layer, tree.check_coverage()), (false, None, Ok(())), "{options}");
    }
    // An option that is not known is passed over, and so is the address that the other kind of message has.
    let body = hex(
        "00000000 20010db8000000000000000000000099 0e01 000000000000 0201 020000000009 0101 020000000001",
    );
    let Message::Neighbor(said) = Icmp::parse(V6, &message(V6, 135, 0, &body)).unwrap().message else {
        panic!()
    };
    assert_eq!((said.whole, said.link_layer), (true, Some(MacAddress([2, 0, 0, 0, 0, 1]))));
}
