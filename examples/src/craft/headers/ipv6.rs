//! The IPv6 header (RFC 8200 §3) and three of its extension headers (RFC 8200 §4.3, §4.5, §4.6).

use crate::craft::header::{Family, Field, Form, Header, Rule, Tail};

pub(super) static IP6: Header = Header {
    name: "ip6",
    also: &["ipv6"],
    title: "IPv6 (RFC 8200 §3)",
    length: 40,
    fields: &[
        Field::number("version", 0, 4, "6").by(Rule::Always(6)),
        Field::number("tc", 4, 8, "differentiated services and ECN").shown(Form::Hex),
        Field::number("fl", 12, 20, "the label of its flow").shown(Form::Hex),
        Field::number("plen", 32, 16, "bytes after this header").by(Rule::PayloadLength),
        Field::number("nh", 48, 8, "the protocol of what follows").by(Rule::Protocol),
        Field::number("hlim", 56, 8, "how many routers it may pass").by(Rule::Is(64)),
        Field::number("src", 64, 128, "the sender").shown(Form::Ipv6).by(Rule::Source),
        Field::number("dst", 192, 128, "the receiver").shown(Form::Ipv6).by(Rule::Needed),
    ],
    tail: Tail::None,
    ethertype: Some(0x86dd),
    protocol: Some(41),
};

/// The fields that every extension header with options has.
const OPTIONS_HEADER: &[Field] = &[
    Field::number("nh", 0, 8, "the protocol of what follows").by(Rule::Protocol),
    Field::number("len", 8, 8, "its length in units of 8 bytes, without the first").by(Rule::HeaderUnits),
    Field::tail("options", 0, Form::Options(Family::Ipv6), "pad1, padn(4), ra(0), jumbo(N)"),
];

pub(super) static HOP_BY_HOP: Header = Header {
    name: "hopbyhop",
    also: &["IPv6ExtHdrHopByHop"],
    title: "hop-by-hop options (RFC 8200 §4.3)",
    length: 2,
    fields: OPTIONS_HEADER,
    tail: Tail::Options(Family::Ipv6),
    ethertype: None,
    protocol: Some(0),
};

pub(super) static DESTINATION_OPTIONS: Header = Header {
    name: "destopts",
    also: &["IPv6ExtHdrDestOpt"],
    title: "destination options (RFC 8200 §4.6)",
    length: 2,
    fields: OPTIONS_HEADER,
    tail: Tail::Options(Family::Ipv6),
    ethertype: None,
    protocol: Some(60),
};

pub(super) static FRAGMENT: Header = Header {
    name: "fragment",
    also: &["IPv6ExtHdrFragment"],
    title: "fragment header (RFC 8200 §4.5)",
    length: 8,
    fields: &[
        Field::number("nh", 0, 8, "the protocol of what follows").by(Rule::Protocol),
        Field::number("res1", 8, 8, "reserved"),
        Field::number("offset", 16, 13, "where this piece begins, in units of 8 bytes"),
        Field::number("res2", 29, 2, "reserved"),
        Field::number("m", 31, 1, "1: more fragments"),
        Field::number("id", 32, 32, "which packet it belongs to"),
    ],
    tail: Tail::None,
    ethertype: None,
    protocol: Some(44),
};
