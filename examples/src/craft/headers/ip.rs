//! The IPv4 header: RFC 791 §3.1.

use crate::craft::header::{Family, Field, Flag, Form, Header, Over, Rule, Tail};

/// The three bits before the fragment offset; the first is reserved, and RFC 3514 has a use for it.
static FLAGS: [Flag; 3] = [
    Flag { letter: "MF", name: "more-fragments", bit: 1 },
    Flag { letter: "DF", name: "dont-fragment", bit: 2 },
    Flag { letter: "R", name: "reserved", bit: 4 },
];

pub(super) static IP: Header = Header {
    name: "ip",
    also: &["ip4", "ipv4"],
    title: "IPv4 (RFC 791 §3.1)",
    length: 20,
    fields: &[
        Field::number("version", 0, 4, "4").by(Rule::Always(4)),
        Field::number("ihl", 4, 4, "the header's length in 32-bit words").by(Rule::HeaderWords),
        Field::number("tos", 8, 8, "differentiated services and ECN").shown(Form::Hex),
        Field::number("len", 16, 16, "bytes of header and payload").by(Rule::Length),
        Field::number("id", 32, 16, "which packet a fragment belongs to").by(Rule::Is(1)),
        Field::number("flags", 48, 3, "DF: do not fragment; MF: more fragments").shown(Form::Flags(&FLAGS)),
        Field::number("frag", 51, 13, "where this piece begins, in units of 8 bytes"),
        Field::number("ttl", 64, 8, "how many routers it may pass").by(Rule::Is(64)),
        Field::number("proto", 72, 8, "the protocol of what follows").by(Rule::Protocol),
        Field::checksum(80, Over::Header, "of the header"),
        Field::number("src", 96, 32, "the sender").shown(Form::Ipv4).by(Rule::Source),
        Field::number("dst", 128, 32, "the receiver").shown(Form::Ipv4).by(Rule::Needed),
        Field::tail("options", 0, Form::Options(Family::Ipv4), "eol, nop, ra(0), rr(3), lsrr(A, ..)"),
    ],
    tail: Tail::Options(Family::Ipv4),
    ethertype: Some(0x0800),
    protocol: Some(4),
};
