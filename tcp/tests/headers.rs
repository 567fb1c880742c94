//! Headers read and written, judged by pnet_packet; and lengths that lie.

mod common;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_dissect::Lesson;
use barewire_packet::checksum::{Verdict, pseudo_header};
use barewire_tcp::options::{Cookie, FastOpen, Options, SackBlocks, TcpOption, Timestamps, list};
use barewire_tcp::packet::{self, Packet, Payload};
use barewire_tcp::{Flags, Reason, Segment, SeqNumber};
use pnet_packet::ipv4::Ipv4Packet;
use pnet_packet::ipv6::Ipv6Packet;
use pnet_packet::tcp::{TcpOptionNumber, TcpOptionNumbers, TcpPacket};
use pnet_packet::{FromPacket, Packet as _};
use proptest::prelude::*;

const V4: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), IpAddr::V4(Ipv4Addr::new(203, 0, 113, 80))];
const V6: [IpAddr; 2] = [
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 80)),
];

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() }
}

fn options() -> impl Strategy<Value = Options> {
    let syn = (any::<Option<u16>>(), any::<bool>(), any::<Option<(u32, u32)>>(), any::<Option<u8>>());
    let sack = proptest::collection::vec(any::<(u32, u32)>(), 0..=3);
    let cookie = proptest::collection::vec(any::<u8>(), 0..=17);
    (syn, sack, cookie).prop_map(|((mss, sack_permitted, timestamps, window_scale), blocks, cookie)| {
        let fast_open = match cookie.len() {
            0 => Some(FastOpen::Request),
            _ => Cookie::new(&cookie).map(FastOpen::Cookie).filter(|_| blocks.is_empty()),
        };
        let mut sack = SackBlocks::default();
        // What does not fit 40 bytes together is never sent together.
        if mss.is_none() && window_scale.is_none() && !sack_permitted && fast_open.is_none() {
            blocks.iter().for_each(|(a, b)| sack.push(SeqNumber(*a), SeqNumber(*b)));
        }
        let timestamps = timestamps.map(|(value, echo)| Timestamps { value, echo });
        Options { maximum_segment_size: mss, sack_permitted, timestamps, window_scale, sack, fast_open }
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_segment_of_ours_is_what_pnet_reads(
        ports: (u16, u16), numbers: (u32, u32), flags: u8, window: u16, urgent: u16, six: bool,
        options in options(), payload in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let [source, destination] = if six { V6 } else { V4 };
        let segment = Segment {
            seq: SeqNumber(numbers.0), ack: SeqNumber(numbers.1), flags: Flags(flags), window,
            urgent_pointer: urgent, options, payload: &payload, ..Segment::empty(ports.0, ports.1)
        };
        let packet = segment.ip_packet(source, destination);
        let (inside, wanted) = if six {
            let ip = Ipv6Packet::new(&packet).unwrap();
            prop_assert_eq!(IpAddr::from(ip.get_source()), source);
            prop_assert_eq!(usize::from(ip.get_payload_length()), packet.len() - 40);
            let tcp = TcpPacket::new(&packet[40..]).unwrap();
            (40, pnet_packet::tcp::ipv6_checksum(&tcp, &ip.get_source(), &ip.get_destination()))
        } else {
            let ip = Ipv4Packet::new(&packet).unwrap();
            prop_assert_eq!(IpAddr::from(ip.get_destination()), destination);
            prop_assert_eq!(usize::from(ip.get_total_length()), packet.len());
            prop_assert_eq!(ip.get_checksum(), pnet_packet::ipv4::checksum(&ip));
            let tcp = TcpPacket::new(&packet[20..]).unwrap();
            (20, pnet_packet::tcp::ipv4_checksum(&tcp, &ip.get_source(), &ip.get_destination()))
        };
        let tcp = TcpPacket::new(&packet[inside..]).unwrap();
        prop_assert_eq!(tcp.get_checksum(), wanted);
        prop_assert_eq!((tcp.get_source(), tcp.get_destination()), ports);
        prop_assert_eq!((tcp.get_sequence(), tcp.get_acknowledgement()), numbers);
        prop_assert_eq!((tcp.get_flags(), tcp.get_window(), tcp.get_urgent_ptr()), (flags, window, urgent));
        prop_assert_eq!(tcp.payload(), &payload[..]);

        // Our own reader agrees, and gives the bytes back.
        let whole = Packet::parse(&packet).unwrap();
        prop_assert_eq!(whole.verdict, Verdict::Correct);
        let Payload::Tcp(read) = &whole.payload else { panic!("not TCP") };
        prop_assert_eq!(read.options, options);
        let mut again = Vec::new();
        read.write(&mut again);
        prop_assert_eq!(&again[..], &packet[inside..]);
        let (_, tree) = packet::dissect(&packet);
        prop_assert_eq!(tree.check_coverage(), Ok(()));
    }

    #[test]
    fn the_options_are_those_pnet_reads(options in options()) {
        let segment = Segment { options, ..Segment::empty(1, 2) };
        let packet = segment.ip_packet(V4[0], V4[1]);
        let read = TcpPacket::new(&packet[20..]).unwrap().from_packet().options;
        let find = |number| read.iter().find(|option| option.number == number).map(|option| option.data.clone());
        let maximum_segment_size = options.maximum_segment_size.map(|size| size.to_be_bytes().to_vec());
        prop_assert_eq!(find(TcpOptionNumbers::MSS), maximum_segment_size);
        prop_assert_eq!(find(TcpOptionNumbers::WSCALE), options.window_scale.map(|shift| vec![shift]));
        prop_assert_eq!(find(TcpOptionNumbers::SACK_PERMITTED).is_some(), options.sack_permitted);
        let timestamps = options.timestamps.map(|t| [t.value.to_be_bytes(), t.echo.to_be_bytes()].concat());
        prop_assert_eq!(find(TcpOptionNumbers::TIMESTAMPS), timestamps);
        let fast_open = options.fast_open.map(|fast_open| match fast_open {
            FastOpen::Request => Vec::new(),
            FastOpen::Cookie(cookie) => cookie.as_slice().to_vec(),
        });
        prop_assert_eq!(find(TcpOptionNumber(34)), fast_open);
    }

    #[test]
    fn one_changed_bit_is_noticed(payload in proptest::collection::vec(any::<u8>(), 0..50), bit: prop::sample::Index) {
        let packet = Segment { payload: &payload, ..Segment::empty(5, 6) }.ip_packet(V4[0], V4[1]);
        let mut damaged = packet.clone();
        let bit = bit.index(8 * (packet.len() - 20)) + 160;
        damaged[bit / 8] ^= 0x80 >> (bit % 8);
        if let Ok(whole) = Packet::parse(&damaged) {
            prop_assert!(matches!(whole.verdict, Verdict::Wrong { .. }), "bit {} of {:02x?}", bit, packet);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..120), four: bool) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut() {
            *first = if four { 0x45 } else { 0x60 };
        }
        if four && let [_, _, high, low, ..] = &mut bytes[..] {
            (*high, *low) = (0, 100);
        }
        let (result, tree) = packet::dissect(&bytes);
        match result {
            Ok(_) => prop_assert_eq!(tree.check_coverage(), Ok(())),
            Err(error) => {
                prop_assert!(error.offset <= bytes.len(), "{}", error);
                prop_assert!(error.rule().starts_with("RFC "), "{}", error);
            }
        }
    }
}

#[test]
fn a_checksum_left_to_the_network_card_is_recognised() {
    let mut packet = Segment { payload: b"hello", ..Segment::empty(5, 6) }.ip_packet(V4[0], V4[1]);
    let unfinished = pseudo_header(V4[0], V4[1], 6, packet.len() - 20).folded();
    packet[36..38].copy_from_slice(&unfinished.to_be_bytes());
    assert_eq!(Packet::parse(&packet).unwrap().verdict, Verdict::Unfinished);
    packet[37] ^= 1;
    let Verdict::Wrong { found, wanted } = Packet::parse(&packet).unwrap().verdict else {
        panic!("not wrong")
    };
    assert_eq!(found, unfinished ^ 1);
    packet[36..38].copy_from_slice(&wanted.to_be_bytes());
    assert_eq!(Packet::parse(&packet).unwrap().verdict, Verdict::Correct, "what it should say is right");
}

#[test]
fn a_syn_has_linuxs_options_in_linuxs_order() {
    let options = Options {
        maximum_segment_size: Some(1460),
        sack_permitted: true,
        timestamps: Some(Timestamps { value: 1, echo: 0 }),
        window_scale: Some(7),
        ..Options::default()
    };
    let packet = Segment { options, flags: Flags::SYN, ..Segment::empty(5, 6) }.ip_packet(V4[0], V4[1]);
    assert_eq!(packet[40..], [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7]);
}

/// RFC 7413 §4.1.1: a cookie has 4 to 16 bytes, an even number of them. Any other length is ignored, and not refused.
#[test]
fn rfc7413_s4_1_1_the_lengths_of_a_cookie() {
    for length in 0..=18 {
        let bytes: Vec<u8> =
            [34, 2 + length].into_iter().chain((0..length).map(|byte| 0xa0 + byte)).collect();
        let read = list(&bytes).unwrap();
        let wanted = match length {
            0 => TcpOption::FastOpen(FastOpen::Request),
            4 | 6 | 8 | 10 | 12 | 14 | 16 => {
                TcpOption::FastOpen(FastOpen::Cookie(Cookie::new(&bytes[2..]).unwrap()))
            }
            _ => TcpOption::Unknown { kind: 34, data: &bytes[2..] },
        };
        assert_eq!(read, [wanted], "{length} bytes");
        let mut again = Vec::new();
        read.iter().for_each(|option| option.write(&mut again));
        assert_eq!(again, bytes);
    }
    assert!(list(&[34, 10, 1, 2, 3]).is_err(), "it is not all there");
}

/// Linux puts the option last, and NOPs fill its last word.
#[test]
fn a_fast_open_option_ends_on_a_word() {
    let options = |fast_open| Options { fast_open: Some(fast_open), ..Options::default() };
    let bytes = |fast_open| {
        let segment = Segment { options: options(fast_open), flags: Flags::SYN, ..Segment::empty(5, 6) };
        segment.ip_packet(V4[0], V4[1]).split_off(40)
    };
    assert_eq!(bytes(FastOpen::Request), [34, 2, 1, 1]);
    let cookie = FastOpen::Cookie(Cookie::new(&[1, 2, 3, 4, 5, 6]).unwrap());
    assert_eq!(bytes(cookie), [34, 8, 1, 2, 3, 4, 5, 6]);
    let cookie = FastOpen::Cookie(Cookie::new(&[7; 16]).unwrap());
    assert_eq!(bytes(cookie), [&[34, 18][..], &[7; 16], &[1, 1]].concat());
}

#[test]
fn unknown_options_are_kept() {
    let bytes = [1, 30, 6, 0xde, 0xad, 0xbe, 0xef, 254, 2, 0, 9, 9];
    let read = list(&bytes).unwrap();
    assert_eq!(read.len(), 4, "{read:?}");
    assert_eq!(read[1], TcpOption::Unknown { kind: 30, data: &[0xde, 0xad, 0xbe, 0xef] });
    let mut again = Vec::new();
    read.iter().for_each(|option| option.write(&mut again));
    assert_eq!(again, bytes);
}

#[test]
fn what_is_wrong_is_said_with_byte_and_rule() {
    let good = Segment { payload: b"x", ..Segment::empty(5, 6) }.ip_packet(V4[0], V4[1]);
    let broken = |at: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[at] = value;
        Packet::parse(&bytes).unwrap_err()
    };
    let cases = [
        (broken(0, 0x55), 0, "RFC 791 §3.1", "IP version 5 at byte 0"),
        (broken(0, 0x44), 0, "RFC 791 §3.1", "4 words"),
        (broken(3, 200), 2, "RFC 791 §3.1", "200 bytes"),
        (broken(3, 19), 2, "RFC 791 §3.1", "19 bytes"),
        (broken(6, 0x20), 6, "RFC 791 §3.2, left out here", "more follow"),
        (broken(32, 0x40), 32, "RFC 9293 §3.1", "4 words at byte 32"),
        (broken(32, 0xf0), 32, "RFC 9293 §3.1", "15 words at byte 32"),
    ];
    for (error, offset, rule, words) in cases {
        assert_eq!((error.offset(), error.rule()), (offset, rule), "{error}");
        assert!(error.to_string().contains(words), "{error} says {words:?}");
    }
    let short = Packet::parse(&good[..30]).unwrap_err();
    assert_eq!(short.reason, Reason::Packet(barewire_packet::Reason::Length { says: 41, there: 30 }));
    let option = list(&[1, 2, 3, 4]).unwrap_err();
    assert_eq!((option.offset, option.reason), (1, Reason::OptionLength { kind: 2, length: 3 }));
    for bytes in [&[2, 4, 5][..], &[8, 10, 1, 2], &[5, 11, 0], &[5, 2], &[77, 1], &[77, 0], &[77]] {
        assert!(list(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn ipv6_extension_headers_are_skipped_or_refused() {
    let tcp = Segment { payload: b"x", ..Segment::empty(5, 6) }.ip_packet(V6[0], V6[1]);
    let with = |next: u8| {
        let mut packet = tcp[..40].to_vec();
        packet[5] += 8;
        packet[6] = next;
        packet.extend([6, 0, 1, 4, 0, 0, 0, 0]);
        packet.extend(&tcp[40..]);
        packet
    };
    for skipped in [0, 60] {
        let packet = with(skipped);
        let (whole, tree) = packet::dissect(&packet);
        let whole = whole.unwrap();
        assert_eq!(tree.check_coverage(), Ok(()));
        assert_eq!((whole.verdict, whole.ip.header.protocol()), (Verdict::Correct, 6));
        let mut again = Vec::new();
        whole.ip.write(&mut again);
        assert_eq!(again, packet);
    }
    // A routing header with addresses left to visit, and a fragment, though it is alone: hosts of ours take whole
    // packets that are for them.
    let refused = |next| Packet::parse(&with(next)).unwrap_err().reason;
    assert_eq!(refused(43), Reason::Packet(barewire_packet::Reason::ExtensionHeader(43)));
    assert!(
        matches!(refused(44), Reason::Packet(barewire_packet::Reason::Fragment { .. })),
        "{:?}",
        refused(44)
    );
}

#[test]
fn padding_behind_the_packet_is_not_payload() {
    let mut packet = Segment::empty(5, 6).ip_packet(V4[0], V4[1]);
    packet.extend([0; 6]);
    let (whole, tree) = packet::dissect(&packet);
    let whole = whole.unwrap();
    assert_eq!((whole.ip.trailer.len(), whole.verdict), (6, Verdict::Correct));
    assert_eq!(tree.check_coverage(), Ok(()));
    assert!(tree.find("trailer").is_some());
}

/// The constants and the table of the header's bits say the same.
#[test]
fn flags_have_their_names() {
    let all = [
        (Flags::FIN, "FIN"),
        (Flags::SYN, "SYN"),
        (Flags::RST, "RST"),
        (Flags::PSH, "PSH"),
        (Flags::ACK, "ACK"),
        (Flags::URG, "URG"),
        (Flags::ECE, "ECE"),
        (Flags::CWR, "CWR"),
    ];
    for (flag, name) in all {
        assert_eq!(flag.to_string(), name);
        let bytes = Segment { flags: flag, ..Segment::empty(1, 2) }
            .ip_packet([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let (_, tree) = barewire_tcp::packet::dissect(&bytes);
        let set: Vec<&str> = bits_that_are_set(&tree.nodes);
        assert_eq!(set, [name]);
    }
    assert_eq!(Flags::default().to_string(), "none");
    assert_eq!((Flags::SYN | Flags::ACK).to_string(), "SYN ACK");
}

/// The names of the single bits in the second half of the word that begins with the data offset, where they are set.
fn bits_that_are_set(nodes: &[barewire_dissect::Node]) -> Vec<&str> {
    let mut set = Vec::new();
    for node in nodes {
        if matches!(node.kind, barewire_dissect::Kind::Bits { first: 8.., width: 1 })
            && node.value.as_deref() == Some("1")
        {
            set.push(node.name);
        }
        set.extend(bits_that_are_set(&node.children));
    }
    set
}

/// Every bit of the header's flags word is written as it was read.
#[test]
fn reserved_bits_are_kept() {
    let bytes = Segment { flags: Flags::CWR | Flags::FIN, ..Segment::empty(1, 2) }
        .ip_packet([10, 0, 0, 1].into(), [10, 0, 0, 2].into())
        .split_off(20);
    for reserved in 0..16 {
        let mut bytes = bytes.clone();
        bytes[12] |= reserved;
        let segment = Segment::parse(&bytes).unwrap();
        assert_eq!((segment.reserved, segment.flags), (reserved, Flags::CWR | Flags::FIN));
        let mut again = Vec::new();
        segment.write(&mut again);
        assert_eq!(again, bytes);
    }
}

/// RFC 9293 §3.1 and §3.2 (MUST-5, MUST-6, MUST-64): options begin anywhere, stand in any segment, and those that
/// nobody knows are passed over. After the end of the list anything may stand (MUST-69 is for those who write it).
#[test]
fn options_need_no_alignment_and_unknown_ones_are_passed_over() {
    let options = [1, 253, 3, 9, 2, 4, 5, 0xb4, 254, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 8, 1, 1, 0, 2];
    for flags in [Flags::SYN, Flags::ACK, Flags::RST, Flags::FIN | Flags::ACK] {
        let mut bytes = Segment { flags, ..Segment::empty(5, 6) }.ip_packet(V4[0], V4[1]).split_off(20);
        bytes[12] = ((20 + options.len() / 4 * 4) as u8 / 4) << 4;
        bytes.extend(options);
        let read = Segment::parse(&bytes).unwrap().options;
        let wanted = Options {
            maximum_segment_size: Some(1460),
            timestamps: Some(Timestamps { value: 7, echo: 8 }),
            ..Options::default()
        };
        assert_eq!(read, wanted, "{flags}");
    }
}
