//! The filter language: what is understood, what is not and how that is said, and that no frame makes it panic.

use std::time::Duration;

use barewire::sniff::filter::{Contents, Filter, Headers, Reason};
use barewire_packet::build;
use barewire_packet::capture::{Frame, Interface, Origin, linktype};
use barewire_packet::link::Way;
use proptest::prelude::*;

fn interface(link_type: u16) -> Interface {
    Interface { link_type, name: "test0".to_owned(), origin: Origin::Seen }
}

fn frame(bytes: Vec<u8>) -> Frame {
    let original_len = bytes.len() as u32;
    Frame { number: 1, time: Duration::ZERO, bytes, original_len, way: Some(Way::Sent), ..Frame::default() }
}

/// A datagram in an Ethernet frame, after these bytes of tags and EtherType.
fn ethernet(after_addresses: &[u8], packet: &[u8]) -> Frame {
    frame([&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1], after_addresses, packet].concat())
}

fn takes(filter: &str, frame: &Frame) -> bool {
    let filter = Filter::parse(filter).unwrap_or_else(|error| panic!("{error}"));
    filter.takes(&Headers::of(&interface(linktype::ETHERNET), frame), Contents::default())
}

/// From 10.1.2.3:4000 to 10.0.0.53:53.
fn datagram() -> Frame {
    ethernet(&[0x08, 0x00], &build::datagram("10.1.2.3:4000", "10.0.0.53:53", b"hello"))
}

#[test]
fn tests_of_a_datagram() {
    for filter in [
        "",
        "udp",
        "ip",
        "host 10.1.2.3",
        "10.1.2.3",
        "src 10.1.2.3",
        "dst host 10.0.0.53",
        "src and dst net 10.0.0.0/8",
        "net 10",
        "net 10.1",
        "10.1.0.0/16",
        "src net 10.1.2/24",
        "port 53",
        "port domain",
        "dst port 53",
        "udp dst port 53",
        "portrange 50-60",
        "src portrange 4000-4000",
        "port 80 or 53",
        "host 10.9.9.9 or 10.1.2.3",
        "proto 17",
        "ip proto 17",
        "outbound",
        "less 47",
        "greater 47",
        "not tcp",
        "!tcp",
        "udp and (port 1 or port 53)",
        "udp && (port 1||port 53)",
        "not (tcp or arp)",
        "not vlan",
        "not syn",
    ] {
        let filter = filter.replace("||", " || ");
        assert!(takes(&filter, &datagram()), "{filter}");
    }
    for filter in [
        "tcp",
        "ip6",
        "arp",
        "dst 10.1.2.3",
        "src port 53",
        "src net 10.0.0.0/24",
        "port 54",
        "port 80 or 54",
        "tcp port 53",
        "inbound",
        "less 46",
        "greater 48",
        "syn",
        "flags S",
        "dns",
        "not udp",
        "not not tcp",
        "src and dst host 10.1.2.3",
        "vlan",
        "icmp or icmp6 or sctp",
    ] {
        assert!(!takes(filter, &datagram()), "{filter}");
    }
}

/// pcap-filter(7): "Alternation and concatenation have equal precedence and associate left to right."
#[test]
fn and_and_or_bind_equally() {
    assert!(!takes("udp or udp and tcp", &datagram()));
    assert!(takes("udp or (udp and tcp)", &datagram()));
    assert!(takes("tcp and tcp or udp", &datagram()));
}

#[test]
fn a_tag_does_not_hide_what_is_in_it() {
    let packet = build::datagram("10.1.2.3:4000", "10.0.0.53:53", b"hello");
    let tagged = ethernet(&[0x81, 0x00, 0x00, 0x64, 0x08, 0x00], &packet);
    let twice = ethernet(&[0x88, 0xa8, 0x00, 0x07, 0x81, 0x00, 0x20, 0x64, 0x08, 0x00], &packet);
    for frame in [&tagged, &twice] {
        for filter in ["vlan", "vlan 100", "port 53", "udp and vlan 100", "not vlan 5"] {
            assert!(takes(filter, frame), "{filter}");
        }
    }
    assert!(takes("vlan 7", &twice) && !takes("vlan 7", &tagged));
}

/// The flags of a segment, with ECN's beside them.
#[test]
fn flags_are_one_or_exactly_these() {
    let segment = |flags: u8| {
        let mut packet = build::datagram("10.1.2.3:4000", "10.0.0.53:80", &[0; 12]);
        packet[9] = 6;
        packet[20 + 13] = flags;
        ethernet(&[0x08, 0x00], &packet)
    };
    for (flags, filter, wanted) in [
        (0x02, "syn", true),
        (0x12, "syn", true),
        (0x12, "syn and not ack", false),
        (0x02, "flags S", true),
        (0x12, "flags S", false),
        (0x12, "flags S.", true),
        (0x12, "tcp flags SA", true),
        (0xc2, "flags S", true),
        (0xc2, "flags SEW", true),
        (0x02, "flags SEW", false),
        (0x14, "rst", true),
        (0x11, "tcp fin", true),
        (0x18, "psh or urg", true),
        (0x00, "flags S", false),
    ] {
        assert_eq!(takes(filter, &segment(flags)), wanted, "{filter} of {flags:#04x}");
    }
}

