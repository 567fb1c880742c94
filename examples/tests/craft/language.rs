//! What the language reads, and what it says of what it does not read.

use barewire::craft;

/// A text, and the packet as the language writes it.
const READ: [(&str, &str); 20] = [
    ("ip(dst=10.0.0.2)", "ip(dst=10.0.0.2)"),
    ("IP(dst=10.0.0.2)/TCP(dport=80)", "ip(dst=10.0.0.2)/tcp(dport=80)"),
    (" ip ( dst = 10.0.0.2 , ) / tcp ", "ip(dst=10.0.0.2)/tcp()"),
    ("ipv6(dst=2001:0DB8::0)", "ip6(dst=2001:db8::)"),
    ("ip(tos=184, ttl=0b11, id=0xFF)", "ip(tos=0xb8, ttl=3, id=255)"),
    ("tcp(flags=S)", "tcp(flags=S)"),
    ("tcp(flags=SYN+ACK)", "tcp(flags=SA)"),
    ("tcp(flags=as)", "tcp(flags=SA)"),
    ("tcp(flags=0x12)", "tcp(flags=SA)"),
    ("tcp(flags=0)", "tcp(flags=0)"),
    ("ip(flags=DF+MF)", "ip(flags=MF+DF)"),
    ("tcp(checksum=1)", "tcp(chksum=0x1)"),
    ("tcp(options=nop)", "tcp(options=[nop])"),
    (
        "tcp(options=[MSS(1460), hex(fd 04:00ff), timestamp(1,0)])",
        "tcp(options=[mss(1460), hex(fd0400ff), timestamp(1, 0)])",
    ),
    ("ip(options=[lsrr(10.0.0.1, 10.0.0.9)])", "ip(options=[lsrr(10.0.0.1, 10.0.0.9)])"),
    ("icmp(type=echo-request)", "icmp(type=8)"),
    ("arp(op=is-at, hwsrc=2-0-0-0-0-1)", "arp(op=2, hwsrc=02:00:00:00:00:01)"),
    ("dns(qname=www.example.test, qtype=type65)", "dns(qname=\"www.example.test\", qtype=HTTPS)"),
    ("hex(00 0x01 02:03)/zeros(7)", "hex(00010203)/zeros(7)"),
    ("\"a\\r\\n\\x00\\\"\\\\\"", "raw(\"a\\r\\n\\x00\\\"\\\\\")"),
];

