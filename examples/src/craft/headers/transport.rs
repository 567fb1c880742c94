//! TCP (RFC 9293 §3.1), UDP (RFC 768), ICMP (RFC 792), ICMPv6 (RFC 4443 §2.1).

use crate::craft::header::{Family, Field, Flag, Form, Header, Over, Rule, Tail};

/// The control bits, from the right.
static FLAGS: [Flag; 8] = [
    Flag { letter: "F", name: "FIN", bit: 0x01 },
    Flag { letter: "S", name: "SYN", bit: 0x02 },
    Flag { letter: "R", name: "RST", bit: 0x04 },
    Flag { letter: "P", name: "PSH", bit: 0x08 },
    Flag { letter: "A", name: "ACK", bit: 0x10 },
    Flag { letter: "U", name: "URG", bit: 0x20 },
    Flag { letter: "E", name: "ECE", bit: 0x40 },
    Flag { letter: "C", name: "CWR", bit: 0x80 },
];

pub(super) static TCP: Header = Header {
    name: "tcp",
    also: &[],
    title: "TCP (RFC 9293 §3.1)",
    length: 20,
    fields: &[
        Field::number("sport", 0, 16, "the sender's port").by(Rule::Port),
        Field::number("dport", 16, 16, "the receiver's port").by(Rule::Is(80)),
        Field::number("seq", 32, 32, "the number of its first byte"),
        Field::number("ack", 64, 32, "the next byte that is expected"),
        Field::number("dataofs", 96, 4, "the header's length in 32-bit words").by(Rule::HeaderWords),
        Field::number("reserved", 100, 4, "0"),
        Field::number("flags", 104, 8, "F S R P A U E C, or SYN+ACK")
            .shown(Form::Flags(&FLAGS))
            .by(Rule::Is(2)),
        Field::number("window", 112, 16, "how much the sender can take").by(Rule::Is(8192)),
        Field::checksum(128, Over::WithAddresses(6), "of addresses, header and payload"),
        Field::number("urgptr", 144, 16, "where urgent data ends"),
        Field::tail("options", 0, Form::Options(Family::Tcp), "mss(1460), sackok, timestamp(1,0), wscale(7)"),
    ],
    tail: Tail::Options(Family::Tcp),
    ethertype: None,
    protocol: Some(6),
};

pub(super) static UDP: Header = Header {
    name: "udp",
    also: &[],
    title: "UDP (RFC 768)",
    length: 8,
    fields: &[
        Field::number("sport", 0, 16, "the sender's port").by(Rule::Port),
        Field::number("dport", 16, 16, "the receiver's port").by(Rule::Is(53)),
        Field::number("len", 32, 16, "bytes of header and payload").by(Rule::Length),
        Field::checksum(48, Over::WithAddresses(17), "of addresses, header and payload; 0: none"),
    ],
    tail: Tail::None,
    ethertype: None,
    protocol: Some(17),
};

const ICMP_TYPES: &[(&str, u16)] = &[
    ("echo-reply", 0),
    ("unreachable", 3),
    ("redirect", 5),
    ("echo-request", 8),
    ("time-exceeded", 11),
    ("parameter-problem", 12),
    ("timestamp-request", 13),
];

pub(super) static ICMP: Header = Header {
    name: "icmp",
    also: &["icmp4"],
    title: "ICMP (RFC 792)",
    length: 8,
    fields: &[
        Field::number("type", 0, 8, "8: echo request").shown(Form::Named(ICMP_TYPES)).by(Rule::Is(8)),
        Field::number("code", 8, 8, "which of its type"),
        Field::checksum(16, Over::Message, "of the message"),
        Field::number("id", 32, 16, "of an echo: whose question it is"),
        Field::number("seq", 48, 16, "of an echo: its number"),
        Field::number("mtu", 48, 16, "of \"fragmentation needed\": what would fit"),
        Field::number("gw", 32, 32, "of a redirect: the router to take").shown(Form::Ipv4),
        Field::number("rest", 32, 32, "all four bytes after the checksum").shown(Form::Hex),
    ],
    tail: Tail::None,
    ethertype: None,
    protocol: Some(1),
};

const ICMP6_TYPES: &[(&str, u16)] = &[
    ("unreachable", 1),
    ("too-big", 2),
    ("time-exceeded", 3),
    ("parameter-problem", 4),
    ("echo-request", 128),
    ("echo-reply", 129),
    ("router-solicitation", 133),
    ("neighbor-solicitation", 135),
    ("neighbor-advertisement", 136),
];

pub(super) static ICMP6: Header = Header {
    name: "icmp6",
    also: &["icmpv6"],
    title: "ICMPv6 (RFC 4443 §2.1)",
    length: 8,
    fields: &[
        Field::number("type", 0, 8, "128: echo request").shown(Form::Named(ICMP6_TYPES)).by(Rule::Is(128)),
        Field::number("code", 8, 8, "which of its type"),
        Field::checksum(16, Over::WithAddresses(58), "of addresses and message"),
        Field::number("id", 32, 16, "of an echo: whose question it is"),
        Field::number("seq", 48, 16, "of an echo: its number"),
        Field::number("mtu", 32, 32, "of \"packet too big\": what would fit"),
        Field::number("rest", 32, 32, "all four bytes after the checksum").shown(Form::Hex),
    ],
    tail: Tail::None,
    ethertype: None,
    protocol: Some(58),
};