#[test]
fn what_is_not_understood_is_shown_and_said() {
    for (filter, reason, carets) in [
        ("tcp prot 80", Reason::NothingBetween, "      ^^^^"),
        ("prot 80", Reason::Unknown, "  ^^^^"),
        ("port", Reason::Expected("a port"), "      ^"),
        ("port 65536", Reason::Expected("a port, 0 to 65535 or a name such as https"), "       ^^^^^"),
        ("host www.example.test", Reason::Name, "       ^^^^^^^^^^^^^^^^"),
        (
            "host 10.0.0.0/8",
            Reason::Expected("one address (a network is `net 10.0.0.0/8`)"),
            "       ^^^^^^^^^^",
        ),
        ("(tcp or udp", Reason::NotClosed, "  ^"),
        ("tcp or udp)", Reason::NotOpened, "            ^"),
        ("tcp and", Reason::Expected("a test, as `host 10.0.0.2` or `tcp`,"), "         ^"),
        ("tcp[13] & 2 != 0", Reason::Bytes, "  ^^^^^^^"),
        ("ether host 2:0:0:0:0:1", Reason::LeftOut, "  ^^^^^"),
        ("portrange 9-1", Reason::Backwards, "            ^^^"),
        ("flags SX", Reason::Letter('X'), "        ^^"),
        ("src or 10.0.0.1", Reason::Expected("src or dst"), "         ^^^^^^^^"),
    ] {
        let error = Filter::parse(filter).unwrap_err();
        assert_eq!(error.reason, reason, "{filter}");
        let wanted = format!("  {filter}\n{carets}");
        assert_eq!(error.picture(), wanted, "{filter}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
}

#[test]
fn a_network_with_bits_after_its_length_is_told_which_it_is() {
    let error = Filter::parse("net 10.0.0.1/8").unwrap_err().to_string();
    assert!(error.contains("\"10.0.0.1/8\" has bits set after the length of the network; it is 10.0.0.0/8"));
    let error = Filter::parse("2001:db8::1/0").unwrap_err().to_string();
    assert!(error.contains("it is ::/0"), "{error}");
}

#[test]
fn a_filter_has_a_bound() {
    assert!(Filter::parse(&format!("{} tcp", "not ".repeat(511))).is_ok());
    assert_eq!(
        Filter::parse(&format!("{} tcp", "not ".repeat(512))).unwrap_err().reason,
        Reason::TooLong(512)
    );
    assert_eq!(Filter::parse(&format!("{} tcp", "( ".repeat(400))).unwrap_err().reason, Reason::NotClosed);
    // A long filter is cut around the word.
    let picture =
        Filter::parse(&format!("{}prot 1{}", "tcp or ".repeat(40), " or tcp".repeat(40))).unwrap_err();
    assert!(picture.picture().lines().all(|line| line.chars().count() <= 74), "{}", picture.picture());
}

/// Control characters of the argument are escaped, and the carets stand below what is printed for them.
#[test]
fn a_filter_does_not_steer_the_terminal() {
    for (filter, wanted) in [
        ("tcp and \u{1b}[2Jx", "  tcp and \\u{1b}[2Jx\n          ^^^^^^^^^^"),
        ("host \u{9b}1m", "  host \\u{9b}1m\n       ^^^^^^^^"),
        ("tcp\tprot 80", "  tcp\\tprot 80\n       ^^^^"),
        ("日本 or tcp", "  日本 or tcp\n  ^^^^"),
    ] {
        let error = Filter::parse(filter).unwrap_err();
        assert_eq!(error.picture(), wanted);
        assert!(!error.to_string().contains(char::is_control), "{error:?}");
    }
}

/// A filter of any words, most of them of the language.
fn filters() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "tcp",
        "udp",
        "ip",
        "ip6",
        "arp",
        "icmp",
        "port",
        "portrange",
        "host",
        "net",
        "src",
        "dst",
        "and",
        "or",
        "not",
        "(",
        ")",
        "80",
        "1-9",
        "10.0.0.1",
        "::1",
        "10/8",
        "::/0",
        "0/0",
        "syn",
        "flags",
        "S.",
        "dns",
        "vlan",
        "less",
        "7",
        "é",
        "[",
    ]);
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}", words in filters()) {
        for filter in [text, words] {
            if let Err(error) = Filter::parse(&filter) {
                let _ = error.to_string();
            }
        }
    }

    /// Any frame of any link type, cut anywhere: a filter and its opposite never agree.
    #[test]
    fn any_frame_is_judged(
        link_type in prop::sample::select(vec![0u16, 1, 9, 101, 105, 113, 127, 276]),
        bytes in prop::collection::vec(any::<u8>(), 0..80),
        kind in prop::sample::select(vec![[0x08, 0x00], [0x86, 0xdd], [0x81, 0x00], [0x08, 0x06], [0x88, 0xa8]]),
        more in 0u32..100,
        words in filters(),
    ) {
        let mut bytes = bytes;
        if link_type == 1 && bytes.len() > 14 {
            bytes[12..14].copy_from_slice(&kind);
        }
        let mut frame = frame(bytes);
        frame.original_len += more;
        let headers = Headers::of(&interface(link_type), &frame);
        let both = (Filter::parse(&words), Filter::parse(&format!("not ( {words} )")));
        if let (Ok(filter), Ok(opposite)) = both && filter.expression().is_some() {
            let takes = |filter: Filter| filter.takes(&headers, Contents::default());
            prop_assert_ne!(takes(filter), takes(opposite));
        }
    }

    /// The bit arithmetic of prefixes beside a comparison of bits as text.
    #[test]
    fn a_prefix_holds_what_begins_alike(one in any::<u32>(), other in any::<u32>(), length in 0u8..=32) {
        let bits = |number: u32| format!("{number:032b}")[..length.into()].to_owned();
        let network = std::net::Ipv4Addr::from(u32::from_str_radix(&format!("{:0<32}", bits(one)), 2).unwrap());
        let packet = build::datagram(&format!("{}:1", std::net::Ipv4Addr::from(other)), "127.0.0.1:2", b"");
        let filter = format!("src net {network}/{length}");
        prop_assert_eq!(takes(&filter, &ethernet(&[0x08, 0x00], &packet)), bits(one) == bits(other));
    }
}