#[test]
fn packets_are_read_and_written() {
    for (text, wanted) in READ {
        let packet = craft::packet(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(packet.to_string(), wanted, "{text}");
        assert_eq!(craft::packet(wanted).as_ref(), Ok(&packet), "{text}");
    }
}

/// A text, the columns that are marked, counted from 0, and how the sentence goes on after them.
const REFUSED: [(&str, (usize, usize), &str); 38] = [
    ("", (0, 1), "wanted a header, such as ip(dst=127.0.0.1), or a text"),
    ("ip(dst=10.0.0.2)/", (17, 1), "wanted a header, such as ip(dst=127.0.0.1), or a text"),
    ("ip(dst=10.0.0.2)//tcp", (17, 1), "wanted a header, such as"),
    (
        "ip(dst=10.0.0.2)/tcpp(dport=80)",
        (17, 4),
        "there is no header \"tcpp\"; there are ether, vlan, arp, ip, ip6,",
    ),
    (
        "ip(dst=10.0.0.2)/tcp(dprt=80)",
        (21, 4),
        "tcp has no field \"dprt\"; it has sport, dport, seq, ack, dataofs,",
    ),
    ("ip(dst)", (6, 1), "wanted a = and a value"),
    ("ip(dst=)", (7, 1), "dst is an address such as 10.0.0.2, and \")\" is not"),
    ("ip(dst=10.0.0)", (7, 6), "dst is an address such as 10.0.0.2, and \"10.0.0\" is not"),
    ("ip(dst=::1)", (7, 3), "dst is an address such as 10.0.0.2, and \"::1\" is not"),
    ("ip6(dst=10.0.0.1)", (8, 8), "dst is an address such as 2001:db8::2, and \"10.0.0.1\" is not"),
    ("ip(dst=10.0.0.2", (15, 1), "wanted a comma, or the ) of this header"),
    ("ip(dst=10.0.0.2))", (16, 1), "wanted a / and the next header, or the end"),
    ("ip(dst=10.0.0.2 ttl=3)", (16, 3), "wanted a comma, or the ) of this header"),
    ("ip(dst=10.0.0.2, dst=10.0.0.3)", (17, 12), "dst is given twice"),
    ("ip(dst=10.0.0.2)/icmp(seq=1, mtu=2)", (29, 5), "seq and mtu are the same bytes: give one of them"),
    ("ip(ttl=256)", (7, 3), "ttl has 8 bits: at most 255"),
    ("ip(ttl=-1)", (7, 2), "ttl is a number such as 80 or 0x50, and \"-1\" is not"),
    ("ip(ttl=+1)", (7, 2), "ttl is a number such as 80 or 0x50, and \"+1\" is not"),
    ("ip(ttl=99999999999999999999999999999999999999999)", (7, 41), "ttl is a number such as"),
    ("ip(flags=XX)", (9, 2), "flags is a number, or made of MF, DF, R, and \"XX\" is not"),
    (
        "tcp(flags=SYNACK)",
        (10, 6),
        "flags is a number, or made of F, S, R, P, A, U, E, C, and \"SYNACK\" is not",
    ),
    (
        "tcp(options=[mms(1460)])",
        (13, 3),
        "there is no option \"mms\" here; there are eol, nop, mss(1460), wscale(7),",
    ),
    ("tcp(options=[mss(70000)])", (13, 10), "this option is written mss(1460)"),
    ("tcp(options=[nop(1)])", (13, 6), "this option is written nop"),
    ("tcp(options=[timestamp(1)])", (13, 12), "this option is written timestamp(1,0)"),
    ("tcp(options=[nop nop])", (17, 3), "wanted a comma, or the ] of the options"),
    ("tcp(options=[nop)", (16, 1), "wanted a comma, or the ] of the options"),
    ("tcp(options=[hex(0)])", (17, 1), "wanted the bytes of an option, as in hex(fd0400ff)"),
    ("ether(dst=02:00:00:00:00)", (10, 14), "dst is an address such as 02:00:00:00:00:01, and"),
    ("dns(qtype=MXX)", (10, 3), "qtype is a type of record such as AAAA, or its number, and \"MXX\" is not"),
    ("dns(qname=\"a..b\")", (10, 6), "qname is a name such as www.example.test, and"),
    ("hex(0g)", (4, 2), "load is pairs of hexadecimal digits such as 00ff, and \"0g\" is not"),
    ("hex(012)", (4, 3), "load is pairs of hexadecimal digits such as 00ff, and \"012\" is not"),
    ("raw(hello)", (4, 5), "load is a text such as \"hello\", and \"hello\" is not"),
    ("zeros(65536)", (6, 5), "load has 16 bits: at most 65535"),
    ("\"abc", (0, 4), "this text has no second quote"),
    ("\"a\\qc\"", (2, 2), "the escapes are"),
    ("ip(\u{7})", (3, 1), "'\\u{7}' cannot stand here; in a text it is written as an escape"),
];

#[test]
fn an_error_shows_the_place_and_what_is_known() {
    for (text, (start, length), wanted) in REFUSED {
        let error = craft::packet(text).unwrap_err();
        let sentence = error.to_string();
        let expected = format!("column {}: {wanted}", start + 1);
        assert!(sentence.starts_with(&expected), "{text}: {sentence}");
        let figure = error.figure(80);
        let marks = figure.lines().nth(1).unwrap();
        assert_eq!(marks, format!("  {:start$}{}", "", "^".repeat(length)), "{text}");
    }
}

/// Texts that are read, and from which no packet can be made.
const NOT_BUILT: [(&str, usize, &str); 10] = [
    ("ip()/udp()", 0, "ip needs dst: ip(dst=..)"),
    ("ether()/arp()", 8, "arp needs pdst: arp(pdst=..)"),
    ("tcp(dport=80)", 0, "a packet begins with ip, ip6 or ether, as in ip(dst=127.0.0.1)/tcp(..)"),
    ("arp(pdst=10.0.0.1)", 0, "a packet begins with ip, ip6 or ether, as in ether()/arp(..)"),
    ("icmp6()", 0, "a packet begins with ip, ip6 or ether, as in ip6(dst=::1)/icmp6(..)"),
    (
        "ether()/udp()",
        8,
        "the checksum of udp covers the addresses of the packet: put ip(..)/ or ip6(..)/ before it",
    ),
    (
        "ip(dst=10.0.0.2)/tcp(options=[mss(1),mss(1),mss(1),mss(1),mss(1),mss(1),mss(1),mss(1),mss(1),mss(1),nop])",
        17,
        "these options take 44 bytes, and the header has room for 40",
    ),
    ("ip(dst=10.0.0.2)/zeros(65516)", 0, "this would be 65536 bytes; an IP packet has at most 65535"),
    (
        "ip(dst=10.0.0.2, len=20)/zeros(65000)/zeros(65000)",
        25,
        "this would be 130000 bytes; an IP packet has at",
    ),
    ("ip6(dst=::1)/zeros(65535)/hex(00)", 0, "this would be 65576 bytes; an IP packet has at most 65535"),
];

#[test]
fn what_cannot_be_filled_in_is_said() {
    for (text, start, wanted) in NOT_BUILT {
        let error = craft::packet(text).unwrap().bytes().unwrap_err();
        assert_eq!(error.at.start, start, "{text}: {error}");
        assert!(error.reason.to_string().starts_with(wanted), "{text}: {error}");
    }
}

#[test]
fn a_long_text_shows_the_part_around_the_place() {
    let text = format!("ip(dst=10.0.0.2)/udp()/hex({})/tcpp", "00".repeat(100));
    let figure = craft::packet(&text).unwrap_err().figure(60);
    let [line, marks] = figure.lines().collect::<Vec<_>>()[..] else { panic!("{figure}") };
    assert!(line.len() <= 60 && line.ends_with("000000)/tcpp"), "{figure}");
    assert_eq!(marks.find('^'), line.find("tcpp"), "{figure}");
}
